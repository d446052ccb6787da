use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::seals;

/// Where the catalogue keeps its records.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `postgres://user:password@host/database` for a cluster, `sqlite:///path/to/file.db` for a
    /// file, `sqlite::memory:` for nothing kept. Empty: the file `recto.db` in the data folder.
    #[serde(serialize_with = "without_password")]
    pub url: String,
    /// How many connections this process opens at most.
    pub max_connections: u32,
    /// How long a request waits for a free connection, in seconds.
    pub acquire_timeout_seconds: u64,
    /// How long SQLite waits for another process that writes, in seconds.
    pub busy_timeout_seconds: u64,
    /// How many assets' cards are kept in memory (about 1 kB each).
    pub max_cards: u64,
    /// How old a card in memory may become, in seconds: after so long at most, a change made by
    /// another process is seen here. Changes made by this process are seen at once.
    pub card_max_age_seconds: u64,
    /// Keys by which credentials for origins are sealed before they are kept: a name, a colon and 32
    /// bytes in Base64 (`openssl rand -base64 32`). The first seals, all open; without one, no
    /// credentials are accepted.
    #[serde(serialize_with = "without_secrets")]
    pub credential_keys: Vec<String>,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: String::new(),
            max_connections: 16,
            acquire_timeout_seconds: 10,
            busy_timeout_seconds: 10,
            max_cards: 100_000,
            card_max_age_seconds: 5,
            credential_keys: Vec::new(),
        }
    }
}

impl DatabaseConfig {
    /// What is wrong with it, in words for the operator; all at once.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let kinds = ["postgres://", "postgresql://", "sqlite:"];
        let url = self.url.trim();
        if !url.is_empty() && !kinds.iter().any(|kind| url.starts_with(kind)) {
            let scheme = url.split(':').next().unwrap_or_default();
            faults.push(format!(
                "database.url: databases of the kind '{scheme}' are not supported; use postgres:// or sqlite:"
            ));
        }
        if self.max_connections == 0 {
            faults.push("database.max_connections: must be at least 1".to_owned());
        }
        if self.card_max_age_seconds > MAX_CARD_AGE_SECONDS {
            faults.push(format!(
                "database.card_max_age_seconds: must be {MAX_CARD_AGE_SECONDS} or less, \
                 because what a version left is cleaned up soon after"
            ));
        }
        for (n, key) in self.credential_keys.iter().enumerate() {
            if let Some(fault) = seals::fault(key) {
                faults.push(format!("database.credential_keys: number {} {fault}", n + 1));
            }
            let name = seals::name(key);
            if self.credential_keys.iter().take(n).any(|other| seals::name(other) == name) {
                faults.push(format!("database.credential_keys: there are two keys named '{name}'"));
            }
        }
        faults
    }
}

/// Clean-ups wait a little longer than this before they remove what an old card points to.
const MAX_CARD_AGE_SECONDS: u64 = 10;

impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseConfig")
            .field("url", &hide_password(&self.url))
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout_seconds", &self.acquire_timeout_seconds)
            .field("busy_timeout_seconds", &self.busy_timeout_seconds)
            .field("max_cards", &self.max_cards)
            .field("card_max_age_seconds", &self.card_max_age_seconds)
            .field("credential_keys", &hide_secrets(&self.credential_keys))
            .finish()
    }
}

fn without_password<S: Serializer>(url: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hide_password(url))
}

fn without_secrets<S: Serializer>(keys: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(hide_secrets(keys))
}

/// Their names are no secrets.
fn hide_secrets(keys: &[String]) -> Vec<String> {
    keys.iter().map(|key| format!("{}:(hidden)", seals::name(key))).collect()
}

/// The password stands between the first colon and the last `@` before the path.
fn hide_password(url: &str) -> String {
    let (Some((scheme, rest)), end) = (url.split_once("://"), url.rfind('@')) else {
        return url.to_owned();
    };
    let start = rest.find(':').map(|colon| scheme.len() + "://".len() + colon);
    match (start, end) {
        (Some(start), Some(end)) if start < end => {
            format!("{}:(hidden){}", &url[..start], &url[end..])
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_neither_printed_nor_written() {
        for (url, shown) in [
            (
                "postgres://recto:pa:ss@w@db.example:5432/recto",
                "postgres://recto:(hidden)@db.example:5432/recto",
            ),
            ("postgres://recto@db.example:5432/recto", "postgres://recto@db.example:5432/recto"),
            ("postgres://db.example:5432/recto", "postgres://db.example:5432/recto"),
            ("sqlite:///var/lib/recto.db", "sqlite:///var/lib/recto.db"),
            ("", ""),
        ] {
            let config = DatabaseConfig { url: url.into(), ..DatabaseConfig::default() };
            assert_eq!(serde_json::to_value(&config).unwrap()["url"], shown);
            assert!(format!("{config:?}").contains(&format!("{shown:?}")), "{config:?}");
        }
    }

    #[test]
    fn keys_are_shown_by_their_names_and_checked_at_the_start() {
        let key = "2026:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned();
        let keys = vec![key.clone(), key, "short:AAAA".to_owned()];
        let config = DatabaseConfig { credential_keys: keys, ..DatabaseConfig::default() };
        let shown = serde_json::to_string(&config).unwrap() + &format!("{config:?}");
        assert!(shown.contains("2026:(hidden)") && !shown.contains("AAAA"), "{shown}");
        let faults = config.faults().join("\n");
        assert!(
            faults.contains("two keys named '2026'") && faults.contains("number 3"),
            "{faults}"
        );
    }

    #[test]
    fn faults_are_found_before_anything_is_opened() {
        let config = DatabaseConfig {
            url: "mysql://host/db".into(),
            max_connections: 0,
            card_max_age_seconds: 60,
            ..DatabaseConfig::default()
        };
        assert_eq!(config.faults().len(), 3, "{:?}", config.faults());
        assert!(DatabaseConfig::default().faults().is_empty());
    }
}
