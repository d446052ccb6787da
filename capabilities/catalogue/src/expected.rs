use sea_orm::{ConnectionTrait, Value};
use time::OffsetDateTime;

use crate::{
    Error,
    database::{
        dialect::for_update,
        query::{self, micros, moment},
    },
};

/// What a request takes for granted of what it changes; it is refused if that is not so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Expected {
    #[default]
    Whatever,
    /// That it exists.
    Something,
    /// That it does not.
    Nothing,
    /// That it was last changed at one of these moments: nobody else changed it since it was read.
    Unchanged(Vec<OffsetDateTime>),
}

impl Expected {
    /// `changed` is when it was last changed, if it exists; it must be locked against further changes.
    pub(crate) fn check(&self, changed: Option<OffsetDateTime>) -> Result<(), Error> {
        let is_so = match (self, changed) {
            (Self::Whatever, _) | (Self::Something, Some(_)) | (Self::Nothing, None) => true,
            (Self::Unchanged(moments), Some(changed)) => {
                moments.iter().any(|moment| micros(*moment) == micros(changed))
            }
            (Self::Something | Self::Unchanged(_), None) | (Self::Nothing, Some(_)) => false,
        };
        let fault = match changed {
            Some(_) if *self == Self::Nothing => "it exists already",
            Some(_) => "it was changed since it was read; read it again",
            None => "it does not exist",
        };
        if is_so { Ok(()) } else { Err(Error::Outdated(fault.to_owned())) }
    }

    /// Heeds it for a row that is about to be replaced or deleted, and keeps the row from others until the change has
    /// ended: `row` is what follows FROM. One that isn't there is left to the change to tell.
    pub(crate) async fn heed(
        &self,
        change: &impl ConnectionTrait,
        row: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<(), Error> {
        let sql = format!("SELECT modified FROM {row}{}", for_update(change));
        match query::one::<i64>(change, &sql, values).await? {
            Some(modified) => self.check(Some(moment(modified))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    #[test]
    fn what_is_taken_for_granted_must_be_so() {
        let then = datetime!(2026-11-21 10:00 UTC);
        let later = then + Duration::microseconds(1);
        let unchanged = Expected::Unchanged(vec![then]);
        for (expected, changed, holds) in [
            (Expected::Whatever, None, true),
            (Expected::Whatever, Some(then), true),
            (Expected::Something, Some(then), true),
            (Expected::Something, None, false),
            (Expected::Nothing, None, true),
            (Expected::Nothing, Some(then), false),
            (unchanged.clone(), Some(then), true),
            (unchanged.clone(), Some(later), false),
            (unchanged, None, false),
            (Expected::Unchanged(vec![then, later]), Some(later), true),
            (Expected::Unchanged(Vec::new()), Some(then), false),
        ] {
            let answer = expected.check(changed);
            assert_eq!(answer.is_ok(), holds, "{expected:?} {changed:?}: {answer:?}");
        }
    }
}
