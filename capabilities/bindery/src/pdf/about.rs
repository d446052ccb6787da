use std::io::{self, Write};

use pdf_writer::{Date, Name, Ref, TextStr};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use super::objects::Objects;

/// What a document is, for people and for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    pub title: String,
    /// Who made it.
    pub producer: String,
    pub made: OffsetDateTime,
    /// Tells this document from all others.
    pub id: [u8; 16],
    /// Pages are turned to the right.
    pub right_to_left: bool,
    /// To be kept for good, as PDF/A-2b: the profile of the colours that are meant.
    pub archival: Option<Vec<u8>>,
}

/// Where the descriptions of a document lie.
pub(super) struct Told {
    pub(super) info: Ref,
    pub(super) metadata: Ref,
    pub(super) profile: Option<Ref>,
}

impl About {
    pub(super) fn write<W: Write>(&self, objects: &mut Objects<W>) -> io::Result<Told> {
        let info = objects.promise();
        // PDF/A wants both descriptions to agree, and XMP is written in whole seconds.
        let made = self.made.to_offset(UtcOffset::UTC).replace_nanosecond(0).unwrap_or(self.made);
        objects.keep(info, |chunk| {
            let mut told = chunk.indirect(info).dict();
            told.pair(Name(b"Title"), TextStr(&self.title));
            told.pair(Name(b"Producer"), TextStr(&self.producer));
            told.pair(Name(b"CreationDate"), date(made));
        })?;
        let metadata = objects.promise();
        let xmp = self.xmp(made);
        objects.stream(metadata, "/Type/Metadata/Subtype/XML", xmp.as_bytes())?;
        let profile = match &self.archival {
            Some(profile) => {
                let id = objects.promise();
                objects.stream(id, "/N 3", profile)?;
                Some(id)
            }
            None => None,
        };
        Ok(Told { info, metadata, profile })
    }

    fn xmp(&self, made: OffsetDateTime) -> String {
        let (title, producer) = (escaped(&self.title), escaped(&self.producer));
        let made = made.format(&Rfc3339).unwrap_or_default();
        let part = match self.archival {
            Some(_) => "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>",
            None => "",
        };
        format!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>
<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">
<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" \
xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">
<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title>
<dc:format>application/pdf</dc:format>
<xmp:CreateDate>{made}</xmp:CreateDate>
<pdf:Producer>{producer}</pdf:Producer>
{part}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end=\"r\"?>"
        )
    }
}

fn date(moment: OffsetDateTime) -> Date {
    Date::new(u16::try_from(moment.year()).unwrap_or(0))
        .month(moment.month().into())
        .day(moment.day())
        .hour(moment.hour())
        .minute(moment.minute())
        .second(moment.second())
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

/// As XML has it, without the characters that it has no way to write.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
