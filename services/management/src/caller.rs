use axum::{
    extract::{FromRequestParts, MatchedPath},
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use catalogue::{Caller, Reach};
use time::OffsetDateTime;

use crate::{
    Management, bearer,
    error::Error,
    paths::{number, path_param},
    permit, precondition,
};

/// A caller with an administrator's key.
pub(crate) struct Administrator;

/// A caller who may work in the `/customers/{customer}` of the URL: that customer, or an administrator.
pub(crate) struct Tenant {
    pub(crate) customer: u32,
}

/// A caller who may work in the `/customers/{customer}` of the URL, or in some of its spaces alone: what is done for him
/// keeps to his reach.
pub(crate) struct Guest {
    pub(crate) reach: Reach,
}

/// Whoever's key it is that came with the request.
pub(crate) struct Holder {
    pub(crate) administrator: bool,
    pub(crate) reach: Reach,
}

impl FromRequestParts<Management> for Holder {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let Caller { administrator, customer, spaces, .. } = admit(parts, management).await?;
        Ok(Self { administrator, reach: Reach { customer, spaces } })
    }
}

impl FromRequestParts<Management> for Administrator {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let caller = admit(parts, management).await?;
        if caller.administrator { Ok(Self) } else { Err(Error::NotAnAdministrator) }
    }
}

impl FromRequestParts<Management> for Tenant {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let Guest { reach } = Guest::from_request_parts(parts, management).await?;
        match reach.spaces {
            None => Ok(Self { customer: reach.customer }),
            Some(_) => Err(permit::outside(&reach, "what belongs to all of them")),
        }
    }
}

impl FromRequestParts<Management> for Guest {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let caller = admit(parts, management).await?;
        let customer = path_param(parts, "customer").await?;
        let no_such_customer = || Error::NotFound(format!("customer {customer}"));
        let customer = number(&customer).ok_or_else(no_such_customer)?;
        if caller.customer == customer {
            return Ok(Self { reach: Reach { customer, spaces: caller.spaces } });
        }
        if !caller.administrator {
            return Err(Error::Unauthenticated);
        }
        let found = management.catalogue.customer(customer).await?;
        found.map(|_| Self { reach: customer.into() }).ok_or_else(no_such_customer)
    }
}

/// Who calls, and may do so now: seen to once, however many parts of a request ask.
pub(crate) async fn admit(parts: &mut Parts, management: &Management) -> Result<Caller, Error> {
    if let Some(Admitted(caller)) = parts.extensions.get::<Admitted>() {
        return Ok(caller.clone());
    }
    let now = management.now();
    let caller = identify(&parts.headers, management, now).await?;
    let caller = caller.ok_or(Error::Unauthenticated)?;
    let limit = caller.requests_per_minute.unwrap_or(management.config.requests_per_minute);
    if limit > 0 {
        let taken = management.pace.take(&caller.key, limit, now);
        taken.map_err(|seconds| Error::TooManyRequests { limit, seconds })?;
    }
    let route = parts.extensions.get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("", MatchedPath::as_str);
    permit::check(&caller, &parts.method, route)?;
    if permit::changes(&parts.method) && !permit::heeds_preconditions(&parts.method, route) {
        precondition::refuse(&parts.headers)?;
    }
    parts.extensions.insert(Admitted(caller.clone()));
    Ok(caller)
}

/// Somebody who was let in.
#[derive(Clone)]
pub(crate) struct Admitted(Caller);

/// By a key and its secret, or by a token of a service that may speak for a customer.
async fn identify(
    headers: &HeaderMap,
    management: &Management,
    now: OffsetDateTime,
) -> Result<Option<Caller>, Error> {
    let catalogue = &management.catalogue;
    if let Some((key, secret)) = basic(headers) {
        return Ok(catalogue.caller(&key, &secret, now).await?);
    }
    let customer = bearer(headers).and_then(|it| bearer::customer_of(it, &management.config, now));
    match customer {
        Some(customer) => Ok(catalogue.caller_for(customer).await?),
        None => Ok(None),
    }
}

