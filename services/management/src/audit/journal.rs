use axum::{
    extract::Request,
    http::{Method, StatusCode},
};
use catalogue::{Attempt, Caller};
use serde_json::Value;
use time::Duration;

use crate::{Management, paths::number};

/// What is longer is not kept: a long list is no state of one thing.
pub(super) const MAX_BYTES: usize = 64 * 1024;

pub(super) fn attempt(request: &Request, caller: &Caller, before: Option<&[u8]>) -> Attempt {
    let path = request.uri().path();
    let correlation_id = request.headers().get("x-correlation-id");
    let correlation_id =
        correlation_id.and_then(|id| id.to_str().ok()).filter(|id| id.len() <= 200);
    let mut segments = path.split('/').skip_while(|segment| *segment != "customers").skip(1);
    Attempt {
        customer: segments.next().and_then(number).unwrap_or(caller.customer),
        caller: caller.key.to_string(),
        caller_customer: caller.customer,
        method: request.method().to_string(),
        path: path.chars().take(2000).collect(),
        correlation_id: correlation_id.map(str::to_owned),
        before: before.and_then(without_secrets),
    }
}

/// What an operator does at the command line, as if it had been asked of the API.
pub(crate) fn by_operator(program: &str, customer: u32, path: String) -> Attempt {
    Attempt {
        customer,
        caller: program.to_owned(),
        caller_customer: customer,
        method: Method::POST.to_string(),
        path,
        correlation_id: None,
        before: None,
    }
}

pub(crate) async fn begin(
    management: &Management,
    attempt: &Attempt,
) -> Result<i64, catalogue::Error> {
    let now = management.now();
    let entry = management.catalogue.begin_audit(attempt, now).await?;
    // Not for every entry, but often enough, and without a clock of its own.
    if entry % 1000 == 0 {
        let days = Duration::days(management.config.audit_days.into());
        management.catalogue.prune_audit(now - days).await?;
    }
    Ok(entry)
}

pub(crate) async fn end(
    management: &Management,
    entry: i64,
    status: StatusCode,
    after: Option<&[u8]>,
) -> Result<(), catalogue::Error> {
    let after = after.and_then(without_secrets);
    management.catalogue.end_audit(entry, status.as_u16(), after.as_deref()).await
}

/// The secret of a new key is seen once, and that is not here.
fn without_secrets(json: &[u8]) -> Option<String> {
    let mut value: Value = serde_json::from_slice(json).ok()?;
    if let Value::Object(fields) = &mut value
        && let Some(secret) = fields.get_mut("secret")
    {
        *secret = "xxx".into();
    }
    Some(value.to_string())
}
