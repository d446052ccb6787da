use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Catalogue, Customer, Error,
    customers::customer::{customer, fold},
    database::query::{self, micros},
    events::outbox,
    policies::policy,
    set_up::{ADMINISTRATOR, insert_default},
    storage::storage_use,
};

/// A customer to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCustomer {
    pub name: String,
    pub display_name: String,
}

impl Catalogue {
    /// Makes a customer with all that it needs to register assets.
    pub async fn create_customer(
        &self,
        new: &NewCustomer,
        now: OffsetDateTime,
    ) -> Result<Customer, Error> {
        check_name(&new.name)?;
        check_display_name(&new.display_name)?;
        let change = self.database().begin().await?;
        // Until this change has ended, nobody else makes a customer: the names below stay free.
        let next = "UPDATE counter SET next = next + 1 WHERE name = 'customer' RETURNING next - 1";
        let id = query::one::<i64>(&change, next, []).await?;
        let id =
            id.and_then(|id| u32::try_from(id).ok()).ok_or_else(|| query::unreadable("next"))?;
        check_is_free(&change, new).await?;
        insert(&change, id, new, now).await?;
        storage_use::open(&change, (id, 0), now).await?;
        copy_policies(&change, id, now).await?;
        outbox::tell_of_customer(&change, id, new, now).await?;
        let created = customer(&change, id).await?;
        change.commit().await?;
        self.parts().bells.ring_told();
        self.parts().customer_names.forget(&new.name).await;
        created.ok_or_else(|| query::unreadable("id"))
    }
}

fn check_name(name: &str) -> Result<(), Error> {
    let invalid = |text: String| Err(Error::Invalid(text));
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut start = name.bytes();
    if name.is_empty() {
        invalid("A new customer must have a name (url part).".into())
    } else if name.len() > 60 {
        invalid("Name field must not be longer than 60 characters.".into())
    } else if !name.chars().all(is_allowed) || name.chars().all(|c| c == '.') {
        invalid(format!(
            "Name field [{name}] contains invalid characters. Accepted: [a-z] [A-Z] [0-9] - _ and ."
        ))
    } else if name.eq_ignore_ascii_case("admin") {
        invalid(format!("Name field [{name}] cannot be a reserved word."))
    } else if matches!((start.next(), start.next()), (Some(b'v' | b'V'), Some(b'0'..=b'9'))) {
        invalid(format!("Name field [{name}] cannot start with a version slug."))
    } else if name.bytes().all(|byte| byte.is_ascii_digit()) {
        // In an address it would be taken for another customer's number.
        invalid(format!("Name field [{name}] cannot be a number."))
    } else {
        Ok(())
    }
}

pub(crate) fn check_display_name(display_name: &str) -> Result<(), Error> {
    if display_name.trim().is_empty() {
        return Err(Error::Invalid("A new customer must have a Display name (label).".into()));
    }
    Ok(())
}

async fn check_is_free(change: &impl ConnectionTrait, new: &NewCustomer) -> Result<(), Error> {
    let sql = "SELECT name FROM customer WHERE name_folded = $1 OR display_name_folded = $2
               ORDER BY id LIMIT 1";
    let folded = [fold(&new.name).into(), fold(&new.display_name).into()];
    match query::one::<String>(change, sql, folded).await? {
        None => Ok(()),
        Some(name) if fold(&name) == fold(&new.name) => Err(Error::Conflict(format!(
            "A customer with the name (url part) '{}' already exists",
            new.name
        ))),
        Some(_) => Err(display_name_taken(&new.display_name)),
    }
}

pub(crate) fn display_name_taken(display_name: &str) -> Error {
    Error::Conflict(format!("A customer with the display name '{display_name}' already exists"))
}

async fn insert(
    change: &impl ConnectionTrait,
    id: u32,
    new: &NewCustomer,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "INSERT INTO customer (id, name, name_folded, display_name, display_name_folded,
               administrator, storage_policy, next_space, created, modified)
               VALUES ($1, $2, $3, $4, $5, FALSE, 'default', 1, $6, $6)";
    let name = [new.name.as_str().into(), fold(&new.name).into()];
    let display_name = [new.display_name.as_str().into(), fold(&new.display_name).into()];
    let values = [id.into()].into_iter().chain(name).chain(display_name);
    let values = values.chain([micros(now).into()]);
    // Free a moment ago: only a renaming can have come between.
    query::run_or(change, sql, values, |_| display_name_taken(&new.display_name)).await?;
    Ok(())
}

/// A customer starts with what the administrator has, except what is the system's.
async fn copy_policies(
    change: &impl ConnectionTrait,
    customer: u32,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "INSERT INTO delivery_channel_policy
               (customer, channel, name, display_name, data, system, created, modified)
               SELECT $1, channel, name, display_name, data, FALSE, $2, $2
               FROM delivery_channel_policy WHERE customer = $3 AND NOT system";
    let values = [customer.into(), micros(now).into(), ADMINISTRATOR.into()];
    query::run(change, sql, values).await?;
    let defaults = policy::all_defaults(change, ADMINISTRATOR).await?;
    for default in defaults.into_iter().filter(|default| default.space.is_none()) {
        let row = (default.media_type.as_str(), default.channel.as_str(), default.policy.as_str());
        insert_default(change, (customer, 0), row).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cannot_stand_in_an_address_are_refused() {
        let long = "x".repeat(61);
        for name in
            ["", "admin", "Admin", "v2", "V3", "v2-x", "42", ".", "..", "a b", "ä", "a/b", &long]
        {
            assert!(matches!(check_name(name), Err(Error::Invalid(_))), "{name:?}");
        }
        for name in ["wellcome", "a.b_c-d", "victoria", "2go", "v", &long[1..]] {
            assert!(check_name(name).is_ok(), "{name:?}");
        }
    }
}
