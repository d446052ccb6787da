use std::collections::BTreeMap;

use catalogue::{Asset, Transcode};
use serde::Serialize;
use time::OffsetDateTime;

/// How audio or video was last transcoded, in the words of the DLCS, which gave it no context: those of a service that did the
/// work for it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TranscoderJob {
    id: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
    input: Input,
    outputs: Vec<Output>,
    pipeline_id: &'static str,
    status: &'static str,
    timing: Timing,
    user_metadata: BTreeMap<&'static str, String>,
}

#[derive(Debug, Serialize)]
struct Input {
    input: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    id: String,
    /// In seconds.
    duration: u64,
    duration_millis: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    transcode_key: String,
    key: String,
    extension: &'static str,
    preset_id: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Timing {
    #[serde(skip_serializing_if = "Option::is_none")]
    finish_time_millis: Option<i64>,
    submit_time_millis: i64,
}

impl TranscoderJob {
    /// `None` if the asset was never to be transcoded.
    pub(crate) fn of(asset: &Asset) -> Option<Self> {
        let made = &asset.recording.transcodes;
        let status = match (asset.ingesting, &asset.error) {
            (true, _) => "PROGRESSING",
            (false, Some(_)) => "ERROR",
            (false, None) if made.is_empty() => return None,
            (false, None) => "COMPLETE",
        };
        // A version counts the microseconds until it was asked for.
        let version = asset.pending.unwrap_or(asset.version);
        let asked = i64::try_from(version / 1000).unwrap_or(i64::MAX);
        let submitted = OffsetDateTime::from_unix_timestamp_nanos(i128::from(asked) * 1_000_000);
        let finished = asset.finished.filter(|_| !asset.ingesting);
        let batch = asset.batch.map(|batch| ("batchId", batch.to_string()));
        let told = [("dlcsId", asset.id.to_string()), ("mediaType", asset.media_type.to_string())];
        Some(Self {
            id: version.to_string(),
            created_at: submitted.unwrap_or(asset.modified),
            error_message: asset.error.clone(),
            input: Input {
                input: asset.origin.as_ref().map(ToString::to_string).unwrap_or_default(),
            },
            outputs: made.iter().enumerate().map(|(n, own)| Output::of(asset, n, own)).collect(),
            pipeline_id: "recto",
            status,
            timing: Timing {
                finish_time_millis: finished.map(milliseconds),
                submit_time_millis: asked,
            },
            user_metadata: told.into_iter().chain(batch).collect(),
        })
    }
}

impl Output {
    fn of(asset: &Asset, number: usize, own: &Transcode) -> Self {
        let key = format!("{}/{}", asset.id, own.address);
        Self {
            id: number.to_string(),
            duration: own.duration / 1000,
            duration_millis: own.duration,
            width: own.extent.map(|(w, _)| w),
            height: own.extent.map(|(_, h)| h),
            transcode_key: key.clone(),
            key,
            extension: own.preset.form().extension(),
            preset_id: own.preset.as_str(),
        }
    }
}

fn milliseconds(moment: OffsetDateTime) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}
