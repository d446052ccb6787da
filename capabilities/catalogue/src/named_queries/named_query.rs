use iiif::presentation::Description;
use model::named_query::{Question, Template};
use sea_orm::ConnectionTrait;
use serde_json::Value;
use time::OffsetDateTime;

use crate::{
    Catalogue, Error,
    database::query::{self, Record, Row},
};

/// A question about assets that addresses can ask by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedQuery {
    /// A GUID.
    pub id: String,
    /// Who made it.
    pub customer: u32,
    pub name: String,
    pub template: String,
    /// Does it answer for every customer that has none of this name?
    pub global: bool,
    /// What is said of the manifests that it makes, as JSON; whoever saves it has read it.
    pub presentation: Option<String>,
    pub modified: OffsetDateTime,
}

impl NamedQuery {
    /// What was checked when it was saved.
    pub fn parsed(&self) -> Result<Template, Error> {
        self.template.parse().map_err(|_| query::unreadable("template"))
    }

    /// What is said of all that it makes, with `{s1}` and the like replaced by what was asked for.
    pub fn description(&self, question: &Question) -> Result<Description, Error> {
        let Some(text) = &self.presentation else { return Ok(Description::default()) };
        let unreadable = || query::unreadable("presentation");
        let mut said = serde_json::from_str(text).map_err(|_| unreadable())?;
        expand(&mut said, question, false);
        Description::read(&said).map_err(|_| unreadable())
    }
}

impl Catalogue {
    /// Those that answer for a customer: its own and the global ones, by name.
    pub async fn named_queries(&self, customer: u32) -> Result<Vec<NamedQuery>, Error> {
        let sql = format!("{SELECT} WHERE customer = $1 OR global ORDER BY name, customer");
        query::all(self.database().reader(), &sql, [customer.into()]).await
    }

    /// One of those.
    pub async fn named_query(&self, customer: u32, id: &str) -> Result<Option<NamedQuery>, Error> {
        let sql = format!("{SELECT} WHERE id = $2 AND (customer = $1 OR global)");
        query::one(self.database().reader(), &sql, [customer.into(), id.into()]).await
    }

    /// The one that answers for a customer by this name: its own before a global one.
    pub async fn named_query_called(
        &self,
        customer: u32,
        name: &str,
    ) -> Result<Option<NamedQuery>, Error> {
        let sql = format!(
            "{SELECT} WHERE name = $2 AND (customer = $1 OR global)
             ORDER BY CASE WHEN customer = $1 THEN 0 ELSE 1 END, customer LIMIT 1"
        );
        query::one(self.database().reader(), &sql, [customer.into(), name.into()]).await
    }
}

fn expand(value: &mut Value, question: &Question, is_address: bool) {
    match value {
        Value::String(text) if is_address => *text = question.expand_in_address(text),
        Value::String(text) => *text = question.expand(text),
        Value::Array(values) => {
            values.iter_mut().for_each(|value| expand(value, question, is_address));
        }
        Value::Object(map) => {
            map.iter_mut().for_each(|(name, value)| expand(value, question, name == "id"));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => (),
    }
}

const SELECT: &str =
    "SELECT id, customer, name, template, global, presentation, modified FROM named_query";

/// One of a customer's own.
pub(crate) async fn own(
    database: &impl ConnectionTrait,
    customer: u32,
    id: &str,
) -> Result<Option<NamedQuery>, Error> {
    let sql = format!("{SELECT} WHERE customer = $1 AND id = $2");
    query::one(database, &sql, [customer.into(), id.into()]).await
}

impl Record for NamedQuery {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.text("id")?,
            customer: row.number("customer")?,
            name: row.text("name")?,
            template: row.text("template")?,
            global: row.flag("global")?,
            presentation: row.optional_text("presentation")?,
            modified: row.moment("modified")?,
        })
    }
}
