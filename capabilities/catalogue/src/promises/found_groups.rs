use model::named_query::{Groups, Template};

use super::{
    house::*,
    plans::{fill, plan},
};
use crate::{
    AssetFields, Catalogue, Change, NewAsset, Priority,
    database::query,
    named_queries::found_groups::{all, each},
};

fn ask(template: &str, path: &str) -> Groups {
    template.parse::<Template>().unwrap().ask_for_groups(path).unwrap()
}

/// In both ways of looking, which have to see the same.
async fn found(catalogue: &Catalogue, groups: &Groups, from: Option<&str>, limit: u64) -> String {
    let seen = catalogue.found_groups(2, groups, from, limit).await.unwrap();
    for select in [all, each] {
        let (sql, values) = select(2, groups, from, limit).unwrap();
        let reader = catalogue.database().reader();
        assert_eq!(query::all::<String>(reader, &sql, values).await.unwrap(), seen);
    }
    seen.join(" ")
}

async fn shelve(catalogue: &Catalogue) {
    furnish(catalogue).await;
    catalogue.put_space(2, 6, &named("Letters"), at(0)).await.unwrap();
    catalogue.put_space(1, 5, &named("maps"), at(0)).await.unwrap();
    for (name, volume, number) in [
        ("2/5/c", Some("vol"), 10),
        ("2/5/a", Some("vol"), 9),
        ("2/5/b", Some("atlas"), -3),
        ("2/6/d", Some("box"), 9),
        ("2/6/e", None, 9),
        ("2/6/new", Some("new"), 77),
        ("2/6/f", Some(""), 9),
        ("2/6/g", Some(".."), 9),
        ("1/5/c", Some("theirs"), 99),
    ] {
        let fields = AssetFields {
            string1: volume.map_or(Change::Clear, |text| Change::Set(text.to_owned())),
            number2: Change::Set(number),
            ..image()
        };
        let new = NewAsset { id: id(name), fields };
        catalogue.register_asset(&new, Priority::Normal, at(1)).await.unwrap();
    }
    tamper(catalogue, "UPDATE asset SET version = 1 WHERE name <> 'new'", []).await;
}

#[tokio::test]
async fn what_is_found_is_parted_by_each_property_in_its_order() {
    for house in houses().await {
        let catalogue = house.enter();
        shelve(catalogue).await;
        for (template, path, expected) in [
            ("s1=p1&groupby=s1", "", "atlas box vol"),
            ("space=p1&s1=p2&groupby=s1", "5", "atlas vol"),
            ("n2=p1&groupby=n2", "", "-3 9 10"),
            ("spacename=p1&n2=p2&groupby=n2", "letters", "9"),
            ("space=p1&groupby=space", "", "5 6"),
            ("s2=x&s1=p1&groupby=s1", "", ""),
        ] {
            let seen = found(catalogue, &ask(template, path), None, 100).await;
            assert_eq!(seen, expected, "{template} {path}");
        }
    }
}

#[tokio::test]
async fn groups_are_taken_up_where_one_was() {
    for house in houses().await {
        let catalogue = house.enter();
        shelve(catalogue).await;
        let (volumes, numbers) = (ask("s1=p1&groupby=s1", ""), ask("n2=p1&groupby=n2", ""));
        assert_eq!(found(catalogue, &volumes, None, 2).await, "atlas box");
        assert_eq!(found(catalogue, &volumes, Some("box"), 2).await, "box vol");
        assert_eq!(found(catalogue, &volumes, Some("bz"), 2).await, "vol");
        assert_eq!(found(catalogue, &volumes, Some("w"), 2).await, "");
        assert_eq!(found(catalogue, &numbers, Some("9"), 1).await, "9");
        assert!(catalogue.found_groups(2, &numbers, Some("nine"), 1).await.is_err());
    }
}

/// Among many assets, each group is looked up in the index of its property.
#[tokio::test]
async fn the_groups_of_a_large_library_are_read_without_reading_it() {
    for house in houses().await {
        let catalogue = house.enter();
        fill(catalogue).await;
        tamper(catalogue, "UPDATE asset SET version = 1", []).await;
        tamper(catalogue, "ANALYZE", []).await;
        for (template, path, index) in [
            ("s1=p1&groupby=s1", "", "asset_by_string1"),
            ("space=p1&s1=p2&groupby=s1", "5", "asset_by_string1"),
            ("n1=p1&groupby=n1", "", "asset_by_number1"),
        ] {
            let (sql, values) = each(2, &ask(template, path), Some("7"), 1001).unwrap();
            let plan = plan(&house, &sql, values).await;
            // PostgreSQL does not tell of the second look, which stands among the columns of a recursion.
            let looks = if house.is_postgres() { 1 } else { 2 };
            let uses = plan.matches(index).count();
            assert!(uses >= looks, "{template}: {index} is not used:\n{plan}");
            for slow in ["Seq Scan on asset", "Sort Key: asset"] {
                assert!(!plan.contains(slow), "{template}: {slow}:\n{plan}");
            }
            // The groups themselves are put in order, and nothing else.
            assert!(plan.matches("TEMP B-TREE").count() <= 1, "{template}:\n{plan}");
            let whole = plan.lines().any(|line| line.trim() == "SCAN asset");
            assert!(!whole, "{template}:\n{plan}");
        }
        let groups = ask("n1=p1&groupby=n1", "");
        assert_eq!(found(catalogue, &groups, Some("1998"), 3).await, "1998 1999");
    }
}
