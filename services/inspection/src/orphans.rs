use std::collections::HashSet;

use catalogue::{Catalogue, Whereabouts};
use futures_util::TryStreamExt;
use storage::{
    Bucket, Object,
    keys::{self, Owner},
};
use time::{Duration, OffsetDateTime};

use crate::{Error, Orphan, Report};

/// Whoever makes something says so in the catalogue sooner.
const YOUNG: Duration = Duration::days(1);
/// So many objects are asked for at once.
const TOGETHER: usize = 1000;

/// Finds out whose objects are.
pub(crate) struct Search<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) bucket: &'a Bucket,
    pub(crate) removes: bool,
    pub(crate) now: OffsetDateTime,
}

impl Search<'_> {
    /// Looks through everything that the storage has.
    pub(crate) async fn run(&self, report: &mut Report) -> Result<(), Error> {
        let making = self.catalogue.uploads_in_the_making().await?;
        let prefixes = match report.customer {
            None => vec![String::new()],
            Some(customer) => {
                ["", "uploads/", "projections/"].map(|kind| format!("{kind}{customer}")).into()
            }
        };
        for prefix in prefixes {
            let mut objects = self.bucket.list(&prefix).try_chunks(TOGETHER);
            while let Some(some) = objects.try_next().await.map_err(|torn| torn.1)? {
                let owned = some.into_iter().map(|object| (keys::owner(&object.key), object));
                self.look_at(owned.collect(), &making, report).await?;
            }
        }
        Ok(())
    }

    async fn look_at(
        &self,
        owned: Vec<(Owner, Object)>,
        making: &HashSet<String>,
        report: &mut Report,
    ) -> Result<(), Error> {
        let (mut versions, mut uploads, mut tokens) = (Vec::new(), Vec::new(), Vec::new());
        for (owner, _) in &owned {
            match owner {
                Owner::Version { id, version } => {
                    let place = Whereabouts { id: id.clone(), version: *version };
                    if versions.last() != Some(&place) {
                        versions.push(place);
                    }
                }
                Owner::Upload { key, token } => {
                    uploads.push(key.clone());
                    tokens.push(token.clone());
                }
                Owner::LongName | Owner::Projection { .. } | Owner::Trial | Owner::Stranger => {}
            }
        }
        let versions = self.catalogue.versions_in_use(&versions).await?;
        let tokens = self.catalogue.uploads_under_way(&tokens).await?;
        // After those that are under way: when one ends, it becomes an origin.
        let uploads = self.catalogue.uploads_in_use(&uploads).await?;
        for (owner, object) in owned {
            let is_somebodys = match owner {
                Owner::Version { id, version } => versions.contains(&Whereabouts { id, version }),
                Owner::Upload { key, token } => {
                    uploads.contains(&key) || making.contains(&key) || tokens.contains(&token)
                }
                Owner::Projection { id, version } => {
                    self.catalogue.projection_in_use(&id, version).await?
                }
                Owner::Trial => false,
                Owner::LongName => {
                    report.unknown += 1;
                    true
                }
                Owner::Stranger => {
                    report.strangers += 1;
                    true
                }
            };
            if !is_somebodys {
                self.note(object, report).await?;
            }
        }
        Ok(())
    }

    /// Of an object that is nobody's.
    pub(crate) async fn note(&self, object: Object, report: &mut Report) -> Result<(), Error> {
        if self.now - object.modified < YOUNG {
            report.young += 1;
            return Ok(());
        }
        if self.removes {
            self.bucket.delete(&object.key).await?;
        }
        let Object { key, bytes, modified } = object;
        report.orphans.push(Orphan { key, bytes, modified, removed: self.removes });
        Ok(())
    }
}
