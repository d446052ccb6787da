use std::{
    collections::BTreeSet,
    net::TcpListener,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Picture, Place, Recto, variable};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{sleep, sleep_until};

use super::{
    fleet::{Fleet, SEATS},
    gate::Gate,
    inspection::{all_was_told, nothing_lacks_and_nothing_is_left, objects, open_uploads},
    nats::{Nats, STREAM},
    origin::{HEIGHT, HOPELESS, Origin, WIDTH, colour, picture},
    postgres::Postgres,
};

const ASSETS: u32 = 1000;
const IN_A_BATCH: u32 = 250;
/// So that there is work to be disturbed in every part of the course.
const BETWEEN_BATCHES: Duration = Duration::from_secs(7);
/// For what is left to do when everything works again: an asset that has failed four times waits for minutes.
const PATIENCE: Duration = Duration::from_secs(900);

/// What happens, beside a worker's death each second.
enum Fault {
    StrikePostgres,
    RaisePostgres,
    ShutBucket,
    OpenBucket,
    StrikeNats,
    RaiseNats,
    /// Until a worker has met it.
    FillScratch,
    TurnClock(&'static str),
}

/// In which second it happens.
const COURSE: [(u64, Fault); 15] = [
    (4, Fault::StrikePostgres),
    (6, Fault::RaisePostgres),
    (9, Fault::ShutBucket),
    (11, Fault::OpenBucket),
    (14, Fault::StrikeNats),
    (18, Fault::RaiseNats),
    (19, Fault::FillScratch),
    (23, Fault::TurnClock("+1h")),
    (27, Fault::TurnClock("-1h")),
    (31, Fault::TurnClock("+0")),
    (32, Fault::ShutBucket),
    (33, Fault::StrikePostgres),
    (34, Fault::OpenBucket),
    (35, Fault::RaisePostgres),
    (36, Fault::TurnClock("+20m")),
];

/// What the workers work with, and they themselves.
struct Scene {
    place: Place,
    postgres: Postgres,
    bucket: Gate,
    nats: Nats,
    fleet: Fleet,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_assets_come_through_all_that_can_go_wrong() -> Result<()> {
    let Some(endpoint) = variable("RECTO_TEST_S3") else {
        eprintln!("not tested, for `tools/services.sh` did not start this run");
        return Ok(());
    };
    let origin = Origin::start(ASSETS).await?;
    let mut scene = set_up(&endpoint).await?;
    let mut recto = scene.place.serve_as("management,delivery").await?;
    let library = Library::open(&recto).await?;
    let (registered, raged) = tokio::join!(register(&recto, &library, &origin), scene.rage());
    raged?;
    let batches = registered?;

    let deadline = Instant::now() + PATIENCE;
    let mut counted = (0, 0);
    for batch in &batches {
        let batch = finished(&mut scene, &recto, &library, batch, deadline).await?;
        let count = |name: &str| batch[name].as_u64().unwrap_or_default();
        ensure!(count("completed") + count("errors") == u64::from(IN_A_BATCH), "{batch:#}");
        counted = (counted.0 + count("completed"), counted.1 + count("errors"));
    }
    let brought_in = all_are_right_or_say_why(&recto, &library).await?;
    ensure!(counted.0 == brought_in.len() as u64, "{counted:?}, but {}", brought_in.len());

    is_quiet(&mut scene, deadline).await?;
    let prefix = scene.place.prefix().context("not on S3")?.to_owned();
    let objects = objects(&recto, &endpoint, &prefix).await?;
    nothing_lacks_and_nothing_is_left(&objects, &brought_in)?;
    ensure!(open_uploads(&recto, &endpoint, &prefix).await? == 0, "uploads were left open");
    let storage = library.ask(&recto, Method::GET, "/customers/1/storage", None).await?.json()?;
    let total = |name: &str| storage[name].as_u64().unwrap_or_default();
    let bytes = total("totalSizeOfStoredImages") + total("totalSizeOfThumbnails");
    ensure!(bytes == objects.values().sum::<u64>(), "{storage:#}");
    ensure!(total("numberOfStoredImages") == u64::from(ASSETS), "{storage:#}");

    ensure!(scene.bucket.turned_away() > 0, "the bucket was always there");
    recto.expect_in_log(&[""]);
    recto.stop().await?;
    scene.fleet.stop()?;
    let left = scene.place.leftovers()?;
    let left: Vec<_> =
        left.iter().filter(|path| !path.starts_with(scene.place.temporary())).collect();
    ensure!(left.is_empty(), "files are left: {left:?}");
    Ok(())
}

async fn set_up(endpoint: &str) -> Result<Scene> {
    let mut place = Place::new(Keeping::SIMPLE)?;
    let postgres = Postgres::start()?;
    let address = endpoint.strip_prefix("http://").context("S3 is not on http")?;
    let bucket = Gate::build(address.to_owned()).await?;
    let nats = Nats::start().await?;
    place.set("RECTO_DATABASE__URL", postgres.url());
    place.set("RECTO_STORAGE__URL", format!("s3://recto/faults_{}", std::process::id()));
    place.set("RECTO_STORAGE__ENDPOINT", format!("http://{}", bucket.address()));
    place.set("RECTO_STORAGE__ALLOW_HTTP", true);
    place.set("RECTO_STORAGE__ACCESS_KEY_ID", "test");
    place.set("RECTO_STORAGE__SECRET_ACCESS_KEY", "test");
    place.set("RECTO_INGEST__PRIVATE_HOSTS", r#"["127.0.0.1"]"#);
    place.set("RECTO_INGEST__LEASE_SECONDS", 3);
    let sink = format!(
        "[{{ name = \"all\", kind = \"nats\", url = {:?}, subject = {STREAM:?} }}]",
        nats.url()
    );
    place.set("RECTO_EVENTS__SINKS", sink);
    place.set("RECTO_EVENTS__TIMEOUT_SECONDS", 2);
    let migrated = place.run(&["migrate"])?;
    ensure!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
    let fleet = Fleet::start(&place)?;
    Ok(Scene { place, postgres, bucket, nats, fleet })
}

impl Scene {
    /// Each second a worker is killed, and some seconds bring more.
    async fn rage(&mut self) -> Result<()> {
        let begun = tokio::time::Instant::now();
        let last = COURSE.iter().map(|(second, _)| *second).max().unwrap_or_default();
        let mut is_full = false;
        for second in 0..=last + 4 {
            sleep_until(begun + Duration::from_secs(second)).await;
            for (_, fault) in COURSE.iter().filter(|(when, _)| *when == second) {
                is_full |= matches!(fault, Fault::FillScratch);
                self.befall(fault)?;
            }
            if is_full && self.fleet.has_met_full_disk()? {
                self.fleet.empty_scratch(&self.place)?;
                is_full = false;
            }
            // The disk that is full goes with its worker.
            let seat = second as usize % SEATS;
            if !(is_full && seat == 0) {
                self.fleet.replace(&self.place, seat)?;
            }
        }
        Ok(())
    }

    fn befall(&mut self, fault: &Fault) -> Result<()> {
        match fault {
            Fault::StrikePostgres => self.postgres.strike(),
            Fault::RaisePostgres => self.postgres.rise(),
            Fault::ShutBucket => {
                self.bucket.shut();
                Ok(())
            }
            Fault::OpenBucket => {
                self.bucket.open();
                Ok(())
            }
            Fault::StrikeNats => self.nats.strike(),
            Fault::RaiseNats => self.nats.rise(),
            Fault::FillScratch => self.fleet.fill_scratch(&self.place),
            Fault::TurnClock(to) => self.fleet.turn_clock(to),
        }
    }
}

/// Registers batch after batch as a client does who repeats what was not answered; answers their paths.
async fn register(recto: &Recto, library: &Library, origin: &Origin) -> Result<Vec<String>> {
    let credentials = library.credentials();
    let (key, secret) = credentials.split_once(':').context("no secret")?;
    let mut batches = Vec::new();
    for first in (0..ASSETS).step_by(IN_A_BATCH as usize) {
        let members: Vec<_> =
            (first..first + IN_A_BATCH).map(|number| registration(number, origin)).collect();
        let body = json!({ "@type": "Collection", "member": members }).to_string();
        let batch = loop {
            let ask = recto.ask(Method::POST, "/customers/1/queue", |request| {
                let request = request.basic_auth(key, Some(secret)).body(body.clone());
                request
                    .header("content-type", "application/json")
                    .header("idempotency-key", format!("batch-{first}"))
            });
            match ask.await?.with_status(201) {
                Ok(answer) => break answer.json()?,
                Err(error) => ensure!(error.to_string().contains("answered 503"), "{error:#}"),
            }
            sleep(Duration::from_millis(500)).await;
        };
        let path = batch["@id"].as_str().and_then(|id| Some(id.split_once("/customers")?.1));
        batches.push(format!("/customers{}", path.context("a batch has no id")?));
        sleep(BETWEEN_BATCHES).await;
    }
    Ok(batches)
}

fn registration(number: u32, origin: &Origin) -> Value {
    json!({ "id": format!("n{number}"), "space": 1, "mediaType": "image/bmp", "origin": origin.url(number),
        "deliveryChannels": [{ "channel": "iiif-img" }, { "channel": "thumbs" }, { "channel": "file" }] })
}

async fn finished(
    scene: &mut Scene,
    recto: &Recto,
    library: &Library,
    batch: &str,
    deadline: Instant,
) -> Result<Value> {
    loop {
        scene.fleet.complete(&scene.place)?;
        let found = library.ask(recto, Method::GET, batch, None).await?.with_status(200)?.json()?;
        if found["finished"].is_string() {
            return Ok(found);
        }
        if Instant::now() > deadline {
            let jobs = scene.postgres.ask("SELECT * FROM job ORDER BY due LIMIT 20")?;
            anyhow::bail!("still not finished: {found:#}\n{jobs}");
        }
        sleep(Duration::from_millis(500)).await;
    }
}

/// Every asset shows what its origin has, or has an error that can be true of it; answers those that show it.
async fn all_are_right_or_say_why(recto: &Recto, library: &Library) -> Result<BTreeSet<String>> {
    let mut brought_in = BTreeSet::new();
    for number in 0..ASSETS {
        let name = format!("n{number}");
        let asset = library.asset(recto, &name).await?.with_status(200)?.json()?;
        ensure!(asset["ingesting"] == false && asset["finished"].is_string(), "{asset:#}");
        let error = asset["error"].as_str().unwrap_or_default();
        let is_hopeless = number >= ASSETS - 2 * HOPELESS;
        ensure!(is_hopeless != error.is_empty(), "{name}: {error:?}");
        if is_hopeless {
            continue;
        }
        ensure!(asset["width"] == WIDTH && asset["height"] == HEIGHT, "{asset:#}");
        let file = recto.get(&Library::public("file", &name)).await?.with_status(200)?;
        ensure!(file.body == picture(number), "{name} is not as its origin has it");
        if number % 50 == 0 {
            let image = format!("{}/full/max/0/default.png", Library::public("iiif-img", &name));
            let shown = Picture::of_answer(&recto.get(&image).await?.with_status(200)?)?.mean();
            let is_near = |(shown, meant): (&f64, u8)| (shown - f64::from(meant)).abs() < 4.0;
            ensure!(shown.iter().zip(colour(number)).all(is_near), "{name} shows {shown:?}");
        }
        brought_in.insert(name);
    }
    Ok(brought_in)
}

/// Nothing is left to do, nothing is leased, and everybody has been told.
async fn is_quiet(scene: &mut Scene, deadline: Instant) -> Result<()> {
    loop {
        scene.fleet.complete(&scene.place)?;
        let jobs = scene
            .postgres
            .ask("SELECT kind, worker, attempts, due, error FROM job WHERE state <> 'dead'")?;
        let written = scene.postgres.ask("SELECT count(*) FROM event")?.parse()?;
        let told = all_was_told(&scene.nats.told().await?, written);
        if jobs.is_empty() && told.is_ok() {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "it does not come to rest: {told:?}\n{jobs}");
        sleep(Duration::from_secs(2)).await;
    }
}

pub(super) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
