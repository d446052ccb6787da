use std::collections::HashMap;

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event},
};

use crate::Fault;

/// How deep elements may lie in each other.
const DEEPEST: usize = 256;

/// An element begins, its text goes on, or it ends. Names are without prefixes.
pub(super) enum Piece {
    Begin(Element),
    Text(String),
    End,
}

pub(super) struct Element {
    pub(super) name: String,
    pub(super) line: u64,
    attributes: HashMap<String, String>,
}

impl Element {
    /// An attribute that says something.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

/// Gives the pieces of a document, one after the other. Entities of its own are not expanded.
pub(super) fn each(
    bytes: &[u8],
    mut take: impl FnMut(Piece) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = line_of(bytes, error.valid_up_to());
        Fault::new(at, "this is not UTF-8: please save the file as UTF-8")
    })?;
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let (mut depth, mut seen, mut line) = (0_usize, 0, 1);
    loop {
        let event = reader.read_event();
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(bytes.len());
        let fault = |what: String| Fault::new(line_of(bytes, at), what);
        match event.map_err(|error| fault(format!("this is no XML: {error}")))? {
            Event::Start(start) => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(fault(format!("elements lie more than {DEEPEST} deep")));
                }
                take(Piece::Begin(element(&start, line).map_err(fault)?))?;
            }
            Event::End(_) => {
                depth -= 1;
                take(Piece::End)?;
            }
            Event::Text(text) => {
                let text = text.xml_content(XmlVersion::Implicit1_0);
                take(Piece::Text(text.map_err(|error| fault(error.to_string()))?.into_owned()))?;
            }
            Event::CData(text) => {
                let text = text.xml_content(XmlVersion::Implicit1_0);
                take(Piece::Text(text.map_err(|error| fault(error.to_string()))?.into_owned()))?;
            }
            Event::GeneralRef(reference) => {
                take(Piece::Text(character(&reference).map_err(fault)?))?;
            }
            Event::Eof if depth > 0 => return Err(fault("the file is cut short".to_owned())),
            Event::Eof => return Ok(()),
            Event::Empty(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
        line += newlines(&bytes[seen..at]);
        seen = at;
    }
}

fn element(start: &BytesStart<'_>, line: u64) -> Result<Element, String> {
    let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
    let mut attributes = HashMap::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("in <{name}>: {error}"))?;
        let key = String::from_utf8_lossy(attribute.key.local_name().as_ref()).into_owned();
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_err(|error| format!("{key} of <{name}>: {error}"))?;
        attributes.insert(key, value.into_owned());
    }
    Ok(Element { name, line, attributes })
}

fn character(reference: &BytesRef<'_>) -> Result<String, String> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Ok(character.to_string());
    }
    let name = String::from_utf8_lossy(reference).into_owned();
    let known = resolve_predefined_entity(&name).map(str::to_owned);
    known.ok_or_else(|| format!("&{name}; is none of XML's own entities"))
}

fn line_of(bytes: &[u8], at: usize) -> u64 {
    1 + newlines(&bytes[..at])
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(xml: &str) -> Result<String, Fault> {
        let mut all = String::new();
        each(xml.as_bytes(), |piece| {
            if let Piece::Text(text) = piece {
                all.push_str(&text);
            }
            Ok(())
        })?;
        Ok(all)
    }

    #[test]
    fn text_is_read_with_its_references_and_sections() {
        assert_eq!(texts("<a>B&#252;cher &amp; <![CDATA[<b>]]></a>").unwrap(), "Bücher & <b>");
    }

    #[test]
    fn elements_know_their_line_and_their_attributes_without_prefixes() {
        let mut found = Vec::new();
        each(b"<m:a\n xlink:href='x &lt; y'>\n\n<m:b ID=' 1 ' E=''/></m:a>", |piece| {
            if let Piece::Begin(element) = piece {
                let attribute = |name| element.attribute(name).unwrap_or("-").to_owned();
                found.push((
                    element.line,
                    element.name.clone(),
                    attribute("href"),
                    attribute("ID"),
                ));
                assert_eq!(element.attribute("E"), None);
            }
            Ok(())
        })
        .unwrap();
        let expected = [(1, "a", "x < y", "-"), (4, "b", "-", "1")];
        let expected = expected
            .map(|(line, name, href, id)| (line, name.to_owned(), href.to_owned(), id.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_hostile_or_broken_is_a_fault_with_its_line() {
        let bomb = "<!DOCTYPE a [<!ENTITY x \"xxxx\"><!ENTITY y \"&x;&x;\">]>\n<a>&y;</a>";
        let deep = "<a>\n".repeat(DEEPEST + 1);
        for (xml, line, what) in [
            (bomb, 2, "&y; is none of XML's own entities"),
            ("<a>\n<b>\n</a>", 3, "this is no XML"),
            ("<a>\n<b>", 2, "cut short"),
            ("<a>\n<b c=d/></a>", 2, "in <b>"),
            (&deep, 257, "more than 256 deep"),
        ] {
            let fault = texts(xml).unwrap_err();
            assert!(fault.line == line && fault.what.contains(what), "{xml}: {fault}");
        }
        let fault = each(b"<a>\n\xff</a>", |_| Ok(())).unwrap_err();
        assert_eq!(fault.to_string(), "line 2: this is not UTF-8: please save the file as UTF-8");
    }
}
