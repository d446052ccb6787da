use std::str::FromStr;

use iiif::image::ImageRequest;
use lists::{Book, Fault, Page};
use percent_encoding::percent_decode_str;
use url::Url;

use super::entry::Entry;

/// How the pages of a book become assets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookSettings {
    pub space: u32,
    /// Where the images are that the file names relative to itself.
    pub origins: Option<Url>,
    /// What the book is called, if the file doesn't say, or says it wrong.
    pub reference: Option<String>,
    pub volume: Option<i64>,
    pub mapping: BookMapping,
}

/// What of a book is kept in which field of its assets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookMapping(Vec<(String, Said)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Reference,
    Title,
    Volume,
    Label,
    Order,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no mapping: write pairs such as string1=reference,number1=volume, of string1 to string3 \
     and number1 to number3 with reference, title, volume, label and order"
)]
pub struct InvalidMapping(String);

const TEXTS: [&str; 3] = ["string1", "string2", "string3"];
const NUMBERS: [&str; 3] = ["number1", "number2", "number3"];

impl Default for BookMapping {
    /// As the first digitisation workflow has it.
    fn default() -> Self {
        let pairs = [
            (TEXTS[0], Said::Reference),
            (NUMBERS[0], Said::Volume),
            (TEXTS[1], Said::Label),
            (NUMBERS[1], Said::Order),
        ];
        Self(pairs.map(|(field, said)| (field.to_owned(), said)).into())
    }
}

impl FromStr for BookMapping {
    type Err = InvalidMapping;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidMapping(text.to_owned());
        let mut pairs: Vec<(String, Said)> = Vec::new();
        for pair in text.split(',') {
            let (field, said) = pair.split_once('=').ok_or_else(invalid)?;
            let (field, said) = (field.trim(), said.trim());
            let said = match said {
                "reference" => Said::Reference,
                "title" => Said::Title,
                "volume" => Said::Volume,
                "label" => Said::Label,
                "order" => Said::Order,
                _ => return Err(invalid()),
            };
            let is_number = matches!(said, Said::Volume | Said::Order);
            let fits = TEXTS.contains(&field) || (NUMBERS.contains(&field) && is_number);
            if !fits || pairs.iter().any(|(taken, _)| taken == field) {
                return Err(invalid());
            }
            pairs.push((field.to_owned(), said));
        }
        Ok(Self(pairs))
    }
}

