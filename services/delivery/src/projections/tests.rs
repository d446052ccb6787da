//! Files of what a named query finds, over HTTP; what makes them is played here.

use axum::http::{Method, StatusCode};
use catalogue::{
    AssetFields, Change, Expected, Job, JobKind, MadeFile, NewNamedQuery, Priority, ProjectionKind,
    Stage, StageNote, Stretch, members_print,
};
use serde_json::json;
use storage::keys;

use crate::{
    DeliveryConfig,
    testing::{Library, NOW, Picture},
};

const PDF: &str = "/pdf/2/book/vol";

/// Two pages of a volume, and a named query for it. Nobody waits.
async fn library() -> Library {
    let config = DeliveryConfig { projection_wait_seconds: 0, ..DeliveryConfig::default() };
    let library = Library::with(config).await;
    for (name, number) in [("a", 1), ("b", 2)] {
        add(&library, name, number).await;
    }
    let new = NewNamedQuery {
        name: "book".into(),
        template: "s1=p1&n2=p2".into(),
        global: false,
        presentation: None,
    };
    library.catalogue.create_named_query(2, &new, NOW).await.unwrap();
    library
}

async fn add(library: &Library, name: &str, number: i64) {
    let fields = AssetFields {
        string1: Change::Set("vol".to_owned()),
        number1: Change::Set(number),
        ..Default::default()
    };
    library.add_with(name, Picture::small(), fields).await;
}

async fn claim(library: &Library) -> Option<Job> {
    let lease = std::time::Duration::from_secs(60);
    let now = library.catalogue.now();
    library.catalogue.claim_job(&[JobKind::Project], "binder", lease, now).await.unwrap()
}

/// Does what ingest would do for the next job.
async fn make(library: &Library, content: &'static str) {
    let job = claim(library).await.unwrap();
    make_for(library, job, content).await;
}

async fn make_for(library: &Library, job: Job, content: &'static str) {
    let projection = library.catalogue.projection_of(&job).await.unwrap().unwrap();
    let name = projection.name;
    let query = library.catalogue.named_query_called(2, "book").await.unwrap().unwrap();
    let question = query.parsed().unwrap().ask(&name.arguments).unwrap();
    let stretch = Stretch { offset: 0, limit: 100 };
    let cards = library.catalogue.found_cards(2, &question, stretch).await.unwrap();
    let shown: Vec<_> =
        cards.iter().filter(|card| !card.is_restricted()).map(|card| card.id.clone()).collect();
    let key = keys::projection(2, &name.id(), job.version, name.kind.as_str());
    library.bucket.put(&key, content.into()).await.unwrap();
    let file = MadeFile {
        version: job.version,
        made: NOW,
        members: members_print(name.kind, &query, &cards),
        maker: String::new(),
        file_name: "vol é.pdf".to_owned(),
        items: shown.len() as u64,
        pages: if name.kind == ProjectionKind::Pdf { cards.len() as u64 } else { 0 },
        bytes: content.len() as u64,
        roles: Vec::new(),
        shown,
    };
    assert!(library.catalogue.record_projection(&job, &file, NOW).await.unwrap());
}

async fn patch(library: &Library, name: &str, fields: &AssetFields) {
    let id = format!("2/5/{name}").parse().unwrap();
    library.catalogue.patch_asset(&id, fields, Priority::Normal, NOW).await.unwrap();
}

#[tokio::test]
async fn a_file_is_made_when_it_is_first_asked_for() {
    let library = library().await;
    for kind in ["pdf", "zip"] {
        let path = format!("/{kind}/2/book/vol");
        for method in [Method::HEAD, Method::GET] {
            let reply = library.ask(method, &path, &[]).await;
            assert_eq!(reply.status, StatusCode::ACCEPTED, "{reply:?}");
            assert_eq!(reply.header("retry-after"), "10");
            assert_eq!(reply.header("cache-control"), "no-store");
        }
        make(&library, "%PDF or PK").await;
        assert_eq!(claim(&library).await, None, "it is made once");
        for path in [path.clone(), format!("/{kind}/wellcome/book//vol/")] {
            let reply = library.get(&path).await;
            assert_eq!((reply.status, reply.text()), (StatusCode::OK, "%PDF or PK"));
            assert_eq!(reply.header("content-type"), format!("application/{kind}"));
            assert!(reply.header("content-disposition").contains("vol%20%C3%A9.pdf"), "{reply:?}");
            assert_eq!(reply.header("access-control-allow-origin"), "*");
            assert_eq!(reply.header("cache-control"), "public, max-age=300, s-maxage=300");
        }
    }
}

#[tokio::test]
async fn a_download_can_be_taken_up_again() {
    let library = library().await;
    library.get(PDF).await;
    make(&library, "0123456789").await;
    let whole = library.get(PDF).await;
    let etag = whole.header("etag").to_owned();
    assert_eq!(whole.header("accept-ranges"), "bytes");
    let head = library.ask(Method::HEAD, PDF, &[]).await;
    assert_eq!((head.header("etag"), head.header("content-length")), (etag.as_str(), "10"));
    let part = library.ask(Method::GET, PDF, &[("range", "bytes=4-"), ("if-range", &etag)]).await;
    assert_eq!((part.status, part.text()), (StatusCode::PARTIAL_CONTENT, "456789"));
    assert_eq!(part.header("content-range"), "bytes 4-9/10");
    let same = library.get_with(PDF, "if-none-match", &etag).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    let beyond = library.get_with(PDF, "range", "bytes=10-").await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
}

