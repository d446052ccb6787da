use std::str::FromStr;

use sea_orm::Value;

use crate::Error;

/// Which assets are wanted: all that is set must be equal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AssetFilter {
    pub string1: Option<String>,
    pub string2: Option<String>,
    pub string3: Option<String>,
    pub number1: Option<i64>,
    pub number2: Option<i64>,
    pub number3: Option<i64>,
}

/// By what assets can be sorted: every property that the API shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssetProperty {
    column: &'static str,
    is_optional: bool,
}

impl AssetFilter {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// As SQL, with the values for its marks.
    pub(crate) fn condition(&self, customer: u32, space: Option<u32>) -> (String, Vec<Value>) {
        let equal: [(&str, Option<Value>); 8] = [
            ("customer", Some(customer.into())),
            ("space", space.map(Value::from)),
            ("string1", self.string1.clone().map(Value::from)),
            ("string2", self.string2.clone().map(Value::from)),
            ("string3", self.string3.clone().map(Value::from)),
            ("number1", self.number1.map(Value::from)),
            ("number2", self.number2.map(Value::from)),
            ("number3", self.number3.map(Value::from)),
        ];
        let wanted = equal.into_iter().filter_map(|(column, value)| Some((column, value?)));
        let (columns, values): (Vec<_>, Vec<_>) = wanted.unzip();
        let numbered = columns.into_iter().zip(1..);
        let terms: Vec<_> = numbered.map(|(column, n)| format!("{column} = ${n}")).collect();
        (terms.join(" AND "), values)
    }
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

    /// What follows ORDER BY. Assets without the property come last, first when descending: the
    /// databases differ when they are not told.
    pub(crate) fn order(self, descending: bool) -> String {
        let (direction, nulls) =
            if descending { ("DESC", " NULLS FIRST") } else { ("ASC", " NULLS LAST") };
        let nulls = if self.is_optional { nulls } else { "" };
        let column = self.column;
        format!("{column} {direction}{nulls}, space {direction}, name {direction}")
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
