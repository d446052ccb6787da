use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Catalogue, Error, Expected, PortalUser,
    callers::{passwords, portal_user::portal_user},
    customers::customer::{customer, fold},
    database::query::{self, micros},
};

/// What a request says about a portal user.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PortalUserFields {
    pub email: Option<String>,
    pub password: Option<String>,
}

impl Catalogue {
    pub async fn create_portal_user(
        &self,
        customer_id: u32,
        fields: &PortalUserFields,
        now: OffsetDateTime,
    ) -> Result<PortalUser, Error> {
        let email = fields.email.as_deref().unwrap_or_default();
        check_email(email)?;
        // Before the change begins: it takes long.
        let hash = passwords::hash(fields.password.as_deref().unwrap_or_default()).await?;
        let change = self.database().begin().await?;
        if customer(&change, customer_id).await?.is_none() {
            return Err(Error::NotFound(format!("customer {customer_id}")));
        }
        let id = Uuid::new_v4().to_string();
        let sql = "INSERT INTO portal_user
                   (id, customer, email, email_folded, password_hash, enabled, created, modified)
                   VALUES ($1, $2, $3, $4, $5, TRUE, $6, $6)";
        let who = [id.clone().into(), customer_id.into(), email.into(), fold(email).into()];
        let values = who.into_iter().chain([hash.into(), micros(now).into()]);
        query::run_or(&change, sql, values, |_| taken(email)).await?;
        let created = portal_user(&change, customer_id, &id).await?;
        change.commit().await?;
        created.ok_or_else(|| query::unreadable("id"))
    }

    /// Changes what the request says of a portal user, and nothing else.
    pub async fn patch_portal_user(
        &self,
        customer: u32,
        id: &str,
        fields: &PortalUserFields,
        expected: &Expected,
        now: OffsetDateTime,
    ) -> Result<PortalUser, Error> {
        fields.email.as_deref().map_or(Ok(()), check_email)?;
        let hash = match &fields.password {
            Some(password) => Some(passwords::hash(password).await?),
            None => None,
        };
        let change = self.database().begin().await?;
        expected.heed(&change, ROW, [id.into(), customer.into()]).await?;
        let email = fields.email.as_deref();
        let sql = "UPDATE portal_user SET email = COALESCE($3, email),
                   email_folded = COALESCE($4, email_folded),
                   password_hash = COALESCE($5, password_hash), modified = $6
                   WHERE customer = $1 AND id = $2";
        let who = [customer.into(), id.into()];
        let what = [email.into(), email.map(fold).into(), hash.into(), micros(now).into()];
        let values = who.into_iter().chain(what);
        query::run_or(&change, sql, values, |_| taken(email.unwrap_or_default())).await?;
        let patched = portal_user(&change, customer, id).await?.ok_or_else(|| none(id))?;
        change.commit().await?;
        Ok(patched)
    }
}

pub(crate) const ROW: &str = "portal_user WHERE id = $1 AND customer = $2";

/// Whether letters can reach it only its server knows; this is about what can't be one at all.
fn check_email(email: &str) -> Result<(), Error> {
    let is_wrong = |c: char| c.is_whitespace() || c.is_control();
    let sound = email.rsplit_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    });
    if !sound || email.len() > 254 || email.chars().any(is_wrong) {
        return Err(Error::Invalid(format!("'{email}' is not an e-mail address")));
    }
    Ok(())
}

/// The DLCS answers so, rather than with a conflict.
fn taken(email: &str) -> Error {
    Error::Invalid(format!("The email address '{email}' is already in use"))
}

pub(crate) fn none(id: &str) -> Error {
    Error::NotFound(format!("portal user {id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_an_address_is_refused() {
        for email in ["a@example.org", "a.b+c@x.museum", "ö@example.org"] {
            assert!(check_email(email).is_ok(), "{email}");
        }
        let long = format!("{}@example.org", "x".repeat(250));
        for email in ["", "a", "@example.org", "a@", "a@host", "a@.org", "a@x.", "a b@x.org", &long]
        {
            assert!(check_email(email).is_err(), "{email}");
        }
    }
}
