use sea_orm::Value;

use super::house::*;
use crate::{
    AssetFilter, AssetProperty, AssetTest, BatchScope, Catalogue, Comparison, Cursor, Error,
    JobKind, LabelList, Literal, Order,
    assets::asset_row,
    database::{
        many,
        query::{self, Record, Row},
    },
    events::feed,
    jobs::claim_job::claim as claim_sql,
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
    let columns = "kind, lane, attempts, max_attempts, space, name, version, created";
    let sql = format!(
        "{numbers} INSERT INTO job (priority, turn, state, customer, due, {columns})
         SELECT n % 4, n, CASE n % 100 WHEN 1 THEN 'asleep' WHEN 2 THEN 'aside' WHEN 3 THEN 'dead'
            ELSE 'ready' END, 2 + n % 7, due + n, {columns} FROM numbers CROSS JOIN job"
    );
    tamper(catalogue, &sql, []).await;
    let labels = "INSERT INTO asset_label (customer, kind, value, space, name)
                  SELECT customer, 'tag', 't' || number1, space, name FROM asset";
    tamper(catalogue, labels, []).await;
    let batches = format!(
        "{numbers} INSERT INTO batch
         (customer, priority, submitted, members, waiting, failed, finished)
         SELECT 2, 2, n, 1, 0, 0, CASE WHEN n < 19900 THEN n END FROM numbers"
    );
    tamper(catalogue, &batches, []).await;
    let members = format!(
        "{numbers} INSERT INTO batch_member (batch, customer, space, name, ended)
         SELECT n, 2, 5, 'n' || n, CASE WHEN n < 19900 THEN n END FROM numbers"
    );
    tamper(catalogue, &members, []).await;
    catalogue.refresh_statistics().await.unwrap();
}

#[tokio::test]
async fn what_is_asked_most_is_found_by_an_index() {
    for house in houses().await {
        let catalogue = house.enter();
        fill(catalogue).await;
        let key = if house.is_postgres() { "using asset_" } else { "sqlite_autoindex_asset_1" };
        let by_id =
            format!("{} WHERE customer = $1 AND space = $2 AND name = $3", asset_row::SELECT);
        assert_uses(&plan(&house, &by_id, query::key_of(&id("2/5/n7"))).await, key);

        let now = query::micros(at(1));
        let kinds = [JobKind::IngestImage, JobKind::IngestFile, JobKind::CleanUp];
        let (sql, values) = claim_sql(catalogue.database().writer(), &kinds);
        let values = ["w".into(), now.into()].into_iter().chain(values);
        let claim = plan(&house, &sql, values).await;
        // The first of each lane by the index; these two alone are sorted.
        assert_eq!(claim.matches("job_ready").count(), 2, "{claim}");
        assert!(!claim.contains("Seq Scan on job") && !claim.contains("SCAN job"), "{claim}");

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
            let order: Order<AssetProperty> = order.unwrap();
            let order = order.by.order(order.descending);
            let select = asset_row::SELECT;
            let sql = format!("{select} WHERE {condition} ORDER BY {order} LIMIT 100 OFFSET 200");
            assert_uses(&plan(&house, &sql, values).await, index);
        }
    }
}

/// Every question that the API asks of a large library, as the API asks it.
#[tokio::test]
async fn no_question_reads_the_whole_table() {
    for house in houses().await {
        fill(house.enter()).await;
        let text = |text: &str| vec![Literal::Text(text.into())];
        let one = |name: &str, literals| vec![AssetTest::OneOf(name.parse().unwrap(), literals)];
        let exists = |name: &str| vec![AssetTest::Exists(name.parse().unwrap(), true)];
        let seven = || vec![Literal::Number(7)];
        let compared = |name: &str, literal| {
            vec![AssetTest::Compared(name.parse().unwrap(), Comparison::Below, literal)]
        };
        let long_ago = Literal::Number(query::micros(at(-9)));
        let tagged = vec![AssetTest::HasAny(LabelList::Tags, vec!["t7".into()])];
        let both = [one("string1", text("s7")), one("number1", seven())].concat();
        for (tests, batch, index) in [
            (one("string1", text("s7")), None, "asset_by_string1"),
            (one("string2", text("s7")), None, "asset_by_string2"),
            (one("number1", seven()), None, "asset_by_number1"),
            (both, None, "asset_by_string1"),
            (one("id", text("n7")), None, "asset_by_name"),
            (one("mediaType", text("audio/mpeg")), None, "asset_by_media_type"),
            (exists("error"), None, "asset_with_error"),
            (compared("finished", long_ago.clone()), None, "asset_by_end"),
            (compared("created", long_ago), None, "asset_by_age"),
            (tagged, None, "asset_label"),
            (vec![], Some(BatchScope::Last(7)), "asset_of_batch"),
            (vec![], Some(BatchScope::Ever(7)), "batch_member"),
        ] {
            let filter = AssetFilter { tests, batch };
            let (condition, values) = filter.condition(2, None);
            let select = asset_row::SELECT;
            let order = AssetProperty::default().order(false);
            for sql in [
                format!("SELECT COUNT(*) FROM asset WHERE {condition}"),
                format!("{select} WHERE {condition} ORDER BY {order} LIMIT 100"),
            ] {
                let plan = plan(&house, &sql, values.clone()).await;
                assert!(!plan.contains("Seq Scan"), "{sql}:\n{plan}");
                let whole = plan.lines().any(|line| line.trim() == "SCAN asset");
                assert!(!whole, "{sql}:\n{plan}");
                let counts = sql.starts_with("SELECT COUNT");
                // To list a few in order, reading in that order may be cheaper than sorting.
                assert!(
                    !counts || !house.is_postgres() || plan.contains(index),
                    "{index}:\n{plan}"
                );
            }
        }
    }
}

