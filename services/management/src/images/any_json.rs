//! Whatever is sent, the answer is never a server's error: hostile bodies, names and queries.

use axum::http::Method;
use proptest::{collection::vec, prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::{Map, Value, json};

use crate::testing::{Answer, Client, IMAGE, jpeg, on_every_database};

const ROUNDS: usize = 300;

/// The names that mean something, and some that don't.
const NAMES: [&str; 24] = [
    "@id",
    "@type",
    "id",
    "space",
    "customer",
    "origin",
    "mediaType",
    "family",
    "deliveryChannels",
    "roles",
    "tags",
    "manifests",
    "maxUnauthorised",
    "openFullMax",
    "maxWidth",
    "string1",
    "STRING2",
    "number1",
    "number3",
    "width",
    "batch",
    "error",
    "file",
    "nonsense",
];

/// Values that once broke some service, and values that are right.
fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec![
            json!("\0"),
            json!("../../etc/passwd"),
            json!("a\u{202e}b"),
            json!("\u{ffff}"),
            json!("'; DROP TABLE asset; --"),
            json!("%00"),
            json!("99999999999999999999999"),
            json!("https://x.example.org/a.jpg"),
            json!("file:///etc/passwd"),
            json!("s3://b/k"),
            json!("recto-upload://uploads/3/1/a/1"),
            json!("image/jpeg"),
            json!("image/*"),
            json!("iiif-img"),
            json!("thumbs"),
            json!("none"),
            json!("default"),
            json!("2/1/ms-1"),
            json!("-1"),
            json!(-1),
            json!(0),
            json!(1e308),
            json!(i64::MIN),
            json!(u64::MAX),
        ]),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((name(), inner), 0..6).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(NAMES.to_vec()).prop_map(str::to_owned),
        1 => Just("channel".to_owned()),
        1 => any::<String>(),
    ]
}

fn object() -> impl Strategy<Value = Map<String, Value>> {
    vec((name(), value()), 0..8).prop_map(|pairs| pairs.into_iter().collect())
}

/// `ROUNDS` examples; which ones is decided anew in each run, a failure prints its own.
fn examples<T>(strategy: impl Strategy<Value = T>) -> Vec<T> {
    let mut runner = TestRunner::default();
    (0..ROUNDS).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

fn assert_no_server_error(answer: &Answer, sent: &str) {
    assert!(answer.status.as_u16() < 500, "{sent}: {} {}", answer.status, answer.detail());
    if answer.status.is_client_error() {
        assert_eq!(answer.body["@type"], "Error", "{sent}");
        assert!(!answer.detail().is_empty(), "{sent}");
    }
}

async fn assert_unharmed(client: &Client, method: Method, path: &str, body: String) {
    let answer = client.send(method.clone(), path, body.clone()).await;
    assert_no_server_error(&answer, &format!("{method} {path} {body}"));
}

#[tokio::test]
async fn no_body_breaks_put_or_patch() {
    on_every_database(async |api| {
        let api = api.with_worker();
        let librarian = api.librarian().await;
        librarian.put(IMAGE, jpeg(json!({}))).await;
        for mut body in examples(object()) {
            let text = Value::Object(body.clone()).to_string();
            assert_unharmed(&librarian, Method::PATCH, IMAGE, text.clone()).await;
            assert_unharmed(&librarian, Method::PUT, IMAGE, text.clone()).await;
            assert_unharmed(&librarian, Method::PUT, "/customers/2/spaces/1", text).await;
            body.insert("mediaType".to_owned(), json!("image/jpeg"));
            body.insert("origin".to_owned(), json!("https://x.example.org/a.jpg"));
            body.shift_remove("id");
            let text = Value::Object(body).to_string();
            assert_unharmed(&librarian, Method::PUT, IMAGE, text).await;
        }
    })
    .await;
}

#[tokio::test]
async fn no_body_breaks_what_takes_many_images() {
    on_every_database(async |api| {
        let librarian = api.librarian().await;
        librarian.put(IMAGE, jpeg(json!({"deliveryChannels": ["none"]}))).await;
        for (mut body, mut member) in examples((object(), object())) {
            member.insert("id".to_owned(), json!("ms-1"));
            member.insert("space".to_owned(), json!(1));
            let members = json!([member, body]);
            body.insert("member".to_owned(), members);
            body.insert("value".to_owned(), json!(["x", "y"]));
            body.insert("field".to_owned(), json!("tags"));
            body.insert("operation".to_owned(), json!("add"));
            let text = Value::Object(body).to_string();
            for (method, path) in [
                (Method::POST, "/customers/2/queue"),
                (Method::POST, "/customers/2/queue/csv"),
                (Method::PATCH, "/customers/2/spaces/1/images"),
                (Method::PATCH, "/customers/2/allImages"),
                (Method::POST, "/customers/2/allImages"),
                (Method::POST, "/customers/2/deleteImages"),
            ] {
                assert_unharmed(&librarian, method, path, text.clone()).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn no_question_breaks_a_list_of_images() {
    on_every_database(async |api| {
        let librarian = api.librarian().await;
        for q in examples(object()) {
            let q = json!({ "q": q }).to_string();
            assert_unharmed(&librarian, Method::POST, "/customers/2/allImages", q).await;
        }
    })
    .await;
}

#[tokio::test]
async fn no_text_that_is_not_json_breaks_put() {
    on_every_database(async |api| {
        let librarian = api.librarian().await;
        for body in examples(any::<String>()) {
            assert_unharmed(&librarian, Method::PUT, IMAGE, body).await;
        }
        let deep = format!("{{\"tags\":{}", "[".repeat(100_000));
        assert_unharmed(&librarian, Method::PATCH, IMAGE, deep).await;
        let answer = librarian.send(Method::PUT, IMAGE, vec![0xFF, 0xFE, b'{', 0]).await;
        assert_eq!(answer.status, 400);
    })
    .await;
}

#[tokio::test]
async fn no_address_breaks_anything() {
    on_every_database(async |api| {
        let librarian = api.librarian().await;
        for bytes in examples(vec(any::<u8>(), 0..12)) {
            use std::fmt::Write;

            let hostile = bytes.iter().fold(String::new(), |mut text, byte| {
                write!(text, "%{byte:02X}").unwrap();
                text
            });
            for path in [
                format!("/customers/{hostile}"),
                format!("/customers/2/keys/{hostile}"),
                format!("/customers/2/spaces/{hostile}"),
                format!("/customers/2/spaces/1/images/{hostile}"),
                format!("/customers/2/spaces/1/images?string1={hostile}"),
                format!("/customers/2/spaces/1/images?q={hostile}"),
                format!("/customers/2/spaces/1/images?orderBy={hostile}&page={hostile}"),
                format!("/contexts/{hostile}"),
            ] {
                let answer = librarian.get(&path).await;
                assert_no_server_error(&answer, &path);
            }
            assert_unharmed(
                &librarian,
                Method::DELETE,
                &format!("/customers/2/keys/{hostile}"),
                String::new(),
            )
            .await;
        }
    })
    .await;
}

#[tokio::test]
async fn no_query_breaks_the_list() {
    on_every_database(async |api| {
        let librarian = api.librarian().await;
        for question in examples(object()) {
            let mut encoded = String::new();
            for byte in Value::Object(question).to_string().bytes() {
                use std::fmt::Write;
                write!(encoded, "%{byte:02X}").unwrap();
            }
            let answer = librarian.get(&format!("/customers/2/spaces/1/images?q={encoded}")).await;
            assert_no_server_error(&answer, &encoded);
        }
    })
    .await;
}
