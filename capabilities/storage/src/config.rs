use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use url::Url;

use crate::secret::Secret;

/// What S3 takes for a part that is not the last.
pub(crate) const MIN_PART_BYTES: u64 = 5 * 1024 * 1024;
pub(crate) const MIN_BLOCK_BYTES: u64 = 4 * 1024;
pub(crate) const MAX_BLOCK_BYTES: u64 = 4 * 1024 * 1024;

const SCHEMES: [&str; 7] = ["file", "s3", "s3a", "gs", "az", "azure", "memory"];

/// Where bytes are kept, and how much of them is kept close.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StorageConfig {
    /// Empty for the folder `storage` in the data directory, or `file:///srv/recto`,
    /// `s3://bucket/prefix`, `gs://bucket/prefix`, `az://container/prefix`, `memory://`.
    pub url: String,
    /// The address of an S3-compatible service such as MinIO, Ceph or Garage; empty for AWS.
    pub endpoint: String,
    /// The region of the S3 bucket; empty for the platform's own setting, else `us-east-1`.
    pub region: String,
    /// The S3 access key id; empty to use the platform's credentials: `AWS_*` variables, the
    /// role of the container, of the pod, or of the machine.
    pub access_key_id: String,
    /// The S3 secret that belongs to `access_key_id`.
    pub secret_access_key: Secret,
    /// Addresses the bucket as part of the S3 host name instead of the path.
    pub virtual_hosted: bool,
    /// The Azure storage account; empty to use the platform's `AZURE_*` variables or identity.
    pub azure_account: String,
    /// The key that belongs to `azure_account`.
    pub azure_access_key: Secret,
    /// A file with a Google service account; empty to use the platform's credentials.
    pub gcs_service_account: String,
    /// Sends S3 the SHA-256 of everything that is written, which it compares with what arrives; `false` for services that don't
    /// know the header `x-amz-checksum-sha256`. Where a store is told no checksum, it is asked for the size of what it keeps.
    pub checksums: bool,
    /// Allows an endpoint without TLS.
    pub allow_http: bool,
    /// How long one request to the storage may take, in seconds.
    pub timeout_seconds: u64,
    /// How often a failed request is tried again, with a growing pause.
    pub retries: usize,
    /// Files from this size on are uploaded in parts of this size, in bytes.
    pub part_bytes: u64,
    /// The memory for blocks of remote objects, in bytes; a folder needs none, the system caches it.
    pub block_cache_bytes: u64,
    /// The size of a block of a remote object, in bytes: the least that is fetched.
    pub block_bytes: u64,
    /// How much of a remote object's start is fetched when its head is first read, in bytes.
    pub head_bytes: u64,
    /// How many reads of remote objects may be under way at the same time.
    pub concurrent_reads: usize,
    /// How many files of a folder are kept open.
    pub open_files: u64,
}

impl Default for StorageConfig {
    fn default() -> Self {
        Self {
            url: String::new(),
            endpoint: String::new(),
            region: String::new(),
            access_key_id: String::new(),
            secret_access_key: Secret::default(),
            virtual_hosted: false,
            azure_account: String::new(),
            azure_access_key: Secret::default(),
            gcs_service_account: String::new(),
            checksums: true,
            allow_http: false,
            timeout_seconds: 30,
            retries: 4,
            part_bytes: 8 * 1024 * 1024,
            block_cache_bytes: 256 * 1024 * 1024,
            block_bytes: 64 * 1024,
            head_bytes: 128 * 1024,
            concurrent_reads: 128,
            open_files: 512,
        }
    }
}

impl StorageConfig {
    /// What cannot work, in the words of the settings; empty when all is well.
    pub fn faults(&self) -> Vec<String> {
        let is_url = |url: &str, schemes: &[&str]| {
            Url::parse(url).is_ok_and(|url| schemes.contains(&url.scheme()))
        };
        let is_http = self.endpoint.starts_with("http://");
        let checks = [
            (
                self.url.is_empty() || is_url(&self.url, &SCHEMES),
                "url: is none of file:///…, s3://bucket/…, gs://bucket/…, az://container/…, memory://",
            ),
            (
                self.endpoint.is_empty() || is_url(&self.endpoint, &["http", "https"]),
                "endpoint: is no http:// or https:// address",
            ),
            (!is_http || self.allow_http, "endpoint: has no TLS, which allow_http has to allow"),
            (
                self.access_key_id.is_empty() == self.secret_access_key.is_empty(),
                "access_key_id and secret_access_key belong together",
            ),
            (
                self.azure_access_key.is_empty() || !self.azure_account.is_empty(),
                "azure_access_key needs an azure_account",
            ),
            (self.timeout_seconds > 0, "timeout_seconds: must not be 0"),
            (self.part_bytes >= MIN_PART_BYTES, "part_bytes: must be 5 MiB (5242880) or more"),
            (
                (MIN_BLOCK_BYTES..=MAX_BLOCK_BYTES).contains(&self.block_bytes),
                "block_bytes: must be 4 KiB (4096) to 4 MiB (4194304)",
            ),
            (self.concurrent_reads > 0, "concurrent_reads: must not be 0"),
            (self.open_files > 0, "open_files: must not be 0"),
        ];
        let faults = checks.iter().filter(|(is_well, _)| !is_well);
        faults.map(|(_, fault)| format!("storage.{fault}")).collect()
    }
}

/// Where drawn images are kept, and how many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DerivativesConfig {
    /// The folder for drawn images; empty for `derivatives` in the data directory.
    /// It may be deleted at any time.
    pub folder: PathBuf,
    /// How much of the disk drawn images may take, in bytes; 0 keeps none on disk.
    /// Each process keeps to its own bound: give processes folders of their own.
    pub max_bytes: u64,
    /// How much memory drawn images may take, in bytes.
    pub memory_bytes: u64,
}

impl Default for DerivativesConfig {
    fn default() -> Self {
        Self {
            folder: PathBuf::new(),
            max_bytes: 10 * 1024 * 1024 * 1024,
            memory_bytes: 64 * 1024 * 1024,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_section_is_the_default() {
        assert_eq!(toml::from_str::<StorageConfig>("").unwrap(), StorageConfig::default());
        assert_eq!(toml::from_str::<DerivativesConfig>("").unwrap(), DerivativesConfig::default());
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        let error = toml::from_str::<StorageConfig>("endpont = 'x'").unwrap_err();
        assert!(error.to_string().contains("endpont"), "{error}");
        let error = toml::from_str::<DerivativesConfig>("max_byte = 1").unwrap_err();
        assert!(error.to_string().contains("max_byte"), "{error}");
    }

    #[test]
    fn the_default_has_no_faults_and_all_faults_are_told_at_once() {
        assert_eq!(StorageConfig::default().faults(), [""; 0]);
        let config = StorageConfig {
            url: "ftp://host".to_owned(),
            endpoint: "http://minio:9000".to_owned(),
            access_key_id: "id".to_owned(),
            block_bytes: 1,
            ..StorageConfig::default()
        };
        let faults = config.faults().join("\n");
        for setting in ["storage.url", "allow_http", "secret_access_key", "block_bytes"] {
            assert!(faults.contains(setting), "{setting}: {faults}");
        }
        assert_eq!(config.faults().len(), 4);
    }
}
