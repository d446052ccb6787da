use time::{Duration, OffsetDateTime};

use crate::{
    Catalogue, Error,
    database::query::{self, Record, Row, micros},
};

/// A request that is to be done once, however often it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnceOnly<'a> {
    pub caller: &'a str,
    /// What the caller calls the request.
    pub name: &'a str,
    /// The same for the same request, and for no other.
    pub fingerprint: &'a str,
}

/// What is to be done with such a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It is the first: it has to be done, and [`Catalogue::remember_answer`] or [`Catalogue::forget_request`] called.
    First,
    /// It was done.
    Done(RememberedAnswer),
    /// It is being done.
    UnderWay,
    /// Another request was called so.
    Another,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RememberedAnswer {
    pub status: u16,
    pub location: Option<String>,
    pub body: String,
}

/// For so long an answer is remembered.
const MEMORY: Duration = Duration::hours(24);
/// After so long whoever was to do it is given up.
const PATIENCE: Duration = Duration::minutes(10);

impl Catalogue {
    /// Whether it is the caller's turn to do what the request asks for.
    pub async fn begin_request(
        &self,
        request: OnceOnly<'_>,
        now: OffsetDateTime,
    ) -> Result<Turn, Error> {
        let change = self.database().begin().await?;
        let old = "DELETE FROM idempotent_request WHERE begun < $1
                   OR (caller = $2 AND name = $3 AND status IS NULL AND begun < $4)";
        let (memory, patience) = (micros(now - MEMORY), micros(now - PATIENCE));
        let key = [request.caller.into(), request.name.into()];
        let [caller, name] = key.clone();
        query::run(&change, old, [memory.into(), caller, name, patience.into()]).await?;
        let sql = "INSERT INTO idempotent_request (caller, name, fingerprint, begun)
                   VALUES ($1, $2, $3, $4) ON CONFLICT (caller, name) DO NOTHING";
        let what = [request.fingerprint.into(), micros(now).into()];
        if query::run(&change, sql, key.clone().into_iter().chain(what)).await? > 0 {
            change.commit().await?;
            return Ok(Turn::First);
        }
        let sql = "SELECT fingerprint, status, location, body FROM idempotent_request
                   WHERE caller = $1 AND name = $2";
        let kept = query::one::<Kept>(&change, sql, key).await?;
        Ok(match kept {
            Some(kept) if kept.fingerprint != request.fingerprint => Turn::Another,
            Some(Kept { answer: Some(answer), .. }) => Turn::Done(answer),
            Some(Kept { answer: None, .. }) | None => Turn::UnderWay,
        })
    }

    pub async fn remember_answer(
        &self,
        request: OnceOnly<'_>,
        answer: &RememberedAnswer,
    ) -> Result<(), Error> {
        let sql = "UPDATE idempotent_request SET status = $3, location = $4, body = $5
                   WHERE caller = $1 AND name = $2";
        let key = [request.caller.into(), request.name.into()];
        let RememberedAnswer { status, location, body } = answer;
        let said = [i64::from(*status).into(), location.clone().into(), body.as_str().into()];
        query::run(self.database().writer(), sql, key.into_iter().chain(said)).await?;
        Ok(())
    }

    /// It came to nothing: whoever sends it again has another try.
    pub async fn forget_request(&self, request: OnceOnly<'_>) -> Result<(), Error> {
        let sql = "DELETE FROM idempotent_request WHERE caller = $1 AND name = $2";
        let key = [request.caller.into(), request.name.into()];
        query::run(self.database().writer(), sql, key).await?;
        Ok(())
    }
}

struct Kept {
    fingerprint: String,
    answer: Option<RememberedAnswer>,
}

impl Record for Kept {
    fn read(row: &Row) -> Result<Self, Error> {
        let (location, body) = (row.optional_text("location")?, row.optional_text("body")?);
        let body = body.unwrap_or_default();
        let status = row.optional_number("status")?;
        let answer = status.map(|status| RememberedAnswer { status, location, body });
        Ok(Self { fingerprint: row.text("fingerprint")?, answer })
    }
}