#[tokio::test]
async fn a_change_makes_it_anew_and_the_old_one_is_given_meanwhile() {
    let library = library().await;
    library.get(PDF).await;
    make(&library, "first").await;
    let first = library.get(PDF).await.header("etag").to_owned();
    let tagged = AssetFields { tags: Change::Set(vec!["red".into()]), ..Default::default() };
    patch(&library, "a", &tagged).await;
    assert_eq!(library.get(PDF).await.text(), "first");
    assert_eq!(claim(&library).await, None, "tags are not in it");

    add(&library, "c", 3).await;
    for _ in 0..2 {
        assert_eq!(library.get(PDF).await.text(), "first");
    }
    make(&library, "second").await;
    assert_eq!(claim(&library).await, None, "it is made once");
    let second = library.get(PDF).await;
    assert_eq!(second.text(), "second");
    assert_ne!(second.header("etag"), first);
}

#[tokio::test]
async fn what_must_not_be_seen_any_more_is_not_given_meanwhile() {
    for is_deleted in [false, true] {
        let library = library().await;
        library.get(PDF).await;
        make(&library, "first").await;
        assert_eq!(library.get(PDF).await.status, StatusCode::OK);
        if is_deleted {
            let id = "2/5/a".parse().unwrap();
            library.catalogue.delete_asset(&id, &Expected::Whatever, NOW).await.unwrap();
        } else {
            let roles = Change::Set(vec!["staff".into()]);
            patch(&library, "a", &AssetFields { roles, ..Default::default() }).await;
        }
        assert_eq!(library.get(PDF).await.status, StatusCode::ACCEPTED);
        make(&library, "second").await;
        assert_eq!(library.get(PDF).await.text(), "second");
    }
}

#[tokio::test]
async fn a_file_with_roles_is_for_those_who_hold_them() {
    let library = library().await;
    library.get(PDF).await;
    let job = claim(&library).await.unwrap();
    let projection = library.catalogue.projection_of(&job).await.unwrap().unwrap();
    let file = MadeFile {
        version: job.version,
        made: NOW,
        members: "other".to_owned(),
        maker: String::new(),
        file_name: "x.pdf".to_owned(),
        items: 1,
        pages: 1,
        bytes: 1,
        roles: vec!["staff".to_owned()],
        shown: vec!["2/5/a".parse().unwrap()],
    };
    assert!(library.catalogue.record_projection(&job, &file, NOW).await.unwrap());
    assert_eq!(library.get(PDF).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(projection.name.arguments, "vol");
    let control = library.get("/pdf-control/2/book/vol").await.json();
    assert_eq!(control["roles"], json!(["staff"]));
}

#[tokio::test]
async fn why_a_file_could_not_be_made_is_told() {
    let library = library().await;
    library.get(PDF).await;
    let job = claim(&library).await.unwrap();
    let now = library.catalogue.now();
    library.catalogue.fail_projection(&job, "the pages are wet", now).await.unwrap();
    let reply = library.get(PDF).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(reply.text().contains("the pages are wet"), "{reply:?}");
    assert_eq!(claim(&library).await, None, "it is not tried again at once");
}

#[tokio::test]
async fn the_control_file_tells_and_makes_nothing() {
    let library = library().await;
    let control = "/pdf-control/wellcome/book/vol";
    let nothing = library.get(control).await;
    assert_eq!(nothing.status, StatusCode::OK);
    assert_eq!(
        nothing.json(),
        json!({
            "key": "", "exists": false, "inProcess": false, "created": "0001-01-01T00:00:00",
            "itemCount": 0, "pageCount": 0, "sizeBytes": 0, "roles": []
        })
    );
    assert_eq!(claim(&library).await, None);
    library.get(PDF).await;
    let waiting = library.get(control).await.json();
    assert_eq!((&waiting["exists"], &waiting["inProcess"]), (&json!(false), &json!(true)));
    assert_eq!(waiting.get("percent"), None);
    let job = claim(&library).await.unwrap();
    let note = StageNote { job: job.id, stage: Stage::Converting, percent: Some(30) };
    library.catalogue.note_stages("binder", &[note]).await.unwrap();
    assert_eq!(library.get(control).await.json()["percent"], 30);
    make_for(&library, job, "%PDF").await;
    let made = library.get(control).await.json();
    assert_eq!(made.get("percent"), None);
    assert_eq!((&made["exists"], &made["inProcess"]), (&json!(true), &json!(false)));
    assert_eq!(made["created"], "2026-11-20T08:49:37Z");
    assert_eq!((&made["itemCount"], &made["pageCount"]), (&json!(2), &json!(2)));
    assert_eq!(made["sizeBytes"], 4);
    let key = made["key"].as_str().unwrap();
    assert_eq!(library.bucket.read(key).await.unwrap(), "%PDF");
    let zip = library.get("/zip-control/2/book/vol").await.json();
    assert_eq!((&zip["exists"], zip.get("pageCount")), (&json!(false), None));
}

#[tokio::test]
async fn what_makes_no_sense_has_a_status() {
    let library = library().await;
    for (path, status) in [
        ("/pdf/2/other/vol", 404),
        ("/pdf/2/book/unknown", 404),
        ("/pdf/2/book", 400),
        ("/pdf/2/book/vol/x", 400),
        ("/pdf/v2/2/book/vol", 404),
        ("/zip/9/book/vol", 404),
        ("/pdf-control/2/other/vol", 404),
        ("/pdf-control/2/book/vol/x", 404),
        ("/zip-control/2", 404),
    ] {
        let reply = library.get(path).await;
        assert_eq!(reply.status.as_u16(), status, "{path}: {reply:?}");
        assert_eq!(claim(&library).await, None, "{path}");
    }
}
