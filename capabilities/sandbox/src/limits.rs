use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How much a child may take; whatever goes further ends it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The memory it may take for itself, in bytes.
    pub memory_bytes: u64,
    /// The time it may compute, over all its threads, in seconds.
    #[serde(rename = "cpu_seconds", with = "seconds")]
    pub cpu: Duration,
    /// The time until its answer, in seconds.
    #[serde(rename = "wall_seconds", with = "seconds")]
    pub wall: Duration,
    /// How large any file may become that it writes, in bytes.
    pub output_bytes: u64,
    /// How many files it may have open, besides those that it is given.
    pub open_files: u64,
    /// How far it stands back when others want to compute, 0 to 19.
    pub niceness: i32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 2 * 1024 * 1024 * 1024,
            cpu: Duration::from_secs(600),
            wall: Duration::from_secs(300),
            output_bytes: 16 * 1024 * 1024 * 1024,
            open_files: 64,
            niceness: 19,
        }
    }
}

/// Durations as numbers of seconds, with fractions.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(time.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_written_in_seconds_and_read_back() {
        let limits = Limits { wall: Duration::from_millis(1500), ..Limits::default() };
        let json = serde_json::to_string(&limits).unwrap();
        assert!(json.contains("\"wall_seconds\":1.5"), "{json}");
        assert_eq!(serde_json::from_str::<Limits>(&json).unwrap(), limits);
    }

    #[test]
    fn whole_seconds_are_numbers_too_and_negative_ones_are_not() {
        assert_eq!(
            serde_json::from_str::<Limits>(r#"{"cpu_seconds": 5}"#).unwrap().cpu,
            Duration::from_secs(5)
        );
        assert!(serde_json::from_str::<Limits>(r#"{"cpu_seconds": -5}"#).is_err());
    }
}
