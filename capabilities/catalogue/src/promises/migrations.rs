use super::house::*;
use crate::{Error, database::migrate::names};

#[tokio::test]
async fn migrations_run_once() {
    for house in empty_houses().await {
        let catalogue = house.enter();
        assert_eq!(catalogue.migrations_pending().await.unwrap(), names());
        assert_eq!(catalogue.migrate().await.unwrap(), names());
        assert!(catalogue.migrations_pending().await.unwrap().is_empty());
        assert!(catalogue.migrate().await.unwrap().is_empty());
        catalogue.ping().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_processes_that_migrate_at_once_one_does() {
    for house in empty_houses().await {
        house.enter();
        let processes = [
            house.another_process().await,
            house.another_process().await,
            house.another_process().await,
        ];
        let running = processes.map(|process| tokio::spawn(async move { process.migrate().await }));
        let mut ran = Vec::new();
        for one in running {
            ran.extend(one.await.unwrap().unwrap());
        }
        assert_eq!(ran, names());
        furnish(&house.catalogue).await;
    }
}

#[tokio::test]
async fn a_database_with_another_history_is_refused() {
    for house in houses().await {
        let catalogue = house.enter();
        let newer = "INSERT INTO schema_migration (name, sha256) VALUES ('0099_later', 'x')";
        tamper(catalogue, newer, []).await;
        let refused = catalogue.migrate().await;
        assert!(
            matches!(&refused, Err(Error::Schema(text)) if text.contains("0099_later")),
            "{refused:?}"
        );

        tamper(catalogue, "DELETE FROM schema_migration WHERE name = '0099_later'", []).await;
        tamper(catalogue, "UPDATE schema_migration SET sha256 = 'edited'", []).await;
        let refused = catalogue.migrations_pending().await;
        assert!(matches!(refused, Err(Error::Schema(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn every_connection_to_a_file_is_opened_with_the_same_settings() {
    let houses = houses().await;
    let house = houses.iter().find(|house| !house.is_in_memory() && !house.is_postgres());
    let catalogue = house.unwrap().enter();
    assert!(house.unwrap().file().exists());
    for connection in [catalogue.database().reader(), catalogue.database().writer()] {
        for (pragma, expected) in
            [("foreign_keys", 1), ("synchronous", 1), ("busy_timeout", 10_000)]
        {
            let sql = format!("PRAGMA {pragma}");
            let value = crate::database::query::one::<i64>(connection, &sql, []).await.unwrap();
            assert_eq!(value, Some(expected), "{pragma}");
        }
        let mode =
            crate::database::query::one::<String>(connection, "PRAGMA journal_mode", []).await;
        assert_eq!(mode.unwrap().unwrap(), "wal");
    }
}