/// The token of `Authorization: Bearer`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
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
    use axum::{
        body::Body,
        http::{Method, Request},
    };
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;

    use super::*;
    use crate::{
        ManagementConfig,
        testing::{on_every_database, on_every_database_with},
    };

    #[tokio::test]
    async fn a_service_that_shares_the_secret_calls_for_a_customer() {
        let secret = "a secret that is long enough for it";
        let config = ManagementConfig {
            bearer_secret: secret.into(),
            bearer_issuers: vec!["dlcs".to_owned()],
            ..ManagementConfig::default()
        };
        on_every_database_with(config, async |api| {
            let administrator = api.administrator().await;
            api.customer(&administrator, "library").await;
            let ask = async |customer: u32, path: &str| {
                let claims = json!({"iss": "dlcs", "sub": format!("urn:dlcs:user:{customer}")});
                let key = EncodingKey::from_secret(secret.as_bytes());
                let token = encode(&Header::default(), &claims, &key).unwrap();
                let request = Request::get(path).header("authorization", format!("Bearer {token}"));
                api.anonymous().request(request.body(Body::empty()).unwrap()).await.status
            };
            assert_eq!(ask(2, "/customers/2").await, 200);
            assert_eq!(ask(2, "/customers/1").await, 401);
            assert_eq!(ask(1, "/customers/2").await, 200, "customer 1 is an administrator");
            assert_eq!(ask(77, "/customers/77").await, 401);
        })
        .await;
    }

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

    /// What a customer does not let others do.
    const GUARDED: &[&str] = &[
        "GET /customers/2",
        "PATCH /customers/2",
        "GET /customers/2/keys",
        "POST /customers/2/keys",
        "DELETE /customers/2/keys/x",
        "GET /customers/2/spaces",
        "POST /customers/2/spaces",
        "GET /customers/2/spaces/1",
        "PUT /customers/2/spaces/1",
        "PATCH /customers/2/spaces/1",
        "DELETE /customers/2/spaces/1",
        "GET /customers/2/spaces/1/images",
        "GET /customers/2/spaces/1/images/ms-1",
        "PUT /customers/2/spaces/1/images/ms-1",
        "POST /customers/2/spaces/1/images/ms-1",
        "PATCH /customers/2/spaces/1/images/ms-1",
        "DELETE /customers/2/spaces/1/images/ms-1",
        "POST /customers/2/spaces/1/images/a/reingest",
        "POST /customers/2/spaces/1/images/a/move",
        "POST /customers/2/spaces/1/images/a/copy",
        "GET /customers/2/deliveryChannelPolicies",
        "GET /customers/2/deliveryChannelPolicies/thumbs",
        "POST /customers/2/deliveryChannelPolicies/thumbs",
        "GET /customers/2/deliveryChannelPolicies/thumbs/x",
        "PUT /customers/2/deliveryChannelPolicies/thumbs/x",
        "PATCH /customers/2/deliveryChannelPolicies/thumbs/x",
        "DELETE /customers/2/deliveryChannelPolicies/thumbs/x",
        "GET /customers/2/defaultDeliveryChannels",
        "POST /customers/2/defaultDeliveryChannels",
        "GET /customers/2/defaultDeliveryChannels/x",
        "PUT /customers/2/defaultDeliveryChannels/x",
        "DELETE /customers/2/defaultDeliveryChannels/x",
        "GET /customers/2/spaces/1/defaultDeliveryChannels",
        "DELETE /customers/2/spaces/1/defaultDeliveryChannels/x",
        "GET /customers/2/originStrategies",
        "POST /customers/2/originStrategies",
        "GET /customers/2/originStrategies/x",
        "PUT /customers/2/originStrategies/x",
        "DELETE /customers/2/originStrategies/x",
        "GET /customers/2/customHeaders",
        "POST /customers/2/customHeaders",
        "GET /customers/2/customHeaders/x",
        "PUT /customers/2/customHeaders/x",
        "DELETE /customers/2/customHeaders/x",
        "GET /customers/2/namedQueries",
        "POST /customers/2/namedQueries",
        "GET /customers/2/namedQueries/x",
        "PUT /customers/2/namedQueries/x",
        "DELETE /customers/2/namedQueries/x",
        "DELETE /customers/2/resources/pdf/x",
        "GET /customers/2/audit",
        "GET /customers/2/audit/1",
        "GET /customers/2/portalUsers",
        "POST /customers/2/portalUsers",
        "GET /customers/2/portalUsers/x",
        "PATCH /customers/2/portalUsers/x",
        "DELETE /customers/2/portalUsers/x",
        "GET /customers/2/imageOptimisationPolicies",
        "GET /customers/2/imageOptimisationPolicies/x",
        "GET /customers/2/spaces/1/images/ms-1/metadata",
        "GET /customers/2/storage",
        "PATCH /customers/2/storage",
        "GET /customers/2/spaces/1/storage",
        "PATCH /customers/2/spaces/1/storage",
        "GET /customers/2/spaces/1/images/ms-1/storage",
        "PATCH /customers/2/spaces/1/images",
        "GET /customers/2/allImages",
        "POST /customers/2/allImages",
        "PATCH /customers/2/allImages",
        "POST /customers/2/deleteImages",
        "GET /customers/2/queue/recentErrorsByMetadata/string1",
        "GET /customers/2/queue",
        "POST /customers/2/queue",
        "GET /customers/2/queue/priority",
        "POST /customers/2/queue/priority",
        "GET /customers/2/queue/batches",
        "GET /customers/2/queue/active",
        "GET /customers/2/queue/recent",
        "GET /customers/2/queue/batches/1",
        "GET /customers/2/queue/batches/1/images",
        "GET /customers/2/queue/batches/1/assets",
        "GET /customers/2/queue/batches/1/errors",
        "POST /customers/2/queue/batches/1/test",
        "POST /customers/2/queue/batches/1/retry",
        "POST /customers/2/queue/batches/1/cancel",
        "POST /customers/2/queue/csv",
        "POST /customers/2/queue/pause",
        "POST /customers/2/queue/resume",
        "GET /customers/2/queue/deadLetters",
        "GET /customers/2/queue/deadLetters/1",
        "DELETE /customers/2/queue/deadLetters/1",
        "POST /customers/2/queue/deadLetters/1/retry",
        "GET /customers/2/spaces/1/images/ms-1/progress",
    ];

    #[tokio::test]
    async fn nothing_but_the_anonymous_addresses_opens_without_a_key_of_the_customer() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            api.customer(&administrator, "library").await;
            let museum = api.customer(&administrator, "museum").await;
            let wrong = json!({"key": "key", "secret": "secret"});
            let stranger = api.anonymous().with_key(2, &wrong);
            for (method, path) in GUARDED.iter().map(|it| it.split_once(' ').unwrap()) {
                let method: Method = method.parse().unwrap();
                for client in [&api.anonymous(), &stranger, &museum] {
                    let answer = client.send(method.clone(), path, "{}").await;
                    assert_eq!(answer.status, 401, "{method} {path}");
                    let challenge = answer.header("www-authenticate");
                    assert!(challenge.starts_with("Basic realm="), "{method} {path}");
                }
                let answer = administrator.send(method.clone(), path, "{}").await;
                assert_ne!(answer.status, 401, "{method} {path}");
            }
        })
        .await;
    }
}
