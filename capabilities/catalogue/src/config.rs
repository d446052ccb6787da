use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

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
        }
    }
}

impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseConfig")
            .field("url", &hide_password(&self.url))
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout_seconds", &self.acquire_timeout_seconds)
            .field("busy_timeout_seconds", &self.busy_timeout_seconds)
            .field("max_cards", &self.max_cards)
            .field("card_max_age_seconds", &self.card_max_age_seconds)
            .finish()
    }
}

fn without_password<S: Serializer>(url: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hide_password(url))
}

/// The password stands between the first colon after the scheme and the last `@` of the authority.
fn hide_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let Some((user, _)) = rest.rsplit_once('@').filter(|_| rest.contains('@')) else {
        return url.to_owned();
    };
    let _ = authority;
    let host = &rest[user.len() + 1..];
    match user.split_once(':') {
        Some((name, _)) => format!("{scheme}://{name}:(hidden)@{host}"),
        None => url.to_owned(),
    }
}
