use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use storage::StorageConfig;
use url::Url;

/// Where the images of a profile are, and how they are shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProfileConfig {
    /// Where the images are: `disk`, `http`, `s3`, or `recto` (another IIIF image service).
    #[serde(rename = "type")]
    pub kind: ProfileKind,
    /// The folder of a `disk` profile; images in folders below it have names with slashes.
    pub folder: PathBuf,
    /// Of an `http` profile: the address of an image, with `{name}` where its name goes. Of a
    /// `recto` profile: what stands before the name in the addresses of the other image service.
    pub url: String,
    /// The bucket of an `s3` profile, with the keys of `[storage]`: `url`, `endpoint`, `region`, …
    pub storage: StorageConfig,
    /// The rights statement for `info.json`, a URI; empty for none.
    pub rights: String,
    /// How long browsers and proxies may keep answers, in seconds.
    pub cache_for: u64,
    /// The disk space for pyramids and fetched originals, in bytes; what was not used for longest goes.
    pub cache_size: u64,
    /// How many images are known in memory.
    pub info_cache_size: u64,
    /// After how many seconds the source of a fetched original is asked whether it has changed.
    pub revalidate_after: u64,
    /// For how many seconds it is believed that there is no such image, or that the source is out of order.
    pub missing_for: u64,
    /// How many originals are fetched at the same time.
    pub connections: usize,
    /// What the profile writes to the log: `error`, `warning`, `info` or `debug` and what is graver.
    pub log_level: LogLevel,
    /// The JPEG quality of this profile's pyramids, 1 to 100; the one of `[ingest]`, if not set.
    pub jpeg_quality: Option<u8>,
    /// Whether this profile's pyramids keep the colour of every pixel; as `[ingest]` says, if not set.
    pub full_chroma: Option<bool>,
}

/// Where the images of a profile are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProfileKind {
    #[default]
    Disk,
    Http,
    S3,
    Recto,
}

/// How grave a message must be to be written; the last says most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Error,
    #[default]
    Warning,
    Info,
    Debug,
}

impl Default for ProfileConfig {
    fn default() -> Self {
        Self {
            kind: ProfileKind::Disk,
            folder: PathBuf::new(),
            url: String::new(),
            storage: StorageConfig::default(),
            rights: String::new(),
            cache_for: 60,
            cache_size: 10 << 30,
            info_cache_size: 100_000,
            revalidate_after: 43_200,
            missing_for: 60,
            connections: 10,
            log_level: LogLevel::Warning,
            jpeg_quality: None,
            full_chroma: None,
        }
    }
}

/// Where the name goes in an address.
pub(crate) const PLACE: &str = "{name}";

impl ProfileConfig {
    /// Everything that is wrong with the profile, for the operator.
    pub fn faults(&self, name: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let mut fault = |text: String| faults.push(format!("profiles.{name}: {text}"));
        let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_fit) {
            fault("use letters, digits, `-`, `_` and `.` for the profile's name".to_owned());
        }
        match self.kind {
            ProfileKind::Disk if !self.folder.is_dir() => {
                fault(format!("folder is {:?}, which is not a folder", self.folder));
            }
            ProfileKind::Http if !self.is_template() => fault(format!(
                "url is {:?}: use something like https://example.org/images/{PLACE}.jpg",
                self.url
            )),
            ProfileKind::Recto if !self.is_address() => fault(format!(
                "url is {:?}: use something like https://example.org/iiif-img/2/5",
                self.url
            )),
            ProfileKind::S3 if self.storage.url.is_empty() => {
                fault("storage.url is empty: use something like s3://bucket/prefix".to_owned());
            }
            ProfileKind::S3 => self.storage.faults().into_iter().for_each(fault),
            ProfileKind::Disk | ProfileKind::Http | ProfileKind::Recto => {}
        }
        if self.jpeg_quality.is_some_and(|quality| !(1..=100).contains(&quality)) {
            faults.push(format!("profiles.{name}: jpeg_quality must be 1 to 100"));
        }
        faults
    }

    /// The name must not choose the server.
    fn is_template(&self) -> bool {
        let host_with = |name: &str| {
            let url = Url::parse(&self.url.replace(PLACE, name)).ok()?;
            let is_web = matches!(url.scheme(), "http" | "https");
            is_web
                .then(|| (url.host_str().map(str::to_owned), url.port(), url.username().to_owned()))
        };
        self.url.contains(PLACE) && host_with("a").is_some() && host_with("a") == host_with("b")
    }

    fn is_address(&self) -> bool {
        let url = Url::parse(&self.url);
        url.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.query().is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http(url: &str) -> Vec<String> {
        let kind = ProfileKind::Http;
        ProfileConfig { kind, url: url.to_owned(), ..Default::default() }.faults("web")
    }

    #[test]
    fn a_template_has_a_place_for_the_name_and_a_server_of_its_own() {
        assert_eq!(http("https://example.org/images/{name}.jpg"), [""; 0]);
        assert_eq!(http("https://example.org/image?id={name}"), [""; 0]);
        for wrong in [
            "",
            "https://example.org/images",
            "https://{name}/a.jpg",
            "https://example.org:{name}/a.jpg",
            "https://{name}@example.org/a.jpg",
            "ftp://example.org/{name}",
            "file:///{name}",
        ] {
            assert_eq!(http(wrong).len(), 1, "{wrong}");
        }
    }

    #[test]
    fn every_fault_names_its_profile() {
        let config = ProfileConfig { jpeg_quality: Some(0), ..Default::default() };
        let faults = config.faults("a:b");
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults.iter().all(|fault| fault.starts_with("profiles.a:b: ")), "{faults:?}");
    }
}
