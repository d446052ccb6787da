//! Tables and METS of what named queries find, over HTTP.

use axum::http::{Method, StatusCode};
use catalogue::{AssetFields, Change, Expected, Priority};
use lists::{Book, Table};
use model::DeliveryChannel;

use super::{
    query_tests::{page, patch, save},
    tests::delivered_by,
};
use crate::testing::{Library, NOW, Picture, ROOT};

/// Pages out of order, one of which has a name that tables spell otherwise; two are in a chapter.
async fn volume() -> Library {
    let library = Library::in_memory().await;
    let said = |number, label: &str, chapter: Option<&str>| AssetFields {
        string2: Change::Set(label.to_owned()),
        string3: chapter.map_or(Change::Keep, |text| Change::Set(text.to_owned())),
        tags: Change::Set(vec!["red".to_owned(), "old".to_owned()]),
        ..page("vol", number)
    };
    library.add_with("c", Picture::small(), said(3, "-2v", Some("One"))).await;
    library.add_with("a", Picture::small(), said(1, "=1r", None)).await;
    library.add_with("b, 2", Picture::small(), said(2, "1v", Some("One"))).await;
    save(&library, "book", "assetOrder=n1&s1=p1&canvaslabel=s2&ranges=s3").await;
    library
}

fn column<'a>(table: &'a Table, name: &str) -> Vec<&'a str> {
    let place = table.headers.iter().position(|header| header == name).unwrap();
    table.rows.iter().map(|row| row.cells[place].as_str()).collect()
}

#[tokio::test]
async fn what_is_found_is_a_table_that_can_be_imported() {
    let library = volume().await;
    library.register("new", page("vol", 9)).await;
    let reply = library.get("/csv/wellcome/book/vol").await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(reply.header("content-disposition"), "attachment; filename=\"book.csv\"");
    let text = reply.text();
    assert!(text.starts_with("space,id,mediaType,origin,string1,"), "{text}");
    assert!(text.contains(",'=1r,") && text.contains("\"b, 2\""), "{text}");
    let table = Table::parse(text.as_bytes()).unwrap();
    assert_eq!(column(&table, "id"), ["a", "b, 2", "c"], "what is not ready is left out");
    assert_eq!(column(&table, "space"), ["5", "5", "5"]);
    assert_eq!(column(&table, "string2"), ["=1r", "1v", "-2v"]);
    assert_eq!(column(&table, "number1"), ["1", "2", "3"]);
    assert_eq!(column(&table, "tags")[0], "red,old");
    let origin = format!("{ROOT}/iiif-img/2/5/b,%202/full/max/0/default.jpg");
    assert_eq!(column(&table, "origin")[1], origin);
    assert_eq!(column(&table, "mediaType")[1], "image/jpeg");
}

#[tokio::test]
async fn a_table_tells_what_strangers_may_know_and_no_more() {
    let library = volume().await;
    let fields = AssetFields {
        roles: Change::Set(vec!["staff".to_owned()]),
        open_full_max: Change::Set(400),
        ..AssetFields::default()
    };
    patch(&library, "c", &fields).await;
    library.ingest(Picture::small()).await;
    let reply = library.get("/csv/2/book/vol").await;
    let table = Table::parse(&reply.body).unwrap();
    assert_eq!(column(&table, "roles"), ["", "", "staff"]);
    let origin = column(&table, "origin")[2].to_owned();
    assert_eq!(origin, format!("{ROOT}/iiif-img/2/5/c/full/400,267/0/default.jpg"));
    let shown = library.get(origin.strip_prefix(ROOT).unwrap()).await;
    assert_eq!(shown.status, StatusCode::OK);
}

#[tokio::test]
async fn a_copy_of_a_list_holds_until_one_of_its_assets_changes() {
    let library = volume().await;
    for (path, has_length) in [("/csv/2/book/vol", false), ("/mets/2/book/vol", true)] {
        let reply = library.get(path).await;
        let head = library.ask(Method::HEAD, path, &[]).await;
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0), "{path}");
        assert_eq!(head.header("etag"), reply.header("etag"));
        let length = if has_length { reply.body.len().to_string() } else { String::new() };
        assert_eq!(head.header("content-length"), length, "{path}");
        let tag = [("if-none-match", reply.header("etag"))];
        let same = library.ask(Method::GET, path, &tag).await;
        assert_eq!(same.status, StatusCode::NOT_MODIFIED, "{path}");
        let string2 = Change::Set(format!("for {path}"));
        let fields = AssetFields { string2, ..AssetFields::default() };
        let (id, later) = ("2/5/a".parse().unwrap(), NOW + time::Duration::SECOND);
        library.catalogue.patch_asset(&id, &fields, Priority::Normal, later).await.unwrap();
        let changed = library.ask(Method::GET, path, &tag).await;
        assert_eq!(changed.status, StatusCode::OK, "{path}");
        assert!(changed.text().contains(&format!("for {path}")));
    }
    let id = "2/5/a".parse().unwrap();
    let before = library.get("/csv/2/book/vol").await;
    library.catalogue.delete_asset(&id, &Expected::Whatever, NOW).await.unwrap();
    let after = library.get("/csv/2/book/vol").await;
    assert_ne!(before.header("etag"), after.header("etag"));
}

