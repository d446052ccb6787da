//! How secrets are kept that have to be used again: sealed by a key from the configuration.
//!
//! AES-256-GCM with a random nonce. The name of the key stands with the sealed text, so that keys can be replaced;
//! and a text opens only for the record that it was sealed for.

use std::{fmt, sync::Arc};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine, prelude::BASE64_STANDARD};

use crate::Error;

/// The keys of this process; the first seals, all open.
#[derive(Clone, Default)]
pub(crate) struct Seals(Arc<[(String, LessSafeKey)]>);

/// Why a sealed text can't be read. None of it is the caller's fault.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealError {
    #[error("it is sealed with the key '{0}': put that back into database.credential_keys")]
    NoSuchKey(String),
    #[error("it was sealed with another key of this name, or changed by somebody else's hand")]
    Broken,
}

impl Seals {
    /// From texts such as `2026:` and 32 bytes in Base64; those that [`fault`] finds no fault with.
    pub(crate) fn new(keys: &[String]) -> Self {
        Self(keys.iter().filter_map(|key| parse(key).ok()).collect())
    }

    /// A text that shows nothing; `record` says what it is kept for.
    pub(crate) fn seal(&self, secret: &str, record: &str) -> Result<String, Error> {
        let (name, key) = self.0.first().ok_or_else(|| {
            Error::Invalid(
                "Credentials cannot be kept: the operator has to set database.credential_keys"
                    .into(),
            )
        })?;
        let mut nonce = [0; NONCE_LEN];
        aws_lc_rs::rand::fill(&mut nonce).map_err(Error::unavailable)?;
        let mut sealed = secret.as_bytes().to_vec();
        let bound = Aad::from(record.as_bytes());
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound, &mut sealed)
            .map_err(Error::unavailable)?;
        let sealed = [&nonce[..], &sealed].concat();
        Ok(format!("{name}:{}", BASE64_STANDARD.encode(sealed)))
    }

    pub(crate) fn open(&self, sealed: &str, record: &str) -> Result<String, SealError> {
        let (name, text) = sealed.split_once(':').ok_or(SealError::Broken)?;
        let key = self.0.iter().find(|(own, _)| own == name);
        let (_, key) = key.ok_or_else(|| SealError::NoSuchKey(name.to_owned()))?;
        let bytes = BASE64_STANDARD.decode(text).map_err(|_| SealError::Broken)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or(SealError::Broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Broken)?;
        let mut sealed = sealed.to_vec();
        let opened = key.open_in_place(nonce, Aad::from(record.as_bytes()), &mut sealed);
        let opened = opened.map_err(|_| SealError::Broken)?;
        String::from_utf8(opened.to_vec()).map_err(|_| SealError::Broken)
    }

    /// Would it be sealed with this key today?
    pub(crate) fn is_current(&self, sealed: &str) -> bool {
        let name = sealed.split_once(':').map(|(name, _)| name);
        self.0.first().is_some_and(|(first, _)| Some(first.as_str()) == name)
    }
}

/// What is wrong with a key as it is written in the configuration; nothing of the key itself is said.
pub(crate) fn fault(key: &str) -> Option<&'static str> {
    parse(key).err()
}

/// The name of a key, which is no secret.
pub(crate) fn name(key: &str) -> &str {
    key.split_once(':').map_or("", |(name, _)| name)
}

fn parse(key: &str) -> Result<(String, LessSafeKey), &'static str> {
    const SHAPE: &str = "must be a name, a colon and 32 bytes in Base64 (openssl rand -base64 32)";
    let (name, secret) = key.split_once(':').ok_or(SHAPE)?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.is_empty() || name.len() > 50 || !name.bytes().all(is_name) {
        return Err(SHAPE);
    }
    let secret = BASE64_STANDARD.decode(secret.trim()).map_err(|_| SHAPE)?;
    let key = UnboundKey::new(&AES_256_GCM, &secret).map_err(|_| SHAPE)?;
    Ok((name.to_owned(), LessSafeKey::new(key)))
}

impl fmt::Debug for Seals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str, byte: u8) -> String {
        format!("{name}:{}", BASE64_STANDARD.encode([byte; 32]))
    }

    #[test]
    fn what_is_sealed_opens_for_its_record_alone() {
        let seals = Seals::new(&[key("a", 1)]);
        let sealed = seals.seal("secret", "2/x").unwrap();
        assert!(sealed.starts_with("a:") && !sealed.contains("secret"), "{sealed}");
        assert_ne!(seals.seal("secret", "2/x").unwrap(), sealed, "no nonce is used twice");
        assert_eq!(seals.open(&sealed, "2/x").unwrap(), "secret");
        assert!(matches!(seals.open(&sealed, "3/x"), Err(SealError::Broken)));
        for text in ["", "a:", "a:!!", "a:AAAA", &sealed[..sealed.len() - 4]] {
            assert!(seals.open(text, "2/x").is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_is_replaced_in_two_steps() {
        let before = Seals::new(&[key("old", 1)]);
        let sealed = before.seal("secret", "2/x").unwrap();
        let both = Seals::new(&[key("new", 2), key("old", 1)]);
        assert_eq!(both.open(&sealed, "2/x").unwrap(), "secret");
        assert!(!both.is_current(&sealed) && before.is_current(&sealed));
        let after = Seals::new(&[key("new", 2)]);
        let error = after.open(&sealed, "2/x").unwrap_err().to_string();
        assert!(error.contains("'old'"), "{error}");
        let another = Seals::new(&[key("old", 3)]);
        assert!(matches!(another.open(&sealed, "2/x"), Err(SealError::Broken)));
    }

    #[test]
    fn without_a_key_nothing_is_kept() {
        let error = Seals::default().seal("secret", "2/x").unwrap_err();
        assert!(error.to_string().contains("database.credential_keys"), "{error}");
    }

    #[test]
    fn a_key_has_a_name_and_the_right_length() {
        assert_eq!(fault(&key("2026-11", 7)), None);
        let short = format!("a:{}", BASE64_STANDARD.encode([1; 16]));
        for text in ["", "a", "a:", ":AAAA", "a b:AAAA", "a:not base64", &short] {
            assert!(fault(text).is_some(), "{text}");
        }
        assert_eq!(format!("{:?}", Seals::new(&[key("a", 1)])), "[\"a\"]");
    }
}
