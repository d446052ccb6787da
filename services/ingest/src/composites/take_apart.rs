use std::path::Path;

use anyhow::Context;
use catalogue::{Composite, CompositeStatus, Job, NewAsset, Priority, Stage};
use model::Origin;
use storage::keys;

use super::page::{keep_page, pages_of};
use crate::{
    composites::drop_words, engine::Engine, failure::Failure, fetch::Wanted, origins::Fetched,
};

/// So many pages are registered together, as the DLCS has it.
const PAGES_AT_ONCE: u64 = 100;

impl Engine {
    /// Makes an asset of each page of a document. May run twice: pages that are drawn or registered stay so.
    pub(crate) async fn take_apart(&self, job: &Job) -> Result<(), Failure> {
        let found = self.catalogue.composite(job.asset.name()).await;
        let found = found.context("the document can't be looked up")?;
        let mut composite = found.ok_or_else(|| Failure::Asset("the document is gone".into()))?;
        let folder = self.scratch.for_job().context("there is no room for files in the making")?;
        let ended = self.register_pages(job, &mut composite, folder.path()).await;
        if let Err(Failure::Asset(_)) = &ended {
            self.drop_pages(&composite).await?;
        }
        ended?;
        let completed = self.catalogue.complete_composite(job, &composite, self.now()).await;
        completed.context("the job can't be ended")?;
        tracing::info!(document = composite.id, pages = composite.registered, "taken apart");
        Ok(())
    }

    async fn register_pages(
        &self,
        job: &Job,
        composite: &mut Composite,
        folder: &Path,
    ) -> Result<(), Failure> {
        self.stages.enter(job.id, Stage::Fetching);
        self.note(composite, CompositeStatus::FetchingOrigin).await?;
        let (customer, origin) = (composite.customer, &composite.origin);
        let source = self.open(Wanted { customer, origin, is_image: false }, folder).await?;
        let pages = pages_of(&self.config, &source).await?;
        if pages > self.config.max_pages {
            let most = self.config.max_pages;
            let text = format!("the document has {pages} pages: more than {most} are not accepted");
            return Err(Failure::Asset(text));
        }
        composite.pages = Some(pages);
        while composite.registered < pages {
            self.note(composite, CompositeStatus::Rasterizing).await?;
            let end = pages.min(composite.registered + PAGES_AT_ONCE);
            let mut assets = Vec::new();
            for index in composite.registered..end {
                self.stages.advance(job.id, Stage::Converting, percent(index, pages));
                assets.push(self.page(composite, index, (&source, folder)).await?);
            }
            self.note(composite, CompositeStatus::BuildingDlcsRequest).await?;
            let customer = composite.customer;
            let batch =
                self.catalogue.register_batch(customer, &assets, Priority::Normal, self.now());
            composite.batches.push(batch.await.map_err(refused)?.id);
            composite.registered = end;
        }
        Ok(())
    }

    async fn page(
        &self,
        composite: &Composite,
        index: u64,
        (source, folder): (&Fetched, &Path),
    ) -> Result<NewAsset, Failure> {
        let (number, id) = numbered(composite, index)?;
        let key = keys::upload(&id, &token(composite, index));
        keep_page((&self.config, &self.bucket), (source, folder), (index, &key)).await?;
        composite.template.page(id, number, Origin::upload(&key)).map_err(refused)
    }

    /// Removes the pages that were drawn, and are not going to be anybody's origin.
    async fn drop_pages(&self, composite: &Composite) -> Result<(), Failure> {
        let pages = composite.pages.unwrap_or_default();
        for index in composite.registered..pages.min(composite.registered + PAGES_AT_ONCE) {
            let Ok((_, id)) = numbered(composite, index) else { continue };
            let key = keys::upload(&id, &token(composite, index));
            drop_words(&self.bucket, &key).await.context("a page can't be removed")?;
            self.bucket.delete(&key).await.context("a page can't be removed")?;
        }
        Ok(())
    }

    async fn note(
        &self,
        composite: &mut Composite,
        status: CompositeStatus,
    ) -> Result<(), Failure> {
        composite.status = status;
        let noted = self.catalogue.advance_composite(composite, self.now()).await;
        Ok(noted.context("the progress can't be noted")?)
    }
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

/// Tells the page from others that the asset had before.
fn token(composite: &Composite, index: u64) -> String {
    format!("{}-{index}", composite.id)
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
