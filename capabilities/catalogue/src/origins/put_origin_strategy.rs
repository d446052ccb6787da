use sea_orm::ConnectionTrait;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Catalogue, Change, Credentials, CustomerOriginStrategy, Error, Expected,
    customers::customer::customer,
    database::query::{self, micros, moment},
    origins::{
        customer_origins::{Kept, NEED_CREDENTIALS, S3, compile, kept_one, record},
        known_hosts,
    },
    seals::Seals,
};

/// What a request says about an origin strategy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OriginStrategyFields {
    pub regex: Change<String>,
    pub strategy: Change<String>,
    pub credentials: Change<Credentials>,
    pub optimised: Change<bool>,
    pub order: Change<i32>,
}

impl Catalogue {
    /// From now on the customer's origins that match are fetched so.
    pub async fn create_origin_strategy(
        &self,
        customer_id: u32,
        fields: &OriginStrategyFields,
        now: OffsetDateTime,
    ) -> Result<CustomerOriginStrategy, Error> {
        let change = self.database().begin().await?;
        if customer(&change, customer_id).await?.is_none() {
            return Err(Error::NotFound(format!("customer {customer_id}")));
        }
        let strategy = CustomerOriginStrategy {
            id: Uuid::new_v4().to_string(),
            customer: customer_id,
            regex: String::new(),
            strategy: String::new(),
            has_credentials: false,
            optimised: false,
            order: 0,
            modified: moment(micros(now)),
        };
        let mut kept = Kept { strategy, sealed: None };
        apply(&change, &self.parts().seals, &mut kept, fields).await?;
        let sql = "INSERT INTO customer_origin_strategy
                   (id, customer, regex, strategy, credentials, optimised, rank, modified)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        query::run_or(&change, sql, values(&kept), |_| taken(&kept)).await?;
        change.commit().await?;
        Ok(kept.strategy)
    }

    /// Changes what the request says of an origin strategy; what is absent stays.
    pub async fn put_origin_strategy(
        &self,
        customer: u32,
        id: &str,
        fields: &OriginStrategyFields,
        expected: &Expected,
        now: OffsetDateTime,
    ) -> Result<CustomerOriginStrategy, Error> {
        let change = self.database().begin().await?;
        expected.heed(&change, ROW, [id.into(), customer.into()]).await?;
        let kept = kept_one(&change, customer, id).await?;
        let mut kept = kept.ok_or_else(|| none(id))?;
        kept.strategy.modified = moment(micros(now));
        apply(&change, &self.parts().seals, &mut kept, fields).await?;
        let sql = "UPDATE customer_origin_strategy SET regex = $3, strategy = $4,
                   credentials = $5, optimised = $6, rank = $7, modified = $8
                   WHERE id = $1 AND customer = $2";
        query::run_or(&change, sql, values(&kept), |_| taken(&kept)).await?;
        change.commit().await?;
        Ok(kept.strategy)
    }
}

pub(crate) const ROW: &str = "customer_origin_strategy WHERE id = $1 AND customer = $2";

/// Puts what a request says on a strategy, if that makes sense together.
async fn apply(
    change: &impl ConnectionTrait,
    seals: &Seals,
    kept: &mut Kept,
    fields: &OriginStrategyFields,
) -> Result<(), Error> {
    let before = kept.strategy.strategy.clone();
    let strategy = &mut kept.strategy;
    fields.regex.apply(&mut strategy.regex);
    fields.strategy.apply(&mut strategy.strategy);
    fields.optimised.apply(&mut strategy.optimised);
    fields.order.apply(&mut strategy.order);
    check_regex(&strategy.regex)?;
    let known = "SELECT id FROM origin_strategy WHERE id = $1";
    let id = strategy.strategy.clone();
    let id = id.as_str();
    if id.is_empty() {
        return Err(Error::Invalid("An origin strategy must be specified".into()));
    }
    if query::one::<String>(change, known, [id.into()]).await?.is_none() {
        return Err(Error::Invalid(format!("'{id}' is not an origin strategy")));
    }
    if strategy.optimised && id != S3 {
        return Err(Error::Invalid(
            "'Optimised' is only applicable when using s3-ambient as an origin strategy".into(),
        ));
    }
    let needs_credentials = NEED_CREDENTIALS.contains(&id);
    match &fields.credentials {
        Change::Set(_) if !needs_credentials => {
            return Err(Error::Invalid(
                "Credentials can only be specified when using basic-http-authentication or SFTP as \
                 an origin strategy, or one of Recto's own that needs them"
                    .into(),
            ));
        }
        Change::Set(credentials) => {
            if let Err(fault) = credentials.clone().fit(id) {
                return Err(Error::Invalid(format!("'credentials' do not fit {id}: {fault}")));
            }
            let text = serde_json::to_string(credentials).expect("texts become JSON");
            kept.sealed = Some(seals.seal(&text, &record(&kept.strategy))?);
            known_hosts::forget(change, &kept.strategy.id).await?;
        }
        Change::Clear => kept.sealed = None,
        Change::Keep if !needs_credentials => kept.sealed = None,
        // What opened the one may be of no use to the other.
        Change::Keep if id != before && kept.sealed.is_some() => {
            let fits = kept.credentials(seals)?.fit(id).is_ok();
            kept.sealed = kept.sealed.take().filter(|_| fits);
        }
        Change::Keep => (),
    }
    if needs_credentials && kept.sealed.is_none() {
        return Err(Error::Invalid(format!(
            "Credentials must be specified when using {id} as an origin strategy"
        )));
    }
    kept.strategy.has_credentials = kept.sealed.is_some();
    Ok(())
}

fn check_regex(regex: &str) -> Result<(), Error> {
    const MAX_BYTES: usize = 1000;
    if regex.trim().is_empty() {
        return Err(Error::Invalid("Regex cannot be empty".into()));
    }
    if regex.len() > MAX_BYTES {
        return Err(Error::Invalid(format!("Regex must not be longer than {MAX_BYTES} bytes")));
    }
    match compile(regex) {
        Ok(_) => Ok(()),
        Err(fault) => Err(Error::Invalid(format!("Regex is not valid: {fault}"))),
    }
}

fn values(kept: &Kept) -> [sea_orm::Value; 8] {
    let Kept { strategy, sealed } = kept;
    [
        strategy.id.as_str().into(),
        strategy.customer.into(),
        strategy.regex.as_str().into(),
        strategy.strategy.as_str().into(),
        sealed.clone().into(),
        strategy.optimised.into(),
        i64::from(strategy.order).into(),
        micros(strategy.modified).into(),
    ]
}

fn taken(kept: &Kept) -> Error {
    let regex = &kept.strategy.regex;
    Error::Conflict(format!("An origin strategy with the regex '{regex}' already exists"))
}

pub(crate) fn none(id: &str) -> Error {
    Error::NotFound(format!("origin strategy {id}"))
}
