use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use storage::Located;

use super::part::Part;
use crate::{answer::Answer, error::Error, visit::Visit};

const BYTES: HeaderValue = HeaderValue::from_static("bytes");

/// Sends an object of so many bytes, or the part of it that is asked for: as it comes in, and never whole in memory.
pub(crate) async fn send_object(
    answer: Answer,
    visit: &Visit,
    (object, whole): (&Located, u64),
) -> Result<Response, storage::Error> {
    let answer = answer.with(header::ACCEPT_RANGES, BYTES);
    if answer.is_current_for(visit) {
        return Ok(answer.not_modified());
    }
    if visit.is_head {
        return Ok(answer.without_body(Some(whole)));
    }
    match Part::of(answer.range(visit), whole) {
        Part::Whole => {
            let bytes = object.stream(None).await?;
            let answer = answer.with(header::CONTENT_LENGTH, whole.into());
            Ok(answer.with_body(Body::from_stream(bytes)))
        }
        Part::Bytes(part) => {
            let bytes = object.stream(Some(part.clone())).await?;
            Ok(answer.with_part(&part, whole, Body::from_stream(bytes)))
        }
        Part::Beyond => {
            let mut response = Error::NoSuchPart(whole).into_response();
            let size = HeaderValue::try_from(format!("bytes */{whole}"));
            response.headers_mut().extend(size.ok().map(|size| (header::CONTENT_RANGE, size)));
            Ok(response)
        }
    }
}
