//! From settings to an object store: which one it is, where in it we are, who we are.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use object_store::{
    ClientOptions, ObjectStore, RetryConfig,
    aws::{AmazonS3Builder, Checksum},
    azure::MicrosoftAzureBuilder,
    gcp::GoogleCloudStorageBuilder,
    local::LocalFileSystem,
    memory::InMemory,
    path::Path as Location,
};
use url::Url;

use crate::{config::StorageConfig, error::Error};

/// An object store, and the place in it under which all keys lie.
pub(crate) struct Place {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) prefix: Location,
    /// Where the keys are files.
    pub(crate) folder: Option<PathBuf>,
    /// Whether what arrives is compared with what was sent.
    pub(crate) compares: bool,
    /// What to call it in a message.
    pub(crate) name: String,
}

pub(crate) fn connect(config: &StorageConfig, data: &Path) -> Result<Place, Error> {
    if config.url.is_empty() {
        return folder(&data.join("storage"));
    }
    let url = Url::parse(&config.url).map_err(|_| not_a_place(&config.url))?;
    let mut compares = false;
    let store: Arc<dyn ObjectStore> = match url.scheme() {
        "file" => return folder(&url.to_file_path().map_err(|()| not_a_place(&config.url))?),
        "memory" => return Ok(memory()),
        "s3" | "s3a" => {
            compares = config.checksums;
            Arc::new(s3(config, host(&url)?).map_err(not_set_up)?)
        }
        "gs" => Arc::new(google(config, host(&url)?).map_err(not_set_up)?),
        "az" | "azure" => Arc::new(azure(config, host(&url)?).map_err(not_set_up)?),
        _ => return Err(not_a_place(&config.url)),
    };
    let prefix = Location::from_url_path(url.path()).map_err(|error| not_set_up(error.into()))?;
    Ok(Place { store, prefix, folder: None, compares, name: config.url.clone() })
}

pub(crate) fn memory() -> Place {
    Place {
        store: Arc::new(InMemory::new()),
        prefix: Location::ROOT,
        folder: None,
        compares: true,
        name: "memory".to_owned(),
    }
}

pub(crate) fn folder(path: &Path) -> Result<Place, Error> {
    let name = path.display().to_string();
    std::fs::create_dir_all(path).map_err(|error| Error::Settings {
        reason: format!("the folder {name} cannot be made"),
        source: Some(Arc::new(error)),
    })?;
    let store = LocalFileSystem::new_with_prefix(path).map_err(not_set_up)?;
    let store = store.with_automatic_cleanup(true).with_fsync(true);
    Ok(Place {
        store: Arc::new(store),
        prefix: Location::ROOT,
        folder: Some(path.to_path_buf()),
        compares: true,
        name,
    })
}

pub(crate) fn s3(
    config: &StorageConfig,
    bucket: &str,
) -> object_store::Result<object_store::aws::AmazonS3> {
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_virtual_hosted_style_request(config.virtual_hosted)
        .with_client_options(client(config))
        .with_retry(retry(config));
    if !config.endpoint.is_empty() {
        builder = builder.with_endpoint(&config.endpoint);
    }
    if config.checksums {
        builder = builder.with_checksum_algorithm(Checksum::SHA256);
    }
    if !config.region.is_empty() {
        builder = builder.with_region(&config.region);
    }
    if !config.access_key_id.is_empty() {
        builder = builder
            .with_access_key_id(&config.access_key_id)
            .with_secret_access_key(config.secret_access_key.expose());
    }
    builder.build()
}

fn google(
    config: &StorageConfig,
    bucket: &str,
) -> object_store::Result<object_store::gcp::GoogleCloudStorage> {
    let mut builder = GoogleCloudStorageBuilder::from_env()
        .with_bucket_name(bucket)
        .with_client_options(client(config))
        .with_retry(retry(config));
    if !config.gcs_service_account.is_empty() {
        builder = builder.with_service_account_path(&config.gcs_service_account);
    }
    if !config.endpoint.is_empty() {
        builder = builder.with_base_url(&config.endpoint);
    }
    builder.build()
}

fn azure(
    config: &StorageConfig,
    container: &str,
) -> object_store::Result<object_store::azure::MicrosoftAzure> {
    let mut builder = MicrosoftAzureBuilder::from_env()
        .with_container_name(container)
        .with_client_options(client(config))
        .with_retry(retry(config));
    if !config.azure_account.is_empty() {
        builder = builder.with_account(&config.azure_account);
    }
    if !config.azure_access_key.is_empty() {
        builder = builder.with_access_key(config.azure_access_key.expose());
    }
    if !config.endpoint.is_empty() {
        builder = builder.with_endpoint(config.endpoint.clone());
    }
    builder.build()
}

fn client(config: &StorageConfig) -> ClientOptions {
    ClientOptions::new()
        .with_allow_http(config.allow_http)
        .with_timeout(Duration::from_secs(config.timeout_seconds.max(1)))
}

fn retry(config: &StorageConfig) -> RetryConfig {
    RetryConfig { max_retries: config.retries, ..RetryConfig::default() }
}

fn host(url: &Url) -> Result<&str, Error> {
    url.host_str().ok_or_else(|| not_a_place(url.as_str()))
}

fn not_a_place(url: &str) -> Error {
    Error::settings(format!(
        "{url:?} is none of file:///…, s3://bucket/…, gs://bucket/…, az://container/…, memory://"
    ))
}

fn not_set_up(error: object_store::Error) -> Error {
    Error::Settings { reason: error.to_string(), source: Some(Arc::new(error)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connected(url: &str) -> Result<Place, Error> {
        let config = StorageConfig { url: url.to_owned(), ..StorageConfig::default() };
        connect(&config, Path::new("/nowhere"))
    }

    #[test]
    fn a_url_says_which_store_and_where_in_it() {
        let place = connected("s3://library/recto/live").unwrap();
        assert_eq!(place.prefix.as_ref(), "recto/live");
        assert!(place.folder.is_none());
        assert!(connected("memory://").is_ok());
    }

    #[test]
    fn what_is_no_place_is_refused_with_what_would_be() {
        for url in ["library", "ftp://host/x", "s3:/library", "http://host/bucket"] {
            let error = connected(url).err().unwrap().to_string();
            assert!(error.contains(url) && error.contains("s3://bucket"), "{url}: {error}");
        }
    }

    #[test]
    fn nothing_said_is_the_folder_storage_in_the_data_directory() {
        let data = tempfile::tempdir().unwrap();
        let place = connect(&StorageConfig::default(), data.path()).unwrap();
        assert_eq!(place.folder.unwrap(), data.path().join("storage"));
    }
}
