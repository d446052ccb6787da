use std::path::Path;

use anyhow::Context;
use catalogue::{Composite, CompositeStatus, Job, NewAsset, Stage};
use model::Origin;
use storage::keys;

use super::{
    contents::{Contents, Page, contents_of},
    page::keep_page,
};
use crate::{engine::Engine, failure::Failure, fetch::Wanted};

/// So many pages are registered together, as the DLCS has it.
const PAGES_AT_ONCE: usize = 100;

impl Engine {
    /// Makes an asset of each page of a document. May run twice: pages that are made or registered stay so.
    pub(crate) async fn take_apart(&self, job: &Job) -> Result<(), Failure> {
        let found = self.catalogue.composite(job.asset.name()).await;
        let found = found.context("the document can't be looked up")?;
        let composite = found.ok_or_else(|| Failure::Asset("the document is gone".into()))?;
        let folder = self.scratch.for_job().context("there is no room for files in the making")?;
        let (document, pages) = (composite.id.clone(), composite.registered);
        let pages = pages + self.register_pages(job, composite, folder.path()).await?;
        let completed = self.catalogue.complete_composite(job, self.now()).await;
        completed.context("the job can't be ended")?;
        tracing::info!(document, pages, "taken apart");
        Ok(())
    }

    /// Answers how many pages were still to be registered.
    async fn register_pages(
        &self,
        job: &Job,
        mut composite: Composite,
        folder: &Path,
    ) -> Result<u64, Failure> {
        self.stages.enter(job.id, Stage::Fetching);
        self.note(&mut composite, CompositeStatus::FetchingOrigin).await?;
        let (customer, origin) = (composite.customer, &composite.origin);
        let source = self.open(Wanted { customer, origin, is_image: false }, folder).await?;
        let Contents { pages, skipped } = contents_of(&self.config, &source).await?;
        (composite.pages, composite.skipped) = (Some(pages.len() as u64), skipped);
        let (begun, all) = (composite.registered, pages.len() as u64);
        let left = pages.get(usize::try_from(begun).unwrap_or(usize::MAX)..).unwrap_or_default();
        for pages in left.chunks(PAGES_AT_ONCE) {
            let planned = pages.iter().zip(composite.registered..);
            let planned = planned.map(|(page, index)| Planned::new(&composite, page, index));
            let planned = planned.collect::<Result<Vec<_>, _>>()?;
            // First noted, then made: whatever becomes of the document, it is known what to clean up.
            composite.drawn = planned.iter().map(|own| own.key.clone()).collect();
            self.note(&mut composite, CompositeStatus::Rasterizing).await?;
            let mut assets = Vec::with_capacity(planned.len());
            for (own, index) in planned.into_iter().zip(composite.registered..) {
                self.stages.advance(job.id, Stage::Converting, percent(index, all));
                let room = (&*self.config, &self.bucket);
                keep_page(room, (&source, folder), (own.page, &own.key)).await?;
                assets.push(own.asset);
            }
            let registered = self.catalogue.register_pages(&composite, &assets, self.now()).await;
            composite = registered.map_err(refused)?.ok_or_else(taken_over)?;
        }
        Ok(composite.registered - begun)
    }

    async fn note(
        &self,
        composite: &mut Composite,
        status: CompositeStatus,
    ) -> Result<(), Failure> {
        composite.status = status;
        let noted = self.catalogue.advance_composite(composite, self.now()).await;
        match noted.context("the progress can't be noted")? {
            true => Ok(()),
            false => Err(taken_over()),
        }
    }
}

/// A page, and what becomes of it.
struct Planned<'a> {
    page: &'a Page,
    asset: NewAsset,
    /// Where it is kept.
    key: String,
}

impl<'a> Planned<'a> {
    fn new(composite: &Composite, page: &'a Page, index: u64) -> Result<Self, Failure> {
        let (number, id) = numbered(composite, index)?;
        // The token tells the page from others that the asset had before.
        let key = keys::upload(&id, &format!("{}-{index}", composite.id));
        let image = (Origin::upload(&key), page.media_type());
        let asset = composite.template.page(id, number, image).map_err(refused)?;
        Ok(Self { page, asset, key })
    }
}

fn taken_over() -> Failure {
    Failure::Ours(anyhow::anyhow!("another worker has the document"))
}

/// Never all of it: the last page is not done yet.
fn percent(index: u64, pages: u64) -> u8 {
    (index * 100).checked_div(pages).unwrap_or_default().min(99) as u8
}

/// The number of a page, and the asset that it becomes.
fn numbered(composite: &Composite, index: u64) -> Result<(i64, model::AssetId), Failure> {
    let number = i64::try_from(index).ok().and_then(|index| composite.seed.checked_add(index));
    let number = number.ok_or_else(|| Failure::Asset("'incrementSeed' is too large".to_owned()))?;
    let id = composite.template.asset_id((composite.customer, composite.space), number);
    Ok((number, id.map_err(refused)?))
}

/// What the registration of pages is refused for is the librarian's affair.
fn refused(error: catalogue::Error) -> Failure {
    match error {
        catalogue::Error::Invalid(text)
        | catalogue::Error::Conflict(text)
        | catalogue::Error::LimitExceeded(text) => Failure::Asset(text),
        other @ (catalogue::Error::Unavailable(_)
        | catalogue::Error::Outdated(_)
        | catalogue::Error::NotFound(_)
        | catalogue::Error::Schema(_)) => {
            Failure::Ours(anyhow::Error::new(other).context("pages can't be registered"))
        }
    }
}
