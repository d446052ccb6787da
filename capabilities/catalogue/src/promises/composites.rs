use model::Origin;

use super::house::*;
use crate::{Composite, CompositeStatus, Fate, JobKind, NewAsset, NewComposite, PageTemplate};

fn book() -> NewComposite {
    let template = PageTemplate { name: "page-{:03d}".to_owned(), ..PageTemplate::default() };
    let origin = "https://files.example.org/book.pdf".parse().unwrap();
    NewComposite { space: 5, origin, seed: 1, template }
}

fn pages(book: &Composite, numbers: std::ops::RangeInclusive<i64>) -> Vec<NewAsset> {
    let page = |number| {
        let id = book.template.asset_id((2, 5), number).unwrap();
        book.template.page(id, number, (Origin::upload("x"), "image/jpeg")).unwrap()
    };
    numbers.map(page).collect()
}

#[tokio::test]
async fn a_document_waits_with_its_job_and_tells_how_far_it_is() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let new = [book(), NewComposite { seed: 7, ..book() }];
        let taken = catalogue.register_composites(2, &new, at(1)).await.unwrap();
        let collection = &taken[0].collection;
        assert_eq!(catalogue.composites(collection).await.unwrap(), taken);
        let job = claim(catalogue, at(1)).await.unwrap();
        assert_eq!((job.kind, job.asset.name()), (JobKind::TakeApart, taken[0].id.as_str()));

        let mut book = taken[0].clone();
        (book.status, book.pages) = (CompositeStatus::Rasterizing, Some(2));
        book.skipped = vec!["notes.txt is no image".to_owned()];
        assert!(catalogue.advance_composite(&book, at(2)).await.unwrap());
        let pages = pages(&book, 1..=2);
        let after = catalogue.register_pages(&book, &pages, at(2)).await.unwrap().unwrap();
        let told = catalogue.composite(&book.id).await.unwrap().unwrap();
        assert_eq!((told.registered, told.batches.len()), (2, 1));
        assert_eq!(told, after);
        catalogue.complete_composite(&job, at(3)).await.unwrap();
        let told = catalogue.composite(&book.id).await.unwrap().unwrap();
        assert_eq!((told.status, told.pages), (CompositeStatus::Completed, Some(2)));
        assert_eq!((told.batches, told.modified), (after.batches, at(3)));
        assert_eq!(told.skipped, book.skipped);
        assert!(catalogue.asset(&id("2/5/page-002")).await.unwrap().unwrap().ingesting);
    }
}

#[tokio::test]
async fn a_document_that_can_not_be_taken_apart_tells_why() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let taken = catalogue.register_composites(2, &[book(), book()], at(1)).await.unwrap();
        let job = claim(catalogue, at(1)).await.unwrap();
        catalogue.record_failed(&job, "it is locked", at(2)).await.unwrap();
        let told = catalogue.composite(&taken[0].id).await.unwrap().unwrap();
        assert_eq!(told.status, CompositeStatus::Error);
        assert_eq!(told.error.as_deref(), Some("it is locked"));

        let mut now = at(2);
        loop {
            let job = claim(catalogue, now).await.unwrap();
            now += LEASE;
            let pause = std::time::Duration::from_secs(1);
            match catalogue.retry_job(&job, "the origin is away", pause, now).await.unwrap() {
                Fate::Retried => now += pause,
                Fate::GivenUp => break,
                Fate::Lost => panic!("nobody took it"),
            }
        }
        let told = catalogue.composite(&taken[1].id).await.unwrap().unwrap();
        assert_eq!(told.error.as_deref(), Some("the origin is away"), "after its last attempt");
    }
}

#[tokio::test]
async fn pages_are_registered_once_however_many_workers_try() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let taken = catalogue.register_composites(2, &[book()], at(1)).await.unwrap();
        let book = &taken[0];
        let (first, next) = (pages(book, 1..=2), pages(book, 3..=3));
        let (one, other) = tokio::join!(
            catalogue.register_pages(book, &first, at(2)),
            catalogue.register_pages(book, &first, at(2)),
        );
        let (one, other) = (one.unwrap(), other.unwrap());
        assert!(one.is_some() != other.is_some(), "{one:?} {other:?}");
        assert!(!catalogue.advance_composite(book, at(3)).await.unwrap(), "it is behind");
        let ahead = one.or(other).unwrap();
        let ahead = catalogue.register_pages(&ahead, &next, at(3)).await.unwrap().unwrap();
        assert_eq!((ahead.registered, ahead.batches.len()), (3, 2));
        let late = catalogue.register_pages(book, &first, at(4)).await.unwrap();
        assert_eq!(late, None);
        assert_eq!(catalogue.composite(&book.id).await.unwrap().unwrap(), ahead);
    }
}

#[tokio::test]
async fn pages_that_a_document_was_not_to_have_are_cleaned_up_when_it_is_given_up() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let taken = catalogue.register_composites(2, &[book()], at(1)).await.unwrap();
        let job = claim(catalogue, at(1)).await.unwrap();
        let mut book = taken[0].clone();
        book.drawn = vec!["uploads/2/5/page-001/1".to_owned()];
        assert!(catalogue.advance_composite(&book, at(2)).await.unwrap());
        catalogue.record_failed(&job, "the disk is full", at(2)).await.unwrap();
        let told = catalogue.composite(&book.id).await.unwrap().unwrap();
        assert!(told.drawn.is_empty());
        assert!(claim(catalogue, at(3)).await.is_none(), "somebody may still be drawing");
        let job = claim(catalogue, at(2) + std::time::Duration::from_secs(60)).await.unwrap();
        assert_eq!((job.kind, &job.leftovers.uploads), (JobKind::CleanUp, &book.drawn));
        assert_eq!(catalogue.unneeded(&job).await.unwrap(), job.leftovers);
        book.status = CompositeStatus::Rasterizing;
        assert!(catalogue.advance_composite(&book, at(70)).await.unwrap(), "it is tried again");
        assert!(catalogue.unneeded(&job).await.unwrap().uploads.is_empty());
    }
}

#[tokio::test]
async fn documents_are_taken_in_together_or_not_at_all() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let nowhere = NewComposite { space: 99, ..book() };
        let refused = catalogue.register_composites(2, &[book(), nowhere], at(1)).await;
        assert!(refused.unwrap_err().to_string().contains("space 99"));
        assert!(claim(catalogue, at(1)).await.is_none());
    }
}