#[tokio::test]
async fn a_table_of_many_is_sent_as_it_is_read() {
    let library = Library::in_memory().await;
    for number in 0..7 {
        let name = format!("n{number}");
        library.add_with(&name, Picture::small(), page("vol", number)).await;
    }
    save(&library, "book", "s1=p1&assetOrder=n1+desc").await;
    let reply = library.get("/csv/2/book/vol?page=1").await;
    let first = Table::parse(&reply.body).unwrap();
    assert_eq!(column(&first, "id").join(" "), "n6 n5 n4 n3 n2 n1 n0");
    let second = library.get("/csv/2/book/vol?page=2").await;
    assert_eq!(second.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_found_is_a_book_in_mets() {
    let library = volume().await;
    library.register("new", page("vol", 9)).await;
    let reply = library.get("/mets/2/book/vol").await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/mets+xml");
    let text = reply.text();
    let book = Book::read(text.as_bytes(), None).unwrap();
    assert_eq!(book.reference.as_deref(), Some("vol"));
    assert_eq!(book.title.as_deref(), Some("Generated from 'book' named query"));
    let pages: Vec<_> = book.pages.iter().map(|it| (it.order, it.label.as_deref())).collect();
    assert_eq!(pages, [(1, Some("=1r")), (2, Some("1v")), (3, Some("-2v"))]);
    let href = format!("{ROOT}/iiif-img/2/5/b,%202/full/max/0/default.jpg");
    assert_eq!(book.pages[1].href, href);
    assert_eq!(text.matches("<fileGrp USE=").count(), 3, "default, thumbs and services: {text}");
    assert!(text.contains(&format!("CONTENTIDS=\"{ROOT}/iiif-img/2/5/a/canvas/c/1\"")), "{text}");
    let links = text.matches("<smLink xlink:from=\"SECTION_1\"").count();
    assert_eq!((links, text.matches("TYPE=\"section\"").count()), (2, 1), "{text}");
    let thumbs = Book::read(text.as_bytes(), Some("THUMBS")).unwrap();
    let thumbnail = thumbs.pages[0].href.strip_prefix(ROOT).unwrap();
    assert_eq!(library.get(thumbnail).await.status, StatusCode::OK);
}

#[tokio::test]
async fn originals_are_told_where_everybody_may_have_them() {
    let library = volume().await;
    let both = delivered_by(&[DeliveryChannel::IiifImg, DeliveryChannel::File]);
    library
        .add_with("d", Picture::small(), AssetFields { channels: both.channels, ..page("vol", 0) })
        .await;
    let reply = library.get("/csv/2/book/vol").await;
    let table = Table::parse(&reply.body).unwrap();
    assert_eq!(column(&table, "origin")[0], format!("{ROOT}/file/2/5/d"));
    assert_eq!(column(&table, "mediaType")[0], "image/tiff");
    let reply = library.get("/mets/2/book/vol").await;
    let originals = Book::read(&reply.body, Some("ORIGINAL")).unwrap();
    assert_eq!(originals.pages.len(), 1);
    assert_eq!(originals.pages[0].href, format!("{ROOT}/file/2/5/d"));
}

#[tokio::test]
async fn every_fault_of_a_list_is_told() {
    let library = volume().await;
    for service in ["csv", "mets"] {
        for (path, status) in [
            ("2/other/vol", StatusCode::NOT_FOUND),
            ("2/book/none", StatusCode::NOT_FOUND),
            ("v3/2/book/vol", StatusCode::NOT_FOUND),
            ("2/book", StatusCode::BAD_REQUEST),
        ] {
            let reply = library.get(&format!("/{service}/{path}")).await;
            assert_eq!(reply.status, status, "{service} {path}: {reply:?}");
            assert_eq!(reply.header("cache-control"), "no-store");
        }
    }
}
