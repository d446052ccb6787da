use std::path::{Path, PathBuf};

use anyhow::bail;
use ingest::{LogLevel, ProfileConfig, ProfileKind};
use serde::Deserialize;

/// One profile of theirs, of either type.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TheirProfile {
    #[serde(rename = "type")]
    kind: TheirKind,
    rights: Option<String>,
    cache_for: Option<f64>,
    log_level: Option<String>,
    info_json_cache_size: Option<u64>,
    info_cache_size: Option<u64>,
    convert_quality: Option<u8>,
    convert_subsampling: Option<String>,
    /// Of type `disk`.
    cache_size: Option<u64>,
    /// Of type `mss`, as all that follows: the address of an image, with `{name}` in it.
    url: Option<String>,
    mss_url: Option<String>,
    mss_ssl: Option<bool>,
    mss_limit: Option<usize>,
    source_cache_size: Option<u64>,
    source_cache_ttl: Option<f64>,
    // What Recto has no need of.
    es_hosts: Option<Vec<String>>,
    mss_index: Option<String>,
    es_limit: Option<u64>,
    info_cache_ttl: Option<f64>,
    info_lock_ttl: Option<f64>,
    dams_limit: Option<u64>,
    dams_ssl: Option<bool>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TheirKind {
    #[default]
    Disk,
    Mss,
}

impl TheirProfile {
    pub(super) fn ours(
        self,
        name: &str,
        source_path: Option<&Path>,
    ) -> anyhow::Result<ProfileConfig> {
        let defaults = ProfileConfig::default();
        let seconds = |number: Option<f64>, default: u64| match number {
            Some(number) if number >= 0.0 => number as u64,
            Some(_) | None => default,
        };
        let Some(rights) = self.rights.clone() else {
            bail!("profiles.{name}: rights is missing; use a URI, or \"\" for none");
        };
        let (kind, folder, url) = match self.kind {
            TheirKind::Disk => {
                let Some(source_path) = source_path else {
                    bail!(
                        "profiles.{name}: source_path is missing; its images are in a folder below it"
                    );
                };
                (ProfileKind::Disk, source_path.join(name), String::new())
            }
            TheirKind::Mss => (ProfileKind::Http, PathBuf::new(), self.template(name)?),
        };
        Ok(ProfileConfig {
            kind,
            folder,
            url,
            rights,
            cache_for: seconds(self.cache_for, 60),
            cache_size: self.cache_size.or(self.source_cache_size).unwrap_or(256 << 20),
            info_cache_size: self
                .info_cache_size
                .or(self.info_json_cache_size)
                .unwrap_or(defaults.info_cache_size),
            revalidate_after: seconds(self.source_cache_ttl, 43_200),
            connections: self.mss_limit.unwrap_or(10),
            log_level: self
                .log_level
                .map_or(Ok(LogLevel::Warning), |level| log_level(name, &level))?,
            jpeg_quality: Some(self.convert_quality.unwrap_or(85)),
            full_chroma: Some(match self.convert_subsampling.as_deref() {
                None | Some("4:2:0" | "4:2:2" | "4:1:1") => false,
                Some("4:4:4" | "keep") => true,
                Some(other) => bail!(
                    "profiles.{name}: convert_subsampling is {other:?}: use \"4:2:0\" or \"4:4:4\""
                ),
            }),
            ..defaults
        })
    }

    /// The address of an image by its name.
    fn template(&self, name: &str) -> anyhow::Result<String> {
        match (&self.url, &self.mss_url) {
            (Some(url), _) => Ok(url.clone()),
            (None, Some(url)) if url.contains("{name}") => Ok(url.clone()),
            (None, Some(url)) => Ok(format!("{}/{{name}}", url.trim_end_matches('/'))),
            (None, None) => bail!(
                "profiles.{name}: url is missing; use the address of an image, with {{name}} where its name goes"
            ),
        }
    }

    pub(super) fn notes(&self, profile: &str, notes: &mut Vec<String>) {
        let mut note = |key: &str, is_set: bool, why: &str| {
            if is_set {
                notes.push(format!("profiles.{profile}.{key} has no effect: {why}"));
            }
        };
        let no_index = "Recto asks no Elasticsearch; the name is put into the address";
        note("es_hosts", self.es_hosts.is_some(), no_index);
        note("mss_index", self.mss_index.is_some(), no_index);
        note("es_limit", self.es_limit.is_some(), no_index);
        let no_dams = "there is no second address to fall back to";
        note("dams_limit", self.dams_limit.is_some(), no_dams);
        note("dams_ssl", self.dams_ssl.is_some(), no_dams);
        let with_source = "what is known of an image is renewed with its original";
        note("info_cache_ttl", self.info_cache_ttl.is_some(), with_source);
        note("info_lock_ttl", self.info_lock_ttl.is_some(), "nobody waits for a lock");
        let checked = "certificates are always checked";
        note("mss_ssl", self.mss_ssl == Some(false), checked);
    }
}

/// As Python names them.
fn log_level(profile: &str, level: &str) -> anyhow::Result<LogLevel> {
    match level.to_ascii_uppercase().as_str() {
        "CRITICAL" | "FATAL" | "ERROR" => Ok(LogLevel::Error),
        "WARNING" | "WARN" => Ok(LogLevel::Warning),
        "INFO" => Ok(LogLevel::Info),
        "DEBUG" | "NOTSET" => Ok(LogLevel::Debug),
        _ => bail!("profiles.{profile}: log_level is {level:?}: use ERROR, WARNING, INFO or DEBUG"),
    }
}
