use std::sync::{Arc, Mutex};

use async_nats::jetstream;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use catalogue::{Catalogue, Change, Webhook, WebhookFields};
use futures_util::StreamExt;
use serde_json::Value;
use tokio::sync::mpsc;

use super::library::{NOW, Running, SECRET, SOON, config, library, register, run, server, unique};
use crate::{EventsConfig, SinkConfig, SinkKind, signature::sign};

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
