//! People's passwords, kept as argon2id hashes: slow on purpose, since people choose what can be guessed.

use argon2::{Argon2, password_hash::PasswordHasher};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::Error;

/// Each hash takes 19 MB and some 20 ms: so many at once, and no more.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

pub(crate) async fn hash(password: &str) -> Result<String, Error> {
    check(password)?;
    let _turn = AT_ONCE.acquire().await.map_err(Error::unavailable)?;
    let password = password.to_owned();
    let hashed = spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    });
    hashed.await.map_err(Error::unavailable)?.map_err(Error::unavailable)
}

fn check(password: &str) -> Result<(), Error> {
    if password.is_empty() {
        return Err(Error::Invalid("A password is required".into()));
    }
    if password.chars().count() < 8 || password.len() > 1000 {
        return Err(Error::Invalid("A password must have 8 characters or more".into()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::{PasswordVerifier, phc::PasswordHash};

    use super::*;

    #[tokio::test]
    async fn a_hash_knows_its_password_again_and_is_never_the_same() {
        let (one, other) = (hash("correct horse").await.unwrap(), hash("correct horse").await);
        assert_ne!(one, other.unwrap());
        let kept = PasswordHash::new(&one).unwrap();
        assert!(one.starts_with("$argon2id$"), "{one}");
        assert!(Argon2::default().verify_password(b"correct horse", &kept).is_ok());
        assert!(Argon2::default().verify_password(b"correct house", &kept).is_err());
    }

    #[tokio::test]
    async fn short_passwords_are_refused() {
        for password in ["", "1234567", &"x".repeat(1001)] {
            assert!(matches!(hash(password).await, Err(Error::Invalid(_))), "{password}");
        }
    }
}
