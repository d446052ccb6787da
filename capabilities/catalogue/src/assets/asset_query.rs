use std::str::FromStr;

use crate::{Error, LiteralKind};

/// By what assets can be sorted: every property that the API shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssetProperty {
    column: &'static str,
    is_optional: bool,
}

impl AssetProperty {
    /// The column and whether it can be empty, by the name that the API uses.
    const ALL: [(&'static str, Self); 27] = [
        ("batch", Self::optional("batch")),
        ("created", Self::always("created")),
        ("deliverychannels", Self::always("channels")),
        ("duration", Self::always("duration")),
        ("error", Self::optional("error")),
        ("family", Self::always("family")),
        ("finished", Self::optional("finished")),
        ("height", Self::always("height")),
        ("id", Self::always("name")),
        ("ingesting", Self::always("ingesting")),
        ("manifests", Self::always("manifests")),
        ("maxunauthorised", Self::always("max_unauthorised")),
        ("maxwidth", Self::optional("max_width")),
        ("mediatype", Self::always("media_type")),
        ("modified", Self::always("modified")),
        ("number1", Self::always("number1")),
        ("number2", Self::always("number2")),
        ("number3", Self::always("number3")),
        ("openfullmax", Self::optional("open_full_max")),
        ("origin", Self::optional("origin")),
        ("roles", Self::always("roles")),
        ("space", Self::always("space")),
        ("string1", Self::optional("string1")),
        ("string2", Self::optional("string2")),
        ("string3", Self::optional("string3")),
        ("tags", Self::always("tags")),
        ("width", Self::always("width")),
    ];

    const fn always(column: &'static str) -> Self {
        Self { column, is_optional: false }
    }

    const fn optional(column: &'static str) -> Self {
        Self { column, is_optional: true }
    }

    /// What follows ORDER BY.
    pub(crate) fn order(self, descending: bool) -> String {
        format!("{}, {}", self.term(descending), Self::ties(descending))
    }

    /// Its part of what follows ORDER BY. Assets without the property come last, first when descending: the databases
    /// differ when they are not told.
    pub(crate) fn term(self, descending: bool) -> String {
        let (direction, nulls) =
            if descending { ("DESC", " NULLS FIRST") } else { ("ASC", " NULLS LAST") };
        let nulls = if self.is_optional { nulls } else { "" };
        format!("{} {direction}{nulls}", self.column)
    }

    /// In which order assets come that are equal otherwise.
    pub(crate) fn ties(descending: bool) -> String {
        let direction = if descending { "DESC" } else { "ASC" };
        format!("space {direction}, name {direction}")
    }

    /// What the column holds.
    pub(crate) fn kind(self) -> LiteralKind {
        const TEXTS: [&str; 12] = [
            "channels",
            "error",
            "family",
            "manifests",
            "media_type",
            "name",
            "origin",
            "roles",
            "string1",
            "string2",
            "string3",
            "tags",
        ];
        match self.column {
            "ingesting" => LiteralKind::Truth,
            column if TEXTS.contains(&column) => LiteralKind::Text,
            _ => LiteralKind::Number,
        }
    }

    /// By which a cursor tells where a page ended.
    pub(crate) fn column(self) -> &'static str {
        self.column
    }

    /// Can assets be without it?
    pub(crate) fn is_optional(self) -> bool {
        self.is_optional
    }
}

impl Default for AssetProperty {
    fn default() -> Self {
        Self::always("created")
    }
}

impl FromStr for AssetProperty {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wanted = text.to_ascii_lowercase();
        let found = Self::ALL.into_iter().find(|(name, _)| *name == wanted);
        found.map(|(_, property)| property).ok_or_else(|| {
            Error::Invalid(format!(
                "assets cannot be ordered by '{text}': there is no such property"
            ))
        })
    }
}
