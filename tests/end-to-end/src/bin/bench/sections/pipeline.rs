//! Scans of 6 megapixels on their whole way, from the first `POST` until the last of them is shown, beside the sum of its
//! parts: fetching a file, what libvips makes of it, and putting that away, one scan after the other.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    pin::pin,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Peers, Place, Recto, output_of};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::ingest::tiffsave;
use crate::{
    amount::amount,
    bring_in::bring_in,
    goal::{Goal, Quantity, Row},
    load::Client,
    meter::{Duel, median, milliseconds},
    pictures::{Extent, Pictures},
};

const ROUNDS: usize = 3;
/// How many scans come in each run, unless `RECTO_BENCH_SCANS` says it.
const SCANS: usize = 200;
const BATCH: usize = 100;
/// How many of them the tools are given in each round.
const ALONE: usize = 20;
const PAGES: [Extent; 4] = [(2000, 3000), (2100, 2860), (1900, 3160), (2200, 2730)];
/// Whoever shows them at the end asks for so many at a time.
const READERS: usize = 8;
const PARTS: &str = "fetching, `vips tiffsave`, `vipsthumbnail` and storing, one after the other";
/// A decoder is looked for so often; what share of the looks finds none is not changed by it.
const LOOK: Duration = Duration::from_millis(10);

/// Where the outcome is kept.
#[derive(Clone, Copy, PartialEq)]
enum Store {
    Folder,
    Bucket,
}

const STORES: [Store; 2] = [Store::Folder, Store::Bucket];

impl Store {
    fn name(self, workers: usize) -> String {
        let place = match self {
            Self::Folder => "a folder",
            Self::Bucket => "a bucket",
        };
        let plural = if workers == 1 { "" } else { "s" };
        format!("scans of 6 MP, from POST to shown, {workers} worker{plural}, kept in {place}")
    }

    fn beside_parts(self) -> Goal {
        Goal::at_least(1.0, self.name(1), PARTS)
    }

    fn beside_one(self) -> Goal {
        Goal::at_least(1.6, self.name(2), "the same with 1 worker")
    }

    fn outside(self) -> Goal {
        Goal::at_most(15.0, format!("{}: time without a decoder", self.name(1)))
    }
}

pub(crate) fn goals() -> Vec<Goal> {
    STORES.iter().flat_map(|it| [it.beside_parts(), it.beside_one(), it.outside()]).collect()
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let scans = amount("RECTO_BENCH_SCANS", SCANS)?;
    let desk = Desk::open(pictures)?;
    let mut rows = Vec::new();
    for store in STORES {
        let (mut parts, mut workers, mut outside) = (Duel::default(), Duel::default(), Vec::new());
        let mut notes = [String::new(), String::new()];
        for _ in 0..ROUNDS {
            let (by_tools, steps) = desk.by_tools(store).await?;
            let one = desk.bring_in(store, 1, scans).await?;
            let two = desk.bring_in(store, 2, scans).await?;
            parts.add(one.per_second, by_tools);
            workers.add(two.per_second, one.per_second);
            outside.push(one.outside);
            notes = [steps, one.note];
        }
        let outside = Quantity::Percent(median(&outside));
        let [steps, jobs] = notes;
        rows.push(parts.row(store.beside_parts(), Quantity::PerSecond).noting(steps));
        rows.push(workers.row(store.beside_one(), Quantity::PerSecond));
        rows.push(store.outside().measured_alone(outside).noting(jobs));
    }
    Ok(rows)
}

/// Where scans come from, and what tools make of them.
struct Desk {
    peers: Peers,
    http: reqwest::Client,
    names: Vec<String>,
    folder: PathBuf,
}

struct Run {
    per_second: f64,
    /// Per cent of the time in which no decoder was at work.
    outside: f64,
    note: String,
}

impl Desk {
    fn open(pictures: &Pictures) -> Result<Self> {
        let (peers, http) = (Peers::start()?, reqwest::Client::builder().build()?);
        let folder = pictures.folder().join("desk");
        fs::create_dir_all(folder.join("kept"))?;
        let mut names = Vec::new();
        for extent in PAGES {
            let name = format!("scan-{}x{}.jpg", extent.0, extent.1);
            fs::copy(pictures.jpeg(extent)?, peers.files().join(&name))?;
            names.push(name);
        }
        Ok(Self { peers, http, names, folder })
    }

    /// Each scan has an address of its own.
    fn address(&self, number: usize) -> String {
        let name = &self.names[number % self.names.len()];
        format!("http://{}/static/{name}?scan={number}", self.peers.address())
    }

