use std::sync::Arc;

use catalogue::AssetCard;
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use imaging::Outline;
use tokio::sync::Semaphore;

/// What a name leads to at the moment: an original, and what is made of it.
#[derive(Clone)]
pub struct Holding {
    /// Its version is made of what the source tells a state of the original by.
    pub card: Arc<AssetCard>,
    /// What the original is called where it comes from.
    pub file_name: Arc<str>,
    /// How large the original is.
    pub bytes: u64,
    /// How it can be drawn until it is ready, if it can.
    pub meanwhile: Option<Meanwhile>,
    pub(super) making: Making,
}

/// An original that can be drawn before it is ready, slowly.
#[derive(Clone)]
pub struct Meanwhile {
    pub outline: Arc<Outline>,
    /// Whoever draws has it, so that one image does not keep all cores.
    pub turn: Arc<Semaphore>,
}

impl Meanwhile {
    pub(super) fn new(outline: Outline) -> Self {
        Self { outline: Arc::new(outline), turn: Arc::new(Semaphore::new(1)) }
    }
}

/// Resolves when the image can be drawn.
pub(super) type Making = Shared<BoxFuture<'static, Result<(), Absent>>>;

/// Why there is no image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Absent {
    #[error("there is no profile {0}")]
    NoProfile(String),
    #[error("there is no image {name} in the profile {profile}")]
    NoImage { profile: String, name: String },
    /// The file is no image that can be shown: trying again would end the same way.
    #[error("{0}")]
    Broken(String),
    /// What was found is not there any more: look again.
    #[error("the image is being replaced: please try again")]
    Replaced,
    /// The source, or this machine, is out of order.
    #[error("{0}")]
    Unavailable(String),
}

impl Holding {
    /// Resolves when the image can be drawn; the work goes on when nobody waits.
    pub fn ready(&self) -> impl Future<Output = Result<(), Absent>> + Send + 'static {
        self.making.clone()
    }

    /// Whether what is there of it may stay: nothing has failed that could go well another time.
    pub(super) fn is_sound(&self) -> bool {
        !matches!(self.making.peek(), Some(Err(Absent::Unavailable(_))))
    }
}

/// For what is there already.
pub(super) fn made() -> Making {
    async { Ok(()) }.boxed().shared()
}
