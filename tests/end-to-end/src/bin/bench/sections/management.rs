//! The API, and a named query, over a catalogue with many assets: registering, changing, finding. No worker runs, so jobs
//! stay where they are; what the named query shows was ingested before.

use std::{
    cell::Cell,
    fs::File,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Place, Recto, output_of, photo};
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    amount::amount,
    bring_in::bring_in,
    goal::{Goal, Quantity, Row},
    meter::{milliseconds, quantile},
    pictures::Pictures,
};

const CLIENTS: usize = 8;
const BATCH: usize = 250;
/// A book's pages, which are found by `string1` and `number1`.
const PAGES: usize = 300;
const PAGE_SIZE: usize = 100;
/// How many assets there are on PostgreSQL, unless `RECTO_BENCH_ASSETS` says it; on SQLite there is a tenth of them.
const ASSETS: usize = 100_000;
/// How often each request is sent.
const WRITES: usize = 100;
const READS: usize = 2000;
/// Books of a few pages that are ingested; each manifest is asked for once, by one client, so that none is remembered.
const BOOKLETS: usize = 300;
const LEAVES: usize = 3;

const IMAGES: &str = "/customers/1/spaces/1/images";
const BARE: &str = "multi-row INSERT of the same rows into a table with the same indexes";

fn assets() -> Result<usize> {
    amount("RECTO_BENCH_ASSETS", ASSETS)
}

const POSTGRES: &str = "PostgreSQL";
const SQLITE: &str = "SQLite";

fn assets_on(database: &str, assets: usize) -> usize {
    let all = if database == SQLITE { assets / 10 } else { assets };
    all.max(PAGES).next_multiple_of(BATCH)
}

fn goals_on(database: &str, assets: usize) -> [Goal; 6] {
    let assets = assets_on(database, assets);
    let p99 = |most: f64, what: &str| {
        Goal::at_most(most, format!("{database}, {assets} assets: p99 of {what}"))
    };
    [
        p99(150.0, "a batch of 250"),
        p99(150.0, "PATCH allImages of 250"),
        p99(25.0, "GET of one image"),
        p99(25.0, "string1 and number1, ordered, page 1"),
        p99(25.0, "string1 and number1, ordered, the last page"),
        p99(30.0, &format!("a named query's manifest of {LEAVES} canvases, first asked for")),
    ]
}

fn throughput() -> Goal {
    Goal::at_least(0.1, "PostgreSQL: assets registered, in batches of 250", BARE)
}

pub(crate) fn goals() -> Vec<Goal> {
    let assets = assets().unwrap_or(ASSETS);
    let goals = goals_on(POSTGRES, assets).into_iter().chain([throughput()]);
    goals.chain(goals_on(SQLITE, assets)).collect()
}

pub(crate) async fn measure(_: &Pictures) -> Result<Vec<Row>> {
    let assets = assets()?;
    let postgres = Keeping { in_postgres: true, on_s3: false };
    let (place, mut rows, registered) = measure_on(POSTGRES, assets, postgres).await?;
    let bare = insert_bare(&place)?;
    rows.push(throughput().measured(Quantity::PerSecond(registered), Quantity::PerSecond(bare)));
    let (_, on_sqlite, _) = measure_on(SQLITE, assets, Keeping::SIMPLE).await?;
    rows.extend(on_sqlite);
    Ok(rows)
}

/// What was measured, and how many assets were registered a second.
async fn measure_on(
    database: &str,
    assets: usize,
    keeping: Keeping,
) -> Result<(Place, Vec<Row>, f64)> {
    let place = Place::new(keeping)?;
    let library = ingest_booklets(&place).await?;
    let mut recto = place.serve_as("management,delivery").await?;
    // Eight clients at once, on as many cores as there are; the figures tell.
    recto.expect_in_log(&["slow statement", "slow acquire"]);
    let api = Api { library, recto };
    let all = assets_on(database, assets);
    let progress = Progress::of(database, all);
    each(CLIENTS, all / BATCH, |batch| api.register_noting(batch, &progress)).await?;
    let registered = progress.per_second();

    let first = all / BATCH;
    let books = all / PAGES;
    let page = |book: usize, page: usize| {
        let book = book * 7919 % books;
        format!(
            "{IMAGES}?string1=b{book}&number1=0&orderBy=number2&pageSize={PAGE_SIZE}&page={page}"
        )
    };
    let image = |number: usize| format!("{IMAGES}/{}", id(number * 7919 % all));
    let times = [
        each(CLIENTS, WRITES, |number| api.register(first + number)).await?,
        each(CLIENTS, WRITES, |number| api.change(number)).await?,
        each(CLIENTS, READS, |number| api.get(image(number))).await?,
        each(CLIENTS, READS, |number| api.get(page(number, 1))).await?,
        each(CLIENTS, READS, |number| api.get(page(number, PAGES / PAGE_SIZE))).await?,
        each(1, BOOKLETS, |number| api.read_booklet(number)).await?,
    ];
    api.recto.stop().await?;
    let row = |(goal, times): (Goal, Vec<f64>)| {
        let median = format!("median {:.1} ms", quantile(&times, 0.5));
        goal.measured_alone(Quantity::Milliseconds(quantile(&times, 0.99))).noting(median)
    };
    let rows = goals_on(database, assets).into_iter().zip(times).map(row).collect();
    Ok((place, rows, registered))
}

