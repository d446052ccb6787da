use model::named_query::Template;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Catalogue, Change, Error, Expected, NamedQuery,
    customers::customer::customer,
    database::query::{self, micros, moment},
    named_queries::named_query::own,
};

/// A named query to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNamedQuery {
    pub name: String,
    pub template: String,
    /// For an administrator to say.
    pub global: bool,
    pub presentation: Option<String>,
}

/// What can be changed of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedQueryFields {
    pub template: String,
    pub presentation: Change<String>,
}

impl Catalogue {
    pub async fn create_named_query(
        &self,
        customer_id: u32,
        new: &NewNamedQuery,
        now: OffsetDateTime,
    ) -> Result<NamedQuery, Error> {
        check_name(&new.name)?;
        check_template(&new.template)?;
        let change = self.database().begin().await?;
        if customer(&change, customer_id).await?.is_none() {
            return Err(Error::NotFound(format!("customer {customer_id}")));
        }
        let NewNamedQuery { name, template, global, presentation } = new.clone();
        let (id, customer, modified) =
            (Uuid::new_v4().to_string(), customer_id, moment(micros(now)));
        let created = NamedQuery { id, customer, name, template, global, presentation, modified };
        let taken =
            |_| Error::Conflict(format!("A named query called '{}' already exists", new.name));
        let sql = "INSERT INTO named_query
                   (id, customer, name, template, global, presentation, modified)
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let whose = [created.id.as_str().into(), customer_id.into(), created.name.as_str().into()];
        let presentation = created.presentation.clone().into();
        let what =
            [created.template.as_str().into(), global.into(), presentation, micros(now).into()];
        query::run_or(&change, sql, whose.into_iter().chain(what), taken).await?;
        change.commit().await?;
        Ok(created)
    }

    /// Changes what a customer's own named query asks and says; its name stays, since addresses are made of it.
    pub async fn put_named_query(
        &self,
        customer: u32,
        id: &str,
        fields: &NamedQueryFields,
        expected: &Expected,
        now: OffsetDateTime,
    ) -> Result<NamedQuery, Error> {
        check_template(&fields.template)?;
        let change = self.database().begin().await?;
        expected.heed(&change, ROW, [id.into(), customer.into()]).await?;
        let mut changed = own(&change, customer, id).await?.ok_or_else(|| none(id))?;
        changed.template.clone_from(&fields.template);
        changed.modified = moment(micros(now));
        fields.presentation.apply_optional(&mut changed.presentation);
        let sql = "UPDATE named_query SET template = $3, presentation = $4, modified = $5
                   WHERE customer = $1 AND id = $2";
        let presentation = changed.presentation.clone().into();
        let what = [fields.template.as_str().into(), presentation, micros(now).into()];
        query::run(&change, sql, [customer.into(), id.into()].into_iter().chain(what)).await?;
        change.commit().await?;
        Ok(changed)
    }
}

pub(crate) const ROW: &str = "named_query WHERE id = $1 AND customer = $2";

/// The name is one segment of an address.
fn check_name(name: &str) -> Result<(), Error> {
    let is_refused = |c: char| c.is_control() || c.is_whitespace() || "/\\?#%".contains(c);
    if name.is_empty() {
        return Err(Error::Invalid("A name is required".into()));
    }
    if name.len() > 100 || name == "." || name == ".." || name.chars().any(is_refused) {
        return Err(Error::Invalid(format!(
            "'{name}' cannot be the name of a named query: it stands in addresses, so no blanks and none of / \\ ? # %"
        )));
    }
    Ok(())
}

fn check_template(template: &str) -> Result<(), Error> {
    if template.trim().is_empty() {
        return Err(Error::Invalid("A template is required".into()));
    }
    match template.parse::<Template>() {
        Ok(_) => Ok(()),
        Err(fault) => Err(Error::Invalid(fault.to_string())),
    }
}

pub(crate) fn none(id: &str) -> Error {
    Error::NotFound(format!("named query {id}"))
}
