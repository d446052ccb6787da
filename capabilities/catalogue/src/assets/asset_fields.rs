use model::{DeliveryChannel, MediaType, Origin};

use crate::Expected;

/// What a request says about one property: nothing, that it be emptied, or what it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// The property is absent from the request.
    #[default]
    Keep,
    /// The property is null.
    Clear,
    Set(T),
}

/// What a request says about an asset. Everything absent keeps its value, in PUT as in PATCH.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AssetFields {
    pub origin: Change<Origin>,
    pub media_type: Change<MediaType>,
    /// `Clear` keeps the channels, as in the DLCS.
    pub channels: Change<ChannelChoice>,
    pub roles: Change<Vec<String>>,
    pub tags: Change<Vec<String>>,
    pub manifests: Change<Vec<String>>,
    pub max_unauthorised: Change<i32>,
    pub open_full_max: Change<u32>,
    pub max_width: Change<u32>,
    pub string1: Change<String>,
    pub string2: Change<String>,
    pub string3: Change<String>,
    pub number1: Change<i64>,
    pub number2: Change<i64>,
    pub number3: Change<i64>,
    pub expected: Expected,
}

/// The delivery channels that a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelChoice {
    /// The keyword `default`: whatever the space and the customer have set for the media type.
    Defaults,
    These(Vec<WantedChannel>),
}

/// One wanted channel; without a policy, the default one for the media type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedChannel {
    pub channel: DeliveryChannel,
    pub policy: Option<String>,
}

impl<T> Change<T> {
    /// From JSON's three cases: absent, null, a value.
    pub fn from_nested(value: Option<Option<T>>) -> Self {
        match value {
            None => Self::Keep,
            Some(None) => Self::Clear,
            Some(Some(value)) => Self::Set(value),
        }
    }

    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

impl<T: Clone> Change<T> {
    /// Null gives `empty`.
    pub(crate) fn apply_or(&self, value: &mut T, empty: T) {
        match self {
            Self::Keep => (),
            Self::Clear => *value = empty,
            Self::Set(new) => value.clone_from(new),
        }
    }

    pub(crate) fn apply_optional(&self, value: &mut Option<T>) {
        match self {
            Self::Keep => (),
            Self::Clear => *value = None,
            Self::Set(new) => *value = Some(new.clone()),
        }
    }
}

impl<T: Clone + Default> Change<T> {
    pub(crate) fn apply(&self, value: &mut T) {
        self.apply_or(value, T::default());
    }
}
