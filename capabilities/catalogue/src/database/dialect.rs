use sea_orm::{ConnectionTrait, DbBackend};

/// What the two databases spell differently; everything else they read alike.
pub(crate) fn is_postgres(database: &impl ConnectionTrait) -> bool {
    database.get_database_backend() == DbBackend::Postgres
}

/// What follows a SELECT whose rows are about to be changed. SQLite locks the whole file anyway.
pub(crate) fn for_update(database: &impl ConnectionTrait) -> &'static str {
    if is_postgres(database) { " FOR UPDATE" } else { "" }
}

/// As [`for_update`], leaving out what someone else is changing.
pub(crate) fn for_update_skip_locked(database: &impl ConnectionTrait) -> &'static str {
    if is_postgres(database) { " FOR UPDATE SKIP LOCKED" } else { "" }
}

/// A migration, with the words that need it translated. `{postgres}` begins a line that SQLite need not read.
pub(crate) fn spelt_for(database: &impl ConnectionTrait, sql: &str) -> String {
    let (text, identity, postgres) = if is_postgres(database) {
        ("TEXT COLLATE \"C\"", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "")
    } else {
        ("TEXT", "INTEGER PRIMARY KEY AUTOINCREMENT", "--")
    };
    sql.replace("{text}", text).replace("{identity}", identity).replace("{postgres}", postgres)
}
