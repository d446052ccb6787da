//! What happens in the library arrives, and what happens in buckets is heard: at a webhook of this test, and at real servers where
//! there are some. Over 400 lines because both sides tell of the same library.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_nats::jetstream;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use catalogue::{
    AssetFields, Catalogue, Change, DatabaseConfig, NewAsset, NewCustomer, Priority, SpaceFields,
    Webhook, WebhookFields,
};
use futures_util::StreamExt;
use serde_json::{Value, json};
use time::{OffsetDateTime, macros::datetime};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    EventsConfig, Receivers, Removed, RuleConfig, Sender, SinkConfig, SinkKind, SourceConfig,
    SourceKind, signature::sign,
};

const NOW: OffsetDateTime = datetime!(2026-01-05 10:00 UTC);
const SOON: Duration = Duration::from_secs(30);
const SECRET: &str = "a secret of this test";

/// A library with customer 2 and its space 5.
async fn library() -> Catalogue {
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

async fn register(catalogue: &Catalogue, name: &str) {
    let fields = AssetFields {
        origin: Change::Set("https://files.example.org/1.tif".parse().unwrap()),
        media_type: Change::Set("image/tiff".parse().unwrap()),
        ..AssetFields::default()
    };
    let new = NewAsset { id: name.parse().unwrap(), fields };
    catalogue.register_asset(&new, Priority::Normal, NOW).await.unwrap();
}

/// Somebody who is told, answers as he is bid (200 when nothing is left), and hands on what he heard.
struct Receiver {
    url: String,
    heard: mpsc::UnboundedReceiver<(HeaderMap, String)>,
}

#[derive(Clone)]
struct Ear {
    answers: Arc<Mutex<Vec<u16>>>,
    hands_on: mpsc::UnboundedSender<(HeaderMap, String)>,
}

async fn hear(State(ear): State<Ear>, headers: HeaderMap, body: String) -> StatusCode {
    ear.hands_on.send((headers, body)).unwrap();
    let answer = ear.answers.lock().unwrap().pop().unwrap_or(200);
    StatusCode::from_u16(answer).unwrap()
}

impl Receiver {
    async fn new(mut answers: Vec<u16>) -> Self {
        answers.reverse();
        let (hands_on, heard) = mpsc::unbounded_channel();
        let ear = Ear { answers: Arc::new(Mutex::new(answers)), hands_on };
        let router = Router::new().route("/hook", post(hear)).with_state(ear);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, router).await });
        Self { url, heard }
    }

    async fn next(&mut self) -> (HeaderMap, Value) {
        let (headers, body) = tokio::time::timeout(SOON, self.heard.recv()).await.unwrap().unwrap();
        let signature = headers["x-recto-signature"].to_str().unwrap().to_owned();
        let moment = signature.strip_prefix("t=").unwrap().split_once(',').unwrap().0;
        assert_eq!(sign(SECRET, moment.parse().unwrap(), body.as_bytes()), signature);
        (headers, serde_json::from_str(&body).unwrap())
    }
}

async fn webhook(catalogue: &Catalogue, url: &str) -> Webhook {
    let fields = WebhookFields {
        url: Change::Set(url.to_owned()),
        secret: Change::Set(SECRET.to_owned()),
        ..WebhookFields::default()
    };
    catalogue.create_webhook(2, &fields, NOW).await.unwrap().webhook
}

fn config() -> EventsConfig {
    // The library of these tests is older than a week.
    let private_hosts = vec!["127.0.0.1".to_owned()];
    EventsConfig { private_hosts, keep_days: 36_500, ..EventsConfig::default() }
}

struct Running(CancellationToken, JoinHandle<()>);

fn run(catalogue: &Catalogue, config: &EventsConfig) -> Running {
    let stop = CancellationToken::new();
    let sender = Sender::new(catalogue.clone(), config).unwrap();
    Running(stop.clone(), tokio::spawn(sender.run(stop)))
}

