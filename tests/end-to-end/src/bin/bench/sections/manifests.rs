//! A book of a thousand pages: how long its manifest takes when nobody asked before, when a page was changed, and when
//! everybody asks.

use std::time::Instant;

use anyhow::{Result, ensure};
use end_to_end::{Keeping, Library, Place, Recto, photo};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    bring_in::bring_in,
    goal::{Goal, Quantity, Row},
    load::Server,
    meter::{median, milliseconds},
    pictures::Pictures,
};

const PAGES: usize = 1000;
const BATCH: usize = 250;
/// So many queries ask the same, each under a name of its own: what one made serves no other.
const COLD: usize = 15;
const CONNECTIONS: u32 = 8;
const SECONDS: u32 = 4;

fn goals_on(database: &str) -> [Goal; 3] {
    let work = |what: &str| format!("{database}: manifest of {PAGES} canvases, {what}");
    [
        Goal::at_most(60.0, work("first asked for")),
        Goal::at_most(60.0, work("after a change of one page")),
        Goal::at_least(3000.0, work("warm, gzip, 8 connections"), "–"),
    ]
}

pub(crate) fn goals() -> Vec<Goal> {
    DATABASES.iter().flat_map(|(name, _)| goals_on(name)).collect()
}

const DATABASES: [(&str, Keeping); 2] = [
    ("PostgreSQL", Keeping { in_postgres: true, on_s3: false }),
    ("SQLite", Keeping { in_postgres: false, on_s3: false }),
];

pub(crate) async fn measure(_: &Pictures) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (name, keeping) in DATABASES {
        rows.extend(measure_on(name, keeping).await?);
    }
    Ok(rows)
}

async fn measure_on(database: &str, keeping: Keeping) -> Result<Vec<Row>> {
    let place = Place::new(keeping)?;
    let recto = place.serve().await?;
    let book = Book { library: Library::open(&recto).await?, recto };
    book.register(&place).await?;
    let (mut cold, mut changed) = (Vec::new(), Vec::new());
    for number in 0..COLD {
        cold.push(book.read(number).await?);
    }
    for number in 0..COLD {
        let page = format!("/customers/1/spaces/1/images/page-{}", number * 61);
        book.ask(Method::PATCH, &page, &json!({ "string2": "changed" }), 200).await?;
        changed.push(book.read(0).await?);
    }
    let at = (book.recto.address().to_owned(), String::new());
    let path = address(0).trim_start_matches('/').to_owned();
    let warm = Server::new(at, [path].into_iter())?.accepting("gzip");
    let warm = warm.ask(CONNECTIONS, SECONDS).await?;
    book.recto.stop().await?;
    let [first, after, everybody] = goals_on(database);
    Ok(vec![
        first.measured_alone(Quantity::Milliseconds(median(&cold))),
        after.measured_alone(Quantity::Milliseconds(median(&changed))),
        everybody
            .measured_alone(Quantity::PerSecond(warm.per_second))
            .noting(format!("p99 {:.1} ms", warm.p99_ms)),
    ])
}

struct Book {
    library: Library,
    recto: Recto,
}

fn address(query: usize) -> String {
    format!("/iiif-resource/1/book-{query}/b1/1")
}

impl Book {
    /// Every page shows the same small picture.
    async fn register(&self, place: &Place) -> Result<()> {
        let origin = format!("file://{}", photo(&place.origins(), 300, 400)?.display());
        let page = |number: usize| {
            json!({ "id": format!("page-{number}"), "space": 1, "mediaType": "image/jpeg",
                "origin": origin, "string1": "b1", "number1": number + 1 })
        };
        for number in 0..COLD {
            let name = format!("book-{number}");
            let query = json!({ "name": name, "template": "assetOrder=n1&s1=p1&space=p2" });
            self.ask(Method::POST, "/customers/1/namedQueries", &query, 201).await?;
        }
        let pages: Vec<_> = (0..PAGES).map(page).collect();
        bring_in(&self.recto, &self.library, &pages, BATCH).await
    }

    /// How long a whole manifest took, in milliseconds.
    async fn read(&self, query: usize) -> Result<f64> {
        let begun = Instant::now();
        let gzip = |request: reqwest::RequestBuilder| request.header("accept-encoding", "gzip");
        let answer = self.recto.ask(Method::GET, &address(query), gzip).await?.with_status(200)?;
        let took = milliseconds(begun.elapsed());
        ensure!(answer.header("content-encoding") == "gzip");
        Ok(took)
    }

    async fn ask(&self, method: Method, path: &str, body: &Value, status: u16) -> Result<Value> {
        let answer = self.library.ask(&self.recto, method, path, Some(body)).await?;
        answer.with_status(status)?.json()
    }
}
