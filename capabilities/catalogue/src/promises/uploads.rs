use super::house::*;
use crate::{Error, NewUpload, UploadPart};

fn new(name: &str, bytes: u64) -> NewUpload {
    let metadata = "what was said".to_owned();
    NewUpload { asset: id(name), metadata, bytes, expires: at(100) }
}

fn part(start: u64, bytes: u64) -> UploadPart {
    UploadPart { start, bytes, object: format!("uploads/{start}") }
}

#[tokio::test]
async fn an_upload_grows_by_parts_without_gaps() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let made = catalogue.create_upload(new("2/5/a", 10)).await.unwrap();
        catalogue.add_upload_parts(&made.id, &[part(0, 4), part(4, 1)], at(200)).await.unwrap();
        for refused in [part(0, 5), part(4, 1), part(6, 1), part(5, 6)].map(|part| [part]) {
            let answer = catalogue.add_upload_parts(&made.id, &refused, at(200)).await;
            assert!(matches!(answer, Err(Error::Conflict(_))), "{refused:?}: {answer:?}");
        }
        let kept = catalogue.upload(2, &made.id).await.unwrap().unwrap();
        assert_eq!((kept.received, kept.bytes, kept.expires), (5, 10, at(200)));
        assert_eq!(catalogue.upload_parts(&made.id).await.unwrap(), [part(0, 4), part(4, 1)]);
        assert_eq!(catalogue.upload(1, &made.id).await.unwrap(), None, "another customer's");

        catalogue.add_upload_parts(&made.id, &[part(5, 5)], at(200)).await.unwrap();
        catalogue.finish_upload(&made.id).await.unwrap();
        assert!(catalogue.upload(2, &made.id).await.unwrap().unwrap().finished);
        catalogue.delete_upload(&made.id).await.unwrap();
        assert_eq!(catalogue.upload(2, &made.id).await.unwrap(), None);
        assert_eq!(catalogue.upload_parts(&made.id).await.unwrap(), []);
    }
}

#[tokio::test]
async fn an_upload_begins_where_there_is_room_and_a_space_for_it() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let all = catalogue.bytes_left(&id("2/5/a")).await.unwrap();
        let some = catalogue.create_upload(new("2/5/a", all - 10)).await.unwrap();
        let answer = catalogue.create_upload(new("2/5/b", 11)).await;
        assert!(matches!(answer, Err(Error::LimitExceeded(_))), "{answer:?}");
        catalogue.create_upload(new("2/5/b", 10)).await.unwrap();
        catalogue.delete_upload(&some.id).await.unwrap();
        catalogue.create_upload(new("2/5/b", 11)).await.unwrap();
        let answer = catalogue.create_upload(new("2/77/b", 1)).await;
        assert!(matches!(answer, Err(Error::Invalid(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn uploads_expire_when_nothing_comes() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let [a, b] = ["2/5/a", "2/5/b"].map(|name| catalogue.create_upload(new(name, 10)));
        let (a, b) = (a.await.unwrap(), b.await.unwrap());
        catalogue.add_upload_parts(&b.id, &[part(0, 1)], at(200)).await.unwrap();
        assert_eq!(catalogue.expired_uploads(at(100)).await.unwrap(), []);
        let expired = catalogue.expired_uploads(at(101)).await.unwrap();
        assert_eq!(expired.iter().map(|it| &it.id).collect::<Vec<_>>(), [&a.id]);
    }
}
