use model::Origin;

use super::house::*;
use crate::{CompositeStatus, Fate, JobKind, NewComposite, PageTemplate};

fn book() -> NewComposite {
    let template = PageTemplate { name: "page-{:03d}".to_owned(), ..PageTemplate::default() };
    let origin = "https://files.example.org/book.pdf".parse().unwrap();
    NewComposite { space: 5, origin, seed: 1, template }
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
        catalogue.advance_composite(&book, at(2)).await.unwrap();
        let mut pages = Vec::new();
        for number in 1..=2 {
            let id = book.template.asset_id((2, 5), number).unwrap();
            pages.push(book.template.page(id, number, Origin::upload("x")).unwrap());
        }
        let batch = catalogue.register_batch(2, &pages, job.priority, at(2)).await.unwrap();
        (book.registered, book.batches) = (2, vec![batch.id]);
        catalogue.complete_composite(&job, &book, at(3)).await.unwrap();
        let told = catalogue.composite(&book.id).await.unwrap().unwrap();
        assert_eq!((told.status, told.pages), (CompositeStatus::Completed, Some(2)));
        assert_eq!((told.batches, told.modified), (vec![batch.id], at(3)));
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
