use time::OffsetDateTime;

#[expect(clippy::disallowed_methods, reason = "the edge of the service reads the clock")]
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