/// Manifests show what is ingested alone: some books are, by a process that stops before the others are registered.
async fn ingest_booklets(place: &Place) -> Result<Library> {
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let query = json!({ "name": "booklet", "template": "assetOrder=n2&s1=p1&n1=p2" });
    let saved =
        library.ask(&recto, Method::POST, "/customers/1/namedQueries", Some(&query)).await?;
    saved.with_status(201)?;
    let origin = format!("file://{}", photo(&place.origins(), 300, 400)?.display());
    let leaf = |number: usize| {
        let (book, leaf) = (number / LEAVES, number % LEAVES);
        json!({ "id": format!("leaf-{number}"), "space": 1, "mediaType": "image/jpeg", "origin": origin,
            "string1": format!("booklet-{book}"), "number1": book, "number2": leaf + 1 })
    };
    let leaves: Vec<_> = (0..BOOKLETS * LEAVES).map(leaf).collect();
    bring_in(&recto, &library, &leaves, BATCH).await?;
    recto.stop().await?;
    Ok(library)
}

/// Does something so many times, for so many clients: how long each took, in milliseconds.
async fn each<F>(clients: usize, times: usize, act: impl Fn(usize) -> F) -> Result<Vec<f64>>
where
    F: Future<Output = Result<Duration>>,
{
    let acts = stream::iter(0..times).map(act).buffer_unordered(clients);
    acts.map_ok(milliseconds).try_collect().await
}

/// Says every ten seconds how many are registered: five million take minutes.
struct Progress<'a> {
    database: &'a str,
    all: usize,
    done: Cell<usize>,
    begun: Instant,
    told: Cell<u64>,
}

impl<'a> Progress<'a> {
    fn of(database: &'a str, all: usize) -> Self {
        let (done, told) = (Cell::default(), Cell::default());
        Self { database, all, done, begun: Instant::now(), told }
    }

    fn add(&self, assets: usize) {
        self.done.set(self.done.get() + assets);
        let tens = self.begun.elapsed().as_secs() / 10;
        if self.told.replace(tens) < tens {
            let (database, done, all) = (self.database, self.done.get(), self.all);
            let pace = self.per_second();
            eprintln!("        {database}: {done} of {all} registered, {pace:.0} a second");
        }
    }

    fn per_second(&self) -> f64 {
        self.done.get() as f64 / self.begun.elapsed().as_secs_f64()
    }
}

struct Api {
    library: Library,
    recto: Recto,
}

impl Api {
    async fn register(&self, batch: usize) -> Result<Duration> {
        let members: Vec<_> = (batch * BATCH..(batch + 1) * BATCH).map(member).collect();
        let body = json!({ "member": members });
        self.ask(Method::POST, "/customers/1/queue", Some(&body), 201).await
    }

    async fn register_noting(&self, batch: usize, progress: &Progress<'_>) -> Result<Duration> {
        let took = self.register(batch).await?;
        progress.add(BATCH);
        Ok(took)
    }

    async fn change(&self, batch: usize) -> Result<Duration> {
        let members =
            (batch * BATCH..(batch + 1) * BATCH).map(|n| json!({ "id": format!("1/1/{}", id(n)) }));
        let body = json!({
            "field": "manifests", "operation": "add", "value": [format!("m{batch}")],
            "member": members.collect::<Vec<_>>(),
        });
        self.ask(Method::PATCH, "/customers/1/allImages", Some(&body), 200).await
    }

    async fn get(&self, path: String) -> Result<Duration> {
        self.ask(Method::GET, &path, None, 200).await
    }

    async fn read_booklet(&self, book: usize) -> Result<Duration> {
        let begun = Instant::now();
        let path = format!("/iiif-resource/1/booklet/booklet-{book}/{book}");
        let manifest = self.recto.get(&path).await?.with_status(200)?;
        let took = begun.elapsed();
        let canvases = manifest.json()?["items"].as_array().map_or(0, Vec::len);
        ensure!(canvases == LEAVES, "{path} has {canvases} canvases, not {LEAVES}");
        Ok(took)
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        status: u16,
    ) -> Result<Duration> {
        let begun = Instant::now();
        self.library.ask(&self.recto, method, path, body).await?.with_status(status)?;
        Ok(begun.elapsed())
    }
}

fn id(number: usize) -> String {
    format!("b{}_{:04}.jp2", number / PAGES, number % PAGES)
}

/// A page as a digitisation workflow registers it.
fn member(number: usize) -> Value {
    let (book, page) = (number / PAGES, number % PAGES);
    json!({
        "id": id(number), "space": 1, "mediaType": "image/jp2",
        "origin": format!("https://scans.example.org/b{book}/{}", id(number)),
        "string1": format!("b{book}"), "number1": 0, "string2": (page + 1).to_string(),
        "number2": page + 1, "tags": ["digitised"],
    })
}

/// Writes what was registered once more, as fast as the database takes it: rows a second.
fn insert_bare(place: &Place) -> Result<f64> {
    let url = place.database().context("no database of its own")?;
    let psql = |arguments: &[&str]| {
        let quiet = ["-q", "-v", "ON_ERROR_STOP=1"];
        output_of(Command::new("psql").arg(url).args(quiet).args(arguments))
    };
    let rows = psql(&["-At", "-c", "SELECT count(*) FROM asset"])?;
    let rows: f64 = String::from_utf8_lossy(&rows.stdout).trim().parse()?;
    eprintln!("        {POSTGRES}: {rows} rows are written once more, without Recto");
    let dump = place.temporary().join("bare.sql");
    let dumped = Command::new("pg_dump")
        .args(["--data-only", "--table=asset", "--rows-per-insert=250", url])
        .stdout(File::create(&dump)?)
        .status();
    ensure!(dumped.context("pg_dump is not there")?.success(), "pg_dump failed");
    psql(&["-c", "ALTER TABLE asset RENAME TO kept"])?;
    psql(&["-c", "CREATE TABLE asset (LIKE kept INCLUDING ALL)"])?;
    let begun = Instant::now();
    psql(&["-f", &dump.display().to_string()])?;
    Ok(rows / begun.elapsed().as_secs_f64())
}
