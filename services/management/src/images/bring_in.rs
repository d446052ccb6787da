use std::time::Duration;

use catalogue::{Asset, JobEnd, JobId, NO_ROOM, Priority};
use model::{AssetId, DeliveryChannel, MediaType};

use crate::{Management, error::Error};

/// Audio and video take their time: nobody waits for them.
pub(crate) fn priority(media_type: &MediaType) -> Priority {
    if media_type.is_audio_or_video() { Priority::Normal } else { Priority::Immediate }
}

/// Waits until the job has brought the asset in, and tells how the asset is then.
///
/// Work on audio and video is not waited for.
pub(crate) async fn bring_in(
    management: &Management,
    asset: Asset,
    job: Option<JobId>,
) -> Result<Asset, Error> {
    let Some(job) = job.filter(|_| !asset.has_channel(DeliveryChannel::IiifAv)) else {
        return Ok(asset);
    };
    let seconds = management.config.immediate_timeout_seconds;
    let end = management.catalogue.wait_for_job(job, Duration::from_secs(seconds)).await?;
    let asset = existing(management, &asset.id).await?;
    let failure = match end {
        JobEnd::TimedOut => return Err(Error::StillQueued { seconds }),
        JobEnd::GivenUp(reason) => Some(reason),
        JobEnd::Ended => None,
    };
    match asset.error.clone().or(failure) {
        None => Ok(asset),
        Some(error) if error == NO_ROOM => Err(Error::StorageFull(error)),
        Some(error) => Err(Error::NotBroughtIn(error)),
    }
}

/// The asset as it is recorded now.
pub(super) async fn existing(management: &Management, id: &AssetId) -> Result<Asset, Error> {
    let asset = management.catalogue.asset(id).await?;
    asset.ok_or_else(|| Error::NotFound(format!("asset {id}")))
}

/// Refuses to change what is not for delivery, which the API has no say in.
pub(crate) fn check_is_ours(asset: &Asset) -> Result<(), Error> {
    if asset.not_for_delivery {
        return Err(Error::invalid("Cannot use API to modify a NotForDelivery asset."));
    }
    Ok(())
}