/// Where a cursor leads, nothing is counted off and nothing sorted, however far in.
#[tokio::test]
async fn a_page_from_a_cursor_begins_in_the_index() {
    for house in houses().await {
        fill(house.enter()).await;
        for (by, index) in [("created", "asset_by_age"), ("number1", "asset_by_number1")] {
            let order: Order<AssetProperty> = Order::ascending(by).unwrap();
            let asset = house.catalogue.asset(&id("2/5/n19000")).await.unwrap().unwrap();
            for backwards in [false, true] {
                let cursor = Cursor::beside(&asset, order, backwards, 20_001).unwrap();
                let (condition, mut values) = AssetFilter::default().condition(2, None);
                let (beyond, more) = cursor.condition(order, values.len() + 1);
                values.extend(more);
                let direction = order.by.order(backwards);
                let sql = format!(
                    "{} WHERE {condition} AND {beyond} ORDER BY {direction} LIMIT 100",
                    asset_row::SELECT
                );
                let plan = plan(&house, &sql, values).await;
                assert_uses(&plan, index);
                assert!(!house.is_postgres() || !plan.contains("Filter"), "{plan}");
            }
        }
    }
}

/// What batches and the portal's overviews ask.
#[tokio::test]
async fn batches_are_found_and_counted_by_an_index() {
    for house in houses().await {
        fill(house.enter()).await;
        for (sql, index) in [
            (
                "SELECT id FROM batch WHERE customer = 2 AND finished IS NULL ORDER BY id LIMIT 9",
                "batch_unfinished",
            ),
            (
                "SELECT id FROM batch WHERE customer = 2 AND finished IS NOT NULL
              ORDER BY finished DESC, id DESC LIMIT 9",
                "batch_finished",
            ),
            (
                "SELECT SUM(waiting) FROM batch
              WHERE customer = 2 AND finished IS NULL AND priority = 2",
                "batch_unfinished",
            ),
            (
                "UPDATE batch_member SET ended = 1
              WHERE (customer, space, name) IN (VALUES (2, 5, 'n7')) AND ended IS NULL",
                "batch_member_waiting",
            ),
            (
                "SELECT name FROM batch_member WHERE batch = 7 AND error IS NOT NULL
              ORDER BY space, name",
                "batch_member",
            ),
            (
                "SELECT string3, COUNT(*) FROM asset WHERE customer = 2 AND error IS NOT NULL
              GROUP BY string3",
                "asset_with_error",
            ),
        ] {
            let plan = plan(&house, sql, []).await;
            assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{sql}:\n{plan}");
        }
    }
}

/// What those ask who hear of everything, and who gives events their places.
#[tokio::test]
async fn the_line_of_events_is_read_from_where_one_is() {
    for house in houses().await {
        fill(house.enter()).await;
        house.catalogue.line_up_events().await.unwrap();
        let sql = "INSERT INTO event (place, at, kind, customer, space, name, engine_notified)
                   SELECT n, n, 'asset.updated', 2, 5, 'n' || n, FALSE FROM (
                       SELECT number1 + 100 AS n FROM asset WHERE number1 > 0) AS numbers";
        tamper(&house.catalogue, sql, []).await;
        house.catalogue.refresh_statistics().await.unwrap();
        tamper(&house.catalogue, "ANALYZE", []).await;
        let near_the_end = [1950_i64.into(), 100_i64.into()];
        let all = plan(&house, &feed::of_all(), near_the_end).await;
        assert!(all.contains("event_in_line") && !all.contains("Seq Scan on event"), "{all}");
        let values = [2_i64.into(), 2090_i64.into(), 100_i64.into()];
        let own = plan(&house, &feed::of_customer(&2.into()), values).await;
        assert!(own.contains("USING INDEX event_") || own.contains("using event_"), "{own}");
        let waiting = "SELECT id FROM event WHERE place IS NULL ORDER BY id LIMIT 1";
        assert_uses(&plan(&house, waiting, []).await, "event_not_in_line");
    }
}

#[tokio::test]
async fn many_assets_are_found_by_their_ids_without_a_scan() {
    for house in houses().await {
        fill(house.enter()).await;
        for ids in [["2/5/n1", "2/5/n2"], ["2/5/n1", "2/6/n2"]] {
            let (among, values) = many::among(&ids.map(id));
            let sql = format!("{} WHERE {among}", asset_row::SELECT);
            let plan = plan(&house, &sql, values).await;
            assert!(!plan.contains("Seq Scan") && !plan.contains("SCAN asset"), "{plan}");
        }
    }
}
