use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::origins::customer_origins::{BASIC, BEARER, FTP, HEADERS, S3_KEYS, SFTP};

/// What opens origins, as a customer says it; which of it is needed, the strategy tells.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Credentials {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Hidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_key: Option<Hidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passphrase: Option<Hidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Hidden>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Hidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_access_key: Option<Hidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_token: Option<Hidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hidden(String);

/// A name and a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub user: String,
    pub password: Hidden,
}

/// What an HTTP origin is asked with, and nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HttpAccess {
    pub login: Option<HttpLogin>,
    pub headers: BTreeMap<String, Hidden>,
}

/// By which an HTTP origin knows who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpLogin {
    Basic(Login),
    Bearer(Hidden),
}

/// How a server is entered by SFTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SftpAccess {
    /// The strategy that says so: what its servers were seen to be is kept with it.
    pub strategy: String,
    pub user: String,
    pub login: SftpLogin,
    /// The fingerprint of the server's key, if the customer names it.
    pub host_key: Option<String>,
}

/// By which an SFTP server knows who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SftpLogin {
    Password(Hidden),
    Key { key: Hidden, passphrase: Option<Hidden> },
}

/// A customer's own rights in a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct S3Keys {
    pub access_key_id: String,
    pub secret_access_key: Hidden,
    pub session_token: Option<Hidden>,
    pub region: Option<String>,
    /// The service, where it is not Amazon's.
    pub endpoint: Option<String>,
}

/// Credentials as one strategy needs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fitted {
    Http(HttpAccess),
    S3(S3Keys),
    /// The strategy is put in by who knows it.
    Sftp(SftpAccess),
    Ftp(Login),
}

