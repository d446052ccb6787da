use std::{slice, str::FromStr};

use sea_orm::Value;

use crate::{Error, assets::asset_condition::Condition};

/// Which assets are wanted: all tests must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AssetFilter {
    pub tests: Vec<AssetTest>,
    pub batch: Option<BatchScope>,
}

/// How an asset belongs to a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchScope {
    /// It came with this batch and with none since.
    Last(i64),
    Ever(i64),
}

/// What is asked of one property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssetTest {
    OneOf(Testable, Vec<Literal>),
    Compared(Testable, Comparison, Literal),
    /// Whether there is a value at all.
    Exists(Testable, bool),
    /// The list holds one of these.
    HasAny(LabelList, Vec<String>),
    /// The list holds all of these.
    HasAll(LabelList, Vec<String>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// A value to compare with; moments are microseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    Text(String),
    Number(i64),
    Truth(bool),
}

/// What kind of literal a property is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiteralKind {
    Text,
    Number,
    Moment,
    Truth,
}

/// A property of which something can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Testable {
    column: &'static str,
    pub kind: LiteralKind,
    /// Whether assets may have no value.
    pub is_optional: bool,
}

/// The lists of an asset by whose members it can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelList {
    Roles,
    Tags,
    Manifests,
}

impl Testable {
    /// Every property, by the name that the API uses.
    pub const ALL: [(&'static str, Self); 19] = [
        ("id", Self::always("name", LiteralKind::Text)),
        ("space", Self::always("space", LiteralKind::Number)),
        ("string1", Self::optional("string1", LiteralKind::Text)),
        ("string2", Self::optional("string2", LiteralKind::Text)),
        ("string3", Self::optional("string3", LiteralKind::Text)),
        ("number1", Self::always("number1", LiteralKind::Number)),
        ("number2", Self::always("number2", LiteralKind::Number)),
        ("number3", Self::always("number3", LiteralKind::Number)),
        ("mediaType", Self::always("media_type", LiteralKind::Text)),
        ("family", Self::always("family", LiteralKind::Text)),
        ("origin", Self::optional("origin", LiteralKind::Text)),
        ("error", Self::optional("error", LiteralKind::Text)),
        ("ingesting", Self::always("ingesting", LiteralKind::Truth)),
        ("width", Self::always("width", LiteralKind::Number)),
        ("height", Self::always("height", LiteralKind::Number)),
        ("created", Self::always("created", LiteralKind::Moment)),
        ("modified", Self::always("modified", LiteralKind::Moment)),
        ("finished", Self::optional("finished", LiteralKind::Moment)),
        ("batch", Self::optional("batch", LiteralKind::Number)),
    ];

    /// Is this the property of that name?
    pub fn is(self, name: &str) -> bool {
        name.parse().is_ok_and(|property: Self| property == self)
    }

    const fn always(column: &'static str, kind: LiteralKind) -> Self {
        Self { column, kind, is_optional: false }
    }

    const fn optional(column: &'static str, kind: LiteralKind) -> Self {
        Self { column, kind, is_optional: true }
    }
}

impl FromStr for Testable {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let unknown = || Error::Invalid(format!("assets cannot be searched by '{name}'"));
        found.map(|(_, property)| property).ok_or_else(unknown)
    }
}

impl LabelList {
    pub const ALL: [(&'static str, Self); 3] =
        [("roles", Self::Roles), ("tags", Self::Tags), ("manifests", Self::Manifests)];

    fn kind(self) -> &'static str {
        match self {
            Self::Roles => "role",
            Self::Tags => "tag",
            Self::Manifests => "manifest",
        }
    }
}

impl AssetFilter {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// As SQL, with the values for its marks.
    pub(crate) fn condition(&self, customer: u32, space: Option<u32>) -> (String, Vec<Value>) {
        let mut sql = Condition::of_customer(customer);
        if let Some(space) = space {
            sql.compare("space", "=", space.into());
        }
        match self.batch {
            Some(BatchScope::Last(batch)) => sql.compare("batch", "=", batch.into()),
            Some(BatchScope::Ever(batch)) => sql.ever_in([batch]),
            None => {}
        }
        self.tests.iter().for_each(|test| test.join(&mut sql));
        sql.finish()
    }
}

impl AssetTest {
    fn join(&self, sql: &mut Condition) {
        match self {
            Self::OneOf(Testable { column, .. }, literals) => match &literals[..] {
                [one] => sql.compare(column, "=", one.value()),
                several => sql.one_of(column, several.iter().map(Literal::value)),
            },
            Self::Compared(property, comparison, literal) => {
                sql.compare(property.column, comparison.operator(), literal.value());
            }
            Self::Exists(Testable { column, .. }, exists) => {
                let not = if *exists { "NOT " } else { "" };
                sql.add(format!("{column} IS {not}NULL"));
            }
            Self::HasAny(list, values) => sql.labelled(list.kind(), values),
            Self::HasAll(list, values) => {
                for value in values {
                    sql.labelled(list.kind(), slice::from_ref(value));
                }
            }
        }
    }
}

impl Comparison {
    fn operator(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
        }
    }
}

impl Literal {
    fn value(&self) -> Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Number(number) => (*number).into(),
            Self::Truth(truth) => (*truth).into(),
        }
    }
}
