use axum::{Json, http::StatusCode};
use catalogue::CompositeStatus;

use super::composite_path::MemberPath;
use crate::{hydra::CompositeMember, urls::Urls};

/// `GET /collections/{collection}/members/{member}`: how far a document is; 422 if it failed.
pub(crate) async fn get_member(
    urls: Urls,
    MemberPath { composite }: MemberPath,
) -> (StatusCode, Json<CompositeMember>) {
    let status = match composite.status {
        CompositeStatus::Error => StatusCode::UNPROCESSABLE_ENTITY,
        CompositeStatus::Pending
        | CompositeStatus::FetchingOrigin
        | CompositeStatus::Rasterizing
        | CompositeStatus::BuildingDlcsRequest
        | CompositeStatus::Completed => StatusCode::OK,
    };
    (status, Json(CompositeMember::of(&composite, &urls)))
}
