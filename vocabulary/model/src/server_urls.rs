use std::sync::Arc;

use crate::PublicUrls;

/// The roots of this server as the visitor of one request sees them.
///
/// `app` works them out once per request (from the configuration, or from the host that the visitor or a trusted proxy
/// named) and hands them to the services as a request extension; nobody else reads `Host` or `X-Forwarded-*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrls {
    /// Where the public resources live.
    pub public: PublicUrls,
    /// Where the management API lives, without a trailing slash.
    pub api: Arc<str>,
}

impl ServerUrls {
    pub fn new(public: &str, api: &str) -> Self {
        Self { public: PublicUrls::new(public), api: api.trim_end_matches('/').into() }
    }
}
