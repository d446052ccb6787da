use std::{fmt::Write, ops::Range};

/// A METS file to be written: an object, its pages in their order, and the files of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mets {
    /// The object's own name, such as its address.
    pub id: String,
    pub title: String,
    /// `xsd:dateTime`
    pub created: String,
    /// The program that wrote it.
    pub agent: String,
    /// The catalogue's name of the object.
    pub reference: Option<String>,
    /// The address of what may be done with it.
    pub rights: Option<String>,
    pub leaves: Vec<Leaf>,
    pub chapters: Vec<Chapter>,
}

/// A page, or whatever else stands in the place of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leaf {
    /// Its place in the order.
    pub order: i64,
    pub label: Option<String>,
    /// By which others name it: a URI.
    pub content_id: String,
    pub files: Vec<LeafFile>,
}

/// A file of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafFile {
    /// What the group of such files is for: `DEFAULT`, `THUMBS` …
    pub usage: &'static str,
    pub href: String,
    pub media_type: String,
}

/// A part of the object that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    pub label: String,
    /// Among the leaves.
    pub leaves: Range<usize>,
}

/// An XML document in the making.
struct Xml(String);

impl Mets {
    pub fn to_xml(&self) -> String {
        let mut xml = Xml(String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
        xml.open(
            "mets",
            &[
                ("xmlns", "http://www.loc.gov/METS/"),
                ("xmlns:mods", "http://www.loc.gov/mods/v3"),
                ("xmlns:xlink", "http://www.w3.org/1999/xlink"),
                ("OBJID", &self.id),
                ("LABEL", &self.title),
            ],
        );
        self.write_header(&mut xml);
        self.write_description(&mut xml);
        self.write_files(&mut xml);
        self.write_pages(&mut xml);
        self.write_chapters(&mut xml);
        xml.close("mets");
        xml.0
    }

    fn write_header(&self, xml: &mut Xml) {
        xml.open("metsHdr", &[("CREATEDATE", &self.created)]);
        xml.open("agent", &[("ROLE", "CREATOR"), ("TYPE", "OTHER"), ("OTHERTYPE", "SOFTWARE")]);
        xml.text("name", &self.agent);
        xml.close("agent");
        xml.close("metsHdr");
    }

    fn write_description(&self, xml: &mut Xml) {
        xml.open("dmdSec", &[("ID", "DMD")]);
        xml.open("mdWrap", &[("MDTYPE", "MODS")]);
        xml.open("xmlData", &[]);
        xml.open("mods:mods", &[]);
        xml.open("mods:titleInfo", &[]);
        xml.text("mods:title", &self.title);
        xml.close("mods:titleInfo");
        if let Some(rights) = &self.rights {
            let attributes = [("type", "use and reproduction"), ("xlink:href", rights.as_str())];
            xml.empty("mods:accessCondition", &attributes);
        }
        if let Some(reference) = &self.reference {
            xml.open("mods:recordInfo", &[]);
            xml.text("mods:recordIdentifier", reference);
            xml.close("mods:recordInfo");
        }
        for name in ["mods:mods", "xmlData", "mdWrap", "dmdSec"] {
            xml.close(name);
        }
    }

    /// One group after the other, in the order in which the leaves bring them.
    fn write_files(&self, xml: &mut Xml) {
        let mut uses: Vec<&str> = Vec::new();
        for file in self.leaves.iter().flat_map(|leaf| &leaf.files) {
            if !uses.contains(&file.usage) {
                uses.push(file.usage);
            }
        }
        if uses.is_empty() {
            return;
        }
        xml.open("fileSec", &[]);
        for usage in uses {
            xml.open("fileGrp", &[("USE", usage)]);
            for (place, leaf) in self.leaves.iter().enumerate() {
                for file in leaf.files.iter().filter(|file| file.usage == usage) {
                    let attributes =
                        [("ID", &*file_id(file, place)), ("MIMETYPE", file.media_type.as_str())];
                    xml.open("file", &attributes);
                    xml.empty("FLocat", &[("LOCTYPE", "URL"), ("xlink:href", &file.href)]);
                    xml.close("file");
                }
            }
            xml.close("fileGrp");
        }
        xml.close("fileSec");
    }

    fn write_pages(&self, xml: &mut Xml) {
        xml.open("structMap", &[("TYPE", "PHYSICAL")]);
        let whole = [("ID", "PHYSICAL"), ("TYPE", "physSequence"), ("DMDID", "DMD")];
        xml.open("div", &whole);
        for (place, leaf) in self.leaves.iter().enumerate() {
            let (id, order) = (page_id(place), leaf.order.to_string());
            let mut attributes = vec![("ID", &*id), ("TYPE", "page"), ("ORDER", &*order)];
            attributes.extend(leaf.label.as_deref().map(|label| ("ORDERLABEL", label)));
            attributes.push(("CONTENTIDS", &leaf.content_id));
            xml.open("div", &attributes);
            for file in &leaf.files {
                xml.empty("fptr", &[("FILEID", &file_id(file, place))]);
            }
            xml.close("div");
        }
        xml.close("div");
        xml.close("structMap");
    }

    /// And which pages are in them.
    fn write_chapters(&self, xml: &mut Xml) {
        xml.open("structMap", &[("TYPE", "LOGICAL")]);
        let whole =
            [("ID", "LOGICAL"), ("TYPE", "document"), ("LABEL", &*self.title), ("DMDID", "DMD")];
        xml.open("div", &whole);
        for (place, chapter) in self.chapters.iter().enumerate() {
            let id = chapter_id(place);
            xml.empty("div", &[("ID", &id), ("TYPE", "section"), ("LABEL", &chapter.label)]);
        }
        xml.close("div");
        xml.close("structMap");
        xml.open("structLink", &[]);
        xml.empty("smLink", &[("xlink:from", "LOGICAL"), ("xlink:to", "PHYSICAL")]);
        for (place, chapter) in self.chapters.iter().enumerate() {
            let id = chapter_id(place);
            for leaf in chapter.leaves.clone() {
                xml.empty("smLink", &[("xlink:from", &id), ("xlink:to", &page_id(leaf))]);
            }
        }
        xml.close("structLink");
    }
}

fn file_id(file: &LeafFile, place: usize) -> String {
    format!("{}_{}", file.usage, place + 1)
}

fn page_id(place: usize) -> String {
    format!("PAGE_{}", place + 1)
}

fn chapter_id(place: usize) -> String {
    format!("SECTION_{}", place + 1)
}

impl Xml {
    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.0.push_str(">\n");
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.0.push_str("/>\n");
    }

