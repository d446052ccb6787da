use sea_orm::Value;

use super::house::*;
use crate::{
    AssetFilter, Catalogue, Error, Order, asset_row,
    claim_job::claim as claim_sql,
    database::query::{self, Record, Row},
};

/// One line of what a database intends to do.
struct Step(String);

impl Record for Step {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self(row.text("QUERY PLAN").or_else(|_| row.text("detail"))?))
    }
}

pub(super) async fn plan(
    house: &House,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> String {
    let explain = if house.is_postgres() { "EXPLAIN" } else { "EXPLAIN QUERY PLAN" };
    let sql = format!("{explain} {sql}");
    let steps = query::all::<Step>(house.catalogue.database().writer(), &sql, values).await;
    let steps: Vec<_> = steps.unwrap().into_iter().map(|step| step.0).collect();
    steps.join("\n")
}

/// Reads by this index and nothing else, and sorts nothing.
#[track_caller]
pub(super) fn assert_uses(plan: &str, index: &str) {
    assert!(plan.contains(index), "{index} is not used:\n{plan}");
    for slow in ["Seq Scan", "Sort", "TEMP B-TREE", "SCAN asset", "SCAN job"] {
        let covered = plan.contains("USING COVERING INDEX") || plan.contains("USING INDEX");
        assert!(!plan.contains(slow) || (slow == "SCAN job" && covered), "{slow}:\n{plan}");
    }
}

/// So many that a plan must look like those of a large library.
pub(super) async fn fill(catalogue: &Catalogue) {
    furnish(catalogue).await;
    register(catalogue, "2/5/a", at(0)).await;
    let numbers = "WITH RECURSIVE numbers (n) AS
        (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)";
    let columns = "media_type, family, channels, roles, tags, manifests, max_unauthorised,
        number2, number3, width, height, duration, gray, thumbnails, source_bytes, stored_bytes,
        thumbnail_bytes, modified, ingesting, not_for_delivery, version, customer, space";
    let sql = format!(
        "{numbers} INSERT INTO asset (name, created, string1, number1, {columns})
         SELECT 'n' || n, asset.created + n, 's' || n % 2000, n % 2000, {columns}
         FROM numbers CROSS JOIN asset"
    );
    tamper(catalogue, &sql, []).await;
    let columns = "kind, dead, attempts, max_attempts, customer, space, name, version, created";
    let sql = format!(
        "{numbers} INSERT INTO job (priority, due, {columns})
         SELECT n % 4, due + n, {columns} FROM numbers CROSS JOIN job"
    );
    tamper(catalogue, &sql, []).await;
    tamper(catalogue, "ANALYZE", []).await;
}

#[tokio::test]
async fn what_is_asked_most_is_found_by_an_index() {
    for house in houses().await {
        let catalogue = house.enter();
        fill(catalogue).await;
        let key = if house.is_postgres() { "asset_pkey" } else { "sqlite_autoindex_asset_1" };
        let by_id =
            format!("{} WHERE customer = $1 AND space = $2 AND name = $3", asset_row::SELECT);
        assert_uses(&plan(&house, &by_id, query::key_of(&id("2/5/n7"))).await, key);

        let now = query::micros(at(1));
        let values = ["w".into(), now.into(), now.into(), "ingest-image".into(), "clean-up".into()];
        let sql = claim_sql(catalogue.database().writer(), 2);
        assert_uses(&plan(&house, &sql, values).await, "job_due");

        let of_asset = "DELETE FROM job WHERE customer = $1 AND space = $2 AND name = $3";
        assert_uses(&plan(&house, of_asset, query::key_of(&id("2/5/n7"))).await, "job_of_asset");
        let caller = "SELECT * FROM api_key WHERE name = $1";
        let caller = plan(&house, caller, ["key".into()]).await;
        assert!(house.is_postgres() || caller.contains("USING INDEX"), "{caller}");
    }
}

#[tokio::test]
async fn lists_are_read_in_the_order_of_an_index() {
    for house in houses().await {
        fill(house.enter()).await;
        let everything = AssetFilter::default();
        for (space, order, index) in [
            (Some(5), Order::ascending("created"), "asset_by_age_in_space"),
            (Some(5), Order::descending("created"), "asset_by_age_in_space"),
            (None, Order::ascending("created"), "asset_by_age "),
            (Some(5), Order::ascending("id"), "asset_"),
        ] {
            let (condition, values) = everything.condition(2, space);
            let order: Order<crate::AssetProperty> = order.unwrap();
            let order = order.by.order(order.descending);
            let select = asset_row::SELECT;
            let sql = format!("{select} WHERE {condition} ORDER BY {order} LIMIT 100 OFFSET 200");
            assert_uses(&plan(&house, &sql, values).await, index);
        }
    }
}

#[tokio::test]
async fn filters_are_answered_by_an_index() {
    for house in houses().await {
        fill(house.enter()).await;
        let s = AssetFilter { string1: Some("s7".into()), ..AssetFilter::default() };
        let n = AssetFilter { number1: Some(7), ..AssetFilter::default() };
        for (filter, index) in [(s, "asset_by_string1"), (n, "asset_by_number1")] {
            let (condition, values) = filter.condition(2, Some(5));
            let sql = format!("SELECT COUNT(*) FROM asset WHERE {condition}");
            assert_uses(&plan(&house, &sql, values).await, index);
        }
        let ids = format!(
            "{} WHERE (customer, space, name) IN (VALUES ($1, $2, $3), ($4, $5, $6))",
            asset_row::SELECT
        );
        let values =
            [id("2/5/n1"), id("2/5/n2")].iter().flat_map(query::key_of).collect::<Vec<_>>();
        let plan = plan(&house, &ids, values).await;
        assert!(!plan.contains("Seq Scan") && !plan.contains("SCAN asset"), "{plan}");
    }
}
