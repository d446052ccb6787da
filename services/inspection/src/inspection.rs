use std::hash::{DefaultHasher, Hash, Hasher};

use catalogue::{Asset, Catalogue, Priority};
use futures_util::{StreamExt, TryStreamExt, stream};
use storage::{Bucket, ListedBuckets};
use time::OffsetDateTime;

use crate::{
    BatchCounter, Counter, Error, Fault, Report,
    orphans::Search,
    versions::{Checked, check},
};

/// What is to be looked at, and what is to be done about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Wishes {
    /// Only what this customer has.
    pub customer: Option<u32>,
    /// Which part of the assets is read back, from 0 to 1: others in every inspection.
    pub part: f64,
    /// Whether orphans are removed, damaged assets are brought in again, and counters put right.
    pub repairs: bool,
}

/// Looks through a library.
pub struct Inspection {
    pub catalogue: Catalogue,
    pub bucket: Bucket,
    /// Where originals are that stayed with their owners.
    pub listed: ListedBuckets,
    pub wishes: Wishes,
    pub now: OffsetDateTime,
}

/// Assets that are read from the catalogue at once.
const TOGETHER: u32 = 200;
/// Assets that are read back at the same time.
const AT_ONCE: usize = 4;

impl Inspection {
    /// A report that nothing is in yet.
    pub fn begin(&self) -> Report {
        Report::begin(self.wishes.customer, self.wishes.part, self.now)
    }

    /// Whether a report is one of the same inspection, and not at its end.
    pub fn goes_on_with(&self, report: &Report) -> bool {
        report.ended.is_none()
            && report.customer == self.wishes.customer
            && report.part == self.wishes.part
    }

    /// Looks at everything that is not in the report yet; `heard` is told of it now and then.
    pub async fn run(
        &self,
        report: &mut Report,
        mut heard: impl FnMut(&Report),
    ) -> Result<(), Error> {
        while self.look_at_some(report).await? {
            heard(report);
        }
        self.search().run(report).await?;
        self.recount(report).await?;
        Ok(())
    }

    /// The next assets; `false` if there are no more.
    async fn look_at_some(&self, report: &mut Report) -> Result<bool, Error> {
        let last = report.last.as_deref().and_then(|last| last.parse().ok());
        let customer = self.wishes.customer;
        let assets = self.catalogue.assets_behind(last.as_ref(), customer, TOGETHER).await?;
        let Some(last) = assets.last().map(|asset| asset.id.to_string()) else { return Ok(false) };
        let passed = assets.len() as u64;
        let begun = report.begun;
        let chosen = assets.into_iter().filter(|asset| self.chooses(asset, begun));
        let looks = chosen.map(|asset| async {
            let id = asset.id.clone();
            check(&self.catalogue, (&self.bucket, &self.listed), asset)
                .await
                .map(|checked| (id, checked))
        });
        // All of them before anything is done: one that is not gone on with keeps its connection to the database.
        let looked: Vec<_> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
        for (id, checked) in looked {
            let Checked { mut faults, objects, bytes, without_checksum, strays } = checked;
            if self.wishes.repairs && !faults.is_empty() {
                self.bring_in_again(&id, &mut faults).await?;
            }
            report.assets += 1;
            report.objects += objects;
            report.bytes += bytes;
            report.without_checksum += without_checksum;
            report.faults.extend(faults);
            for stray in strays {
                self.search().note(stray, report).await?;
            }
        }
        report.passed += passed;
        report.last = Some(last);
        Ok(true)
    }

    /// By chance: another part of the library in every inspection.
    fn chooses(&self, asset: &Asset, begun: OffsetDateTime) -> bool {
        let mut hasher = DefaultHasher::new();
        (&asset.id, begun.unix_timestamp_nanos()).hash(&mut hasher);
        self.wishes.part >= 1.0 || (hasher.finish() as f64) < self.wishes.part * u64::MAX as f64
    }

    /// From its origin, if that is known.
    async fn bring_in_again(&self, id: &model::AssetId, faults: &mut [Fault]) -> Result<(), Error> {
        match self.catalogue.bring_in_again(id, Priority::Background, self.now).await {
            Ok(mended) => faults.iter_mut().for_each(|fault| fault.mended = mended),
            Err(catalogue::Error::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    async fn recount(&self, report: &mut Report) -> Result<(), Error> {
        report.counters.clear();
        for drift in self.catalogue.drifted_counters(self.wishes.customer).await? {
            if self.wishes.repairs {
                self.catalogue.mend_counter(&drift, self.now).await?;
            }
            let catalogue::Drift { customer, space, counted, found } = drift;
            let mended = self.wishes.repairs;
            report.counters.push(Counter { customer, space, counted, found, mended });
        }
        report.batches.clear();
        for drift in self.catalogue.drifted_batches(self.wishes.customer).await? {
            if self.wishes.repairs {
                self.catalogue.mend_batch(&drift, self.now).await?;
            }
            let catalogue::BatchDrift { customer, batch, counted, found } = drift;
            let mended = self.wishes.repairs;
            report.batches.push(BatchCounter { customer, batch, counted, found, mended });
        }
        Ok(())
    }

    fn search(&self) -> Search<'_> {
        Search {
            catalogue: &self.catalogue,
            bucket: &self.bucket,
            removes: self.wishes.repairs,
            now: self.now,
        }
    }
}
