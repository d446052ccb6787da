use std::path::Path;

use anyhow::Context;
use bindery::{About, Archive, Bookmark, Excerpt, Pdf, Transcript};
use bytes::Bytes;
use catalogue::{
    AssetCard, Job, MAX_MEMBERS, MadeFile, NamedQuery, ProjectionKind, ProjectionName, Stage,
    Stretch, members_print,
};
use futures_util::{FutureExt, StreamExt, TryStreamExt, future::BoxFuture, stream};
use iiif::presentation::{LanguageMap, Manifest, ViewingDirection};
use model::named_query::{ImageSize, Question, Template};
use percent_encoding::percent_decode_str;
use storage::{Bucket, Located, keys};
use time::OffsetDateTime;

use super::{
    binding::{Binding, Piece, Volume, create},
    cover::cover,
    picture::picture,
    plan::{Content, Entry, Plan},
    transcript::transcript,
};
use crate::{engine::Engine, failure::Failure};

/// What is asked, and what was found.
struct Found {
    query: NamedQuery,
    template: Template,
    question: Question,
    cards: Vec<AssetCard>,
}

/// What is to be seen of an image, and to be read in it.
struct Seen {
    jpeg: Bytes,
    transcript: Option<Transcript>,
}

/// What stands in the place of a page that not everybody may see, if the query does not say.
const WITHHELD: &str = "This page is not available.";
/// What stands in the place of an image of which nothing is stored that may be shown.
const NOT_STORED: &str = "There is no picture of this page.";
/// So many pictures are read while one is written, if they are small.
const READ_AHEAD: usize = 4;

/// Makes the file that a job wants. Every step may run twice: the key carries the job's version, and what is read is read
/// again.
pub(crate) async fn project(engine: &Engine, job: &Job) -> Result<(), Failure> {
    let catalogue = &engine.catalogue;
    let wanted = catalogue.projection_of(job).await;
    let Some(wanted) = wanted.context("the projection can't be looked up")? else {
        // It was deleted meanwhile.
        catalogue.complete_job(job).await.context("the job can't be ended")?;
        return Ok(());
    };
    let name = wanted.name;
    let found = find(engine, &name).await?;
    let open_roles = &engine.config.projections.open_roles;
    let plan = Plan::of(name.kind, &found.template, &found.cards, open_roles);
    let members = members_print(name.kind, &found.query, &found.cards);
    let folder = engine.scratch.for_job().context("there is no room for files in the making")?;
    let path = folder.path().join("file");
    let volume = match name.kind {
        ProjectionKind::Zip => Volume::Zip(Box::new(Archive::new(create(&path)?))),
        ProjectionKind::Pdf => {
            let cover = cover_of(engine, &name, &found, folder.path()).await?;
            let about = about(&name, &found, (&members, catalogue.now()))?;
            pdf(about, cover.as_ref(), &plan, &path)?
        }
    };
    let pages = bind(engine, (job, &name, &found), &plan, Binding::begin(volume)).await?;

    engine.stages.enter(job.id, Stage::Storing);
    let key = keys::projection(name.customer, &name.id(), job.version, name.kind.as_str());
    let stored = engine.bucket.put_file(&key, &path).await.context("the file can't be kept")?;
    let file = MadeFile {
        version: job.version,
        made: catalogue.now(),
        members,
        maker: engine.config.projections.maker(),
        file_name: file_name(&name, &found),
        items: plan.shown.len() as u64,
        pages,
        bytes: stored.bytes,
        roles: plan.roles.into_iter().collect(),
        shown: plan.shown,
    };
    let recorded = catalogue.record_projection(job, &file, catalogue.now()).await;
    if !recorded.context("the file can't be recorded")? {
        engine.bucket.delete(&key).await.context("an unwanted file can't be removed")?;
        return Ok(());
    }
    tracing::info!(kind = name.kind.as_str(), query = name.query, bytes = file.bytes, "projected");
    remove_older(engine, &name, &key).await;
    Ok(())
}

