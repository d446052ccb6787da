//! What stands for the stores of others while they are tested, where `tools/services.sh` says what there is.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use object_store::{
    ClientOptions,
    azure::{AzureAccessKey, AzureAuthorizer, AzureCredential},
    client::{HttpConnector, HttpRequest, HttpRequestBody, ReqwestConnector},
};

use crate::StorageConfig;

const PART_BYTES: u64 = 5 * 1024 * 1024;

/// `None`, and a word about it, when no server was started for the tests.
pub(crate) fn s3(prefix: &str) -> Option<StorageConfig> {
    Some(StorageConfig {
        url: format!("s3://recto/storage-{}/{prefix}", std::process::id()),
        endpoint: told("RECTO_TEST_S3")?,
        region: "us-east-1".to_owned(),
        access_key_id: "recto".to_owned(),
        secret_access_key: "recto".into(),
        allow_http: true,
        part_bytes: PART_BYTES,
        ..StorageConfig::default()
    })
}

/// Google's client before S3's server. Google's own API (XML) has the same verbs, addresses and lists; no server that
/// could be installed for tests speaks it as it is.
pub(crate) fn google(prefix: &str, folder: &Path) -> Option<StorageConfig> {
    let endpoint = told("RECTO_TEST_S3")?;
    let mut openssl = Command::new("openssl");
    let made = openssl.args(["genpkey", "-quiet", "-algorithm", "RSA"]).output().unwrap();
    let account = serde_json::json!({
        "private_key": String::from_utf8(made.stdout).unwrap(),
        "private_key_id": "1",
        "client_email": "recto@example.iam.gserviceaccount.com",
    });
    let file = folder.join("account.json");
    std::fs::write(&file, account.to_string()).unwrap();
    Some(StorageConfig {
        url: format!("gs://recto/storage-{}/{prefix}", std::process::id()),
        endpoint,
        gcs_service_account: file.display().to_string(),
        allow_http: true,
        part_bytes: PART_BYTES,
        ..StorageConfig::default()
    })
}

#[expect(clippy::disallowed_methods, reason = "tests are told where the test services are")]
fn told(name: &str) -> Option<String> {
    let told = std::env::var(name).ok().filter(|value| !value.is_empty());
    if told.is_none() {
        println!("{name} is not set: a store was left out");
    }
    told
}

/// Microsoft's emulator of its blobs, with an empty container `recto`; gone when it is dropped.
pub(crate) struct Azurite {
    server: Child,
    endpoint: String,
}

/// The account that everybody knows who has Azurite.
const ACCOUNT: &str = "devstoreaccount1";
const KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

impl Azurite {
    /// `None`, and a word about it, when it is not installed.
    pub(crate) async fn start() -> Option<Self> {
        let program = told("RECTO_TEST_AZURITE")?;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(program);
        command.args(["--silent", "--inMemoryPersistence", "--skipApiVersionCheck"]);
        command.args(["--disableTelemetry", "--blobPort", &port.to_string()]);
        let server = command.stdout(Stdio::null()).spawn().unwrap();
        let endpoint = format!("http://127.0.0.1:{port}/{ACCOUNT}");
        let started = Self { server, endpoint };
        let made = tokio::time::timeout(Duration::from_secs(60), async {
            while !started.make_container().await {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        made.await.expect("Azurite does not make a container");
        Some(started)
    }

    async fn make_container(&self) -> bool {
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        *request.method_mut() = "PUT".parse().unwrap();
        let address = format!("{}/recto?restype=container", self.endpoint);
        *request.uri_mut() = address.parse().unwrap();
        let key = AzureCredential::AccessKey(AzureAccessKey::try_new(KEY).unwrap());
        AzureAuthorizer::new(&key, ACCOUNT).try_authorize(&mut request).unwrap();
        let options = ClientOptions::new().with_allow_http(true);
        let client = ReqwestConnector::default().connect(&options).unwrap();
        client.execute(request).await.is_ok_and(|answer| answer.status().is_success())
    }

    pub(crate) fn config(&self) -> StorageConfig {
        StorageConfig {
            url: "az://recto/some/prefix".to_owned(),
            endpoint: self.endpoint.clone(),
            azure_account: ACCOUNT.to_owned(),
            azure_access_key: KEY.into(),
            allow_http: true,
            part_bytes: PART_BYTES,
            ..StorageConfig::default()
        }
    }
}

impl Drop for Azurite {
    fn drop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}
