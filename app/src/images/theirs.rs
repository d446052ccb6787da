//! The configuration of the Natural History Museum's IIIF image server, by their names and with their meaning.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use ingest::ProfileKind;
use serde::Deserialize;

use super::their_profile::TheirProfile;
use crate::config::Config;

/// The settings: ours, or theirs if the file is YAML.
pub(crate) fn load(file: Option<&Path>) -> anyhow::Result<Config> {
    let is_yaml =
        |path: &Path| path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml");
    let Some(path) = file.filter(|path| is_yaml(path)) else { return Config::load(file) };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the configuration {} can't be read", path.display()))?;
    let theirs = read(&text)
        .with_context(|| format!("the configuration {} is not valid", path.display()))?;
    // What the environment says holds for their settings, too.
    let mut config = Config::load(None)?;
    theirs.put_into(&mut config)?;
    Ok(config)
}

fn read(text: &str) -> anyhow::Result<Theirs> {
    if text.trim().is_empty() {
        bail!("the file is empty: it needs `profiles`");
    }
    serde_saphyr::from_str(text).map_err(|error| anyhow::anyhow!("{error}"))
}

/// Their settings, with the defaults that their code has.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Theirs {
    base_url: Option<String>,
    source_path: Option<PathBuf>,
    cache_path: Option<PathBuf>,
    min_sizes_size: u32,
    processed_cache_size: u64,
    thumbnail_width: u32,
    preview_width: u32,
    download_max_files: usize,
    default_profile: Option<String>,
    pool_size: Option<usize>,
    image_pool_size: Option<usize>,
    profiles: BTreeMap<String, TheirProfile>,
    // What Recto has no need of.
    pool_recycle_time: Option<f64>,
    processed_cache_ttl: Option<f64>,
    download_chunk_size: Option<u64>,
    image_cache_size_per_process: Option<u64>,
    info_cache_size: Option<u64>,
}

impl Default for Theirs {
    fn default() -> Self {
        Self {
            base_url: None,
            source_path: None,
            cache_path: None,
            min_sizes_size: 200,
            processed_cache_size: 256 << 20,
            thumbnail_width: 512,
            preview_width: 2048,
            download_max_files: 20,
            default_profile: None,
            pool_size: None,
            image_pool_size: None,
            profiles: BTreeMap::new(),
            pool_recycle_time: None,
            processed_cache_ttl: None,
            download_chunk_size: None,
            image_cache_size_per_process: None,
            info_cache_size: None,
        }
    }
}

impl Theirs {
    fn put_into(self, config: &mut Config) -> anyhow::Result<()> {
        self.notes().iter().for_each(|note| eprintln!("recto: {note}"));
        if let Some(url) = self.base_url.filter(|url| is_address(url)) {
            config.server.public_url = url.trim_end_matches('/').to_owned();
        }
        if let Some(path) = self.cache_path {
            config.data.0 = path;
        }
        if let Some(size) = self.pool_size.or(self.image_pool_size) {
            config.ingest.workers = size;
            config.delivery.drawing.small_workers = size;
        }
        config.derivatives.max_bytes = self.processed_cache_size;
        config.images.min_sizes_size = self.min_sizes_size;
        config.images.thumbnail_width = self.thumbnail_width;
        config.images.preview_width = self.preview_width;
        config.images.download_max_files = self.download_max_files;
        config.images.default_profile = self.default_profile.unwrap_or_default();
        for (name, profile) in self.profiles {
            let ours = profile.ours(&name, self.source_path.as_deref())?;
            if ours.kind == ProfileKind::Disk {
                // As their server does.
                std::fs::create_dir_all(&ours.folder)
                    .with_context(|| format!("the folder {}", ours.folder.display()))?;
            }
            config.profiles.insert(name, ours);
        }
        Ok(())
    }

    /// What has no effect, and why it needs none.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let mut note = |key: &str, is_set: bool, why: &str| {
            if is_set {
                notes.push(format!("{key} has no effect: {why}"));
            }
        };
        let children = "children that draw are replaced by themselves";
        note("pool_recycle_time", self.pool_recycle_time.is_some(), children);
        let versions = "what was drawn of an image that has changed is never shown again";
        note("processed_cache_ttl", self.processed_cache_ttl.is_some(), versions);
        let apart = "originals are read apart from answers, and hold up nobody";
        note("download_chunk_size", self.download_chunk_size.is_some(), apart);
        let ranges = "images are read in parts, and none is held in memory";
        note("image_cache_size_per_process", self.image_cache_size_per_process.is_some(), ranges);
        let per_profile = "each profile has one of its own";
        note("info_cache_size", self.info_cache_size.is_some(), per_profile);
        let is_path = self.base_url.as_ref().is_some_and(|url| !is_address(url));
        note("base_url", is_path, "it is no address; images are named by the host that was asked");
        for (name, profile) in &self.profiles {
            profile.notes(name, &mut notes);
        }
        notes
    }
}