async fn find(engine: &Engine, name: &ProjectionName) -> Result<Found, Failure> {
    let catalogue = &engine.catalogue;
    let query = catalogue.named_query_called(name.customer, &name.query).await;
    let query = query.context("the named query can't be looked up")?;
    let query =
        query.ok_or_else(|| Failure::Asset(format!("there is no named query {}", name.query)))?;
    let template = query.parsed().context("the template can't be read")?;
    let question = template.ask(&name.arguments);
    let question = question.map_err(|fault| Failure::Asset(fault.to_string()))?;
    let stretch = Stretch { offset: 0, limit: MAX_MEMBERS + 1 };
    let cards = catalogue.found_cards(name.customer, &question, stretch).await;
    let cards = cards.context("the assets can't be looked up")?;
    if cards.len() as u64 > MAX_MEMBERS {
        let text = format!("the named query finds more than {MAX_MEMBERS} assets");
        return Err(Failure::Asset(text));
    }
    Ok(Found { query, template, question, cards })
}

async fn cover_of(
    engine: &Engine,
    name: &ProjectionName,
    found: &Found,
    folder: &Path,
) -> Result<Option<Excerpt>, Failure> {
    let Some(address) = &found.template.cover_page else { return Ok(None) };
    let address = found.question.expand_in_address(address);
    Ok(Some(cover(engine, name.customer, &address, folder).await?))
}

fn pdf(
    about: About,
    cover: Option<&Excerpt>,
    plan: &Plan<'_>,
    path: &Path,
) -> Result<Volume, Failure> {
    let mut pdf = Pdf::begin(create(path)?, about).context("the PDF can't be written")?;
    if let Some(cover) = cover {
        pdf.add_cover(cover).context("the cover can't be added")?;
    }
    let bookmarks = moved(&plan.bookmarks, pdf.page_count());
    Ok(Volume::Pdf(Box::new(pdf), bookmarks))
}

/// Bookmarks of pages that come after others.
fn moved(bookmarks: &[Bookmark], by: usize) -> Vec<Bookmark> {
    let moved_one = |it: &Bookmark| Bookmark {
        title: it.title.clone(),
        page: it.page + by,
        below: moved(&it.below, by),
    };
    bookmarks.iter().map(moved_one).collect()
}

/// The title is that of the manifest, or else what was asked.
fn about(
    name: &ProjectionName,
    found: &Found,
    (members, made): (&str, OffsetDateTime),
) -> Result<About, Failure> {
    let arguments = percent_decode_str(&name.arguments).decode_utf8_lossy();
    let asked = format!("{} {}", name.query, arguments.replace('/', " "));
    let mut manifest = Manifest::new("", LanguageMap::none(asked.trim()));
    let description = found.query.description(&found.question);
    description.context("the description can't be read")?.describe(&mut manifest);
    let archival = match found.template.archival {
        true => Some(imaging::srgb_profile().context("the colour profile can't be made")?),
        false => None,
    };
    Ok(About {
        title: manifest.label.first().unwrap_or_default().to_owned(),
        producer: "Recto".to_owned(),
        made,
        id: u128::from_str_radix(members, 16).unwrap_or_default().to_be_bytes(),
        right_to_left: manifest.viewing_direction == Some(ViewingDirection::RightToLeft),
        archival,
    })
}

/// Reads what goes in, a little ahead of what is written.
async fn bind(
    engine: &Engine,
    (job, name, found): (&Job, &ProjectionName, &Found),
    plan: &Plan<'_>,
    binding: Binding,
) -> Result<u64, Failure> {
    let default = ImageSize::Edge(engine.config.projections.image_edge);
    let size = found.template.image_size.unwrap_or(default);
    let ahead = if matches!(size, ImageSize::Edge(_)) { READ_AHEAD } else { 1 };
    let message = found.template.redacted_message.as_deref().unwrap_or(WITHHELD);
    let is_read = name.kind == ProjectionKind::Pdf;
    let pictures: Vec<_> =
        plan.entries.iter().map(|entry| read(&engine.bucket, entry, size, is_read)).collect();
    let mut pictures = stream::iter(pictures).buffered(ahead);
    for (entry, index) in plan.entries.iter().zip(0..) {
        engine.stages.advance(job.id, Stage::Converting, percent(index, plan.entries.len()));
        let picture = pictures.try_next().await?.flatten();
        let label = entry.label.clone();
        let name = format!("{}.jpg", entry.card.id.name());
        let is_open = match (entry.content, picture) {
            (Content::Original, _) => add_original(engine, entry, &binding).await?,
            (Content::Withheld, _) => {
                binding.add(Piece::Notice { text: message.to_owned(), label }).await
            }
            (Content::Picture, Some(Seen { jpeg, transcript })) => {
                binding.add(Piece::Picture { name, label, jpeg, transcript }).await
            }
            (Content::Picture, None) => {
                binding.add(Piece::Notice { text: NOT_STORED.to_owned(), label }).await
            }
        };
        if !is_open {
            break;
        }
    }
    Ok(binding.finish().await?)
}

