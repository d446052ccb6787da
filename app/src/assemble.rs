//! Builds every part once, in order: the wiring, top to bottom.

use anyhow::{Context, ensure};
use catalogue::Catalogue;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use storage::{Bucket, Derivatives, Ranges};
use tokio_util::sync::CancellationToken;

use crate::{config::Config, tile::Tiler};

/// What a process does. One process does everything, unless `--role` names less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Role {
    Delivery,
    Management,
    Portal,
    Ingest,
    Events,
    Tiling,
}

/// Everything that the service is made of.
pub(crate) struct Parts {
    pub(crate) config: Config,
    pub(crate) catalogue: Catalogue,
    pub(crate) metrics: PrometheusHandle,
    roles: Vec<Role>,
    bucket: Bucket,
    ranges: Ranges,
    derivatives: Derivatives,
    originals: delivery::Originals,
    /// Cancelled when the service is to stop: ends what would never end by itself.
    pub(crate) closing: CancellationToken,
}

/// The catalogue, for commands that work beside the service: it must be up to date already.
pub(crate) async fn catalogue(config: &Config) -> anyhow::Result<Catalogue> {
    config.check()?;
    let catalogue = Catalogue::open(&config.database, config.data()).await?;
    let pending = catalogue.migrations_pending().await?;
    ensure!(pending.is_empty(), "the database is not up to date: run `recto migrate` first");
    Ok(catalogue)
}

impl Parts {
    /// An empty list of roles means all of them.
    pub(crate) async fn assemble(config: Config, roles: Vec<Role>) -> anyhow::Result<Self> {
        config.check()?;
        let data = config.data();
        std::fs::create_dir_all(data)
            .with_context(|| format!("the data folder {} can't be made", data.display()))?;
        let metrics =
            PrometheusBuilder::new().install_recorder().context("the metrics can't be set up")?;
        let catalogue = Catalogue::open(&config.database, data).await?;
        catalogue.migrate().await.context("the catalogue can't be brought up to date")?;
        if [Role::Management, Role::Ingest, Role::Events].iter().any(|role| is_among(&roles, *role))
        {
            let resealed = catalogue.reseal_credentials().await;
            match resealed.context("database.credential_keys do not fit the database")? {
                0 => (),
                count => tracing::info!(count, "credentials were sealed again with the first key"),
            }
        }
        let bucket = Bucket::open(&config.storage, data)?;
        let ranges = Ranges::new(bucket.clone(), &config.storage);
        let derivatives = Derivatives::open(&config.derivatives, data)?;
        let originals = &config.delivery.originals;
        let buckets = (bucket.clone(), config.ingest.listed_buckets()?);
        let originals = delivery::Originals::open(originals, buckets, data)?;
        let closing = CancellationToken::new();
        Ok(Self {
            config,
            catalogue,
            metrics,
            roles,
            bucket,
            ranges,
            derivatives,
            originals,
            closing,
        })
    }

    pub(crate) fn has(&self, role: Role) -> bool {
        is_among(&self.roles, role)
    }

    pub(crate) fn management(&self) -> management::Management {
        let config = self.config.management.clone();
        management::Management::new(self.catalogue.clone(), self.bucket.clone(), config)
            .closed_by(self.closing.clone())
    }

    pub(crate) fn portal(&self) -> portal::Portal {
        portal::Portal { catalogue: self.catalogue.clone() }
    }

    pub(crate) fn delivery(&self) -> delivery::Delivery {
        let (config, originals) = (self.config.delivery.clone(), self.originals.clone());
        let (ranges, derivatives) = (self.ranges.clone(), self.derivatives.clone());
        delivery::Delivery::new(config, self.catalogue.clone(), ranges, derivatives, originals)
    }

    /// Lets what was drawn last reach the disk, and takes leave of the database while the threads
    /// that its connections began on are there.
    pub(crate) async fn settle(&self) -> anyhow::Result<()> {
        self.derivatives.settle().await;
        Ok(self.catalogue.close().await?)
    }

    /// The worker that brings assets in, if this process has that role.
    pub(crate) fn worker(&self) -> anyhow::Result<Option<ingest::Worker>> {
        if !self.has(Role::Ingest) {
            return Ok(None);
        }
        let (catalogue, bucket) = (self.catalogue.clone(), self.bucket.clone());
        ingest::Worker::new(catalogue, bucket, &self.config.ingest, self.config.data()).map(Some)
    }

    /// The writer of sites that are queued, if this process has that role.
    pub(crate) fn tiler(&self) -> Option<Tiler> {
        self.has(Role::Tiling).then(|| Tiler::new(self.catalogue.clone(), self.config.clone()))
    }

    /// Who tells others what happens, if this process has that role.
    pub(crate) fn sender(&self) -> anyhow::Result<Option<events::Sender>> {
        if !self.has(Role::Events) {
            return Ok(None);
        }
        events::Sender::new(self.catalogue.clone(), &self.config.events).map(Some)
    }

    /// Who hears what happens elsewhere, if this process has that role.
    pub(crate) fn receivers(&self) -> anyhow::Result<Option<events::Receivers>> {
        if !self.has(Role::Events) {
            return Ok(None);
        }
        events::Receivers::new(self.catalogue.clone(), &self.config.events).map(Some)
    }
}

/// An empty list of roles means all of them.
fn is_among(roles: &[Role], role: Role) -> bool {
    roles.is_empty() || roles.contains(&role)
}
