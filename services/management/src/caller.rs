use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use catalogue::Caller;

use crate::{
    Management,
    error::Error,
    paths::{number, path_param},
};

/// A caller with an administrator's key.
pub(crate) struct Administrator;

/// A caller who may work in the `/customers/{customer}` of the URL: that customer, or an administrator.
pub(crate) struct Tenant {
    pub(crate) customer: u32,
}

/// Whoever's key it is that came with the request.
pub(crate) struct Holder {
    pub(crate) administrator: bool,
}

impl FromRequestParts<Management> for Holder {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let Caller { administrator, .. } = caller(&parts.headers, management).await?;
        Ok(Self { administrator })
    }
}

impl FromRequestParts<Management> for Administrator {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let caller = caller(&parts.headers, management).await?;
        if caller.administrator { Ok(Self) } else { Err(Error::NotAnAdministrator) }
    }
}

impl FromRequestParts<Management> for Tenant {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let caller = caller(&parts.headers, management).await?;
        let customer = path_param(parts, "customer").await?;
        let no_such_customer = || Error::NotFound(format!("customer {customer}"));
        let customer = number(&customer).ok_or_else(no_such_customer)?;
        if caller.customer == customer {
            return Ok(Self { customer });
        }
        if !caller.administrator {
            return Err(Error::Unauthenticated);
        }
        let found = management.catalogue.customer(customer).await?;
        found.map(|_| Self { customer }).ok_or_else(no_such_customer)
    }
}

async fn caller(headers: &HeaderMap, management: &Management) -> Result<Caller, Error> {
    let (key, secret) = basic(headers).ok_or(Error::Unauthenticated)?;
    let caller = management.catalogue.caller(&key, &secret).await?;
    caller.ok_or(Error::Unauthenticated)
}

/// The key and secret of `Authorization: Basic`.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, credentials) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let credentials = String::from_utf8(BASE64_STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (key, secret) = credentials.split_once(':')?;
    (!credentials.contains('\0')).then(|| (key.to_owned(), secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(authorization: &str) -> Option<(String, String)> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, authorization.parse().unwrap());
        basic(&headers)
    }

    #[test]
    fn the_secret_may_contain_colons_and_the_scheme_come_in_any_case() {
        let credentials = BASE64_STANDARD.encode("key:sec:ret");
        let expected = Some(("key".to_owned(), "sec:ret".to_owned()));
        assert_eq!(read(&format!("Basic {credentials}")), expected);
        assert_eq!(read(&format!("bASIC  {credentials}")), expected);
    }

    #[test]
    fn nonsense_names_nobody() {
        for authorization in ["", "Basic", "Basic !!", "Basic a2V5", "Bearer abc", "Basic //8="] {
            assert_eq!(read(authorization), None, "{authorization}");
        }
        let with_nul = BASE64_STANDARD.encode("key\0:secret");
        assert_eq!(read(&format!("Basic {with_nul}")), None);
    }
}
