use std::{
    path::{Component, Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use iiif::Version;
use imaging::{TileFormat, TileSettings};
use static_site::{
    Found, Layout, Object, Shard, Sheet, Site, Source, Task, TaskPlan, check_names, find_sources,
    objects, objects_at,
};
use storage::{Headers, Publisher};
use url::Url;
use web::{Guard, Reader};

use super::{
    Arguments,
    target::{Place, bucket},
};
use crate::config::Config;

/// All that is to be done.
pub(super) struct Work {
    pub(super) site: Site,
    pub(super) objects: Vec<Object>,
    pub(super) copies: Vec<TableCopy>,
}

impl Work {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.site.settings.check()?;
        let images = self.images(None);
        ensure!(images > 0, "there are no images: name files, or folders with images in them");
        Ok(())
    }

    /// How many images a shard has.
    pub(super) fn images(&self, shard: Option<Shard>) -> usize {
        let is_ours = |n: usize| shard.is_none_or(|shard| shard.takes(n));
        let ours = self.objects.iter().enumerate().filter(|(n, _)| is_ours(*n));
        ours.map(|(_, object)| object.pages.len()).sum()
    }
}

/// A table that is part of the site.
pub(super) struct TableCopy {
    name: String,
    bytes: Bytes,
}

pub(super) async fn work(config: &Config, arguments: &Arguments) -> anyhow::Result<Work> {
    match &arguments.task {
        Some(task) => work_of_task(config, arguments, task).await,
        None => work_of_inputs(config, arguments).await,
    }
}

async fn work_of_inputs(config: &Config, arguments: &Arguments) -> anyhow::Result<Work> {
    let to = arguments.to.as_deref().context("--to is missing")?;
    let to = Place::parse(config, to, "");
    let base_url = arguments.base_url.as_deref().context("--base-url is missing")?;
    let publisher = to.publisher()?;
    let mut sheet = match &arguments.csv {
        Some(csv) => Some(read_sheet(csv, &source(config, csv)?).await?),
        None => None,
    };
    let (mut found, mut described) = (Vec::new(), Vec::new());
    for input in &arguments.inputs {
        if let Some(address) = web_address(input) {
            described.extend(objects_at(&reader(config, &address)?, &address).await?);
            continue;
        }
        match Place::parse(config, input, "") {
            Place::Bucket(storage) => found.extend(Found::in_bucket(&bucket(&storage)?).await?),
            Place::Folder(path) if is_table(&path) => {
                ensure!(sheet.is_none(), "{input}: there is a table already");
                let table = read_sheet(input, &Source::File(path.clone())).await?;
                ensure!(table.has_files, "{input}: it has no column `file`, so give it with --csv");
                found.extend(named_by(&table, &path)?);
                sheet = Some(table);
            }
            Place::Folder(path) => {
                to.check_outside(&path)?;
                found.extend(look_into(&path)?);
            }
        }
    }
    let root = arguments.inputs.first().map(|input| root_name(input)).unwrap_or_default();
    let mut objects = objects(found, sheet.as_ref(), arguments.objects.grouping(), &root)?;
    objects.extend(described);
    let layout = arguments.layout.layout();
    layout.rename(&mut objects);
    check_names(&objects)?;
    let site = site(arguments, publisher, layout, base_url)?;
    Ok(Work { site, objects, copies: Vec::new() })
}

async fn work_of_task(config: &Config, arguments: &Arguments, file: &str) -> anyhow::Result<Work> {
    let task = Task::parse(file, &source(config, file)?.read().await?)?;
    tracing::info!(job = task.job_name, "a task");
    let from = arguments.from.clone().unwrap_or_else(|| format!("s3://{}", task.source_bucket));
    let from = Place::parse(config, &from, &task.region);
    let to = arguments.to.clone().unwrap_or_else(|| format!("s3://{}", task.target_bucket));
    let to = Place::parse(config, &to, &task.region);
    let images = from.below(&task.images);
    let found = match &images {
        Place::Folder(folder) => {
            to.check_outside(folder)?;
            find_sources(folder)?
        }
        Place::Bucket(storage) => Found::in_bucket(&bucket(storage)?).await?,
    };
    // As ever, a table that is not there is told, and the site is written without.
    let table = match from.file(&task.table)?.read().await {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            tracing::warn!(table = task.table, error = error.in_full(), "there is no table");
            None
        }
    };
    let sheet = table.as_deref().map(|bytes| Sheet::parse(&task.table, bytes)).transpose();
    let sheet = sheet.unwrap_or_else(|error| {
        tracing::warn!(error = error.in_full(), "the table can't be used");
        None
    });
    let TaskPlan { objects, layout, table_copy } = task.plan(found, sheet.as_ref())?;
    let copies = table_copy.zip(table).map(|(name, bytes)| TableCopy { name, bytes: bytes.into() });
    let base_url = arguments.base_url.as_deref().unwrap_or(&task.base_url);
    let site = site(arguments, to.publisher()?, layout, base_url)?;
    Ok(Work { site, objects, copies: copies.into_iter().collect() })
}