const MAX_BYTES: usize = 8 * 1024;
const MAX_HEADERS: usize = 20;
/// Headers that say how a request is sent, not who sends it.
const OUR_HEADERS: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl Credentials {
    /// These credentials as the strategy needs them; else what is wrong with them, in words for the customer.
    pub(crate) fn fit(self, strategy: &str) -> Result<Fitted, String> {
        self.check_texts()?;
        let headers = check_headers(&self.headers)?;
        let (fitted, rest) = match strategy {
            BASIC => {
                let (login, rest) = self.login()?;
                (Fitted::Http(HttpAccess { login: Some(HttpLogin::Basic(login)), headers }), rest)
            }
            BEARER => {
                let mut rest = self;
                let token = needed_hidden(&mut rest.token, "token")?;
                if !token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
                    return Err("'token' must be of printable ASCII, without spaces".to_owned());
                }
                (Fitted::Http(HttpAccess { login: Some(HttpLogin::Bearer(token)), headers }), rest)
            }
            HEADERS if headers.is_empty() => return Err("'headers' must name a header".to_owned()),
            HEADERS => (Fitted::Http(HttpAccess { login: None, headers }), self),
            S3_KEYS => self.s3_keys()?,
            SFTP => self.sftp()?,
            FTP => {
                let (login, rest) = self.login()?;
                (Fitted::Ftp(login), rest)
            }
            _ => return Err("this strategy takes none".to_owned()),
        };
        let rest = match &fitted {
            Fitted::Http(_) => Self { headers: BTreeMap::new(), ..rest },
            Fitted::S3(_) | Fitted::Sftp(_) | Fitted::Ftp(_) => rest,
        };
        match rest.first_name() {
            Some(name) => Err(format!("'{name}' is of no use to {strategy}")),
            None => Ok(fitted),
        }
    }

    fn login(mut self) -> Result<(Login, Self), String> {
        let user = needed(&mut self.user, "user")?;
        // A password may be empty, but it has to be said.
        let password = self.password.take().ok_or("'password' is missing")?;
        Ok((Login { user, password }, self))
    }

    fn sftp(mut self) -> Result<(Fitted, Self), String> {
        let user = needed(&mut self.user, "user")?;
        let login = match (self.password.take(), self.private_key.take()) {
            (Some(_), Some(_)) => {
                return Err("'password' and 'privateKey' can't both be meant".into());
            }
            (None, None) => return Err("'password' or 'privateKey' is missing".into()),
            (Some(password), None) => SftpLogin::Password(password),
            (None, Some(key)) if key.expose().starts_with("-----BEGIN ") => {
                SftpLogin::Key { key, passphrase: self.passphrase.take() }
            }
            (None, Some(_)) => return Err("'privateKey' must be the text of a key file".into()),
        };
        let host_key = self.host_key.take();
        match host_key.as_deref().filter(|key| !is_fingerprint(key)) {
            Some(_) => Err("'hostKey' must be a fingerprint as `ssh-keygen -l` shows it, such as \
                            SHA256:uNiVztksCsDhcc0u9e8BrFRCH2fz1VrWMWUrmrUP4qA"
                .into()),
            None => {
                let strategy = String::new();
                Ok((Fitted::Sftp(SftpAccess { strategy, user, login, host_key }), self))
            }
        }
    }

    fn s3_keys(mut self) -> Result<(Fitted, Self), String> {
        let keys = S3Keys {
            access_key_id: needed(&mut self.access_key_id, "accessKeyId")?,
            secret_access_key: needed_hidden(&mut self.secret_access_key, "secretAccessKey")?,
            session_token: self.session_token.take(),
            region: self.region.take(),
            endpoint: self.endpoint.take(),
        };
        let is_web = |url: &&String| url.starts_with("https://") || url.starts_with("http://");
        match keys.endpoint.as_ref().filter(|url| !is_web(url)) {
            Some(_) => Err("'endpoint' must be an address such as https://s3.example.org".into()),
            None => Ok((Fitted::S3(keys), self)),
        }
    }

    fn check_texts(&self) -> Result<(), String> {
        for (name, text) in self.texts() {
            if text.is_some_and(|text| text.len() > MAX_BYTES) {
                return Err(format!("'{name}' must not be longer than {MAX_BYTES} bytes"));
            }
            let has_lines = name == "privateKey";
            let is_control =
                |sign: char| sign.is_control() && !(has_lines && "\r\n".contains(sign));
            if text.is_some_and(|text| text.contains(is_control)) {
                return Err(format!("'{name}' must not have control characters"));
            }
        }
        Ok(())
    }

    /// What is said, if anything is.
    fn first_name(&self) -> Option<&'static str> {
        let text = self.texts().into_iter().find_map(|(name, text)| text.map(|_| name));
        text.or((!self.headers.is_empty()).then_some("headers"))
    }

    fn texts(&self) -> [(&'static str, Option<&str>); 11] {
        [
            ("user", self.user.as_deref()),
            ("password", self.password.as_ref().map(Hidden::expose)),
            ("privateKey", self.private_key.as_ref().map(Hidden::expose)),
            ("passphrase", self.passphrase.as_ref().map(Hidden::expose)),
            ("hostKey", self.host_key.as_deref()),
            ("token", self.token.as_ref().map(Hidden::expose)),
            ("accessKeyId", self.access_key_id.as_deref()),
            ("secretAccessKey", self.secret_access_key.as_ref().map(Hidden::expose)),
            ("sessionToken", self.session_token.as_ref().map(Hidden::expose)),
            ("region", self.region.as_deref()),
            ("endpoint", self.endpoint.as_deref()),
        ]
    }
}

/// `SHA256:` and 32 bytes in base64.
fn is_fingerprint(text: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"+/".contains(&byte);
    text.strip_prefix("SHA256:").is_some_and(|text| text.len() == 43 && text.bytes().all(is_sign))
}

fn needed(text: &mut Option<String>, name: &str) -> Result<String, String> {
    text.take().filter(|text| !text.is_empty()).ok_or_else(|| format!("'{name}' is missing"))
}

fn needed_hidden(text: &mut Option<Hidden>, name: &str) -> Result<Hidden, String> {
    let mut exposed = text.take().map(|text| text.0);
    needed(&mut exposed, name).map(Hidden)
}

