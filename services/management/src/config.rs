use serde::{Deserialize, Serialize};
use storage::Secret;

/// The smallest `maxWidth` that the DLCS knows.
pub(crate) const MIN_MAX_WIDTH: u32 = 256;
/// As long as what HS256 makes of it.
const MIN_SECRET: usize = 32;

/// How the API treats what clients send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ManagementConfig {
    /// How long PUT, PATCH and reingest wait for an image to be brought in, in seconds. After that
    /// the answer is 504, and the image is brought in all the same.
    pub immediate_timeout_seconds: u64,
    /// The largest body with a file in it, in bytes. Larger ones are answered 413.
    pub max_body_bytes: usize,
    /// How much memory all bodies with files may take at the same time, in megabytes; more wait.
    pub upload_megabytes: u32,
    /// Characters that ids of new assets must not contain, besides `\` and control characters. The
    /// DLCS has `\ /`: a backslash, a blank and a slash.
    pub forbidden_characters: String,
    /// The most assets that one POST to a queue, or one PATCH of many images, may have. The DLCS has
    /// 250.
    pub max_batch: usize,
    /// The largest `maxWidth` that an asset may ask for, in pixels.
    pub max_width: u32,
    /// Serves clients from before delivery channels: a missing `mediaType` is taken from the
    /// extension of the origin, old policies are ignored, and images without roles are open.
    pub legacy: bool,
    /// How often a key may ask in a minute, if nothing else was said when it was made; 0 means as
    /// often as it likes. Each process counts for itself; more are answered 429.
    pub requests_per_minute: u32,
    /// The secret that other services sign tokens with (JWT, HS256, 32 characters or more), to call for
    /// a customer by `Authorization: Bearer`. Empty: no tokens are accepted.
    pub bearer_secret: Secret,
    /// Whose tokens are accepted: what they must have as `iss`.
    pub bearer_issuers: Vec<String>,
    /// For how many days it is kept who changed what by the API, and what was there before; 0: it is
    /// not written down.
    pub audit_days: u32,
}

impl Default for ManagementConfig {
    fn default() -> Self {
        Self {
            immediate_timeout_seconds: 120,
            max_body_bytes: 100_000_000,
            upload_megabytes: 1000,
            forbidden_characters: String::new(),
            max_batch: 250,
            max_width: 5000,
            legacy: false,
            requests_per_minute: 0,
            bearer_secret: Secret::default(),
            bearer_issuers: Vec::new(),
            audit_days: 400,
        }
    }
}

impl ManagementConfig {
    /// Everything in this section that cannot work.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut refuse = |is_wrong: bool, fault: &str| {
            if is_wrong {
                faults.push(format!("management.{fault}"));
            }
        };
        refuse(self.max_body_bytes == 0, "max_body_bytes must be at least 1");
        refuse(self.upload_megabytes == 0, "upload_megabytes must be at least 1");
        refuse(self.max_batch == 0, "max_batch must be at least 1");
        refuse(self.max_width < MIN_MAX_WIDTH, "max_width must be at least 256");
        let secret = self.bearer_secret.expose();
        refuse(
            !secret.is_empty() && secret.len() < MIN_SECRET,
            "bearer_secret must have 32 characters or more",
        );
        refuse(
            secret.is_empty() != self.bearer_issuers.is_empty(),
            "bearer_secret and bearer_issuers need each other",
        );
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_work_and_all_faults_are_told_at_once() {
        assert_eq!(ManagementConfig::default().faults(), [""; 0]);
        let broken = ManagementConfig {
            max_body_bytes: 0,
            upload_megabytes: 0,
            max_batch: 0,
            max_width: 255,
            bearer_secret: "short".into(),
            ..ManagementConfig::default()
        };
        assert_eq!(broken.faults().len(), 6, "{:?}", broken.faults());
    }
}
