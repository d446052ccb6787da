use async_nats::jetstream;
use axum::Router;
use catalogue::{Catalogue, JobKind};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::library::{Running, SECRET, SOON, config, library, server, unique};
use crate::{EventsConfig, Receivers, Removed, RuleConfig, SourceConfig, SourceKind};

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

/// Answers under the address that is returned.
async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/events", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await });
    base
}

async fn post(url: &str, body: String, secret: &str) -> u16 {
    let headers = [("authorization", format!("Bearer {secret}"))];
    let poster = web::Poster::trusting(SOON).unwrap();
    poster.post(url, &headers, body).await.unwrap().status
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
    let base = serve(router).await;
    let post = async |path: &str, body: String, secret: &str| {
        post(&format!("{base}/{path}"), body, secret).await
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

#[tokio::test]
async fn a_task_file_that_appears_in_a_bucket_has_a_site_written() {
    let catalogue = library().await;
    let task = RuleConfig {
        bucket: "scans".into(),
        key: r"^tasks/.*\.json$".into(),
        task: true,
        ..RuleConfig::default()
    };
    let source = SourceConfig {
        name: "scans".into(),
        kind: SourceKind::Webhook,
        secret: SECRET.into(),
        rules: vec![task.clone(), rule(Removed::Ignore)],
        ..SourceConfig::default()
    };
    let (running, router) = receive(&catalogue, source.clone());
    let url = format!("{}/scans", serve(router).await);
    for name in ["ObjectCreated:Put", "ObjectRemoved:Delete"] {
        let message = object_event(name, "tasks/item+1.json", "0001").to_string();
        assert_eq!(post(&url, message, SECRET).await, 204);
    }
    running.stop().await;
    let lease = std::time::Duration::from_secs(60);
    let claim = || catalogue.claim_job(&[JobKind::Tile], "tiler", lease, catalogue.now());
    let job = claim().await.unwrap().unwrap();
    let tiling = catalogue.tiling(job.asset.name()).await.unwrap().unwrap();
    assert_eq!(tiling.command, json!({ "arguments": ["--task", "s3://scans/tasks/item 1.json"] }));
    assert!(claim().await.unwrap().is_none(), "once");

    let mixed = RuleConfig { customer: 2, ..task };
    let config =
        EventsConfig { sources: vec![SourceConfig { rules: vec![mixed], ..source }], ..config() };
    assert!(config.faults()[0].contains("only bucket and key"), "{:?}", config.faults());
}
