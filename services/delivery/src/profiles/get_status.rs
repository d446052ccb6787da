use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::gallery::Gallery;
use crate::headers;

/// `GET /status`: how it goes.
pub(super) async fn get_status(State(gallery): State<Arc<Gallery>>) -> Response {
    let tally = &gallery.tally;
    let requests = tally.requests.load(Relaxed);
    let (completed, errors) = (tally.completed.load(Relaxed), tally.errors.load(Relaxed));
    let (bytes, max_bytes) = gallery.delivery.derivatives.kept_bytes();
    let default = &gallery.config.default_profile;
    let status = json!({
        "status": ":)",
        "uptime": spelled_out(gallery.begun.elapsed()),
        "default_profile": (!default.is_empty()).then_some(default),
        "processing": {
            "requests": requests,
            "completed": completed,
            "errors": errors,
            "cache_size": in_words(bytes),
            "max_size": in_words(max_bytes),
            "percentage_used": percentage(bytes, max_bytes),
            "in_use": tally.in_use.load(Relaxed),
            "waiting_clean_up": gallery.delivery.derivatives.leaving(),
        },
        "profiles": worded(gallery.profiles.status()),
    });
    ([(header::CACHE_CONTROL, headers::NO_STORE)], Json(status)).into_response()
}

fn percentage(part: u64, whole: u64) -> String {
    format!("{:.2}%", 100.0 * part as f64 / whole.max(1) as f64)
}

/// Bytes in the unit that people read.
fn in_words(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return if bytes == 1 { "1 Byte".to_owned() } else { format!("{bytes} Bytes") };
    }
    let (mut size, mut unit) = (bytes as f64 / 1024.0, 0);
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        (size, unit) = (size / 1024.0, unit + 1);
    }
    format!("{size:.1} {}", UNITS[unit])
}

/// The profiles' own, with sizes in words.
fn worded(mut profiles: Value) -> Value {
    for profile in profiles.as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
        for name in ["converted_cache", "source_cache"] {
            let Some(cache) = profile.get_mut(name).and_then(Value::as_object_mut) else {
                continue;
            };
            let number = |cache: &Map<String, Value>, key: &str| cache.get(key)?.as_u64();
            let used = number(cache, "cache_size").zip(number(cache, "max_size"));
            if let Some((bytes, max_bytes)) = used {
                cache.insert("cache_size".to_owned(), in_words(bytes).into());
                cache.insert("max_size".to_owned(), in_words(max_bytes).into());
                cache.insert("percentage_used".to_owned(), percentage(bytes, max_bytes).into());
            }
        }
    }
    profiles
}

/// In the largest units, for people.
fn spelled_out(time: Duration) -> String {
    let seconds = time.as_secs();
    let counted = |count: u64, unit: &str| match count {
        1 => format!("1 {unit}"),
        count => format!("{count} {unit}s"),
    };
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => counted(rest, "second"),
        (0, 0, minutes) => counted(minutes, "minute"),
        (0, hours, minutes) => {
            format!("{}, {}", counted(hours, "hour"), counted(minutes, "minute"))
        }
        (days, hours, _) => format!("{}, {}", counted(days, "day"), counted(hours, "hour")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_put_into_words() {
        for (bytes, words) in [
            (0, "0 Bytes"),
            (1, "1 Byte"),
            (914_330, "892.9 KiB"),
            (256 << 20, "256.0 MiB"),
            (u64::MAX, "16384.0 PiB"),
        ] {
            assert_eq!(in_words(bytes), words);
        }
        assert_eq!(percentage(1, 400), "0.25%");
        assert_eq!(percentage(1, 0), "100.00%");
    }

    #[test]
    fn times_are_spelled_out() {
        for (seconds, text) in [
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (3600 * 2 + 61, "2 hours, 1 minute"),
            (86_400 * 3 + 3600, "3 days, 1 hour"),
        ] {
            assert_eq!(spelled_out(Duration::from_secs(seconds)), text);
        }
    }
}
