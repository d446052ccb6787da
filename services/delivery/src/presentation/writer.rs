//! Writes the documents made of what a named query finds.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    io, ops,
    sync::Arc,
};

use catalogue::AssetCard;
use iiif::{
    Version,
    presentation::{Collection, Content, Description, LanguageMap, Manifest, Member, Range},
};
use model::{PublicUrls, named_query::Question};
use time::format_description::well_known::Rfc3339;

use super::{
    asked::Asked,
    teller::{Teller, entry, has_canvas},
};
use crate::{access::Visitor, delivery::Delivery, document::Stored, visit::Visit};

/// What a document is about, and how it is to be said.
pub(super) struct Writer {
    pub(super) delivery: Arc<Delivery>,
    pub(super) urls: PublicUrls,
    pub(super) asked: Asked,
    /// Where the document is published.
    pub(super) id: String,
    /// Where the whole is published that the document is a part of, or is.
    pub(super) part_of: String,
    pub(super) version: Version,
}

impl Writer {
    pub(super) fn new(
        delivery: Arc<Delivery>,
        visit: &Visit,
        asked: Asked,
        id: String,
        version: Version,
    ) -> Self {
        Self { delivery, urls: visit.urls.clone(), asked, part_of: id.clone(), id, version }
    }
}

/// A document, and where in it each asset is.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) stored: Stored,
    pieces: Arc<[Piece]>,
}

/// One canvas in the text of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    /// Of all that the canvas was made of.
    fingerprint: u64,
    place: ops::Range<usize>,
}

impl Writer {
    /// The assets as one manifest, the first being the `first`-th that was found; `None` if none of them can be shown.
    ///
    /// What was `before` saves the work for those that are as they were. Whoever asks, a manifest shows what strangers
    /// may see: it is the same for all.
    pub(super) fn manifest(
        &self,
        cards: &[AssetCard],
        first: u32,
        before: Option<&Written>,
    ) -> io::Result<Option<Written>> {
        let shown = cards.iter().zip(first..).filter(|(card, _)| has_canvas(card, self.version));
        let shown: Vec<_> =
            shown.map(|(card, number)| (card, number, print(card, number))).collect();
        if shown.is_empty() {
            return Ok(None);
        }
        let prints = || shown.iter().map(|(_, _, print)| *print);
        if let Some(before) = before
            && before.pieces.iter().map(|piece| piece.fingerprint).eq(prints())
        {
            return Ok(Some(before.clone()));
        }
        let old = before.map(Old::of).transpose()?;
        let thumbnail = shown.iter().find_map(|(card, ..)| self.thumbnail(card));
        let described =
            Manifest { thumbnail: thumbnail.into_iter().collect(), ..self.describe(cards)? };
        let numbered: Vec<_> = shown.iter().map(|(card, number, _)| (*card, *number)).collect();
        let ranges = self.ranges(&numbered);
        let envelope = Manifest { ranges, ..described }.envelope(self.version);
        let mut text = envelope.before;
        let mut pieces = Vec::with_capacity(shown.len());
        for (card, number, fingerprint) in shown {
            let separator = if pieces.is_empty() { "" } else { "," };
            text.push_str(separator);
            let start = text.len();
            match old.as_ref().and_then(|old| old.piece(fingerprint)) {
                Some(piece) => text.push_str(piece),
                None => text.push_str(&self.canvas(card, number)),
            }
            pieces.push(Piece { fingerprint, place: start..text.len() });
        }
        text.push_str(&envelope.after);
        Ok(Some(Written { stored: Stored::new(&text)?, pieces: pieces.into() }))
    }

    /// More than one manifest can hold: a collection of manifests with `size` canvases each.
    pub(super) fn collection(&self, total: u64, size: u64) -> io::Result<Written> {
        let page = |page: u64| {
            let (from, to) = ((page - 1) * size + 1, total.min(page * size));
            let label = LanguageMap::new("en", format!("Canvases {from} to {to}"));
            Member::manifest(format!("{}?page={page}", self.id), label)
        };
        let members = (1..=total.div_ceil(size)).map(page).collect();
        self.list(self.description(&self.asked.question)?, members)
    }

