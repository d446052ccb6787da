use model::named_query::{Question, Template};

use super::{
    house::*,
    plans::{assert_uses, fill, plan},
};
use crate::{
    AssetFields, Catalogue, Change, Expected, NewAsset, Priority, Stretch, cards::card_row,
    named_queries::found_assets::select,
};

const ALL: Stretch = Stretch { offset: 0, limit: 1000 };

fn ask(template: &str, path: &str) -> Question {
    template.parse::<Template>().unwrap().ask(path).unwrap()
}

/// The names of what is found, in order.
async fn found(catalogue: &Catalogue, template: &str, path: &str) -> String {
    let question = ask(template, path);
    let cards = catalogue.found_cards(2, &question, ALL).await.unwrap();
    let names: Vec<_> = cards.iter().map(|card| card.id.name().to_owned()).collect();
    let ids = catalogue.found_ids(2, &question, ALL).await.unwrap();
    assert_eq!(ids.iter().map(|id| id.name()).collect::<Vec<_>>(), names);
    assert_eq!(catalogue.count_found(2, &question, 1000).await.unwrap(), names.len() as u64);
    names.join(" ")
}

/// Text 1, number 1, number 2 and a manifest.
fn page(name: &str, described: (Option<&str>, i64, i64), manifest: &str) -> NewAsset {
    let (string1, number1, number2) = described;
    let fields = AssetFields {
        string1: string1.map_or(Change::Clear, |text| Change::Set(text.to_owned())),
        number1: Change::Set(number1),
        number2: Change::Set(number2),
        manifests: Change::Set(vec![manifest.to_owned(), "all".to_owned()]),
        ..image()
    };
    NewAsset { id: id(name), fields }
}

/// Two spaces of customer 2, and another customer who has the same.
async fn shelve(catalogue: &Catalogue) {
    furnish(catalogue).await;
    catalogue.put_space(2, 6, &named("Letters"), at(0)).await.unwrap();
    catalogue.put_space(1, 5, &named("maps"), at(0)).await.unwrap();
    for new in [
        page("2/5/c", (Some("vol"), 1, 9), "m1"),
        page("2/5/a", (Some("vol"), 2, 9), "m1"),
        page("2/5/b", (Some("vol"), 2, 8), "m2"),
        page("2/6/d", (Some("vol"), 3, 7), "m2"),
        page("2/6/e", (None, 0, 0), "m3"),
        page("1/5/c", (Some("vol"), 1, 9), "m1"),
    ] {
        catalogue.register_asset(&new, Priority::Normal, at(1)).await.unwrap();
    }
}

#[tokio::test]
async fn every_condition_finds_what_fits_and_all_must_hold() {
    for house in houses().await {
        let catalogue = house.enter();
        shelve(catalogue).await;
        for (template, path, expected) in [
            ("s1=p1", "vol", "c a b d"),
            ("s1=p1&space=p2", "vol/5", "c a b"),
            ("s1=p1&space=p2&#=6", "vol", "d"),
            ("s1=p1&n1=p2", "vol/2", "a b"),
            ("s1=p1&n1=p2&n2=p3", "vol/2/8", "b"),
            ("space=p1", "6", "e d"),
            ("spacename=p1", "letters", "e d"),
            ("spacename=p1&n2=p2", "LETTERS/7", "d"),
            ("spacename=p1", "nowhere", ""),
            ("manifest=p1", "m1", "c a"),
            ("manifest=p1", "m1,m3", "e c a"),
            ("manifest=p1&space=p2", "all/6", "e d"),
            ("s2=p1", "vol", ""),
            ("n3=0", "", "e c a b d"),
        ] {
            assert_eq!(found(catalogue, template, path).await, expected, "{template} {path}");
        }
    }
}

#[tokio::test]
async fn the_order_is_the_databases_and_always_the_same() {
    for house in houses().await {
        let catalogue = house.enter();
        shelve(catalogue).await;
        for (order, expected) in [
            ("", "e c a b d"),
            ("&assetOrder=n1", "e c a b d"),
            ("&assetOrder=n1+desc", "d b a c e"),
            ("&assetOrder=n2", "e d b a c"),
            ("&assetOrder=n1;n2+desc", "e c a b d"),
            ("&assetOrder=n1;n2", "e c b a d"),
            ("&assetOrder=s1;n1 desc", "d b a c e"),
            ("&assetOrder=s1+desc;n1", "e c a b d"),
            ("&assetOrder=s2", "a b c d e"),
        ] {
            let template = format!("manifest=p1{order}");
            assert_eq!(found(catalogue, &template, "all").await, expected, "{template}");
        }
        let second = Stretch { offset: 1, limit: 2 };
        let cards = catalogue.found_cards(2, &ask("s1=p1", "vol"), second).await.unwrap();
        let names: Vec<_> = cards.iter().map(|card| card.id.name()).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(catalogue.count_found(2, &ask("s1=p1", "vol"), 3).await.unwrap(), 3);
    }
}

