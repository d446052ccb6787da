use std::collections::HashMap;

use super::record::{Division, File, Record};
use crate::Fault;

/// What a METS file says of an object: how it is called, and its pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// The catalogue's name of it: the record's, else the object's.
    pub reference: Option<String>,
    pub title: Option<String>,
    /// Which volume it is, as far as that is a number.
    pub volume: Option<i64>,
    /// In their order.
    pub pages: Vec<Page>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub line: u64,
    pub order: i64,
    /// What is printed on it, or how it is called.
    pub label: Option<String>,
    /// Where its image is, as the file has it.
    pub href: String,
    pub media_type: Option<String>,
}

/// What groups of images to be shown are for, in the files of others, the best first.
const USES: [&str; 6] = ["OBJECTS", "MASTER", "MAX", "DEFAULT", "IMAGE", "IMAGES"];

impl Book {
    /// Reads a METS file; `usage` names the group of files whose images are meant, if there are several.
    pub fn read(bytes: &[u8], usage: Option<&str>) -> Result<Self, Fault> {
        let record = Record::read(bytes)?;
        let usage = group(&record.files, usage)?;
        let files = record.files.iter().filter(|file| file.usage == usage);
        let files: HashMap<&str, &File> = files.map(|file| (file.id.as_str(), file)).collect();
        let is_physical = |kind: &str| kind.eq_ignore_ascii_case("physical");
        let physical = record.structures.iter().find(|structure| is_physical(&structure.kind));
        let structure = physical.or(record.structures.first());
        let divisions = structure.map_or(&[][..], |structure| &structure.divisions);
        let mut pages = Vec::new();
        for division in divisions {
            let image = division.files.iter().find_map(|id| files.get(id.as_str()));
            if let Some(image) = image {
                let next = pages.len() as i64 + 1;
                pages.push(page(division, image, next)?);
            }
        }
        if pages.is_empty() {
            let what = format!("no page of the structure has an image of the group {usage:?}");
            return Err(Fault::new(1, what));
        }
        pages.sort_by_key(|page: &Page| page.order);
        Ok(Self {
            reference: record.record_identifier.or(record.identifier).or(record.object),
            title: record.title,
            volume: record.volume.and_then(|volume| volume.parse().ok()),
            pages,
        })
    }
}

fn page(division: &Division, image: &File, next: i64) -> Result<Page, Fault> {
    let order = match &division.order {
        None => next,
        Some(order) => order.parse().map_err(|_| {
            Fault::new(division.line, format!("the order {order:?} is no whole number"))
        })?,
    };
    if image.href.is_empty() {
        let what = format!("the file {:?} has no FLocat that says where it is", image.id);
        return Err(Fault::new(image.line, what));
    }
    Ok(Page {
        line: division.line,
        order,
        label: division.label.clone(),
        href: image.href.clone(),
        media_type: image.media_type.clone(),
    })
}

/// The use of the group whose images are meant.
fn group(files: &[File], wanted: Option<&str>) -> Result<String, Fault> {
    let mut uses: Vec<&str> = Vec::new();
    for file in files.iter().filter(|file| wanted.is_some() || is_image(file)) {
        if !uses.contains(&file.usage.as_str()) {
            uses.push(&file.usage);
        }
    }
    let named = |name: &str| uses.iter().find(|usage| usage.eq_ignore_ascii_case(name)).copied();
    let found = match wanted {
        Some(wanted) => named(wanted),
        None if uses.len() == 1 => uses.first().copied(),
        None => USES.iter().find_map(|usage| named(usage)),
    };
    let all = uses.iter().map(|usage| format!("{usage:?}")).collect::<Vec<_>>().join(", ");
    found.map(str::to_owned).ok_or_else(|| {
        Fault::new(
            1,
            match wanted {
                Some(wanted) => format!("there is no group of files {wanted:?}, but: {all}"),
                None if uses.is_empty() => "no group of files has images".to_owned(),
                None => format!("there are several groups of images; name one of: {all}"),
            },
        )
    })
}

