use std::path::Path;

use anyhow::Context;
use catalogue::{Asset, AssetChannel, AtOrigin, Job, KeptObject, OriginAccess, Stage};
use model::{DeliveryChannel, Origin};

use crate::{
    engine::Engine, failure::Failure, fetch::Wanted, keep::keep_original, origins::Fetched,
};

/// Where an asset comes from, before anything is fetched.
pub(crate) struct Found<'a> {
    origin: &'a Origin,
    access: OriginAccess,
    /// The original, if it is to be served from there.
    pub(crate) at_origin: Option<AtOrigin>,
}

/// What an asset is made of.
pub(crate) struct Source {
    pub(crate) fetched: Fetched,
    /// The original, if no copy of it is to be kept.
    pub(crate) at_origin: Option<AtOrigin>,
}

impl Engine {
    pub(crate) async fn look<'a>(&self, job: &Job, asset: &'a Asset) -> Result<Found<'a>, Failure> {
        self.stages.enter(job.id, Stage::Fetching);
        let customer = asset.id.customer;
        let origin = asset.origin.as_ref();
        let origin = origin.ok_or_else(|| Failure::Asset("the asset has no origin".to_owned()))?;
        let access = self.access(customer, origin).await?;
        let at_origin = match serves_original(asset) {
            true => self.fetcher.look((customer, origin), &access).await?,
            false => None,
        };
        Ok(Found { origin, access, at_origin })
    }

    /// What was found, as it was then; if there is room for what is made of it.
    pub(crate) async fn fetch(
        &self,
        asset: &Asset,
        Found { origin, access, at_origin }: Found<'_>,
        folder: &Path,
    ) -> Result<Source, Failure> {
        let customer = asset.id.customer;
        let wanted = Wanted { customer, origin, is_image: asset.media_type.is_image() };
        let fetched = match &at_origin {
            Some(seen) => self.fetcher.fetch_as_seen(customer, seen, folder).await?,
            None => self.fetcher.fetch(wanted, &access, folder).await?,
        };
        let stays_as_it_is = at_origin.is_some() && uses_original(asset);
        let needed = if stays_as_it_is { 0 } else { fetched.bytes };
        let left = self.catalogue.bytes_left(&asset.id).await;
        match left.context("the storage policy can't be looked up")? {
            left if needed > left => Err(Failure::Asset(catalogue::NO_ROOM.to_owned())),
            _ => Ok(Source { fetched, at_origin }),
        }
    }

    /// Opens an origin as its customer wants it opened.
    pub(crate) async fn open(&self, wanted: Wanted<'_>, folder: &Path) -> Result<Fetched, Failure> {
        let access = self.access(wanted.customer, wanted.origin).await?;
        self.fetcher.fetch(wanted, &access, folder).await
    }

    async fn access(&self, customer: u32, origin: &Origin) -> Result<OriginAccess, Failure> {
        let access = self.catalogue.origin_access(customer, origin).await;
        Ok(access.context("the origin strategy can't be looked up")?)
    }

    pub(crate) async fn keep_original_if_wanted(
        &self,
        asset: &Asset,
        job: &Job,
        source: &Source,
        folder: &Path,
    ) -> Result<Option<KeptObject>, Failure> {
        if source.at_origin.is_some() || !asset.has_channel(DeliveryChannel::File) {
            return Ok(None);
        }
        let place = (&job.asset, job.version);
        keep_original(&self.bucket, place, &source.fetched, folder).await.map(Some)
    }
}

fn serves_original(asset: &Asset) -> bool {
    asset.has_channel(DeliveryChannel::File) || uses_original(asset)
}

pub(crate) fn uses_original(asset: &Asset) -> bool {
    asset.channels.iter().any(AssetChannel::uses_original)
}