#[tokio::test]
async fn a_batch_finds_what_was_ever_in_it() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let register = async |names: &[&str]| {
            let assets: Vec<_> = names.iter().map(|name| page(name, (None, 0, 0), "m")).collect();
            let batch = catalogue.register_batch(2, &assets, Priority::Normal, at(1)).await;
            batch.unwrap().id.to_string()
        };
        let first = register(&["2/5/a", "2/5/b"]).await;
        let second = register(&["2/5/b", "2/5/c"]).await;
        assert_eq!(found(catalogue, "batch=p1", &first).await, "a b");
        assert_eq!(found(catalogue, "batch=p1", &second).await, "b c");
        assert_eq!(found(catalogue, "batch=p1", &format!("{first},{second}")).await, "a b c");
        let stranger = ask("batch=p1", &first);
        assert!(catalogue.found_ids(1, &stranger, ALL).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_is_not_for_delivery_is_not_found() {
    for house in houses().await {
        let catalogue = house.enter();
        shelve(catalogue).await;
        let withhold = "UPDATE asset SET not_for_delivery = TRUE WHERE name = 'a'";
        tamper(catalogue, withhold, []).await;
        assert_eq!(found(catalogue, "s1=p1", "vol").await, "c b d");
    }
}

#[tokio::test]
async fn a_card_that_is_found_says_what_the_card_says() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        ingest(catalogue, "2/5/a", at(1)).await;
        let fields = AssetFields {
            string2: Change::Set("x".into()),
            tags: Change::Set(vec!["t".into()]),
            roles: Change::Set(vec!["r".into()]),
            open_full_max: Change::Set(400),
            ..AssetFields::default()
        };
        catalogue.patch_asset(&id("2/5/a"), &fields, Priority::Normal, at(2)).await.unwrap();
        let card = catalogue.card(&id("2/5/a")).await.unwrap().unwrap();
        let found = catalogue.found_cards(2, &ask("s2=x", ""), ALL).await.unwrap();
        assert_eq!(found, [(*card).clone()]);
    }
}

#[tokio::test]
async fn a_stamp_holds_until_something_changes_where_was_looked() {
    for house in houses().await {
        let catalogue = house.enter();
        shelve(catalogue).await;
        let (in_space, anywhere) = (ask("space=5", ""), ask("s1=vol", ""));
        let by_name = ask("spacename=maps&space=5", "");
        let stamps = || [&in_space, &anywhere, &by_name].map(|asked| catalogue.stamp(2, asked));
        let held = |stamps: [_; 3]| stamps.map(|stamp| catalogue.holds(&stamp));
        let before = stamps();
        assert_eq!(held(before), [true, true, true]);
        ingest_next(catalogue).await;
        assert_eq!(held(before), [false, false, false], "2/5/c was registered first");
        for (change, expected) in [
            (Doing::Patch("2/5/a"), [false, false, false]),
            (Doing::Patch("2/6/d"), [true, false, false]),
            (Doing::Delete("2/5/b"), [false, false, false]),
            (Doing::Rename(6), [true, false, false]),
            (Doing::Patch("1/5/c"), [true, true, true]),
        ] {
            let before = stamps();
            change.be_done(catalogue).await;
            assert_eq!(held(before), expected, "{change:?}");
        }
    }
}

#[tokio::test]
async fn a_stamp_does_not_outlive_the_cards_age() {
    for house in houses().await {
        if house.is_in_memory() {
            continue;
        }
        house.enter();
        let other = house.another_process_with_cards_of_age(0).await;
        let asked = ask("space=5", "");
        assert!(!other.holds(&other.stamp(2, &asked)));
    }
}

#[derive(Debug, Clone, Copy)]
enum Doing {
    Patch(&'static str),
    Delete(&'static str),
    Rename(u32),
}

impl Doing {
    async fn be_done(self, catalogue: &Catalogue) {
        match self {
            Self::Patch(name) => {
                let fields = AssetFields { number3: Change::Set(7), ..AssetFields::default() };
                let patched =
                    catalogue.patch_asset(&id(name), &fields, Priority::Normal, at(5)).await;
                patched.unwrap();
            }
            Self::Delete(name) => {
                catalogue.delete_asset(&id(name), &Expected::Whatever, at(5)).await.unwrap();
            }
            Self::Rename(space) => {
                catalogue.patch_space(2, space, &named("renamed"), at(5)).await.unwrap();
            }
        }
    }
}

async fn ingest_next(catalogue: &Catalogue) {
    let job = claim(catalogue, at(2)).await.unwrap();
    assert_eq!(job.asset, id("2/5/c"));
    catalogue.record_ingested(&job, &result(), at(3)).await.unwrap();
}

/// Every kind of question, of a large library, as delivery asks it.
#[tokio::test]
async fn no_question_reads_the_whole_library() {
    for house in houses().await {
        fill(house.enter()).await;
        let stretch = Stretch { offset: 0, limit: 5001 };
        for (template, path, index) in [
            ("s1=p1&assetOrder=n1", "s7", "asset_by_string1"),
            ("s1=p1&space=p2", "s7/5", "asset_by_string1"),
            ("s2=p1", "s7", "asset_by_string2"),
            ("n1=p1", "7", "asset_by_number1"),
            ("n2=p1&s1=p2", "0/s7", "asset_by_string1"),
            ("manifest=p1", "m7", "asset_label"),
            ("batch=p1", "7", "batch_member"),
            ("space=p1", "5", "asset_by_number1_in_space"),
            ("spacename=p1", "maps", "asset_by_number1_in_space"),
        ] {
            let (sql, values) = select(card_row::SELECT, 2, &ask(template, path), stretch);
            let plan = plan(&house, &sql, values).await;
            assert!(plan.contains(index), "{template}: {index} is not used:\n{plan}");
            let whole = plan.lines().any(|line| line.trim() == "SCAN asset");
            assert!(!whole && !plan.contains("Seq Scan on asset"), "{template}:\n{plan}");
        }
        for (template, path, index) in [
            ("s1=p1&assetOrder=n1", "s7", "asset_by_string1"),
            ("space=p1", "5", "asset_by_number1_in_space"),
            ("space=p1&assetOrder=n1+desc", "5", "asset_by_number1_in_space"),
        ] {
            let (sql, values) = select(card_row::SELECT, 2, &ask(template, path), stretch);
            assert_uses(&plan(&house, &sql, values).await, index);
        }
    }
}
