use std::time::Duration;

use super::house::*;
use crate::{
    AssetCard, Catalogue, Job, JobEnd, JobKind, MadeFile, NewNamedQuery, Priority, ProjectionKind,
    ProjectionName, Stage, StageNote, Stretch, UnaskedProjection, members_print,
};

const LEASE: Duration = Duration::from_secs(60);

fn book() -> ProjectionName {
    ProjectionName::new(2, ProjectionKind::Pdf, "book", "vol")
}

async fn claim(catalogue: &Catalogue, seconds: i64) -> Option<Job> {
    catalogue.claim_job(&[JobKind::Project], "binder", LEASE, at(seconds)).await.unwrap()
}

fn file(job: &Job) -> MadeFile {
    MadeFile {
        version: job.version,
        made: at(9),
        members: "m".to_owned(),
        maker: String::new(),
        file_name: "vol-7.pdf".to_owned(),
        items: 3,
        pages: 4,
        bytes: 5,
        roles: vec!["staff".to_owned()],
        shown: vec!["2/5/a".parse().unwrap()],
    }
}

#[tokio::test]
async fn however_many_want_a_projection_it_is_made_once() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        assert_eq!(catalogue.projection(&book()).await.unwrap(), None);
        let wanted = catalogue.want_projection(&book(), Priority::Priority, at(0)).await.unwrap();
        let again = house.another_process().await;
        let again = again.want_projection(&book(), Priority::Priority, at(1)).await.unwrap();
        assert_eq!(wanted, again);
        let waiting = catalogue.projection(&book()).await.unwrap().unwrap();
        assert_eq!((waiting.job, waiting.made, waiting.created), (Some(wanted), None, at(0)));

        let job = claim(catalogue, 2).await.unwrap();
        assert_eq!((job.id, claim(catalogue, 2).await), (wanted, None));
        let made = catalogue.projection_of(&job).await.unwrap().unwrap();
        assert_eq!((&made.name, made.job, made.percent), (&book(), Some(wanted), None));
        let note = StageNote { job: job.id, stage: Stage::Converting, percent: Some(40) };
        catalogue.note_stages("binder", &[note]).await.unwrap();
        assert_eq!(catalogue.projection(&book()).await.unwrap().unwrap().percent, Some(40));
        assert!(catalogue.record_projection(&job, &file(&job), at(9)).await.unwrap());
        let made = catalogue.projection(&book()).await.unwrap().unwrap();
        assert_eq!((made.job, made.percent, made.made), (None, None, Some(file(&job))));
        let end = catalogue.wait_for_job(wanted, Duration::ZERO).await.unwrap();
        assert_eq!(end, JobEnd::Ended);

        let next = catalogue.want_projection(&book(), Priority::Background, at(9)).await.unwrap();
        let newer = claim(catalogue, 9).await.unwrap();
        assert!(next != wanted && newer.version > job.version, "{newer:?}");
        let between = catalogue.projection(&book()).await.unwrap().unwrap();
        assert_eq!(
            (between.job, between.made),
            (Some(next), Some(file(&job))),
            "the old one stays"
        );
    }
}

#[tokio::test]
async fn a_projection_that_failed_says_why_until_it_is_wanted_again() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        for (attempt, as_any_job) in [(0, false), (10, true)] {
            catalogue.want_projection(&book(), Priority::Normal, at(attempt)).await.unwrap();
            let job = claim(catalogue, attempt).await.unwrap();
            let reason = "no\0 paper";
            if as_any_job {
                let recorded = catalogue.record_failed(&job, reason, at(attempt)).await.unwrap();
                assert_eq!(recorded, crate::Recorded::Accepted);
            } else {
                assert!(catalogue.fail_projection(&job, reason, at(attempt)).await.unwrap());
            }
            let failed = catalogue.projection(&book()).await.unwrap().unwrap();
            assert_eq!(failed.job, None);
            assert_eq!(failed.failure, Some((at(attempt), "no\u{fffd} paper".to_owned())));
            assert!(!catalogue.fail_projection(&job, "again", at(attempt)).await.unwrap());
            let same = catalogue.projection(&book()).await.unwrap();
            assert_eq!(same, Some(failed), "who lost a job has no say");
        }
        catalogue.want_projection(&book(), Priority::Normal, at(20)).await.unwrap();
        assert_eq!(catalogue.projection(&book()).await.unwrap().unwrap().failure, None);
    }
}

