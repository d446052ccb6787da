use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderValue, Uri, header},
    response::Response,
};
use catalogue::{AssetCard, FoundAsset, Stretch};
use futures_util::{StreamExt, stream};
use iiif::Version;
use lists::row;
use model::{AssetId, PublicUrls};

use super::{
    asked::{Asked, Parameters, QueryPath},
    copies::Copies,
    get_raw::MAX_IDS,
    teller::has_canvas,
};
use crate::{
    access::Decision,
    answer::Answer,
    delivery::Delivery,
    error::Error,
    headers::{Fingerprint, attachment},
    visit::Visit,
};

/// As the API calls them, and `recto import` knows them.
const COLUMNS: [&str; 13] = [
    "space",
    "id",
    "mediaType",
    "origin",
    "string1",
    "string2",
    "string3",
    "number1",
    "number2",
    "number3",
    "tags",
    "roles",
    "maxUnauthorised",
];

const TABLE: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8; header=present");

/// So many rows are read and sent at a time.
const ROWS: usize = 500;

/// `GET /csv/{customer}/{name}/{arguments…}`: what a named query finds as a table, which can be imported again.
#[tracing::instrument(level = "debug", skip_all, fields(path = uri.path()))]
pub(crate) async fn get_csv(
    State(delivery): State<Arc<Delivery>>,
    uri: Uri,
    visit: Visit,
) -> Result<Response, Error> {
    let path = QueryPath::parse_unversioned(uri.path())?;
    let Parameters { page, .. } = Parameters::parse(uri.query())?;
    let asked = delivery.asked(&path).await?;
    let found = delivery.states(&asked, page).await?;
    let etag = tag(&found, &visit.urls);
    let answer = Answer::tagged(TABLE, etag)
        .with(header::CONTENT_DISPOSITION, attachment(&format!("{}.csv", asked.query.name)))
        .kept_as_document(&delivery, Decision::Open);
    if answer.is_current_for(&visit) {
        return Ok(answer.not_modified());
    }
    if visit.is_head {
        return Ok(answer.without_body(None));
    }
    Ok(answer.with_body(table(delivery, visit.urls, found)))
}

impl Delivery {
    /// All that is found, or a page of it; what can't be shown yet is in it.
    async fn states(&self, asked: &Asked, page: Option<u32>) -> Result<Vec<FoundAsset>, Error> {
        let _turn = self.documents.turn().await?;
        let offset = u64::from(page.unwrap_or(1) - 1) * MAX_IDS;
        let limit = if page.is_none() { MAX_IDS + 1 } else { MAX_IDS };
        let stretch = Stretch { offset, limit };
        let catalogue = self.catalogue()?;
        let found = catalogue.found_states(asked.customer, &asked.question, stretch).await?;
        match found.len() as u64 {
            0 => Err(Error::NothingFound),
            count if count > MAX_IDS => Err(Error::TooManyFound(MAX_IDS)),
            _ => Ok(found),
        }
    }
}

/// The same rows have the same tag, and rows are the same as long as their assets are.
fn tag(found: &[FoundAsset], urls: &PublicUrls) -> HeaderValue {
    let start = Fingerprint::NEW.of(urls.address("/csv").as_bytes());
    let tag = found.iter().fold(start, |tag, found| {
        let moment = found.modified.unix_timestamp_nanos();
        tag.of(found.id.to_string().as_bytes())
            .of(&found.version.to_le_bytes())
            .of(&moment.to_le_bytes())
    });
    tag.etag(found.len() as u64)
}

/// The header, and the rows as they are read.
fn table(delivery: Arc<Delivery>, urls: PublicUrls, found: Vec<FoundAsset>) -> Body {
    let ids: Vec<AssetId> = found.into_iter().map(|found| found.id).collect();
    let chunks: Vec<_> = ids.chunks(ROWS).map(<[_]>::to_vec).collect();
    let rows = stream::iter(chunks).then(move |ids| {
        let (delivery, urls) = (Arc::clone(&delivery), urls.clone());
        async move {
            let cards = delivery.catalogue()?.cards_of(&ids).await?;
            let rows = cards.iter().filter_map(|card| asset_row(&delivery, &urls, card));
            Ok::<_, Error>(Bytes::from(rows.collect::<String>()))
        }
    });
    let header = Ok(Bytes::from(row(COLUMNS)));
    Body::from_stream(stream::iter([header]).chain(rows))
}

fn asset_row(delivery: &Delivery, urls: &PublicUrls, card: &AssetCard) -> Option<String> {
    if !has_canvas(card, Version::V3) {
        return None;
    }
    let copy = Copies { delivery, urls, card }.best()?;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let cells = [
        card.id.space.to_string(),
        card.id.name().to_owned(),
        copy.media_type,
        copy.href,
        text(&card.string1),
        text(&card.string2),
        text(&card.string3),
        card.number1.to_string(),
        card.number2.to_string(),
        card.number3.to_string(),
        card.tags.join(","),
        card.roles.join(","),
        card.max_unauthorised.to_string(),
    ];
    Some(row(cells.iter().map(String::as_str)))
}
