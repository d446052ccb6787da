use std::{path::Path, time::Duration};

use catalogue::{
    AssetFields, Catalogue, Change, DatabaseConfig, NewAsset, NewCustomer, Priority, SpaceFields,
};
use time::{OffsetDateTime, macros::datetime};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{EventsConfig, Sender};

pub(super) const NOW: OffsetDateTime = datetime!(2026-01-05 10:00 UTC);
pub(super) const SOON: Duration = Duration::from_secs(30);
pub(super) const SECRET: &str = "a secret of this test";

/// A library with customer 2 and its space 5.
pub(super) async fn library() -> Catalogue {
    let config = DatabaseConfig {
        url: "sqlite::memory:".to_owned(),
        credential_keys: vec!["a:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=".to_owned()],
        ..DatabaseConfig::default()
    };
    let catalogue = Catalogue::open(&config, Path::new("")).await.unwrap();
    catalogue.migrate().await.unwrap();
    catalogue.set_up(NOW).await.unwrap().unwrap();
    let new = NewCustomer { name: "reader".into(), display_name: "The Reader".into() };
    assert_eq!(catalogue.create_customer(&new, NOW).await.unwrap().id, 2);
    let space = SpaceFields { name: Change::Set("maps".into()), ..SpaceFields::default() };
    catalogue.put_space(2, 5, &space, NOW).await.unwrap();
    catalogue
}

pub(super) async fn register(catalogue: &Catalogue, name: &str) {
    let fields = AssetFields {
        origin: Change::Set("https://files.example.org/1.tif".parse().unwrap()),
        media_type: Change::Set("image/tiff".parse().unwrap()),
        ..AssetFields::default()
    };
    let new = NewAsset { id: name.parse().unwrap(), fields };
    catalogue.register_asset(&new, Priority::Normal, NOW).await.unwrap();
}

pub(super) fn config() -> EventsConfig {
    // The library of these tests is older than a week.
    let private_hosts = vec!["127.0.0.1".to_owned()];
    EventsConfig { private_hosts, keep_days: 36_500, ..EventsConfig::default() }
}

pub(super) struct Running(pub(super) CancellationToken, pub(super) JoinHandle<()>);

pub(super) fn run(catalogue: &Catalogue, config: &EventsConfig) -> Running {
    let stop = CancellationToken::new();
    let sender = Sender::new(catalogue.clone(), config).unwrap();
    Running(stop.clone(), tokio::spawn(sender.run(stop)))
}

impl Running {
    pub(super) async fn stop(self) {
        self.0.cancel();
        tokio::time::timeout(SOON, self.1).await.unwrap().unwrap();
    }
}

#[expect(clippy::disallowed_methods, reason = "the test runner says where a server is")]
pub(super) fn server(variable: &str) -> Option<String> {
    let server = std::env::var(variable).ok().filter(|url| !url.is_empty());
    if server.is_none() {
        eprintln!("not run: {variable} is not set");
    }
    server
}

pub(super) fn unique(name: &str) -> String {
    format!("{name}-{}", uuid::Uuid::new_v4().simple())
}
