use std::{fs::File, sync::Arc};

use axum::http::HeaderValue;
use catalogue::AssetCard;
use futures_util::future::{BoxFuture, Shared};
use imaging::Outline;
use model::AssetId;
use serde_json::Value;
use tokio::sync::Semaphore;

/// Where images of profiles are found: what stands in for the catalogue.
///
/// It is a trait because services do not know each other: who finds and fetches originals is introduced by `app`.
pub trait Profiles: Send + Sync + 'static {
    /// What there is of that name at the moment.
    fn find<'a>(&'a self, profile: &'a str, name: &'a str) -> BoxFuture<'a, Result<Item, Absent>>;

    /// The original of a version that was found, open.
    fn original<'a>(&'a self, id: &'a AssetId, version: u64)
    -> BoxFuture<'a, Result<File, Absent>>;

    /// Lets an image be made ready anew, as what was kept of it is gone.
    fn forget<'a>(&'a self, id: &'a AssetId) -> BoxFuture<'a, ()>;

    /// Whether images that are not there are left out of archives without a word.
    fn may_lack(&self, profile: &str) -> bool;

    /// What each profile has done and keeps, by its name.
    fn status(&self) -> Value;
}

/// `profile:name`, as far as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Identifier {
    pub(super) profile: Option<String>,
    pub(super) name: String,
}

/// An image of a profile.
#[derive(Clone)]
pub struct Item {
    pub card: Arc<AssetCard>,
    pub words: Arc<ProfileWords>,
    /// What the original is called where it comes from.
    pub file_name: Arc<str>,
    /// How large the original is.
    pub bytes: u64,
    /// Resolves when the image can be drawn.
    pub ready: Ready,
    /// How it can be drawn until then, if it can.
    pub meanwhile: Option<Meanwhile>,
}

/// An original that is drawn as it is until its pyramid is made.
#[derive(Clone)]
pub struct Meanwhile {
    pub outline: Arc<Outline>,
    /// Whoever draws has it: such drawings are dear, and one after the other for each image.
    pub turn: Arc<Semaphore>,
}

pub type Ready = Shared<BoxFuture<'static, Result<(), Absent>>>;

/// What all images of a profile have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileWords {
    pub rights: Option<String>,
    pub cache_control: HeaderValue,
}

/// Why there is no image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Absent {
    #[error("Profile {0} not recognised")]
    NoProfile(String),
    #[error("Image {name} not found in profile {profile}")]
    NoImage { profile: String, name: String },
    /// The original is no image that can be shown.
    #[error("{0}")]
    Broken(String),
    /// What was found is not there any more: look again.
    #[error("the image is being replaced: please try again")]
    Replaced,
    /// The source, or this machine, is out of order.
    #[error("{0}")]
    Unavailable(String),
}

impl Identifier {
    /// Splits at the first colon; names may hold more of them.
    pub(super) fn parse(text: &str) -> Self {
        match text.split_once(':') {
            Some((profile, name)) => {
                Self { profile: Some(profile.to_owned()), name: name.to_owned() }
            }
            None => Self { profile: None, name: text.to_owned() },
        }
    }
}
