use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, bail};
use axum::{Json, Router, routing::get};
use ingest::{ProfileConfig, ProfileKind};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;
use storage::{Bucket, Derivatives, ListedBuckets, Ranges};
use tokio::net::TcpListener;

use super::{connect::Introduced, old_ids::read_old_ids};
use crate::{
    config::Config,
    serve::{self, answer, for_every_request, get_metrics},
    server_urls::Roots,
    tell,
};

/// Shows the images of the profiles, and of the folders, each a profile of its own.
pub(crate) async fn run(mut config: Config, folders: Vec<PathBuf>) -> anyhow::Result<()> {
    add_folders(&mut config, folders)?;
    choose_default(&mut config)?;
    config.check()?;

    let stop = serve::stop_on_signals()?;
    let listen = &config.server.listen;
    let listener =
        TcpListener::bind(listen).await.with_context(|| format!("can't listen on {listen}"))?;
    let address = listener.local_addr()?;
    let derivatives = Derivatives::open(&config.derivatives, config.data())?;
    let router = for_every_request(router(&config, derivatives.clone()).await?);
    let roots = Roots::new(&config.server, address);
    tell(&format!("listening on http://{address}"));
    let cores = answer(listener, (&router, &roots), &stop).await?;
    derivatives.settle().await;
    cores.release().await
}

/// Builds every part, in order.
async fn router(config: &Config, derivatives: Derivatives) -> anyhow::Result<Router> {
    let data = config.data();
    let metrics =
        PrometheusBuilder::new().install_recorder().context("the metrics can't be set up")?;
    let bucket = Bucket::in_folder(&data.join("profiles"))?;
    let ranges = Ranges::new(bucket.clone(), &config.storage);
    let buckets = (bucket.clone(), ListedBuckets::default());
    let originals = delivery::Originals::open(&config.delivery.originals, buckets, data)?;
    let profiles = ingest::Profiles::open(&config.profiles, &config.ingest, &bucket, data).await?;
    let introduced = Arc::new(Introduced::new(profiles, &config.profiles));
    let settings = (config.images.clone(), config.delivery.clone());
    let gallery = delivery::Gallery::new(settings, introduced, ranges, derivatives, originals)
        .with_old_ids(read_old_ids(&config.images.old_ids)?);
    Ok(Router::new()
        .route("/health", get(async || Json(json!({ "status": "ok" }))))
        .route("/metrics", get(get_metrics))
        .with_state(metrics)
        .merge(delivery::profiles_router(gallery, &host_name())))
}

/// A folder's profile is called as the folder is.
fn add_folders(config: &mut Config, folders: Vec<PathBuf>) -> anyhow::Result<()> {
    for folder in folders {
        let full = folder.canonicalize();
        let full =
            full.with_context(|| format!("the folder {} can't be read", folder.display()))?;
        let called = full.file_name().map_or("images".into(), |name| name.to_string_lossy());
        let is_fit = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let name: String = called.chars().map(|c| if is_fit(c) { c } else { '-' }).collect();
        if config.images.default_profile.is_empty() {
            config.images.default_profile.clone_from(&name);
        }
        let profile =
            ProfileConfig { kind: ProfileKind::Disk, folder: full, ..ProfileConfig::default() };
        if config.profiles.insert(name.clone(), profile).is_some() {
            bail!(
                "two profiles are called {name}: give the folder {} another name, or set it in the configuration",
                folder.display()
            );
        }
    }
    Ok(())
}

/// Where there is one profile, nobody needs to name it.
fn choose_default(config: &mut Config) -> anyhow::Result<()> {
    let default = &mut config.images.default_profile;
    match (default.is_empty(), config.profiles.keys().next()) {
        (_, None) => bail!(
            "there is nothing to show: name folders, as in `recto images ~/scans`, or profiles in a configuration"
        ),
        (true, Some(only)) if config.profiles.len() == 1 => default.clone_from(only),
        (false, _) if !config.profiles.contains_key(default) => {
            bail!("images.default_profile is {default}, which is no profile");
        }
        (true | false, Some(_)) => {}
    }
    Ok(())
}

/// Tells clients which of several servers answered.
fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_become_profiles_and_the_first_is_the_default() {
        let root = tempfile::tempdir().unwrap();
        let folders = ["box 1", "b"].map(|name| root.path().join(name));
        folders.iter().for_each(|folder| std::fs::create_dir(folder).unwrap());
        let mut config = Config::default();
        add_folders(&mut config, folders.to_vec()).unwrap();
        choose_default(&mut config).unwrap();
        assert_eq!(config.profiles.keys().collect::<Vec<_>>(), ["b", "box-1"]);
        assert_eq!(config.images.default_profile, "box-1");
        assert!(add_folders(&mut config, vec![root.path().join("b")]).is_err());
    }

    #[test]
    fn without_profiles_there_is_a_sentence() {
        let error = choose_default(&mut Config::default()).unwrap_err();
        assert!(error.to_string().contains("name folders"), "{error}");
    }
}