/// By its media type; where none is given, by the end of its name.
fn is_image(file: &File) -> bool {
    const ENDS: [&str; 8] = ["jp2", "jpg", "jpeg", "tif", "tiff", "png", "webp", "gif"];
    match &file.media_type {
        Some(media_type) => media_type.starts_with("image/"),
        None => {
            let end = file.href.rsplit('.').next().unwrap_or_default();
            ENDS.iter().any(|known| known.eq_ignore_ascii_case(end))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a workflow writes it: images and their text, pages out of order, a logical structure beside.
    const MONOGRAPH: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<mets:mets xmlns:mets="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink" OBJID="o-1">
 <mets:dmdSec ID="D1"><mets:mdWrap MDTYPE="MODS"><mets:xmlData>
  <mods:mods xmlns:mods="http://www.loc.gov/mods/v3">
   <mods:titleInfo><mods:title>Flora &amp; Fauna</mods:title></mods:titleInfo>
   <mods:part><mods:detail type="volume"><mods:number>2</mods:number></mods:detail></mods:part>
   <mods:recordInfo><mods:recordIdentifier source="gbv">b1234</mods:recordIdentifier></mods:recordInfo>
  </mods:mods></mets:xmlData></mets:mdWrap></mets:dmdSec>
 <mets:fileSec>
  <mets:fileGrp USE="OBJECTS">
   <mets:file ID="F1" MIMETYPE="image/jp2"><mets:FLocat LOCTYPE="URL" xlink:href="objects/b1234_0001.jp2"/></mets:file>
   <mets:file ID="F2" MIMETYPE="image/jp2"><mets:FLocat LOCTYPE="URL" xlink:href="objects/b1234_0002.jp2"/></mets:file>
  </mets:fileGrp>
  <mets:fileGrp USE="ALTO">
   <mets:file ID="A1" MIMETYPE="application/xml"><mets:FLocat xlink:href="alto/b1234_0001.xml"/></mets:file>
  </mets:fileGrp>
 </mets:fileSec>
 <mets:structMap TYPE="LOGICAL"><mets:div TYPE="Monograph" LABEL="Flora"/></mets:structMap>
 <mets:structMap TYPE="PHYSICAL"><mets:div TYPE="physSequence">
   <mets:div ORDER="2" ORDERLABEL="ii" TYPE="page"><mets:fptr FILEID="F2"/></mets:div>
   <mets:div ORDER="1" ORDERLABEL=" - " TYPE="page"><mets:fptr FILEID="A1"/><mets:fptr FILEID="F1"/></mets:div>
 </mets:div></mets:structMap>
</mets:mets>"#;

    fn read(xml: &str) -> Result<Book, Fault> {
        Book::read(xml.as_bytes(), None)
    }

    #[test]
    fn pages_come_in_their_order_with_their_images() {
        let book = read(MONOGRAPH).unwrap();
        assert_eq!(book.reference.as_deref(), Some("b1234"));
        assert_eq!(book.title.as_deref(), Some("Flora & Fauna"));
        assert_eq!(book.volume, Some(2));
        let pages: Vec<_> = book
            .pages
            .iter()
            .map(|page| (page.order, page.label.as_deref(), page.href.as_str()))
            .collect();
        assert_eq!(
            pages,
            [(1, Some("-"), "objects/b1234_0001.jp2"), (2, Some("ii"), "objects/b1234_0002.jp2"),]
        );
        assert_eq!(book.pages[0].media_type.as_deref(), Some("image/jp2"));
    }

    #[test]
    fn what_is_missing_is_taken_from_elsewhere() {
        let plain = MONOGRAPH
            .replace("mets:", "")
            .replace("<mods:recordInfo>", "<mods:other>")
            .replace("</mods:recordInfo>", "</mods:other>")
            .replace(" MIMETYPE=\"image/jp2\"", "")
            .replace(" ORDER=\"2\"", "")
            .replace(" ORDER=\"1\"", "");
        let book = read(&plain).unwrap();
        assert_eq!(book.reference.as_deref(), Some("o-1"), "the object's own name");
        assert_eq!(book.pages[0].href, "objects/b1234_0002.jp2", "as they stand");
        assert_eq!((book.pages[0].order, book.pages[1].order), (1, 2));
    }

    #[test]
    fn of_several_groups_of_images_one_is_named_or_known() {
        let two =
            MONOGRAPH.replace("\"ALTO\"", "\"THUMBS\"").replace("application/xml", "image/jpeg");
        assert_eq!(read(&two).unwrap().pages.len(), 2, "OBJECTS are better known");
        let thumbs = Book::read(two.as_bytes(), Some("thumbs")).unwrap();
        assert_eq!(thumbs.pages[0].href, "alto/b1234_0001.xml");
        let strange = two.replace("\"OBJECTS\"", "\"ONE\"");
        let fault = read(&strange).unwrap_err().to_string();
        assert_eq!(
            fault,
            "line 1: there are several groups of images; name one of: \"ONE\", \"THUMBS\""
        );
        let fault = Book::read(two.as_bytes(), Some("x")).unwrap_err().to_string();
        assert_eq!(fault, "line 1: there is no group of files \"x\", but: \"OBJECTS\", \"THUMBS\"");
    }

    #[test]
    fn what_makes_no_book_is_a_fault_with_its_line() {
        let order = MONOGRAPH.replace("ORDER=\"2\"", "ORDER=\"two\"");
        let nowhere = MONOGRAPH.replace("xlink:href=\"objects/b1234_0001.jp2\"", "");
        let dangling = MONOGRAPH.replace("FILEID=\"F", "FILEID=\"G");
        for (xml, fault) in [
            (order.as_str(), "line 20: the order \"two\" is no whole number"),
            (&nowhere, "line 11: the file \"F1\" has no FLocat that says where it is"),
            (&dangling, "line 1: no page of the structure has an image of the group \"OBJECTS\""),
            ("<mets/>", "line 1: no group of files has images"),
            ("\n<alto/>", "line 2: this is no METS: it begins with <alto>"),
        ] {
            assert_eq!(read(xml).unwrap_err().to_string(), fault);
        }
    }
}
