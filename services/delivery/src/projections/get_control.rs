use std::sync::Arc;

use axum::{
    extract::State,
    http::{Uri, header},
    response::Response,
};
use catalogue::{Projection, ProjectionKind};
use serde::Serialize;
use storage::keys;
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use super::memberships::name_of;
use crate::{
    delivery::Delivery, document::Document, error::Error, headers, presentation::QueryPath,
    visit::Visit,
};

/// What there is of a file, in the DLCS's words.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Control {
    key: String,
    exists: bool,
    in_process: bool,
    /// Ours: how much of the file in the making is made, once that takes longer than a moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<u8>,
    created: String,
    item_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_count: Option<u64>,
    size_bytes: u64,
    roles: Vec<String>,
}

/// `GET /pdf-control/{customer}/{name}/{arguments…}`: what there is of a PDF. It is not made because of that.
#[tracing::instrument(level = "debug", skip_all, fields(path = uri.path()))]
pub(crate) async fn get_pdf_control(
    State(delivery): State<Arc<Delivery>>,
    uri: Uri,
    visit: Visit,
) -> Result<Response, Error> {
    get_control(&delivery, ProjectionKind::Pdf, &uri, &visit).await
}

/// `GET /zip-control/{customer}/{name}/{arguments…}`: the same for a ZIP.
#[tracing::instrument(level = "debug", skip_all, fields(path = uri.path()))]
pub(crate) async fn get_zip_control(
    State(delivery): State<Arc<Delivery>>,
    uri: Uri,
    visit: Visit,
) -> Result<Response, Error> {
    get_control(&delivery, ProjectionKind::Zip, &uri, &visit).await
}

async fn get_control(
    delivery: &Delivery,
    kind: ProjectionKind,
    uri: &Uri,
    visit: &Visit,
) -> Result<Response, Error> {
    let path = QueryPath::parse(uri.path())?;
    let asked = delivery.asked(&path).await;
    // As the DLCS has it: there never was such a file.
    let is_faulty = matches!(asked, Err(Error::Argument(_)));
    let asked = if is_faulty { Err(Error::NoSuchNamedQuery) } else { asked }?;
    let name = name_of(kind, &asked, path.arguments);
    let control = match delivery.catalogue()?.projection(&name).await? {
        Some(projection) => Control::of(&projection),
        None => Control::of_nothing(kind),
    };
    let json = serde_json::to_string(&control).expect("texts and numbers become JSON");
    let document = Document::plain(visit, json);
    let answer = document.answer_of_many().with(header::CACHE_CONTROL, headers::NO_STORE);
    Ok(answer.to(visit, document.body))
}

impl Control {
    fn of(projection: &Projection) -> Self {
        let Projection { name, created, made, job, percent, .. } = projection;
        let (in_process, percent) = (job.is_some(), *percent);
        let Some(file) = made else {
            let nothing = Self::of_nothing(name.kind);
            return Self { in_process, percent, created: moment(*created), ..nothing };
        };
        Self {
            key: keys::projection(name.customer, &name.id(), file.version, name.kind.as_str()),
            exists: true,
            in_process,
            percent,
            created: moment(file.made),
            item_count: file.items,
            page_count: (name.kind == ProjectionKind::Pdf).then_some(file.pages),
            size_bytes: file.bytes,
            roles: file.roles.clone(),
        }
    }

    /// What the DLCS says of a file that was never asked for.
    fn of_nothing(kind: ProjectionKind) -> Self {
        Self {
            key: String::new(),
            exists: false,
            in_process: false,
            percent: None,
            created: "0001-01-01T00:00:00".to_owned(),
            item_count: 0,
            page_count: (kind == ProjectionKind::Pdf).then_some(0),
            size_bytes: 0,
            roles: Vec::new(),
        }
    }
}

fn moment(moment: OffsetDateTime) -> String {
    moment.to_offset(UtcOffset::UTC).format(&Rfc3339).unwrap_or_default()
}