    /// A Recto with nothing in it brings in scans until all are shown.
    async fn bring_in(&self, store: Store, workers: usize, scans: usize) -> Result<Run> {
        let mut place = Place::new(Keeping { in_postgres: true, on_s3: false })?;
        place.set("RECTO_INGEST__WORKERS", workers);
        place.set("RECTO_INGEST__PRIVATE_HOSTS", r#"["127.0.0.1"]"#);
        if store == Store::Bucket {
            fs::remove_dir_all(self.peers.bucket())?;
            fs::create_dir(self.peers.bucket())?;
            place.set("RECTO_STORAGE__URL", "s3://bucket/recto");
            place.set("RECTO_STORAGE__ENDPOINT", format!("http://{}", self.peers.address()));
            place.set("RECTO_STORAGE__ALLOW_HTTP", true);
            place.set("RECTO_STORAGE__ACCESS_KEY_ID", "test");
            place.set("RECTO_STORAGE__SECRET_ACCESS_KEY", "test");
        }
        let recto = place.serve().await?;
        let library = Library::open(&recto).await?;
        let begun = Instant::now();
        let shown = self.until_shown(&recto, &library, scans);
        let (idle, looks) = watch(&recto, shown).await?;
        let time = milliseconds(begun.elapsed());
        let jobs = recto.metric("recto_job_seconds_sum{kind=\"image\"}").await?;
        ensure!(jobs > 0.0, "no job was timed");
        recto.stop().await?;
        let (each, job) = (time / scans as f64, jobs * 1e3 / scans as f64);
        Ok(Run {
            per_second: 1e3 / each,
            outside: 100.0 * f64::from(idle) / f64::from(looks),
            note: format!("{each:.1} ms a scan, {job:.1} of them its job; {looks} looks"),
        })
    }

    /// Until every scan has shown a thumbnail out of the store.
    async fn until_shown(&self, recto: &Recto, library: &Library, scans: usize) -> Result<()> {
        let asset = |number: usize| -> Value {
            json!({ "id": format!("scan-{number}"), "space": 1, "mediaType": "image/jpeg",
                "origin": self.address(number), "string1": "b1", "number1": number + 1 })
        };
        let assets: Vec<_> = (0..scans).map(asset).collect();
        bring_in(recto, library, &assets, BATCH).await?;
        let at = (recto.address().to_owned(), "/iiif-img/v3/1/1".to_owned());
        let thumbnail = |number| format!("scan-{number}/full/!400,400/0/default.jpg");
        let paths: Vec<_> = (0..scans).map(thumbnail).collect();
        Client::new()?.each(&at, &paths, READERS).await?;
        Ok(())
    }

    /// How many scans a second the tools come to, and how long each step takes.
    async fn by_tools(&self, store: Store) -> Result<(f64, String)> {
        let [mut fetching, mut making, mut storing] = [Duration::ZERO; 3];
        let file = self.folder.join("scan.jpg");
        for number in 0..ALONE {
            let begun = Instant::now();
            let answer = self.http.get(self.address(number)).send().await?.error_for_status()?;
            fs::write(&file, answer.bytes().await?)?;
            fetching += begun.elapsed();
            let begun = Instant::now();
            let made = make(&file)?;
            making += begun.elapsed();
            let begun = Instant::now();
            for made in &made {
                self.store(store, made, number).await?;
            }
            storing += begun.elapsed();
        }
        let each = [fetching, making, storing].map(|it| milliseconds(it) / ALONE as f64);
        let [fetching, making, storing] = each;
        let steps = format!(
            "the tools fetch for {fetching:.1} ms, make for {making:.1}, store for {storing:.1}"
        );
        Ok((1e3 / each.iter().sum::<f64>(), steps))
    }

    /// Until it is on the disk, or the bucket has it.
    async fn store(&self, store: Store, made: &Path, number: usize) -> Result<()> {
        let name = made.file_name().context("no name")?.to_string_lossy();
        let name = format!("{number}-{name}");
        if store == Store::Folder {
            let target = self.folder.join("kept").join(name);
            fs::copy(made, &target)?;
            return Ok(File::open(target)?.sync_all()?);
        }
        let address = format!("http://{}/bucket/tools/{name}", self.peers.address());
        self.http.put(address).body(fs::read(made)?).send().await?.error_for_status()?;
        Ok(())
    }
}

/// Sees work through: how many looks meanwhile found no decoder, of how many.
async fn watch(recto: &Recto, work: impl Future<Output = Result<()>>) -> Result<(u32, u32)> {
    let mut work = pin!(work);
    let (mut idle, mut looks) = (0, 0);
    loop {
        tokio::select! {
            done = &mut work => return done.map(|()| (idle, looks)),
            () = sleep(LOOK) => {
                looks += 1;
                idle += u32::from(recto.decoders()?.is_empty());
            }
        }
    }
}

/// A pyramid and thumbnails, on both cores, as a lone worker has them.
fn make(file: &Path) -> Result<Vec<PathBuf>> {
    let pyramid = file.with_extension("tif");
    output_of(&mut tiffsave(file, &pyramid, "2"))?;
    let mut made = vec![pyramid];
    for edge in [1024, 400, 200, 100] {
        let target = file.with_file_name(format!("{edge}.jpg"));
        let mut vips = Command::new("vipsthumbnail");
        vips.env("VIPS_CONCURRENCY", "2").arg(file).arg("--size").arg(format!("{edge}x{edge}"));
        output_of(vips.arg("-o").arg(format!("{}[Q=89]", target.display())))?;
        made.push(target);
    }
    Ok(made)
}