    fn text(&mut self, name: &str, text: &str) {
        self.start(name, &[]);
        self.0.push('>');
        self.escape(text);
        self.close(name);
    }

    fn close(&mut self, name: &str) {
        self.0.extend(["</", name, ">\n"]);
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.0.extend(["<", name]);
        for (name, value) in attributes {
            self.0.extend([" ", name, "=\""]);
            self.escape(value);
            self.0.push('"');
        }
    }

    /// What XML has no way to say is left out.
    fn escape(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                // As they stand, they would be blanks in an attribute.
                '\t' | '\n' | '\r' => {
                    let _ = write!(self.0, "&#{};", u32::from(character));
                }
                '\0'..' ' | '\u{fffe}' | '\u{ffff}' => {}
                _ => self.0.push(character),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Book;

    fn file(usage: &'static str, href: &str, media_type: &str) -> LeafFile {
        LeafFile { usage, href: href.to_owned(), media_type: media_type.to_owned() }
    }

    fn leaf(order: i64, label: Option<&str>) -> Leaf {
        Leaf {
            order,
            label: label.map(str::to_owned),
            content_id: format!("https://example.org/canvas/{order}"),
            files: vec![
                file("DEFAULT", &format!("https://example.org/{order}.jpg"), "image/jpeg"),
                file("THUMBS", &format!("https://example.org/t/{order}.jpg"), "image/jpeg"),
            ],
        }
    }

    fn mets() -> Mets {
        Mets {
            id: "https://example.org/b1".into(),
            title: "Flora & <\"Fauna\">\u{1}".into(),
            created: "2026-11-21T20:00:00Z".into(),
            agent: "Recto".into(),
            reference: Some("b1".into()),
            rights: Some("http://creativecommons.org/publicdomain/mark/1.0/".into()),
            leaves: vec![leaf(1, None), leaf(2, Some("1r")), leaf(4, Some("a\nb"))],
            chapters: vec![Chapter { label: "I".into(), leaves: 1..3 }],
        }
    }

    #[test]
    fn what_is_written_is_the_book_that_is_read() {
        let xml = mets().to_xml();
        let book = Book::read(xml.as_bytes(), None).unwrap();
        assert_eq!(book.reference.as_deref(), Some("b1"));
        assert_eq!(book.title.as_deref(), Some("Flora & <\"Fauna\">"));
        let pages: Vec<_> = book
            .pages
            .iter()
            .map(|page| (page.order, page.label.as_deref(), page.href.as_str()))
            .collect();
        assert_eq!(
            pages,
            [
                (1, None, "https://example.org/1.jpg"),
                (2, Some("1r"), "https://example.org/2.jpg"),
                (4, Some("a\nb"), "https://example.org/4.jpg"),
            ]
        );
        let small = Book::read(xml.as_bytes(), Some("thumbs")).unwrap();
        assert_eq!(small.pages[0].href, "https://example.org/t/1.jpg");
    }

    #[test]
    fn chapters_are_the_logical_structure_and_linked_to_their_pages() {
        let xml = mets().to_xml();
        assert!(xml.contains(r#"<div ID="SECTION_1" TYPE="section" LABEL="I"/>"#), "{xml}");
        for page in ["PAGE_2", "PAGE_3"] {
            let link = format!(r#"<smLink xlink:from="SECTION_1" xlink:to="{page}"/>"#);
            assert!(xml.contains(&link), "{xml}");
        }
        assert_eq!(xml.matches("xlink:from=\"SECTION_1\"").count(), 2);
        assert_eq!(xml.matches("<fileGrp").count(), 2);
    }
}
