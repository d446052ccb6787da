use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::{ManagementConfig, paths::number};

/// What services that call for a customer put before the customer's number.
const SUBJECT: &str = "urn:dlcs:user:";

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: Option<i64>,
    nbf: Option<i64>,
}

/// The customer for whom somebody calls who shares our secret: a JSON Web Token, signed by HS256 alone.
pub(crate) fn customer_of(
    token: &str,
    config: &ManagementConfig,
    now: OffsetDateTime,
) -> Option<u32> {
    if config.bearer_secret.is_empty() || config.bearer_issuers.is_empty() {
        return None;
    }
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&config.bearer_issuers);
    validation.set_required_spec_claims(&["iss", "sub"]);
    // Times are seen to below, since the clock is an argument here.
    (validation.validate_exp, validation.validate_nbf) = (false, false);
    validation.validate_aud = false;
    let key = DecodingKey::from_secret(config.bearer_secret.expose().as_bytes());
    let claims = decode::<Claims>(token, &key, &validation).ok()?.claims;
    let now = now.unix_timestamp();
    let is_over = claims.exp.is_some_and(|end| end <= now);
    let is_early = claims.nbf.is_some_and(|start| start > now);
    if is_over || is_early {
        return None;
    }
    number(claims.sub.strip_prefix(SUBJECT)?)
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::{Value, json};
    use time::macros::datetime;

    use super::*;

    const SECRET: &str = "a secret that is long enough for it";
    const NOW: OffsetDateTime = datetime!(2026-11-21 10:00 UTC);

    fn config() -> ManagementConfig {
        ManagementConfig {
            bearer_secret: SECRET.into(),
            bearer_issuers: vec!["dlcs".to_owned(), "portal".to_owned()],
            ..ManagementConfig::default()
        }
    }

    fn token(algorithm: Algorithm, secret: &str, claims: &Value) -> String {
        let key = EncodingKey::from_secret(secret.as_bytes());
        encode(&Header::new(algorithm), claims, &key).unwrap()
    }

    fn customer(claims: Value) -> Option<u32> {
        customer_of(&token(Algorithm::HS256, SECRET, &claims), &config(), NOW)
    }

    #[test]
    fn a_token_of_a_known_issuer_names_its_customer() {
        let now = NOW.unix_timestamp();
        for claims in [
            json!({"iss": "dlcs", "sub": "urn:dlcs:user:7"}),
            json!({"iss": "portal", "sub": "urn:dlcs:user:7", "exp": now + 1, "nbf": now}),
            json!({"iss": "portal", "sub": "urn:dlcs:user:7", "aud": "anybody"}),
        ] {
            assert_eq!(customer(claims.clone()), Some(7), "{claims}");
        }
    }

    #[test]
    fn any_other_token_names_nobody() {
        let now = NOW.unix_timestamp();
        for claims in [
            json!({"iss": "stranger", "sub": "urn:dlcs:user:7"}),
            json!({"sub": "urn:dlcs:user:7"}),
            json!({"iss": "dlcs"}),
            json!({"iss": "dlcs", "sub": "7"}),
            json!({"iss": "dlcs", "sub": "urn:dlcs:user:+7"}),
            json!({"iss": "dlcs", "sub": "urn:dlcs:user:"}),
            json!({"iss": "dlcs", "sub": "urn:dlcs:user:7", "exp": now}),
            json!({"iss": "dlcs", "sub": "urn:dlcs:user:7", "nbf": now + 1}),
        ] {
            assert_eq!(customer(claims.clone()), None, "{claims}");
        }
        let good = json!({"iss": "dlcs", "sub": "urn:dlcs:user:7"});
        let forged = token(Algorithm::HS256, "another secret that is long enough", &good);
        assert_eq!(customer_of(&forged, &config(), NOW), None);
        let other = token(Algorithm::HS512, SECRET, &good);
        assert_eq!(customer_of(&other, &config(), NOW), None, "only HS256 is expected");
        let unsigned = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJkbGNzIiwic3ViIjoidXJuOmRsY3M6dXNlcjo3In0.";
        for text in ["", "a.b.c", unsigned] {
            assert_eq!(customer_of(text, &config(), NOW), None, "{text}");
        }
        let right = token(Algorithm::HS256, SECRET, &good);
        assert_eq!(customer_of(&right, &ManagementConfig::default(), NOW), None, "not set up");
    }
}
