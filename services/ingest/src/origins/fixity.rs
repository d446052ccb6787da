use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use sha2::{Digest, Sha256, Sha512};

/// What a file comes to, beside what its origin says that it must: RFC 9530, and RFC 3230 before it.
pub(super) struct Fixity {
    sum: Sum,
    expected: Vec<u8>,
}

enum Sum {
    Sha256(Sha256),
    Sha512(Sha512),
}

/// The headers that speak of the file as a whole, whichever part of it is sent.
const HEADERS: [&str; 2] = ["repr-digest", "digest"];

impl Fixity {
    /// The first sum that we can make, if the origin gives one.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        // The sum would be of the compressed file.
        if headers.contains_key(CONTENT_ENCODING) {
            return None;
        }
        let texts = HEADERS.iter().flat_map(|name| headers.get_all(*name));
        texts.filter_map(|text| text.to_str().ok()).flat_map(|text| text.split(',')).find_map(read)
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match &mut self.sum {
            Sum::Sha256(sum) => sum.update(bytes),
            Sum::Sha512(sum) => sum.update(bytes),
        }
    }

    pub(super) fn holds(self) -> bool {
        match self.sum {
            Sum::Sha256(sum) => sum.finalize()[..] == self.expected[..],
            Sum::Sha512(sum) => sum.finalize()[..] == self.expected[..],
        }
    }
}

/// `sha-256=:…:` of the newer header, `SHA-256=…` of the older.
fn read(text: &str) -> Option<Fixity> {
    let (algorithm, value) = text.trim().split_once('=')?;
    let (sum, length) = match algorithm.to_ascii_lowercase().as_str() {
        "sha-256" => (Sum::Sha256(Sha256::new()), 32),
        "sha-512" => (Sum::Sha512(Sha512::new()), 64),
        _ => return None,
    };
    let expected = BASE64_STANDARD.decode(value.trim_matches(':')).ok()?;
    (expected.len() == length).then_some(Fixity { sum, expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_HELLO: &str = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";

    fn meets(name: &'static str, value: &str) -> Option<bool> {
        let headers = HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]);
        let mut fixity = Fixity::of(&headers)?;
        fixity.update(b"hel");
        fixity.update(b"lo");
        Some(fixity.holds())
    }

    #[test]
    fn the_sums_of_both_headers_are_compared() {
        assert_eq!(meets("repr-digest", &format!("md5=:AA==:, sha-256=:{OF_HELLO}:")), Some(true));
        assert_eq!(meets("digest", &format!("SHA-256={OF_HELLO}")), Some(true));
        let other = OF_HELLO.replace('L', "M");
        assert_eq!(meets("repr-digest", &format!("sha-256=:{other}:")), Some(false));
    }

    #[test]
    fn a_sum_that_cannot_be_made_is_none() {
        for value in ["md5=:AA==:", "sha-256=:AA==:", "sha-256=?", "", "sha-256", "unixsum=1"] {
            assert_eq!(meets("repr-digest", value), None, "{value}");
        }
        assert_eq!(meets("etag", OF_HELLO), None);
    }
}
