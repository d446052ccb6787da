use std::sync::Arc;

use catalogue::{Stamp, Stretch};
use iiif::Version;
use moka::{
    future::Cache,
    ops::compute::{CompResult, Op},
};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    asked::{Asked, Parameters},
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
    pub(super) async fn document(mut self, parameters: Parameters) -> Result<Written, Error> {
        let Parameters { page, afresh } = parameters;
        let delivery = Arc::clone(&self.delivery);
        let kept = &delivery.documents.kept;
        if let Some(page) = page {
            self.id = format!("{}?page={page}", self.id);
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
            match self.make(page, before).await? {
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

    async fn make(
        self,
        page: Option<u32>,
        before: Option<Arc<Kept>>,
    ) -> Result<Option<Kept>, Error> {
        let delivery = Arc::clone(&self.delivery);
        let _turn = delivery.documents.turn().await?;
        let catalogue = delivery.catalogue()?;
        let (customer, asked) = (self.asked.customer, self.asked.clone());
        let stamp = catalogue.stamp(customer, &asked.question);
        let size = u64::from(delivery.config.max_canvases);
        let offset = u64::from(page.unwrap_or(1) - 1) * size;
        // One more than fits shows that there are more.
        let limit = if page.is_none() { size + 1 } else { size };
        let stretch = Stretch { offset, limit };
        let cards = catalogue.found_cards(customer, &asked.question, stretch).await?;
        let written = if cards.len() as u64 > size {
            let most = MAX_COUNTED + 1;
            let total = catalogue.count_found(customer, &asked.question, most).await?;
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
        let written = written.map_err(|_| Error::Interrupted)?.map_err(Error::Document)?;
        Ok(written.map(|written| Kept { asked, stamp, written }))
    }
}
