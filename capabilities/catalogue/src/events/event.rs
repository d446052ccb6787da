use std::str::FromStr;

use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    Error,
    database::query::{self, Record, Row},
};

/// Something that has happened in the library.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its place in the line of all events: larger than those of all that anybody could see before it.
    pub place: i64,
    pub at: OffsetDateTime,
    pub kind: EventKind,
    pub customer: u32,
    pub customer_name: String,
    /// The space that the asset lies in, if it is about an asset.
    pub space: Option<u32>,
    /// The asset's name, or the batch's number.
    pub name: Option<String>,
    /// Has it given a worker something to do?
    pub engine_notified: bool,
    before: Option<String>,
    after: Option<String>,
}

/// What kind of thing has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    AssetCreated,
    AssetUpdated,
    AssetDeleted,
    CustomerCreated,
    BatchCompleted,
}

impl EventKind {
    pub const ALL: [Self; 5] = [
        Self::AssetCreated,
        Self::AssetUpdated,
        Self::AssetDeleted,
        Self::CustomerCreated,
        Self::BatchCompleted,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::AssetCreated => "asset.created",
            Self::AssetUpdated => "asset.updated",
            Self::AssetDeleted => "asset.deleted",
            Self::CustomerCreated => "customer.created",
            Self::BatchCompleted => "batch.completed",
        }
    }

    /// The DLCS's word for a change of an asset.
    pub fn message_type(self) -> Option<&'static str> {
        match self {
            Self::AssetCreated => Some("Create"),
            Self::AssetUpdated => Some("Update"),
            Self::AssetDeleted => Some("Delete"),
            Self::CustomerCreated | Self::BatchCompleted => None,
        }
    }
}

impl FromStr for EventKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let kind = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        kind.ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).join(", ");
            Error::Invalid(format!("there is no kind of event called '{text}'; there are {known}"))
        })
    }
}

impl Event {
    /// What it is about, as a path: `2/5/ms-1`, `2` for a customer, `2/batches/7` for a batch.
    pub fn subject(&self) -> String {
        let Self { customer, space, name, .. } = self;
        match (space, name) {
            (Some(space), Some(name)) => format!("{customer}/{space}/{name}"),
            (None, Some(batch)) => format!("{customer}/batches/{batch}"),
            (_, None) => customer.to_string(),
        }
    }

    /// The message as the DLCS has it.
    pub fn body(&self) -> Value {
        let told = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or("null");
            serde_json::from_str::<Value>(text).unwrap_or_default()
        };
        let element = json!({"id": self.customer, "name": self.customer_name});
        match self.kind {
            EventKind::AssetCreated => {
                json!({"asset": told(&self.after), "customerPathElement": element})
            }
            EventKind::AssetUpdated => json!({
                "assetBeforeUpdate": told(&self.before),
                "assetAfterUpdate": told(&self.after),
                "customerPathElement": element,
            }),
            EventKind::AssetDeleted => {
                json!({"asset": told(&self.before), "customerPathElement": element})
            }
            EventKind::CustomerCreated | EventKind::BatchCompleted => told(&self.after),
        }
    }

    /// The same in an envelope that says what it is: CloudEvents 1.0, in JSON.
    pub fn envelope(&self) -> Value {
        let mut envelope = json!({
            "specversion": "1.0",
            "id": self.place.to_string(),
            "source": format!("/customers/{}", self.customer),
            "type": self.kind.as_str(),
            "subject": self.subject(),
            "time": self.at.format(&Rfc3339).unwrap_or_default(),
            "datacontenttype": "application/json",
        });
        if self.kind.message_type().is_some() {
            envelope["enginenotified"] = self.engine_notified.into();
        }
        envelope["data"] = self.body();
        envelope
    }
}

impl Record for Event {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            place: row.number("place")?,
            at: row.moment("at")?,
            kind: row.text("kind")?.parse().map_err(|_| query::unreadable("kind"))?,
            customer: row.number("customer")?,
            customer_name: row.text("customer_name")?,
            space: row.optional_number("space")?,
            name: row.optional_text("name")?,
            engine_notified: row.flag("engine_notified")?,
            before: row.optional_text("before_change")?,
            after: row.optional_text("after_change")?,
        })
    }
}
