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
use serde_json::json;

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
            "cache_size": bytes,
            "max_size": max_bytes,
            "percentage_used": 100.0 * bytes as f64 / max_bytes.max(1) as f64,
            "in_use": 0,
            "waiting_clean_up": 0,
        },
        "profiles": gallery.profiles.status(),
    });
    ([(header::CACHE_CONTROL, headers::NO_STORE)], Json(status)).into_response()
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
