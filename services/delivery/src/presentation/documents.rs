use std::sync::Arc;

use catalogue::{Stamp, Stretch};
use iiif::Version;
use model::NOT_IN_SEGMENTS;
use moka::{
    future::Cache,
    ops::compute::{CompResult, Op},
};
use percent_encoding::utf8_percent_encode;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    asked::Asked,
    writer::{Writer, Written},
};
use crate::error::Error;

/// The documents made of what named queries find.
///
/// One is kept as long as its memory is not needed for others, and given as long as its stamp holds; then the assets
/// are read again, and what of them changed is written anew.
pub(crate) struct Documents {
    kept: Cache<Key, Arc<Kept>>,
    /// So many are made at a time: one may take some ten megabytes while it is made.
    making: Semaphore,
}

/// Where a document is published, and in which version: the same address may lead to both.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key(String, Version);

struct Kept {
    asked: Asked,
    stamp: Stamp,
    written: Written,
}

/// Which of the documents that are made of what a query finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// All in one, or a list of its pages.
    Whole,
    /// Counted from 1.
    Page(u32),
    /// A collection of groups.
    Groups(GroupsPart),
}

/// Which groups, and where they lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupsPart {
    /// All, or a list of parts; else the part that begins here.
    pub(super) from: Option<String>,
    /// The address of a group's manifest, but for the last argument.
    pub(super) manifests: String,
}

const AT_A_TIME: usize = 4;

/// As many assets as are counted to say how many manifests there are.
const MAX_COUNTED: u64 = 1_000_000;

impl Documents {
    pub(crate) fn new(bytes: u64) -> Self {
        let weight = |key: &Key, kept: &Arc<Kept>| {
            let bytes = size_of::<Kept>() + key.0.len() + kept.written.memory();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder().max_capacity(bytes).weigher(weight).build();
        Self { kept, making: Semaphore::new(AT_A_TIME) }
    }

    /// To be held while many assets are in memory.
    pub(crate) async fn turn(&self) -> Result<SemaphorePermit<'_>, Error> {
        self.making.acquire().await.map_err(|_| Error::Interrupted)
    }
}

impl Writer {
    /// The document that was asked for, as it is now. Who asks afresh gets what other processes have just changed, too.
    pub(super) async fn document(mut self, part: Part, afresh: bool) -> Result<Written, Error> {
        let delivery = Arc::clone(&self.delivery);
        let kept = &delivery.documents.kept;
        match &part {
            Part::Whole | Part::Groups(GroupsPart { from: None, .. }) => {}
            Part::Page(page) => self.id = format!("{}?page={page}", self.id),
            Part::Groups(GroupsPart { from: Some(from), .. }) => {
                self.id = part_from(&self.id, from);
            }
        }
        let key = Key(self.id.clone(), self.version);
        if !afresh
            && let Some(kept) = kept.get(&key).await
            && self.still_holds(&kept)?
        {
            return Ok(kept.written.clone());
        }
        // Whoever else asks for it meanwhile waits, and then finds it made.
        let computed = kept.entry(key).and_try_compute_with(|before| async {
            let before = before.map(moka::Entry::into_value);
            if !afresh
                && let Some(before) = &before
                && self.still_holds(before)?
            {
                return Ok::<_, Error>(Op::Nop);
            }
            let before = before.filter(|before| before.asked == self.asked);
            match self.make(part, before).await? {
                Some(made) => Ok(Op::Put(Arc::new(made))),
                None => Ok(Op::Remove),
            }
        });
        match Box::pin(computed).await? {
            CompResult::Inserted(entry)
            | CompResult::ReplacedWith(entry)
            | CompResult::Unchanged(entry) => Ok(entry.into_value().written.clone()),
            CompResult::Removed(_) | CompResult::StillNone(_) => Err(Error::NothingFound),
        }
    }

    fn still_holds(&self, kept: &Kept) -> Result<bool, Error> {
        Ok(kept.asked == self.asked && self.delivery.catalogue()?.holds(&kept.stamp))
    }

    async fn make(self, part: Part, before: Option<Arc<Kept>>) -> Result<Option<Kept>, Error> {
        let delivery = Arc::clone(&self.delivery);
        let _turn = delivery.documents.turn().await?;
        let asked = self.asked.clone();
        let stamp = delivery.catalogue()?.stamp(asked.customer, &asked.question);
        let written = match part {
            Part::Whole => self.make_canvases(None, before).await?,
            Part::Page(page) => self.make_canvases(Some(page), before).await?,
            Part::Groups(part) => self.make_groups(part).await?,
        };
        Ok(written.map(|written| Kept { asked, stamp, written }))
    }

    async fn make_canvases(
        self,
        page: Option<u32>,
        before: Option<Arc<Kept>>,
    ) -> Result<Option<Written>, Error> {
        let delivery = Arc::clone(&self.delivery);
        let catalogue = delivery.catalogue()?;
        let Asked { customer, question, .. } = self.asked.clone();
        let size = u64::from(delivery.config.max_canvases);
        let offset = u64::from(page.unwrap_or(1) - 1) * size;
        // One more than fits shows that there are more.
        let limit = if page.is_none() { size + 1 } else { size };
        let stretch = Stretch { offset, limit };
        let cards = catalogue.found_cards(customer, &question, stretch).await?;
        let written = if cards.len() as u64 > size {
            let most = MAX_COUNTED + 1;
            let total = catalogue.count_found(customer, &question, most).await?;
            if total == most {
                return Err(Error::TooManyFound(MAX_COUNTED));
            }
            delivery.painters.write(move || self.collection(total, size).map(Some)).await
        } else {
            let first = u32::try_from(offset + 1).unwrap_or(u32::MAX);
            let write =
                move || self.manifest(&cards, first, before.as_deref().map(|it| &it.written));
            delivery.painters.write(write).await
        };
        written.map_err(|_| Error::Interrupted)?.map_err(Error::Document)
    }
}

/// The address of the part of a collection that begins with this group.
pub(super) fn part_from(whole: &str, first: &str) -> String {
    format!("{whole}?from={}", utf8_percent_encode(first, NOT_IN_SEGMENTS))
}