impl Running {
    async fn stop(self) {
        self.0.cancel();
        tokio::time::timeout(SOON, self.1).await.unwrap().unwrap();
    }
}

/// Looks until it is so.
async fn until(catalogue: &Catalogue, id: &str, is_so: impl Fn(&Webhook) -> bool) -> Webhook {
    let look = async {
        loop {
            let found = catalogue.webhook(2, id).await.unwrap().unwrap();
            if is_so(&found) {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, look).await.expect("it never was so")
}

#[tokio::test]
async fn a_webhook_is_told_what_happens_signed_and_in_order() {
    let (catalogue, mut receiver) = (library().await, Receiver::new(vec![]).await);
    let made = webhook(&catalogue, &receiver.url).await;
    let running = run(&catalogue, &config());
    for name in ["2/5/a", "2/5/b", "2/5/c"] {
        register(&catalogue, name).await;
    }
    let mut last = 0;
    for name in ["2/5/a", "2/5/b", "2/5/c"] {
        let (headers, body) = receiver.next().await;
        assert_eq!(headers["x-recto-event"], "asset.created");
        assert_eq!(headers["content-type"], "application/cloudevents+json; charset=utf-8");
        assert_eq!((&body["subject"], &body["data"]["asset"]["id"]), (&name.into(), &name.into()));
        let place = body["id"].as_str().unwrap().parse::<i64>().unwrap();
        assert!(place > last);
        last = place;
    }
    let told = until(&catalogue, &made.id, |webhook| webhook.told.is_some()).await;
    assert!(told.enabled && told.trouble.is_none());
    running.stop().await;
    assert!(receiver.heard.try_recv().is_err(), "nothing is told twice without need");
}

#[tokio::test]
async fn what_could_not_be_told_is_told_when_the_listener_is_back() {
    let (catalogue, mut receiver) = (library().await, Receiver::new(vec![500]).await);
    let made = webhook(&catalogue, &receiver.url).await;
    let running = run(&catalogue, &config());
    register(&catalogue, "2/5/a").await;
    let (_, first) = receiver.next().await;
    let troubled = until(&catalogue, &made.id, |webhook| webhook.trouble.is_some()).await;
    let trouble = troubled.trouble.unwrap();
    assert_eq!((trouble.failures, trouble.error.as_str()), (1, "it answered 500"));
    // Its owner says that it works again; else it would be tried later.
    let on = WebhookFields { enabled: Change::Set(true), ..WebhookFields::default() };
    catalogue.put_webhook(2, &made.id, &on, &catalogue::Expected::Whatever, NOW).await.unwrap();
    assert_eq!(receiver.next().await.1, first, "the same event");
    until(&catalogue, &made.id, |webhook| webhook.told.is_some()).await;
    running.stop().await;
}

#[tokio::test]
async fn a_webhook_that_is_gone_fails_too_often_or_is_not_public_is_told_nothing_more() {
    let catalogue = library().await;
    let (mut gone, mut broken) = (Receiver::new(vec![410]).await, Receiver::new(vec![500]).await);
    let config = EventsConfig { webhook_failures: 1, ..config() };
    let hooks = [
        (webhook(&catalogue, &gone.url).await, "410"),
        (webhook(&catalogue, &broken.url).await, "500"),
        (webhook(&catalogue, "http://127.0.0.2/hook").await, "not on the public internet"),
    ];
    let running = run(&catalogue, &config);
    register(&catalogue, "2/5/a").await;
    for (hook, reason) in hooks {
        let off = until(&catalogue, &hook.id, |webhook| !webhook.enabled).await;
        let error = off.trouble.unwrap().error;
        assert!(error.contains(reason), "{error}");
    }
    register(&catalogue, "2/5/b").await;
    running.stop().await;
    for receiver in [&mut gone, &mut broken] {
        receiver.next().await;
        assert!(receiver.heard.try_recv().is_err());
    }
}

#[tokio::test]
async fn a_try_says_what_came_back() {
    let (catalogue, mut receiver) = (library().await, Receiver::new(vec![204, 503]).await);
    let made = webhook(&catalogue, &receiver.url).await;
    let running = run(&catalogue, &config());
    for expected in ["it answered 204", "it answered 503"] {
        catalogue.ping_webhook(2, &made.id, NOW).await.unwrap();
        let (headers, body) = receiver.next().await;
        assert_eq!(
            (&headers["x-recto-event"], &body["type"]),
            (&"ping".parse().unwrap(), &"ping".into())
        );
        let is_answered = |webhook: &Webhook| {
            let answer = webhook.ping.as_ref().and_then(|ping| ping.answer.as_ref());
            answer.is_some_and(|(_, answer)| answer == expected)
        };
        until(&catalogue, &made.id, is_answered).await;
    }
    running.stop().await;
}

#[expect(clippy::disallowed_methods, reason = "the test runner says where a server is")]
fn server(variable: &str) -> Option<String> {
    let server = std::env::var(variable).ok().filter(|url| !url.is_empty());
    if server.is_none() {
        eprintln!("not run: {variable} is not set");
    }
    server
}

fn unique(name: &str) -> String {
    format!("{name}-{}", uuid::Uuid::new_v4().simple())
}

async fn with_sink(sink: SinkConfig) -> (Catalogue, Running) {
    let catalogue = library().await;
    let name = sink.name.clone();
    let config = EventsConfig { sinks: vec![sink], ..config() };
    assert_eq!(config.faults(), [""; 0]);
    catalogue.keep_sinks(&[name], NOW).await.unwrap();
    let running = run(&catalogue, &config);
    (catalogue, running)
}

#[tokio::test]
async fn a_stream_of_nats_keeps_every_event_once_on_a_subject_that_says_what_it_is() {
    let Some(url) = server("RECTO_TEST_NATS") else { return };
    let client = async_nats::connect(&url).await.unwrap();
    let subject = unique("recto");
    let context = jetstream::new(client);
    let stream = context.create_stream(jetstream::stream::Config {
        name: subject.clone(),
        subjects: vec![format!("{subject}.>")],
        storage: jetstream::stream::StorageType::Memory,
        ..Default::default()
    });
    let stream = stream.await.unwrap();
    let sink = SinkConfig {
        name: "nats".into(),
        url: url.as_str().into(),
        subject: subject.clone(),
        ..SinkConfig::default()
    };
    let (catalogue, running) = with_sink(sink).await;
    register(&catalogue, "2/5/a").await;
    register(&catalogue, "2/5/b").await;
    let consumer = stream.create_consumer(jetstream::consumer::pull::Config::default());
    let mut messages = consumer.await.unwrap().messages().await.unwrap();
    for name in ["2/5/a", "2/5/b"] {
        let next = tokio::time::timeout(SOON, messages.next()).await.unwrap();
        let message = next.unwrap().unwrap();
        assert_eq!(message.subject.as_str(), format!("{subject}.2.asset.created"));
        let body: Value = serde_json::from_slice(&message.payload).unwrap();
        assert_eq!(body["subject"], name);
        let id = message.headers.as_ref().unwrap().get("Nats-Msg-Id").unwrap().to_string();
        assert_eq!(id, format!("recto-{}", body["id"].as_str().unwrap()));
    }
    running.stop().await;
}

#[tokio::test]
async fn a_topic_of_sns_and_a_queue_of_sqs_are_told_in_the_dlcs_words() {
    let Some(endpoint) = server("RECTO_TEST_S3") else { return };
    let desk = crate::test_desk::Desk::new(&endpoint);
    let (direct, by_topic) =
        (desk.queue(&unique("direct")).await, desk.queue(&unique("topic")).await);
    let topic = desk.topic(&unique("topic"), &by_topic).await;
    for (kind, url, queue) in
        [(SinkKind::Sqs, direct.clone(), direct), (SinkKind::Sns, topic, by_topic)]
    {
        let sink = SinkConfig { name: "aws".into(), kind, url: url.as_str().into(), ..desk.sink() };
        let (catalogue, running) = with_sink(sink).await;
        register(&catalogue, "2/5/a").await;
        let message = desk.receive(&queue).await;
        let mut body: Value = serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
        let mut attributes = message["MessageAttributes"]["messageType"]["StringValue"].clone();
        if kind == SinkKind::Sns {
            attributes = body["MessageAttributes"]["messageType"]["Value"].clone();
            body = serde_json::from_str(body["Message"].as_str().unwrap()).unwrap();
        }
        assert_eq!(attributes, "Create", "{kind:?}");
        assert_eq!(body["asset"]["id"], "2/5/a", "{kind:?}");
        assert_eq!(body["customerPathElement"]["name"], "reader");
        running.stop().await;
    }
}

/// `maps/ms-1.tif` of the bucket `scans` becomes 2/5/ms-1.
fn rule(removed: Removed) -> RuleConfig {
    RuleConfig {
        bucket: "scans".into(),
        key: r"^maps/(?<name>[^/]+)\.tif$".into(),
        customer: 2,
        space: "5".into(),
        id: "{name}".into(),
        string1: "of {bucket}".into(),
        tags: vec!["scan".into()],
        removed,
        ..RuleConfig::default()
    }
}

fn object_event(name: &str, key: &str, sequencer: &str) -> Value {
    json!({"Records": [{"eventName": name, "s3": {"bucket": {"name": "scans"},
        "object": {"key": key, "sequencer": sequencer}}}]})
}

fn receive(catalogue: &Catalogue, source: SourceConfig) -> (Running, Router) {
    let config = EventsConfig { sources: vec![source], ..config() };
    assert_eq!(config.faults(), [""; 0]);
    let receivers = Receivers::new(catalogue.clone(), &config).unwrap();
    let (stop, router) = (CancellationToken::new(), receivers.router());
    (Running(stop.clone(), tokio::spawn(receivers.run(stop))), router)
}

/// Waits until a question has this answer.
async fn until_so<T: PartialEq + std::fmt::Debug>(expected: T, ask: impl AsyncFn() -> T) {
    let look = async {
        while ask().await != expected {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, look).await.expect("it never was so");
}

async fn has(catalogue: &Catalogue, name: &str) -> bool {
    catalogue.asset(&name.parse().unwrap()).await.unwrap().is_some()
}

async fn refused(catalogue: &Catalogue) -> Vec<String> {
    let page = catalogue::Page { number: 1, size: 10 };
    let refused = catalogue.refused_messages(page).await.unwrap();
    refused.items.into_iter().map(|message| message.reason).collect()
}

#[tokio::test]
async fn what_a_queue_tells_of_a_bucket_is_registered_once_and_removed() {
    let Some(endpoint) = server("RECTO_TEST_S3") else { return };
    let (desk, catalogue) = (crate::test_desk::Desk::new(&endpoint), library().await);
    let queue = desk.queue(&unique("scans")).await;
    let source = SourceConfig {
        name: "scans".into(),
        kind: SourceKind::Sqs,
        url: queue.as_str().into(),
        endpoint,
        access_key_id: "test".into(),
        secret_access_key: "test".into(),
        rules: vec![rule(Removed::Delete)],
        ..SourceConfig::default()
    };
    let (running, _) = receive(&catalogue, source);
    let created = object_event("ObjectCreated:Put", "maps/a+b.tif", "0001");
    for message in [
        json!({"Type": "Notification", "Message": created.to_string()}),
        created,
        object_event("ObjectCreated:Put", "maps/other.png", "0001"),
        json!("nonsense"),
    ] {
        desk.send(&queue, &message.to_string()).await;
    }
    until_so(1, async || refused(&catalogue).await.len()).await;
    until_so(true, async || has(&catalogue, "2/5/a b").await).await;
    let asset = catalogue.asset(&"2/5/a b".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(asset.origin.unwrap().as_str(), "s3://scans/maps/a%20b.tif");
    assert_eq!((asset.string1.as_deref(), asset.tags), (Some("of scans"), vec!["scan".to_owned()]));

    let gone = object_event("ObjectRemoved:Delete", "maps/a+b.tif", "0002");
    desk.send(&queue, &gone.to_string()).await;
    until_so(false, async || has(&catalogue, "2/5/a b").await).await;
    running.stop().await;
    catalogue.line_up_events().await.unwrap();
    let told = catalogue.events(2, 0, 99).await.unwrap();
    let about: Vec<_> = told.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(about, ["customer.created", "asset.created", "asset.deleted"], "once");
}

#[tokio::test]
async fn what_a_stream_of_nats_tells_of_a_bucket_is_registered_and_flagged() {
    let Some(url) = server("RECTO_TEST_NATS") else { return };
    let (client, catalogue) = (async_nats::connect(&url).await.unwrap(), library().await);
    let name = unique("scans");
    let context = jetstream::new(client);
    let stream = context.create_stream(jetstream::stream::Config {
        name: name.clone(),
        storage: jetstream::stream::StorageType::Memory,
        ..Default::default()
    });
    stream.await.unwrap();
    let source = SourceConfig {
        name: "scans".into(),
        kind: SourceKind::Nats,
        url: url.as_str().into(),
        stream: name.clone(),
        rules: vec![rule(Removed::Flag)],
        ..SourceConfig::default()
    };
    let (running, _) = receive(&catalogue, source);
    let tags = async || {
        let asset = catalogue.asset(&"2/5/a".parse().unwrap()).await.unwrap();
        asset.map(|asset| asset.tags).unwrap_or_default()
    };
    for (event, sequencer, expected) in [
        ("s3:ObjectCreated:Put", "01", vec!["scan"]),
        ("s3:ObjectRemoved:Delete", "02", vec!["scan", "origin-removed"]),
        ("s3:ObjectCreated:Put", "03", vec!["scan"]),
    ] {
        let message = object_event(event, "maps/a.tif", sequencer).to_string();
        context.publish(name.clone(), message.into()).await.unwrap().await.unwrap();
        until_so(expected.into_iter().map(str::to_owned).collect::<Vec<_>>(), &tags).await;
    }
    running.stop().await;
}

#[tokio::test]
async fn a_message_that_is_posted_needs_a_signature_and_what_makes_no_sense_is_kept_apart() {
    const OWN: &str = "a secret of the source";
    let catalogue = library().await;
    let source = SourceConfig {
        name: "scans".into(),
        kind: SourceKind::Webhook,
        secret: OWN.into(),
        rules: vec![RuleConfig {
            key: ".*".into(),
            space: "{key}".into(),
            id: "x".into(),
            ..rule(Removed::Ignore)
        }],
        ..SourceConfig::default()
    };
    let (running, router) = receive(&catalogue, source);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/events", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await });
    let poster = web::Poster::trusting(SOON).unwrap();
    let post = async |path: &str, body: String, secret: &str| {
        let headers = [("authorization", format!("Bearer {secret}"))];
        poster.post(&format!("{base}/{path}"), &headers, body).await.unwrap().status
    };
    let created = |key: &str| object_event("ObjectCreated:Put", key, "01").to_string();
    assert_eq!(post("scans", created("5"), "another").await, 401);
    assert_eq!(post("other", created("5"), OWN).await, 404);
    assert!(!has(&catalogue, "2/5/x").await);
    // A key without an extension: nobody can tell what it is.
    for (key, reason) in [("5", "what kind of file"), ("a.tif", "no space"), ("7.tif", "no space")]
    {
        assert_eq!(post("scans", created(key), OWN).await, 204);
        let last = refused(&catalogue).await.remove(0);
        assert!(last.contains(reason), "{last}");
    }
    running.stop().await;
}