/// The pages of a book as members of a queue.
pub fn of_book(book: &Book, settings: &BookSettings) -> Result<Vec<Entry>, Vec<Fault>> {
    let (mut entries, mut faults) = (Vec::with_capacity(book.pages.len()), Vec::new());
    let uses = |said: Said| settings.mapping.0.iter().any(|(_, used)| *used == said);
    if uses(Said::Reference) && reference(book, settings).is_none() {
        faults.push(Fault::new(
            1,
            "the file doesn't say what the book is called: give its reference",
        ));
    }
    for page in &book.pages {
        match entry(page, book, settings) {
            Ok(entry) => entries.push(entry),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(entries) } else { Err(faults) }
}

fn reference<'a>(book: &'a Book, settings: &'a BookSettings) -> Option<&'a str> {
    settings.reference.as_deref().or(book.reference.as_deref())
}

fn entry(page: &Page, book: &Book, settings: &BookSettings) -> Result<Entry, Fault> {
    let origin = origin(page, settings.origins.as_ref())?;
    let mut entry = Entry::new(page.line);
    entry.set("id", name(&origin, page)?);
    entry.set("space", settings.space);
    entry.set("origin", origin.as_str());
    if let Some(media_type) = &page.media_type {
        entry.set("mediaType", media_type.as_str());
    }
    let volume = settings.volume.or(book.volume).unwrap_or(0);
    for (field, said) in &settings.mapping.0 {
        let is_number = NUMBERS.contains(&field.as_str());
        let text = match said {
            Said::Reference => reference(book, settings).map(str::to_owned),
            Said::Title => book.title.clone(),
            Said::Label => page.label.clone(),
            Said::Volume | Said::Order if is_number => {
                entry.set(field, if *said == Said::Volume { volume } else { page.order });
                None
            }
            Said::Volume => Some(volume.to_string()),
            Said::Order => Some(page.order.to_string()),
        };
        if let Some(text) = text {
            entry.set(field, text);
        }
    }
    Ok(entry)
}

/// An address as it stands, or one that is below that of all images.
fn origin(page: &Page, base: Option<&Url>) -> Result<Url, Fault> {
    let href = page.href.as_str();
    let fault = |what: String| Fault::new(page.line, what);
    if let Ok(url) = Url::parse(href) {
        return Ok(url);
    }
    let base = base.ok_or_else(|| {
        fault(format!("{href:?} is relative: say at which address the images are"))
    })?;
    let url = base.join(href).map_err(|error| fault(format!("{href:?} is no address: {error}")))?;
    if !url.as_str().starts_with(base.as_str()) {
        return Err(fault(format!("{href:?} leads out of {base}")));
    }
    Ok(url)
}

/// The file's own name; that of an image which is asked for as IIIF has it, and not of the request.
fn name(origin: &Url, page: &Page) -> Result<String, Fault> {
    let path = origin.path();
    let mut ends = path.rmatch_indices('/').map(|(place, _)| place);
    let identifier = ends
        .nth(3)
        .filter(|place| ImageRequest::parse(iiif::Version::V3, &path[place + 1..]).is_ok());
    let path = identifier.map_or(path, |place| &path[..place]);
    let last = path.rsplit('/').next().unwrap_or_default();
    match percent_decode_str(last).decode_utf8() {
        Ok(name) if !name.is_empty() => Ok(name.into_owned()),
        Ok(_) | Err(_) => {
            Err(Fault::new(page.line, format!("{:?} ends in no name of a file", page.href)))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn page(href: &str, order: i64, label: Option<&str>) -> Page {
        Page {
            line: 10,
            order,
            label: label.map(str::to_owned),
            href: href.to_owned(),
            media_type: Some("image/jp2".to_owned()),
        }
    }

    fn book(pages: Vec<Page>) -> Book {
        Book { reference: Some("b1".into()), title: Some("Flora".into()), volume: None, pages }
    }

    fn settings() -> BookSettings {
        BookSettings {
            space: 5,
            origins: Some(Url::parse("https://scans.example.org/b1/").unwrap()),
            reference: None,
            volume: None,
            mapping: BookMapping::default(),
        }
    }

    fn fields(book: &Book, settings: &BookSettings) -> Value {
        let entries = of_book(book, settings).unwrap();
        json!(entries.iter().map(|entry| &entry.fields).collect::<Vec<_>>())
    }

    #[test]
    fn pages_are_registered_as_the_first_workflow_does() {
        let pages =
            vec![page("objects/b1_1.jp2", 1, None), page("objects/b1_2.jp2", 2, Some("xvi"))];
        let one = json!({"id": "b1_1.jp2", "space": 5, "mediaType": "image/jp2",
            "origin": "https://scans.example.org/b1/objects/b1_1.jp2",
            "string1": "b1", "number1": 0, "number2": 1});
        let two = json!({"id": "b1_2.jp2", "space": 5, "mediaType": "image/jp2",
            "origin": "https://scans.example.org/b1/objects/b1_2.jp2",
            "string1": "b1", "number1": 0, "string2": "xvi", "number2": 2});
        assert_eq!(fields(&book(pages), &settings()), json!([one, two]));
    }

    #[test]
    fn what_is_kept_where_can_be_said() {
        let mapping = "string3=title, string1=order,number3=volume".parse().unwrap();
        let settings = BookSettings { mapping, volume: Some(4), ..settings() };
        let written = fields(&book(vec![page("s3://scans/a%20b.tif", 7, Some("1"))]), &settings);
        assert_eq!(
            written,
            json!([{"id": "a b.tif", "space": 5, "origin": "s3://scans/a%20b.tif",
                "mediaType": "image/jp2", "string3": "Flora", "string1": "7", "number3": 4}])
        );
        for wrong in [
            "",
            "string1",
            "string4=label",
            "number1=label",
            "string1=x",
            "string1=label,string1=title",
        ] {
            assert!(wrong.parse::<BookMapping>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_image_of_a_service_has_the_name_of_its_identifier() {
        let request = "https://iiif.example.org/iiif-img/2/5/a%2Fb%201/full/max/0/default.jpg";
        let short = "https://iiif.example.org/a/full/max/0/cover.jpg";
        let pages = vec![page(request, 1, None), page(short, 2, None)];
        let written = fields(&book(pages), &settings());
        assert_eq!((&written[0]["id"], &written[1]["id"]), (&json!("a/b 1"), &json!("cover.jpg")));
        assert_eq!(written[0]["origin"], request);
    }

    #[test]
    fn every_page_that_cannot_be_found_is_told() {
        let pages =
            vec![page("a.jp2", 1, None), page("../../secret", 2, None), page("b/", 3, None)];
        let told = |settings: &BookSettings| {
            let faults = of_book(&book(pages.clone()), settings).unwrap_err();
            faults.iter().map(|fault| fault.what.clone()).collect::<Vec<_>>()
        };
        assert_eq!(
            told(&settings()),
            [
                "\"../../secret\" leads out of https://scans.example.org/b1/",
                "\"b/\" ends in no name of a file",
            ]
        );
        let nowhere = told(&BookSettings { origins: None, ..settings() });
        assert_eq!(nowhere.len(), 3);
        assert_eq!(nowhere[0], "\"a.jp2\" is relative: say at which address the images are");
        let nameless = Book { reference: None, ..book(vec![page("a.jp2", 1, None)]) };
        let faults = of_book(&nameless, &settings()).unwrap_err();
        assert!(faults[0].what.contains("give its reference"), "{faults:?}");
    }
}