fn site(
    arguments: &Arguments,
    publisher: Publisher,
    layout: Layout,
    base_url: &str,
) -> anyhow::Result<Site> {
    let is_url =
        url::Url::parse(base_url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    ensure!(is_url, "--base-url {base_url:?} is no address such as https://example.org/images");
    let is_theirs = matches!(layout, Layout::Theirs(_));
    let settings = TileSettings {
        tile: arguments.tile_size,
        quality: arguments.quality,
        shape: layout.shape(),
        format: arguments.format.tiles(),
        largest: arguments.largest.unwrap_or(u32::MAX),
        ..TileSettings::default()
    };
    ensure!(
        !is_theirs || (settings.tile == 512 && settings.largest == u32::MAX),
        "tasks, and the layout theirs, have tiles of 512 pixels and whole images: leave --tile-size and --largest out"
    );
    ensure!(
        !is_theirs || settings.format == TileFormat::Jpg,
        "the tiles of tasks, and of the layout theirs, are JPEG: leave --format out"
    );
    ensure!(
        layout != Layout::Iiif(Version::V2) || settings.format == TileFormat::Jpg,
        "Image API 2 can't tell viewers to ask for anything but JPEG: take --layout iiif3, or leave --format out"
    );
    ensure!(
        !arguments.viewer || matches!(layout, Layout::Iiif(_)),
        "the viewer's page needs manifests, and images in all sizes that it asks for, which only the layouts iiif3 and iiif2 have: leave --viewer out"
    );
    Ok(Site {
        publisher,
        layout,
        base_url: base_url.trim_end_matches('/').to_owned(),
        title: arguments.title.clone(),
        settings,
        workers: 1,
        force: arguments.force,
        repair: arguments.repair,
    })
}

fn web_address(input: &str) -> Option<Url> {
    Url::parse(input).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// A manifest may name any address: of the house's own, only the host that the operator named himself.
fn reader(config: &Config, address: &Url) -> anyhow::Result<Reader> {
    let named = address.host_str().map(|host| host.trim_matches(['[', ']']).to_owned());
    let hosts: Vec<_> = config.ingest.private_hosts.iter().cloned().chain(named).collect();
    let patience = Duration::from_secs(config.ingest.connect_timeout_seconds);
    Ok(Reader::new(Guard::new(&hosts), patience)?)
}

fn source(config: &Config, text: &str) -> anyhow::Result<Source> {
    let (above, name) = text.rsplit_once('/').unwrap_or((".", text));
    let above = if text.starts_with('/') && above.is_empty() { "/" } else { above };
    Place::parse(config, above, "").file(name)
}

async fn read_sheet(name: &str, source: &Source) -> anyhow::Result<Sheet> {
    Ok(Sheet::parse(name, &source.read().await?)?)
}

fn is_table(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}

/// The files that a table names: beside it, or below.
fn named_by(table: &Sheet, path: &Path) -> anyhow::Result<Vec<Found>> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut found = Vec::new();
    for row in &table.rows {
        let file = Path::new(&row.file);
        let is_below = file.components().all(|part| matches!(part, Component::Normal(_)));
        let (name, line) = (&table.name, row.line);
        ensure!(is_below, "{name}, line {line}: {:?} leaves the folder of the table", row.file);
        let source = folder.join(file);
        ensure!(source.is_file(), "{name}, line {line}: there is no file {}", source.display());
        found.push(Found { name: row.file.clone(), source: Source::File(source) });
    }
    Ok(found)
}

fn look_into(path: &Path) -> anyhow::Result<Vec<Found>> {
    if path.is_dir() {
        return Ok(find_sources(path)?);
    }
    if path.extension().is_some_and(|extension| extension == "txt") {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("the list {} can't be read", path.display()))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        return Ok(lines.map(|line| Found::file(PathBuf::from(line))).collect());
    }
    if !path.is_file() {
        bail!("{} is neither a file nor a folder", path.display());
    }
    Ok(vec![Found::file(path.to_owned())])
}

/// What images are called that lie in no folder: as the folder that was named.
fn root_name(input: &str) -> String {
    let path = Path::new(input);
    let folder = path.canonicalize().ok().filter(|path| path.is_dir());
    let folder = folder.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy());
    let last = input.trim_end_matches('/').rsplit('/').next().filter(|_| input.contains("://"));
    let name = folder.map(std::borrow::Cow::into_owned).or(last.map(str::to_owned));
    name.unwrap_or_else(|| "images".to_owned())
}

impl TableCopy {
    pub(super) async fn write(&self, publisher: &Publisher) -> anyhow::Result<()> {
        let headers = Headers {
            content_type: "text/csv",
            cache_control: "public, max-age=300",
            is_gzip: false,
            is_document: true,
        };
        publisher.put(&self.name, self.bytes.clone(), &headers).await?;
        Ok(())
    }
}