fn is_address(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use ingest::LogLevel;

    use super::*;

    /// Every key that their code or their documentation knows.
    const EVERYTHING: &str = "
base_url: https://example.org/iiif_images/
source_path: SOURCE
cache_path: /var/cache/iiif
min_sizes_size: 100
image_pool_size: 2
pool_size: 3
pool_recycle_time: 10
image_cache_size_per_process: 5
info_cache_size: 1048576
processed_cache_size: 1000000
processed_cache_ttl: 3600
thumbnail_width: 256
preview_width: 1024
download_chunk_size: 4096
download_max_files: 5
default_profile: vfactor
profiles:
  vfactor:
    type: disk
    rights: http://creativecommons.org/licenses/by/4.0/
    info_json_cache_size: 50
    log_level: WARNING
    cache_for: 300
    cache_size: 2000000
    convert_quality: 80
    convert_subsampling: '4:4:4'
  mss:
    type: mss
    rights: ''
    es_hosts: [http://es-1:9200, http://es-2:9200]
    mss_url: https://mss.example.org/nhmlive
    mss_ssl: false
    mss_index: data-mss-latest
    mss_limit: 4
    es_limit: 10
    info_cache_size: 1000
    info_cache_ttl: 43200
    info_lock_ttl: 60
    source_cache_size: 3000000
    source_cache_ttl: 600
    convert_quality: 85
    convert_subsampling: 4:2:0
    dams_limit: 4
    dams_ssl: true
    cache_for: 0
    log_level: debug
";

    fn translated(text: &str) -> anyhow::Result<Config> {
        let mut config = Config::default();
        read(text)?.put_into(&mut config)?;
        Ok(config)
    }

    #[test]
    fn every_key_of_theirs_is_understood() {
        let folder = tempfile::tempdir().unwrap();
        let text = EVERYTHING.replace("SOURCE", &folder.path().display().to_string());
        let config = translated(&text).unwrap();
        config.check().unwrap();
        assert_eq!(config.server.public_url, "https://example.org/iiif_images");
        assert_eq!(config.data(), Path::new("/var/cache/iiif"));
        assert_eq!(config.derivatives.max_bytes, 1_000_000);
        assert_eq!((config.ingest.workers, config.images.min_sizes_size), (3, 100));
        assert_eq!((config.images.thumbnail_width, config.images.preview_width), (256, 1024));
        assert_eq!(config.images.download_max_files, 5);
        assert_eq!(config.images.default_profile, "vfactor");

        let disk = &config.profiles["vfactor"];
        assert_eq!(disk.folder, folder.path().join("vfactor"));
        assert_eq!(disk.rights, "http://creativecommons.org/licenses/by/4.0/");
        assert_eq!((disk.cache_for, disk.cache_size, disk.info_cache_size), (300, 2_000_000, 50));
        assert_eq!((disk.jpeg_quality, disk.full_chroma), (Some(80), Some(true)));

        let mss = &config.profiles["mss"];
        assert_eq!(mss.url, "https://mss.example.org/nhmlive/{name}");
        assert_eq!((mss.cache_for, mss.cache_size, mss.revalidate_after), (0, 3_000_000, 600));
        assert_eq!((mss.connections, mss.info_cache_size), (4, 1000));
        assert_eq!((mss.log_level, mss.full_chroma), (LogLevel::Debug, Some(false)));
    }

    #[test]
    fn what_has_no_effect_is_said() {
        let notes = read(EVERYTHING).unwrap().notes().join("\n");
        for key in [
            "pool_recycle_time",
            "processed_cache_ttl",
            "download_chunk_size",
            "image_cache_size_per_process",
            "es_hosts",
            "mss_index",
            "es_limit",
            "dams_limit",
            "dams_ssl",
            "info_cache_ttl",
            "info_lock_ttl",
            "mss_ssl",
        ] {
            assert!(notes.contains(&format!("{key} has no effect: ")), "{key}: {notes}");
        }
    }

    #[test]
    fn the_defaults_are_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().display();
        let text = format!("source_path: {source}\nprofiles: {{a: {{type: disk, rights: r}}}}");
        let config = translated(&text).unwrap();
        assert_eq!((config.images.min_sizes_size, config.images.download_max_files), (200, 20));
        assert_eq!((config.images.thumbnail_width, config.images.preview_width), (512, 2048));
        assert_eq!(config.derivatives.max_bytes, 256 << 20);
        let profile = &config.profiles["a"];
        assert_eq!((profile.cache_for, profile.cache_size), (60, 256 << 20));
        assert_eq!((profile.jpeg_quality, profile.full_chroma), (Some(85), Some(false)));
    }

    #[test]
    fn the_address_of_their_documentation_is_a_template() {
        let url = "http://example.com/storage/images/{name}.jpg";
        let text = format!("profiles: {{p: {{type: mss, rights: r, url: '{url}'}}}}");
        assert_eq!(translated(&text).unwrap().profiles["p"].url, url);
    }

    /// What their image for Docker comes with.
    #[test]
    fn a_base_that_is_a_path_is_left_to_the_proxy() {
        let theirs = read("base_url: /media").unwrap();
        assert!(theirs.notes().join("").starts_with("base_url has no effect: "));
        let mut config = Config::default();
        theirs.put_into(&mut config).unwrap();
        assert_eq!(config.server.public_url, "");
    }

    #[test]
    fn mistakes_are_told_with_their_line_and_key() {
        for (text, parts) in [
            ("profiles:\n  a:\n    typo: disk\n", &["line 3", "typo"][..]),
            ("min_sizes_size: many\n", &["line 1"]),
            ("profiles:\n  a:\n    type: ftp\n", &["line 3", "ftp"]),
            ("profiles: {a: {type: disk}}", &["profiles.a", "rights"]),
            ("profiles: {a: {type: disk, rights: r}}", &["source_path"]),
            ("profiles: {a: {type: mss, rights: r}}", &["profiles.a", "url"]),
            ("profiles: {a: {type: mss, rights: r, url: u, log_level: LOUD}}", &["LOUD"]),
            ("a: &a [*a]", &[]),
            ("- 1", &[]),
            ("profiles: {", &[]),
            ("", &["empty"]),
        ] {
            let error = translated(text).map(drop).unwrap_err();
            let error = format!("{error:#}");
            assert!(parts.iter().all(|part| error.contains(part)), "{text}: {error}");
        }
    }
}