/// Names in lower case: they are the same in any.
fn check_headers(headers: &BTreeMap<String, Hidden>) -> Result<BTreeMap<String, Hidden>, String> {
    if headers.len() > MAX_HEADERS {
        return Err(format!("'headers' must not have more than {MAX_HEADERS} members"));
    }
    let checked = headers.iter().map(|(name, value)| {
        let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        let name = name.to_ascii_lowercase();
        if name.is_empty() || name.len() > 200 || !name.bytes().all(is_sign) {
            return Err("'headers' has a name that is none of a header".to_owned());
        }
        if OUR_HEADERS.contains(&name.as_str()) {
            return Err(format!("'headers' must not set '{name}': Recto does"));
        }
        let text = value.expose();
        let is_text = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        if text.len() > MAX_BYTES || !is_text || text.trim() != text {
            return Err(format!("the header '{name}' must be of printable ASCII"));
        }
        Ok((name, value.clone()))
    });
    checked.collect()
}

impl Hidden {
    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Hidden {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(strategy: &str, json: &str) -> Result<Fitted, String> {
        serde_json::from_str::<Credentials>(json).unwrap().fit(strategy)
    }

    #[test]
    fn every_strategy_takes_what_it_needs() {
        for (strategy, json) in [
            (BASIC, r#"{"user": "a", "password": ""}"#),
            (BASIC, r#"{"user": "a", "password": "b", "headers": {"X-Key": "c"}}"#),
            (BEARER, r#"{"token": "abc"}"#),
            (HEADERS, r#"{"headers": {"Cookie": "a=b; c=d"}}"#),
            (S3_KEYS, r#"{"accessKeyId": "a", "secretAccessKey": "b", "region": "eu-west-1"}"#),
            (SFTP, r#"{"user": "a", "password": "b"}"#),
            (SFTP, r#"{"user": "a", "privateKey": "-----BEGIN X-----\n", "passphrase": "b"}"#),
            (FTP, r#"{"user": "a", "password": "b"}"#),
        ] {
            assert!(fitted(strategy, json).is_ok(), "{strategy} {json}");
        }
    }

    #[test]
    fn what_does_not_fit_is_said_without_saying_the_secret() {
        for (strategy, json, words) in [
            (BASIC, r#"{"user": "a"}"#, "'password' is missing"),
            (
                BASIC,
                r#"{"user": "a", "password": "hush", "token": "hush"}"#,
                "'token' is of no use",
            ),
            (BEARER, r#"{"token": ""}"#, "'token' is missing"),
            (BEARER, r#"{"token": "hush hush"}"#, "printable ASCII"),
            (BEARER, r#"{"token": "a\r\nhush"}"#, "control characters"),
            (HEADERS, "{}", "must name a header"),
            (HEADERS, r#"{"headers": {"Host": "hush"}}"#, "must not set 'host'"),
            (HEADERS, r#"{"headers": {"a b": "hush"}}"#, "none of a header"),
            (HEADERS, r#"{"headers": {"a": "hush\r\nb: c"}}"#, "printable ASCII"),
            (S3_KEYS, r#"{"accessKeyId": "a"}"#, "'secretAccessKey' is missing"),
            (
                S3_KEYS,
                r#"{"accessKeyId": "a", "secretAccessKey": "hush", "endpoint": "file:///"}"#,
                "'endpoint' must be",
            ),
            (SFTP, r#"{"user": "", "password": "hush"}"#, "'user' is missing"),
            (SFTP, r#"{"user": "a"}"#, "'password' or 'privateKey' is missing"),
            (SFTP, r#"{"user": "a", "privateKey": "hush"}"#, "the text of a key file"),
            (SFTP, r#"{"user": "a", "password": "hush", "hostKey": "hush"}"#, "a fingerprint"),
            (SFTP, r#"{"user": "a", "password": "hush", "passphrase": "b"}"#, "of no use"),
            ("default", r#"{"user": "a", "password": "hush"}"#, "takes none"),
        ] {
            let fault = fitted(strategy, json).unwrap_err();
            assert!(fault.contains(words) && !fault.contains("hush"), "{strategy} {json}: {fault}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let json =
            r#"{"user": "a", "password": "hush", "headers": {"x": "hush"}, "token": "hush"}"#;
        let credentials: Credentials = serde_json::from_str(json).unwrap();
        assert!(!format!("{credentials:?}").contains("hush"), "{credentials:?}");
    }
}