#[tokio::test]
async fn what_was_deleted_is_not_brought_back_by_who_was_making_it() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        catalogue.want_projection(&book(), Priority::Normal, at(0)).await.unwrap();
        let job = claim(catalogue, 0).await.unwrap();
        assert!(catalogue.delete_projection(&book()).await.unwrap());
        assert!(!catalogue.delete_projection(&book()).await.unwrap());
        assert!(!catalogue.heartbeat(&job, LEASE, at(1)).await.unwrap());
        assert_eq!(catalogue.projection_of(&job).await.unwrap(), None);
        assert!(!catalogue.record_projection(&job, &file(&job), at(1)).await.unwrap());
        assert_eq!(catalogue.projection(&book()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn what_nobody_asks_for_is_forgotten_but_not_while_it_is_made() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let (day, zip) = (86_400, ProjectionName { kind: ProjectionKind::Zip, ..book() });
        for name in [&book(), &zip] {
            catalogue.want_projection(name, Priority::Normal, at(0)).await.unwrap();
        }
        let forgotten = catalogue.forget_unasked(at(9), 10).await.unwrap();
        assert_eq!(forgotten, [], "they are in the making");
        let mut jobs = Vec::new();
        for _ in 0..2 {
            let job = claim(catalogue, 0).await.unwrap();
            assert!(catalogue.record_projection(&job, &file(&job), at(9)).await.unwrap());
            jobs.push(job);
        }
        let asked = catalogue.projection(&book()).await.unwrap().unwrap();
        catalogue.note_asked(&asked, at(day - 1)).await.unwrap();
        let same = catalogue.projection(&book()).await.unwrap().unwrap();
        assert_eq!(same.asked, at(0), "that is not noted each time");
        catalogue.note_asked(&asked, at(day)).await.unwrap();
        assert_eq!(catalogue.projection(&book()).await.unwrap().unwrap().asked, at(day));

        let forgotten = catalogue.forget_unasked(at(day), 10).await.unwrap();
        let gone = UnaskedProjection {
            customer: 2,
            kind: ProjectionKind::Zip,
            id: zip.id(),
            version: jobs[1].version,
        };
        assert_eq!(forgotten, [gone]);
        assert_eq!(catalogue.projection(&zip).await.unwrap(), None);
        assert!(catalogue.projection(&book()).await.unwrap().is_some());
        let forgotten = catalogue.forget_unasked(at(2 * day), 10).await.unwrap();
        assert_eq!((forgotten.len(), forgotten[0].id == book().id()), (1, true));
    }
}

#[tokio::test]
async fn files_of_other_settings_are_out_of_date() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        catalogue.want_projection(&book(), Priority::Normal, at(0)).await.unwrap();
        assert_eq!(catalogue.outdate_projections("1000").await.unwrap(), 0, "there is no file");
        let job = claim(catalogue, 0).await.unwrap();
        let made = MadeFile { maker: "1000".to_owned(), ..file(&job) };
        assert!(catalogue.record_projection(&job, &made, at(9)).await.unwrap());
        for (maker, outdated, members) in [("1000", 0, "m"), ("1500", 1, ""), ("1500", 0, "")] {
            assert_eq!(catalogue.outdate_projections(maker).await.unwrap(), outdated);
            let found = catalogue.projection(&book()).await.unwrap().unwrap().made.unwrap();
            assert_eq!(found.members, members, "{maker}");
        }
    }
}

#[tokio::test]
async fn members_are_told_from_what_they_were() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let new = NewNamedQuery {
            name: "book".into(),
            template: "space=p1".into(),
            global: false,
            presentation: None,
        };
        let query = catalogue.create_named_query(2, &new, at(0)).await.unwrap();
        let question = query.parsed().unwrap().ask("5").unwrap();
        register(catalogue, "2/5/a", at(0)).await;
        let stretch = Stretch { offset: 0, limit: 9 };
        let cards = catalogue.found_cards(2, &question, stretch).await.unwrap();
        let print = |cards: &[AssetCard]| members_print(ProjectionKind::Pdf, &query, cards);
        assert_eq!(print(&cards), print(&cards.clone()));
        type Change = fn(&mut AssetCard);
        let changes: [(Change, bool); 5] = [
            (|card| card.version += 1, true),
            (|card| card.roles.push("staff".into()), true),
            (|card| card.string2 = Some("1r".into()), true),
            (|card| card.tags.push("red".into()), false),
            (|card| card.modified = at(99), false),
        ];
        for (n, (change, is_other)) in changes.into_iter().enumerate() {
            let mut changed = cards.clone();
            change(&mut changed[0]);
            assert_eq!(print(&changed) != print(&cards), is_other, "change {n}");
        }
        assert_ne!(print(&[]), print(&cards));
        assert_ne!(members_print(ProjectionKind::Zip, &query, &cards), print(&cards));
    }
}
