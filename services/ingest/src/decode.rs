//! The other end of `convert`: a child without rights, in which untrusted bytes are decoded.

use std::io::{Read, Write};

use bindery::Excerpt;
use imaging::{
    AdoptSettings, Adopted, ConvertSettings, Converted, Original, Outline, SourceFacts, adopt,
    identify,
};
use sandbox::child::file;
use serde::{Deserialize, Serialize};

use crate::composites::{Contents, ContentsTask, PageTask, look_into, make_page};

/// What the child is asked to do, and the files that it is given for it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Task {
    /// Make a pyramid: source, pyramid, thumbnails, scratch.
    Convert(ConvertSettings),
    /// See whether the source can be served as it is: source, thumbnails.
    Adopt(AdoptSettings),
    /// See whether the source can be served as it is, or else what it is: source, thumbnails.
    Look(AdoptSettings),
    /// Find the pages of a document: source.
    LookInto(ContentsTask),
    /// Make a page of a document: source, image, words.
    MakePage(PageTask),
    /// Take the first pages out of a PDF: source, pages.
    Excerpt { most_pages: usize },
}

/// What became of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Outcome {
    Converted(Converted),
    Adopted(Adopted),
    /// What it is, and how it can be drawn until there is a pyramid of it, if it can.
    Identified(SourceFacts, Option<Outline>),
    Contents(Contents),
    /// It was made.
    Page,
    /// What an [`Excerpt`] says beside its bytes.
    Excerpted {
        tree: i32,
        pages: Vec<i32>,
        places: Vec<(i32, u64)>,
    },
    /// We can't read this kind of image; another program might.
    Unsupported(String),
    /// The image is at fault, or too large.
    Refused(String),
    /// We are at fault, or the machine.
    Broken(String),
}

impl Outcome {
    pub(crate) fn of(error: &imaging::Error) -> Self {
        use imaging::Error as Fault;
        match error {
            Fault::Unsupported(_) => Self::Unsupported(error.to_string()),
            Fault::Truncated
            | Fault::Damaged(_)
            | Fault::NotReady(_)
            | Fault::TooLarge(_)
            | Fault::Format { .. } => Self::Refused(error.to_string()),
            Fault::Io(cause) => Self::Broken(format!("{error}: {cause}")),
            Fault::Pyramid(_) | Fault::Encoding { .. } | Fault::Settings(_) => {
                Self::Broken(error.to_string())
            }
        }
    }
}

/// The body of the hidden command `recto decode`.
pub fn decode() {
    sandbox::child::work(|task: Task| {
        let done = match &task {
            Task::Convert(settings) => convert(settings).map(Outcome::Converted),
            Task::Adopt(settings) => adopt(file(0), &file(1), settings).map(Outcome::Adopted),
            Task::Look(settings) => look(settings),
            Task::LookInto(task) => Ok(look_into(task)),
            Task::MakePage(task) => Ok(make_page(task)),
            Task::Excerpt { most_pages } => excerpt(*most_pages),
        };
        done.unwrap_or_else(|error| Outcome::of(&error))
    });
}

fn convert(settings: &ConvertSettings) -> Result<Converted, imaging::Error> {
    let mut progress = |percent: u8| sandbox::child::progress(&percent.to_string());
    imaging::convert(file(0), file(1), file(2), file(3), settings, &mut progress)
}

fn excerpt(most_pages: usize) -> Result<Outcome, imaging::Error> {
    let mut source = Vec::new();
    file(0).read_to_end(&mut source)?;
    let Some(excerpt) = Excerpt::read(source, most_pages) else {
        return Ok(Outcome::Refused("is no PDF, or has no pages".to_owned()));
    };
    file(1).write_all(&excerpt.body)?;
    let Excerpt { tree, pages, places, body: _ } = excerpt;
    Ok(Outcome::Excerpted { tree, pages, places })
}

/// Whatever is wrong with a file that can't be served as it is, making a pyramid of it will tell.
fn look(settings: &AdoptSettings) -> Result<Outcome, imaging::Error> {
    let source = file(0);
    if let Ok(adopted) = adopt(source.try_clone()?, &file(1), settings) {
        return Ok(Outcome::Adopted(adopted));
    }
    let facts = identify(&source)?;
    let original = Original::open_from_top(source, &settings.limits).ok();
    Ok(Outcome::Identified(facts, original.map(|original| original.outline().clone())))
}
