use std::{io, sync::Arc};

use axum::{
    extract::State,
    http::{Uri, header},
    response::Response,
};
use catalogue::AssetCard;
use iiif::{Version, presentation::Range};
use lists::{Chapter, Leaf, LeafFile, Mets};
use model::{DeliveryChannel, Service};
use time::format_description::well_known::Rfc3339;

use super::{
    asked::QueryPath,
    copies::{Copies, Copy},
    teller::has_canvas,
    writer::Writer,
};
use crate::{
    access::{Decision, Visitor},
    asset_path::own_address,
    delivery::Delivery,
    document::Document,
    error::Error,
    headers::inline,
    visit::Visit,
};

/// `GET /mets/{customer}/{name}/{arguments…}`: what a named query finds, as METS has a book.
#[tracing::instrument(level = "debug", skip_all, fields(path = uri.path()))]
pub(crate) async fn get_mets(
    State(delivery): State<Arc<Delivery>>,
    uri: Uri,
    visit: Visit,
) -> Result<Response, Error> {
    let path = QueryPath::parse_unversioned(uri.path())?;
    let asked = delivery.asked(&path).await?;
    let cards = delivery.members_of(&asked).await?;
    let version = delivery.config.default_version;
    let id = own_address(&visit.urls, uri.path(), None, version, version);
    let name = inline(&format!("{}.xml", asked.query.name));
    let writer = Writer::new(Arc::clone(&delivery), &visit, asked, id, Version::V3);
    let written = delivery.painters.write(move || writer.mets(&cards)).await;
    let text = written.map_err(|_| Error::Interrupted)?.map_err(Error::Document)?;
    let text = text.ok_or(Error::NothingFound)?;
    let document = Document::text(&visit, "application/mets+xml", text);
    let answer = document.answer_of_many().with(header::CONTENT_DISPOSITION, name);
    Ok(answer.kept_as_document(&delivery, Decision::Open).to(&visit, document.body))
}

impl Writer {
    /// `None` if none of the assets can be shown.
    fn mets(&self, cards: &[AssetCard]) -> io::Result<Option<String>> {
        let shown = (1..).zip(cards).filter(|(_, card)| has_canvas(card, Version::V3));
        let shown: Vec<_> = shown.map(|(number, card)| (card, number)).collect();
        if shown.is_empty() {
            return Ok(None);
        }
        let manifest = self.describe(cards)?;
        let created = cards.iter().map(|card| card.modified).max();
        let created = created.and_then(|moment| moment.format(&Rfc3339).ok());
        let leaves: Vec<_> = shown.iter().map(|(card, number)| self.leaf(card, *number)).collect();
        let chapters = chapters(&self.ranges(&shown), &leaves);
        let mets = Mets {
            id: self.id.clone(),
            title: manifest.label.first().unwrap_or_default().to_owned(),
            created: created.unwrap_or_default(),
            agent: "Recto".to_owned(),
            reference: self.asked.question.strings[0].clone(),
            rights: manifest.rights,
            leaves,
            chapters,
        };
        Ok(Some(mets.to_xml()))
    }

    fn leaf(&self, card: &AssetCard, number: u32) -> Leaf {
        let copies = Copies { delivery: &self.delivery, urls: &self.urls, card };
        let is_image = card.has_channel(DeliveryChannel::IiifImg);
        let thumbnail = self.teller(card, &Visitor::stranger()).thumbnail();
        let thumbnail =
            thumbnail.map(|content| Copy { href: content.id, media_type: "image/jpeg".to_owned() });
        let service = is_image.then(|| Copy {
            href: format!("{}/info.json", self.urls.of(Service::Image, &card.id)),
            media_type: "application/json".to_owned(),
        });
        let files = [
            ("DEFAULT", copies.image()),
            ("THUMBS", thumbnail),
            ("IIIF", service),
            ("STREAM", copies.recording()),
            ("ORIGINAL", copies.original()),
        ];
        let file = |(usage, copy): (&'static str, Option<Copy>)| {
            let Copy { href, media_type } = copy?;
            Some(LeafFile { usage, href, media_type })
        };
        Leaf {
            order: number.into(),
            label: self.asked.template.canvas_label.and_then(|field| card.text(field)),
            content_id: self.urls.canvas(&card.id, number),
            files: files.into_iter().filter_map(file).collect(),
        }
    }
}

/// The canvases of a range follow one another.
fn chapters(ranges: &[Range], leaves: &[Leaf]) -> Vec<Chapter> {
    let mut chapters = Vec::with_capacity(ranges.len());
    let mut from = 0;
    for range in ranges {
        let first =
            leaves[from..].iter().position(|leaf| range.canvases.first() == Some(&leaf.content_id));
        let Some(first) = first.map(|place| from + place) else { continue };
        from = first + range.canvases.len();
        let label = range.label.first().unwrap_or_default().to_owned();
        chapters.push(Chapter { label, leaves: first..from });
    }
    chapters
}
