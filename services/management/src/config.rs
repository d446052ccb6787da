use model::AssetId;
use serde::{Deserialize, Serialize};
use storage::Secret;
use time::Duration;

use crate::paths::number;

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
    /// The largest file that comes by tus or in a form, in bytes.
    pub max_upload_bytes: u64,
    /// For how many hours an upload that comes in parts is kept after its last bytes came.
    pub upload_hours: u32,
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
    /// The same for some alone: customers by their numbers, as `2`, and spaces by both, as `2/5`.
    pub legacy_for: Vec<String>,
    /// Answers `deleteImages` and the deletion of a PDF by 204 without a body, as the DLCS does since
    /// 1.13. Its older clients read a body, and fail without one.
    pub deletions_without_body: bool,
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
    /// How many connections may be kept open to hear of events (`/customers/{customer}/events`); more are answered 503.
    pub event_streams: usize,
}

impl Default for ManagementConfig {
    fn default() -> Self {
        Self {
            immediate_timeout_seconds: 120,
            max_body_bytes: 100_000_000,
            upload_megabytes: 1000,
            max_upload_bytes: 20 << 30,
            upload_hours: 48,
            forbidden_characters: String::new(),
            max_batch: 250,
            max_width: 5000,
            legacy: false,
            legacy_for: Vec::new(),
            deletions_without_body: false,
            requests_per_minute: 0,
            bearer_secret: Secret::default(),
            bearer_issuers: Vec::new(),
            audit_days: 400,
            event_streams: 100,
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
        refuse(self.max_upload_bytes == 0, "max_upload_bytes must be at least 1");
        refuse(self.upload_hours == 0, "upload_hours must be at least 1");
        refuse(self.max_batch == 0, "max_batch must be at least 1");
        refuse(self.max_width < MIN_MAX_WIDTH, "max_width must be at least 256");
        for part in self.legacy_for.iter().filter(|part| part_of(part).is_none()) {
            let fault = format!("legacy_for has '{part}', which is neither a customer nor a space");
            refuse(true, &fault);
        }
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

    pub(crate) fn upload_lifetime(&self) -> Duration {
        Duration::hours(self.upload_hours.into())
    }

    /// Is an asset registered as by clients from before delivery channels?
    pub(crate) fn is_legacy(&self, asset: &AssetId) -> bool {
        let holds = |(customer, space): (u32, Option<u32>)| {
            customer == asset.customer && space.is_none_or(|space| space == asset.space)
        };
        self.legacy || self.legacy_for.iter().filter_map(|part| part_of(part)).any(holds)
    }
}

/// A customer, and one of its spaces if one is named.
fn part_of(text: &str) -> Option<(u32, Option<u32>)> {
    match text.split_once('/') {
        None => Some((number(text)?, None)),
        Some((customer, space)) => Some((number(customer)?, Some(number(space)?))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_ways_hold_for_the_customers_and_spaces_that_are_named() {
        let legacy_for = ["2", "3/5"].map(str::to_owned).into();
        let config = ManagementConfig { legacy_for, ..ManagementConfig::default() };
        for (asset, is_legacy) in
            [("2/1/a", true), ("3/5/a", true), ("3/6/a", false), ("4/5/a", false)]
        {
            assert_eq!(config.is_legacy(&asset.parse().unwrap()), is_legacy, "{asset}");
        }
        let config = ManagementConfig { legacy: true, ..ManagementConfig::default() };
        assert!(config.is_legacy(&"4/5/a".parse().unwrap()));
    }

    #[test]
    fn the_defaults_work_and_all_faults_are_told_at_once() {
        assert_eq!(ManagementConfig::default().faults(), [""; 0]);
        let broken = ManagementConfig {
            max_body_bytes: 0,
            upload_megabytes: 0,
            max_upload_bytes: 0,
            upload_hours: 0,
            max_batch: 0,
            max_width: 255,
            legacy_for: ["2", "2/5", "2/", "/5", "+2", "2/5/6"].map(str::to_owned).into(),
            bearer_secret: "short".into(),
            ..ManagementConfig::default()
        };
        assert_eq!(broken.faults().len(), 12, "{:?}", broken.faults());
    }
}
