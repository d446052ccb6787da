use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

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

/// The time on the database's machine, in microseconds since 1970.
pub(crate) fn now(database: &impl ConnectionTrait) -> &'static str {
    if is_postgres(database) {
        "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"
    } else {
        "CAST(unixepoch('subsec') * 1000000 AS BIGINT)"
    }
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

/// A statement with its values. SQLite looks for a numbered mark among all those before it, so that a thousand of them
/// take longer to bind than to run: it gets them without numbers, each with a value of its own.
pub(crate) fn statement(
    database: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Statement {
    let backend = database.get_database_backend();
    if is_postgres(database) {
        return Statement::from_sql_and_values(backend, sql, values);
    }
    let mut parts = sql.split('$');
    let mut spelt = parts.next().unwrap_or_default().to_owned();
    let mut in_order = Vec::with_capacity(values.len());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        match number.parse::<usize>().ok().and_then(|number| values.get(number.wrapping_sub(1))) {
            Some(value) => {
                spelt.push('?');
                in_order.push(value.clone());
            }
            None => spelt.extend(["$", number]),
        }
        spelt.push_str(rest);
    }
    Statement::from_sql_and_values(backend, spelt, in_order)
}
