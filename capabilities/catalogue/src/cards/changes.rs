use std::{
    hash::{BuildHasher, RandomState},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use model::{AssetId, named_query::Question};

use crate::Catalogue;

/// When the assets of which something was made were read; as long as it holds, none of them has changed.
///
/// It has to be taken before the assets are read: what changes meanwhile makes it void.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    place: usize,
    epoch: u64,
    taken: Instant,
}

/// Counts the changes that this process makes to assets, for each customer and for each of its spaces.
///
/// Some share a count, which does no more harm than that something is read again for nothing.
pub(crate) struct Changes {
    epochs: Box<[AtomicU64]>,
    places: RandomState,
    /// After so long a stamp is void anyway, because another process may have changed something.
    max_age: Duration,
}

const EPOCHS: usize = 4096;

impl Changes {
    pub(crate) fn new(max_age: Duration) -> Self {
        let epochs = (0..EPOCHS).map(|_| AtomicU64::new(0)).collect();
        Self { epochs, places: RandomState::new(), max_age }
    }

    /// To be called when a change of the asset has been committed.
    pub(crate) fn note(&self, asset: &AssetId) {
        self.note_all(asset.customer);
        self.end_epoch(self.place(asset.customer, Some(asset.space)));
    }

    /// To be called when a change has been committed of what finds assets of any space, such as a space's name.
    pub(crate) fn note_all(&self, customer: u32) {
        self.end_epoch(self.place(customer, None));
    }

    fn end_epoch(&self, place: usize) {
        self.epochs[place].fetch_add(1, Ordering::Release);
    }

    fn place(&self, customer: u32, space: Option<u32>) -> usize {
        (self.places.hash_one((customer, space)) % self.epochs.len() as u64) as usize
    }

    fn epoch(&self, place: usize) -> u64 {
        self.epochs[place].load(Ordering::Acquire)
    }
}

impl Catalogue {
    /// To be kept with what is made of the assets that a question finds.
    pub fn stamp(&self, customer: u32, question: &Question) -> Stamp {
        let changes = &self.parts().changes;
        let space = question.space.filter(|_| question.space_name.is_none());
        let place = changes.place(customer, space);
        Stamp { place, epoch: changes.epoch(place), taken: Instant::now() }
    }

    /// A change made by this process voids a stamp at once, one made by another after `card_max_age_seconds` at the
    /// latest.
    pub fn holds(&self, stamp: &Stamp) -> bool {
        let changes = &self.parts().changes;
        changes.epoch(stamp.place) == stamp.epoch && stamp.taken.elapsed() < changes.max_age
    }
}
