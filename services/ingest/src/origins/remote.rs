use std::{fmt, time::Duration};

use tokio::net::TcpStream;
use url::Url;

use super::{FetchError, Guard, hosts::Hosts, http::unavailable};
use crate::config::IngestConfig;

/// Servers that keep files and speak no HTTP: how they are reached, under the same limits.
pub(super) struct Remote {
    guard: Guard,
    hosts: Hosts,
    connect_timeout: Duration,
    timeout: Duration,
    pub(super) max_bytes: u64,
}

/// A file on such a server.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    url: String,
    pub(super) scheme: String,
    pub(super) host: String,
    pub(super) port: u16,
    /// Decoded; relative to where a login begins, or absolute.
    pub(super) path: String,
}

impl Address {
    pub(super) fn parse(origin: &str) -> Result<Self, FetchError> {
        let refused = |why: &str| FetchError::Refused(format!("{origin} {why}"));
        let url = Url::parse(origin).map_err(|error| refused(&format!("is not a URL: {error}")))?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| refused("names no host"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("has a name in it: put who asks into an origin strategy"));
        }
        let port = match url.scheme() {
            "sftp" => 22,
            _ => 21,
        };
        let path = percent_encoding::percent_decode_str(url.path()).decode_utf8();
        let path = path.map_err(|_| refused("has a path that is no text"))?;
        // Addresses of FTP begin where a login begins (RFC 1738), those of SFTP at the root, unless they say otherwise.
        let start = if url.scheme() == "sftp" { "/~/" } else { "/" };
        let path = path.strip_prefix(start).unwrap_or(&path);
        // A line break would end a command, and begin another.
        if path.is_empty() || path.ends_with('/') || path.contains(char::is_control) {
            return Err(refused("names no file"));
        }
        Ok(Self {
            url: origin.to_owned(),
            scheme: url.scheme().to_owned(),
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(port),
            path: path.to_owned(),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

impl Remote {
    pub(super) fn new(config: &IngestConfig) -> Self {
        Self {
            guard: Guard::new(&config.private_hosts),
            hosts: Hosts::new(config.connections_per_host),
            connect_timeout: config.connect_timeout(),
            timeout: config.fetch_timeout(),
            max_bytes: config.max_source_bytes,
        }
    }

    /// A connection to a public address of the host, or to any of one that the operator lists.
    pub(super) async fn connect(&self, address: &Address) -> Result<TcpStream, FetchError> {
        let found = self.guard.addresses(&address.host, address.port).await;
        let found = found.map_err(|error| {
            tracing::debug!(%address, %error, "a host has no address");
            unavailable(address, "could not be reached")
        })?;
        let Some(found) = found else { return Err(super::http::not_public(&address.host)) };
        let connected = self.in_time(address, TcpStream::connect(&found[..])).await?;
        connected.map_err(|error| {
            tracing::debug!(%address, %error, "no connection");
            unavailable(address, "could not be reached")
        })
    }

    /// What one exchange with the server brings, unless the server takes longer over it than it may.
    pub(super) async fn in_time<T>(
        &self,
        address: &Address,
        exchange: impl Future<Output = T>,
    ) -> Result<T, FetchError> {
        let answered = tokio::time::timeout(self.connect_timeout, exchange).await;
        answered.map_err(|_| unavailable(address, "did not answer in time"))
    }

    /// What a whole fetch brings, when it is its turn, unless it takes longer than it may.
    pub(super) async fn turn<T>(
        &self,
        address: &Address,
        fetch: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        let _turn = self.hosts.turn(&address.host).await;
        let fetched = tokio::time::timeout(self.timeout, fetch).await;
        let seconds = self.timeout.as_secs();
        fetched.unwrap_or_else(|_| {
            Err(unavailable(address, format!("was not fetched in {seconds} s")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_file_on_a_host() {
        for (origin, host, port, path) in [
            ("sftp://files.example.org/scans/a%20b.tif", "files.example.org", 22, "/scans/a b.tif"),
            ("sftp://files.example.org:2222/~/a.tif", "files.example.org", 2222, "a.tif"),
            ("ftp://[2606::1]/a/b.tif", "2606::1", 21, "a/b.tif"),
            ("ftps://x.org/%2Fetc/%E2%82%AC", "x.org", 21, "/etc/€"),
        ] {
            let address = Address::parse(origin).unwrap();
            let found = (address.host.as_str(), address.port, address.path.as_str());
            assert_eq!(found, (host, port, path), "{origin}");
        }
    }

    #[test]
    fn what_names_no_file_is_refused() {
        for origin in [
            "sftp://x.org",
            "sftp://x.org/",
            "sftp://x.org/~/",
            "ftp://x.org/a%0D%0ADELE%20b",
            "ftp://x.org/%FF",
            "ftp:///a",
            "ftp://user:secret@x.org/a",
        ] {
            let error = Address::parse(origin).unwrap_err();
            assert!(matches!(error, FetchError::Refused(_)), "{origin}: {error}");
        }
    }
}
