use super::xml::{Element, Piece, each};
use crate::Fault;

/// A METS file as it stands, as far as pages need it.
#[derive(Default)]
pub(super) struct Record {
    /// The object's name in the file's root.
    pub(super) object: Option<String>,
    /// What the first description that has one calls the record, the object, its title and its volume.
    pub(super) record_identifier: Option<String>,
    pub(super) identifier: Option<String>,
    pub(super) title: Option<String>,
    pub(super) volume: Option<String>,
    pub(super) files: Vec<File>,
    pub(super) structures: Vec<Structure>,
}

/// A file of the file section.
pub(super) struct File {
    pub(super) line: u64,
    pub(super) id: String,
    pub(super) href: String,
    pub(super) media_type: Option<String>,
    /// What its group is for.
    pub(super) usage: String,
}

pub(super) struct Structure {
    pub(super) kind: String,
    /// Those of its divisions that have files.
    pub(super) divisions: Vec<Division>,
}

#[derive(Clone, Default)]
pub(super) struct Division {
    pub(super) line: u64,
    pub(super) order: Option<String>,
    pub(super) label: Option<String>,
    pub(super) files: Vec<String>,
}

/// Where in the file the reader is.
#[derive(Default)]
struct Place {
    names: Vec<String>,
    /// The uses of the groups around.
    usages: Vec<String>,
    file: Option<File>,
    divisions: Vec<Division>,
    /// Of the volume's number, a `detail` says what is numbered.
    is_volume: bool,
    text: String,
}

impl Record {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let (mut record, mut place) = (Self::default(), Place::default());
        each(bytes, |piece| {
            match piece {
                Piece::Begin(element) => record.begin(&mut place, element)?,
                Piece::Text(text) => place.text.push_str(&text),
                Piece::End => record.end(&mut place),
            }
            Ok(())
        })?;
        Ok(record)
    }

    fn begin(&mut self, place: &mut Place, element: Element) -> Result<(), Fault> {
        if place.names.is_empty() {
            if element.name != "mets" {
                let what = format!("this is no METS: it begins with <{}>", element.name);
                return Err(Fault::new(element.line, what));
            }
            self.object = element.attribute("OBJID").map(str::to_owned);
        }
        let said = |name: &str| element.attribute(name).map(str::to_owned);
        match element.name.as_str() {
            "fileGrp" => {
                let around = place.usages.last().cloned();
                place.usages.push(said("USE").or(around).unwrap_or_default());
            }
            "file" if !place.usages.is_empty() => {
                place.file = Some(File {
                    line: element.line,
                    id: said("ID").unwrap_or_default(),
                    href: String::new(),
                    media_type: said("MIMETYPE"),
                    usage: place.usages.last().cloned().unwrap_or_default(),
                });
            }
            "FLocat" => {
                if let (Some(file), Some(href)) = (&mut place.file, said("href"))
                    && file.href.is_empty()
                {
                    file.href = href;
                }
            }
            "structMap" => {
                let kind = said("TYPE").unwrap_or_default();
                self.structures.push(Structure { kind, divisions: Vec::new() });
            }
            "div" => place.divisions.push(Division {
                line: element.line,
                order: said("ORDER"),
                label: said("ORDERLABEL").or_else(|| said("LABEL")),
                files: Vec::new(),
            }),
            "fptr" | "area" => {
                if let (Some(division), Some(file)) = (place.divisions.last_mut(), said("FILEID")) {
                    division.files.push(file);
                }
            }
            "detail" => place.is_volume = said("type").as_deref() == Some("volume"),
            _ => {}
        }
        place.text.clear();
        place.names.push(element.name);
        Ok(())
    }

    fn end(&mut self, place: &mut Place) {
        let name = place.names.pop().unwrap_or_default();
        let inside = place.names.last().map_or("", String::as_str);
        let text = place.text.trim();
        let keep = |slot: &mut Option<String>| {
            if slot.is_none() && !text.is_empty() {
                *slot = Some(text.to_owned());
            }
        };
        match (inside, name.as_str()) {
            ("recordInfo", "recordIdentifier") => keep(&mut self.record_identifier),
            ("mods" | "dc" | "xmlData", "identifier") => keep(&mut self.identifier),
            ("titleInfo" | "dc" | "xmlData", "title") => keep(&mut self.title),
            ("detail", "number") if place.is_volume => keep(&mut self.volume),
            (_, "fileGrp") => drop(place.usages.pop()),
            (_, "file") => self.files.extend(place.file.take()),
            (_, "div") => {
                let structure = self.structures.last_mut();
                if let (Some(structure), Some(division)) = (structure, place.divisions.pop())
                    && !division.files.is_empty()
                {
                    structure.divisions.push(division);
                }
            }
            _ => {}
        }
        place.text.clear();
    }
}
