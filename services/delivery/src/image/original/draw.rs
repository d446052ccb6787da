use bytes::Bytes;
use iiif::image::Drawing;
use imaging::{DrawSettings, Limits, Outline};
use sandbox::{Failure, Question};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    message::{Objection, Order, read},
    originals::Originals,
};
use crate::{
    delivery::Delivery,
    image::{draw::DrawError, exhibit::Exhibit},
};

/// Why a child gave no image.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the image asked for is too large to be drawn here")]
    TooLarge(#[source] Words),
    #[error("the image is damaged")]
    Damaged(#[source] Words),
    #[error("the image could not be drawn")]
    Broken(#[source] Words),
    #[error("drawing the image takes too long: please ask for a smaller part of it")]
    TooSlow,
    #[error("the image can't be drawn at the moment")]
    NoChild(#[source] Failure),
    #[error("the image could not be drawn")]
    Child(#[source] Failure),
}

/// What a child says of it, for the log.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Words(String);

/// Has a child draw what is asked, when there is room for it; `turn` is given back when the child has ended.
pub(crate) async fn draw(
    delivery: &Delivery,
    (exhibit, outline): (&Exhibit, &Outline),
    drawing: &Drawing,
    settings: DrawSettings,
    turn: Option<OwnedSemaphorePermit>,
) -> Result<Bytes, DrawError> {
    let originals = &delivery.originals;
    // First, for nobody should wait for a copy with the right to draw in hand.
    let file = delivery.original(exhibit).await?;
    let permit = delivery.admission.admit(outline.memory_cost(drawing)).await?;
    let question = Question {
        owner: exhibit.card.id.customer.into(),
        topic: exhibit.key.clone(),
        request: order(originals, (exhibit, outline), drawing, settings),
        files: vec![file.try_clone().map_err(|error| Fault::NoChild(Failure::Spawn(error)))?],
    };
    let pool = originals.pool.clone();
    // The permits go with the work, and not with the visitor.
    let work = tokio::spawn(async move {
        let _permits = (permit, turn);
        pool.ask(question).await
    });
    let answer = work.await.map_err(|_| DrawError::Interrupted)?.map_err(Fault::from)?;
    Ok(read(answer.into()).map_err(Fault::from)?)
}

fn order(
    originals: &Originals,
    (exhibit, outline): (&Exhibit, &Outline),
    drawing: &Drawing,
    settings: DrawSettings,
) -> Vec<u8> {
    let max_bytes = settings.max_bytes.min(originals.drawing_bytes());
    let order = Order {
        key: exhibit.key.clone(),
        from_top: outline.is_from_top(),
        drawing: drawing.clone(),
        settings: DrawSettings { max_bytes, ..settings },
        // Ingest has let it in, whatever its limits are by now.
        limits: Limits { max_pixels: u64::MAX, max_bytes },
    };
    serde_json::to_vec(&order).unwrap_or_default()
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::TimedOut => Self::TooSlow,
            Failure::Spawn(_) => Self::NoChild(failure),
            Failure::Refused(_)
            | Failure::OutOfMemory
            | Failure::TooMuchOutput
            | Failure::Forbidden
            | Failure::Crashed { .. }
            | Failure::Silent
            | Failure::Garbled => Self::Child(failure),
        }
    }
}

impl From<Objection> for Fault {
    fn from(objection: Objection) -> Self {
        match objection {
            Objection::TooLarge(words) => Self::TooLarge(Words(words)),
            Objection::Damaged(words) => Self::Damaged(Words(words)),
            Objection::Broken(words) => Self::Broken(Words(words)),
        }
    }
}
