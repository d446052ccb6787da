//! The API over a catalogue with many assets: registering, changing, finding. No worker runs, so jobs stay where they are.

use std::{
    fs::File,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use end_to_end::{Keeping, Library, Place, Recto, output_of, variable};
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
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

const IMAGES: &str = "/customers/1/spaces/1/images";
const BARE: &str = "multi-row INSERT of the same rows into a table with the same indexes";

fn assets() -> usize {
    variable("RECTO_BENCH_ASSETS").and_then(|text| text.parse().ok()).unwrap_or(ASSETS)
}

const POSTGRES: &str = "PostgreSQL";
const SQLITE: &str = "SQLite";

fn assets_on(database: &str) -> usize {
    let all = if database == SQLITE { assets() / 10 } else { assets() };
    all.max(PAGES).next_multiple_of(BATCH)
}

fn goals_on(database: &str) -> [Goal; 5] {
    let assets = assets_on(database);
    let p99 = |most: f64, what: &str| {
        Goal::at_most(most, format!("{database}, {assets} assets: p99 of {what}"))
    };
    [
        p99(150.0, "a batch of 250"),
        p99(150.0, "PATCH allImages of 250"),
        p99(25.0, "GET of one image"),
        p99(25.0, "string1 and number1, ordered, page 1"),
        p99(25.0, "string1 and number1, ordered, the last page"),
    ]
}

fn throughput() -> Goal {
    Goal::at_least(0.1, "PostgreSQL: assets registered, in batches of 250", BARE)
}

pub(crate) fn goals() -> Vec<Goal> {
    let goals = goals_on(POSTGRES).into_iter().chain([throughput()]);
    goals.chain(goals_on(SQLITE)).collect()
}

pub(crate) async fn measure(_: &Pictures) -> Result<Vec<Row>> {
    let postgres = Keeping { in_postgres: true, on_s3: false };
    let (place, mut rows, registered) = measure_on(POSTGRES, postgres).await?;
    let bare = insert_bare(&place)?;
    rows.push(throughput().measured(Quantity::PerSecond(registered), Quantity::PerSecond(bare)));
    let (_, on_sqlite, _) = measure_on(SQLITE, Keeping::SIMPLE).await?;
    rows.extend(on_sqlite);
    Ok(rows)
}

/// What was measured, and how many assets were registered a second.
async fn measure_on(database: &str, keeping: Keeping) -> Result<(Place, Vec<Row>, f64)> {
    let place = Place::new(keeping)?;
    let mut recto = place.serve_as("management").await?;
    // Eight clients at once, on as many cores as there are; the figures tell.
    recto.expect_in_log(&["slow statement", "slow acquire"]);
    let api = Api { library: Library::open(&recto).await?, recto };
    let all = assets_on(database);
    let begun = Instant::now();
    each(all / BATCH, |batch| api.register(batch)).await?;
    let registered = all as f64 / begun.elapsed().as_secs_f64();

    let first = all / BATCH;
    let books = all / PAGES;
    let page = |book: usize, page: usize| {
        let book = book * 7919 % books;
        format!(
            "{IMAGES}?string1=b{book}&number1=0&orderBy=number2&pageSize={PAGE_SIZE}&page={page}"
        )
    };
    let times = [
        each(WRITES, |number| api.register(first + number)).await?,
        each(WRITES, |number| api.change(number)).await?,
        each(READS, |number| api.get(format!("{IMAGES}/{}", id(number * 7919 % all)))).await?,
        each(READS, |number| api.get(page(number, 1))).await?,
        each(READS, |number| api.get(page(number, PAGES / PAGE_SIZE))).await?,
    ];
    api.recto.stop().await?;
    let row = |(goal, times): (Goal, Vec<f64>)| {
        let median = format!("median {:.1} ms", quantile(&times, 0.5));
        goal.measured_alone(Quantity::Milliseconds(quantile(&times, 0.99))).noting(median)
    };
    Ok((place, goals_on(database).into_iter().zip(times).map(row).collect(), registered))
}

/// Does something so many times, eight at a time: how long each took, in milliseconds.
async fn each<F>(times: usize, act: impl Fn(usize) -> F) -> Result<Vec<f64>>
where
    F: Future<Output = Result<Duration>>,
{
    let acts = stream::iter(0..times).map(act).buffer_unordered(CLIENTS);
    acts.map_ok(milliseconds).try_collect().await
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
    let dump = place.temporary().join("bare.sql");
    let dumped = Command::new("pg_dump")
        .args(["--data-only", "--table=asset", "--rows-per-insert=250", url])
        .stdout(File::create(&dump)?)
        .status();
    anyhow::ensure!(dumped.context("pg_dump is not there")?.success(), "pg_dump failed");
    psql(&["-c", "ALTER TABLE asset RENAME TO kept"])?;
    psql(&["-c", "CREATE TABLE asset (LIKE kept INCLUDING ALL)"])?;
    let begun = Instant::now();
    psql(&["-f", &dump.display().to_string()])?;
    Ok(rows / begun.elapsed().as_secs_f64())
}
