use std::fmt;

use catalogue::{Hidden, HttpAccess, HttpLogin};
use reqwest::{
    RequestBuilder, Response,
    header::{HeaderMap, HeaderName, HeaderValue, LOCATION},
};
use url::Url;

use super::{FetchError, HttpOrigins};

/// What is asked of a web server, and with what secrets: they go where they are meant to go, and nowhere else.
pub(super) struct Question<'a> {
    pub(super) url: Url,
    /// What the asset calls its origin: the address that is asked may be a signed one.
    origin: &'a str,
    access: Option<&'a HttpAccess>,
}

const MAX_REDIRECTS: usize = 10;

impl<'a> Question<'a> {
    pub(super) fn new(origin: &'a str, access: Option<&'a HttpAccess>) -> Result<Self, FetchError> {
        let url = Url::parse(origin)
            .map_err(|error| FetchError::Refused(format!("{origin} is not a URL: {error}")))?;
        Ok(Self { url, origin, access })
    }

    /// Asks another address for the origin, one that says itself who asks.
    pub(super) fn signed(origin: &'a str, url: Url) -> Self {
        Self { url, origin, access: None }
    }

    /// Puts the secrets on a request to `url`, unless it leads to another place than the one they are for.
    fn open(&self, url: &Url, mut request: RequestBuilder) -> Result<RequestBuilder, FetchError> {
        let Some(access) = self.access.filter(|_| is_same_place(&self.url, url)) else {
            return Ok(request);
        };
        for (name, value) in &access.headers {
            request = request.header(self.header_name(name)?, self.secret(value)?);
        }
        Ok(match &access.login {
            Some(HttpLogin::Basic(login)) => {
                request.basic_auth(&login.user, Some(login.password.expose()))
            }
            Some(HttpLogin::Bearer(token)) => request.bearer_auth(token.expose()),
            None => request,
        })
    }

    fn header_name(&self, name: &str) -> Result<HeaderName, FetchError> {
        HeaderName::try_from(name).map_err(|_| self.unfit())
    }

    fn secret(&self, value: &Hidden) -> Result<HeaderValue, FetchError> {
        let mut value = HeaderValue::try_from(value.expose()).map_err(|_| self.unfit())?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn unfit(&self) -> FetchError {
        FetchError::Refused(format!("the headers for {self} can't be sent: write them anew"))
    }

    pub(super) fn bad_redirect(&self) -> FetchError {
        FetchError::Refused(format!("{self} redirects to where it may not, or too often"))
    }
}

impl fmt::Display for Question<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.origin)
    }
}

impl HttpOrigins {
    /// The answer, after all redirects; each leads to where we may go, and takes no secret to somebody else.
    pub(super) async fn send(
        &self,
        question: &Question<'_>,
        headers: &HeaderMap,
    ) -> Result<Response, FetchError> {
        let mut url = question.url.clone();
        for redirects in 0..=MAX_REDIRECTS {
            if !self.guard.admits(&url) {
                return Err(match redirects {
                    0 => super::http::not_public(url.host_str().unwrap_or_default()),
                    _ => question.bad_redirect(),
                });
            }
            let request = self.client.get(url.clone()).headers(headers.clone());
            let sent = question.open(&url, request)?.send().await;
            let answer = sent.map_err(|error| self.explain(question, &error))?;
            match where_to(&url, &answer) {
                Some(next) => url = next,
                None => return Ok(answer),
            }
        }
        Err(question.bad_redirect())
    }
}

/// Where an answer sends us, if it does.
fn where_to(from: &Url, answer: &Response) -> Option<Url> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    from.join(answer.headers().get(LOCATION)?.to_str().ok()?).ok()
}

/// The same server, or the same by TLS.
fn is_same_place(one: &Url, other: &Url) -> bool {
    let port = Url::port_or_known_default;
    let is_raised = (one.scheme(), port(one)) == ("http", Some(80))
        && (other.scheme(), port(other)) == ("https", Some(443));
    let is_equal = one.scheme() == other.scheme() && port(one) == port(other);
    one.host_str() == other.host_str() && (is_equal || is_raised)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_goes_to_its_own_server_alone() {
        for (one, other, same) in [
            ("http://a.example.org/x", "http://a.example.org/y", true),
            ("http://a.example.org/x", "http://a.example.org:80/x", true),
            ("http://a.example.org/x", "https://a.example.org/x", true),
            ("https://a.example.org/x", "http://a.example.org/x", false),
            ("http://a.example.org/x", "http://a.example.org:8080/x", false),
            ("http://a.example.org:8080/x", "https://a.example.org/x", false),
            ("http://a.example.org/x", "http://b.example.org/x", false),
        ] {
            let [a, b] = [one, other].map(|url| Url::parse(url).unwrap());
            assert_eq!(is_same_place(&a, &b), same, "{one} {other}");
        }
    }
}