    /// A collection of these.
    pub(super) fn list(&self, about: Description, members: Vec<Member>) -> io::Result<Written> {
        let (id, whole) = (self.id.clone(), &self.part_of);
        let part_of = (*whole != id).then(|| whole.clone());
        let label = about.label().cloned().unwrap_or_else(|| self.label());
        let collection = Collection { id, label, about, part_of, members };
        let text = collection.to_json(self.version).to_string();
        Ok(Written { stored: Stored::new(&text)?, pieces: Arc::default() })
    }

    /// What the query says of a manifest or collection of what is asked so. It was read when it was saved; that it can't be now is
    /// nobody's fault who asks.
    pub(super) fn description(&self, question: &Question) -> io::Result<Description> {
        self.asked.query.description(question).map_err(io::Error::other)
    }

    pub(super) fn describe(&self, cards: &[AssetCard]) -> io::Result<Manifest> {
        // The date of the newest asset, and not of today: the same assets make the same document everywhere.
        let generated = cards.iter().map(|card| card.modified).max();
        let generated = generated.and_then(|modified| modified.format(&Rfc3339).ok());
        let title = entry("Title", self.asked.query.name.clone());
        let generated = generated.map(|moment| entry("Generated On", moment));
        let mut manifest = Manifest {
            metadata: [title].into_iter().chain(generated).collect(),
            ..Manifest::new(self.id.as_str(), self.label())
        };
        self.description(&self.asked.question)?.describe(&mut manifest);
        Ok(manifest)
    }

    /// Canvases that follow one another and have the same value, where the query wants them named by it.
    pub(super) fn ranges(&self, shown: &[(&AssetCard, u32)]) -> Vec<Range> {
        let Some(field) = self.asked.template.ranges else { return Vec::new() };
        let mut ranges: Vec<Range> = Vec::new();
        let mut last = None;
        for (card, number) in shown {
            let value = card.text(field);
            if let Some(value) = value.as_ref().filter(|_| value != last) {
                let id = format!("{}#range-{}", self.id, ranges.len() + 1);
                let label = LanguageMap::none(value);
                ranges.push(Range { id, label, canvases: Vec::new() });
            }
            if let Some(range) = ranges.last_mut().filter(|_| value.is_some()) {
                range.canvases.push(self.urls.canvas(&card.id, *number));
            }
            last = value;
        }
        ranges
    }

    pub(super) fn label(&self) -> LanguageMap {
        let name = &self.asked.query.name;
        LanguageMap::new("en", format!("Generated from '{name}' named query"))
    }

    /// The first page stands for the whole.
    fn thumbnail(&self, card: &AssetCard) -> Option<Content> {
        self.teller(card, &Visitor::stranger()).thumbnail()
    }

    fn canvas(&self, card: &AssetCard, number: u32) -> String {
        let label = self.asked.template.canvas_label.and_then(|field| card.text(field));
        let canvas = self.teller(card, &Visitor::stranger()).canvas(number, label);
        canvas.to_json(self.version).map(|canvas| canvas.to_string()).unwrap_or_default()
    }

    pub(super) fn teller<'a>(&'a self, card: &'a AssetCard, visitor: &'a Visitor) -> Teller<'a> {
        Teller { delivery: &self.delivery, card, urls: &self.urls, visitor }
    }
}

impl Written {
    pub(super) fn memory(&self) -> usize {
        self.stored.memory() + self.pieces.len() * size_of::<Piece>()
    }
}

/// The text of the document before, and where what is in it.
struct Old {
    text: String,
    places: HashMap<u64, ops::Range<usize>>,
}

impl Old {
    fn of(written: &Written) -> io::Result<Self> {
        let places = written.pieces.iter().map(|piece| (piece.fingerprint, piece.place.clone()));
        Ok(Self { text: written.stored.text()?, places: places.collect() })
    }

    fn piece(&self, fingerprint: u64) -> Option<&str> {
        self.text.get(self.places.get(&fingerprint)?.clone())
    }
}

fn print(card: &AssetCard, number: u32) -> u64 {
    let mut hasher = DefaultHasher::new();
    (card, number).hash(&mut hasher);
    hasher.finish()
}