/// Never all of it: the last entry is not in yet.
fn percent(index: usize, entries: usize) -> u8 {
    (index * 100).checked_div(entries).unwrap_or_default().min(99) as u8
}

/// The picture of an entry that has one and, if it is to be read, what can be read in it.
fn read<'a>(
    bucket: &'a Bucket,
    entry: &'a Entry<'a>,
    size: ImageSize,
    is_read: bool,
) -> BoxFuture<'a, anyhow::Result<Option<Seen>>> {
    async move {
        if entry.content != Content::Picture {
            return Ok(None);
        }
        let Some(jpeg) = picture(bucket, entry.card, size).await? else { return Ok(None) };
        let transcript = if is_read { transcript(bucket, entry.card).await? } else { None };
        Ok(Some(Seen { jpeg, transcript }))
    }
    .boxed()
}

/// The bytes as they came, never whole in memory.
async fn add_original(
    engine: &Engine,
    entry: &Entry<'_>,
    binding: &Binding,
) -> Result<bool, Failure> {
    let original = original_of(engine, entry.card)?;
    let unreadable = |error| unreadable(error, entry.card);
    let mut bytes = original.stream(None).await.map_err(unreadable)?;
    let mut is_open = binding.add(Piece::File(original_name(entry.card))).await;
    while is_open && let Some(more) = bytes.try_next().await.map_err(unreadable)? {
        is_open = binding.add(Piece::More(more)).await;
    }
    Ok(is_open)
}

/// Ours, or the one that stayed in its owner's bucket.
fn original_of(engine: &Engine, card: &AssetCard) -> Result<Located, Failure> {
    let Some(seen) = &card.at_origin else {
        let (id, version) = card.kept_at();
        return Ok(Located::ours(engine.bucket.clone(), keys::original(id, version)));
    };
    let listed = engine.fetcher.listed_buckets();
    let located = listed.locate(card.id.customer, &seen.url, seen.state());
    located.map_err(|error| unreadable(error, card))
}

/// What its owner has removed or changed does not come back by itself.
fn unreadable(error: storage::Error, card: &AssetCard) -> Failure {
    use storage::Error;

    let is_other =
        matches!(error, Error::NotFound(_) | Error::Changed(_) | Error::NotListed { .. });
    match is_other && card.at_origin.is_some() {
        true => Failure::Asset(format!(
            "the original of {} is no longer in its owner's bucket as it was brought in",
            card.id
        )),
        false => {
            Failure::Ours(anyhow::Error::new(error).context(format!("the original of {}", card.id)))
        }
    }
}

/// The asset's name, with an ending that tells what it is.
fn original_name(card: &AssetCard) -> String {
    let name = card.id.name();
    let known = card.media_type.extension();
    match known {
        Some(extension) if model::MediaType::from_extension(name).is_none() => {
            format!("{name}.{extension}")
        }
        Some(_) | None => name.to_owned(),
    }
}

fn file_name(name: &ProjectionName, found: &Found) -> String {
    match &found.template.object_name {
        Some(text) => found.question.expand(text),
        None => format!("{}.{}", name.query, name.kind.as_str()),
    }
}

/// Nobody is led to older files any more. What can't be removed now goes with the next.
async fn remove_older(engine: &Engine, name: &ProjectionName, current: &str) {
    let prefix = keys::projection_prefix(name.customer, &name.id());
    let mut kept = engine.bucket.list(&prefix);
    while let Some(object) = kept.next().await {
        let removed = match object {
            Ok(object) if object.key == current => Ok(()),
            Ok(object) => engine.bucket.delete(&object.key).await,
            Err(error) => Err(error),
        };
        if let Err(error) = removed {
            tracing::warn!(%error, "an older file was left behind");
            return;
        }
    }
}
