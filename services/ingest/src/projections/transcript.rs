use anyhow::Context;
use bindery::{Transcript, Word};
use catalogue::AssetCard;
use model::{AssetId, Origin};
use storage::{Bucket, Error, keys};

use crate::composites::Words;

/// More than the words of any page take.
const MOST_BYTES: u64 = 8 << 20;

/// What can be read in an image, if that is known and may be told; what makes no sense is left out, and the log says so.
pub(super) async fn transcript(
    bucket: &Bucket,
    card: &AssetCard,
) -> anyhow::Result<Option<Transcript>> {
    let is_page = card.origin.as_ref().and_then(Origin::upload_key).is_some();
    if !is_page || is_kept_small(card) {
        return Ok(None);
    }
    let (id, version) = card.kept_at();
    read(bucket, id, version).await
}

/// Who may not see it as large as it is may not be able to read it.
fn is_kept_small(card: &AssetCard) -> bool {
    let (w, h) = card.extent;
    card.max_width.is_some_and(|limit| limit > 0 && limit < w.max(h))
}

async fn read(bucket: &Bucket, id: &AssetId, version: u64) -> anyhow::Result<Option<Transcript>> {
    let key = keys::words(id, version);
    // Only pages of some documents have any.
    let Some(found) = bucket.head(&key).await.with_context(|| format!("the words of {id}"))? else {
        return Ok(None);
    };
    let understood = if found.bytes > MOST_BYTES {
        Err(anyhow::anyhow!("they take {} bytes", found.bytes))
    } else {
        match bucket.read(&key).await {
            Ok(json) => tokio::task::spawn_blocking(move || understand(&json)).await?,
            // Removed since, with the image: it is missed before this is.
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => return Err(error).with_context(|| format!("the words of {id}")),
        }
    };
    Ok(understood.unwrap_or_else(|error| {
        tracing::warn!(%id, version, %error, "its words make no sense: its page gets none");
        None
    }))
}

fn understand(json: &[u8]) -> anyhow::Result<Option<Transcript>> {
    let Words { width, height, words } = serde_json::from_slice(json)?;
    let word = |pages::Word { text, x, y, w, h }| Word { text, x, y, w, h };
    let words = words.into_iter().map(word).collect();
    Transcript::new((width, height), words).map(Some).context("no page has such words")
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;

    fn page() -> AssetCard {
        let (id, modified) = (AssetId::new(2, 5, "page").unwrap(), OffsetDateTime::UNIX_EPOCH);
        let origin = Some(Origin::upload("uploads/2/5/page/a-0"));
        let card =
            AssetCard::open_image(id, 3, "image/jpeg".parse().unwrap(), (600, 400), modified);
        AssetCard { origin, ..card }
    }

    async fn words_of(card: &AssetCard, json: &str) -> Option<Transcript> {
        let bucket = Bucket::in_memory();
        bucket.put(&keys::words(&page().id, 3), json.to_owned().into()).await.unwrap();
        transcript(&bucket, card).await.unwrap()
    }

    const WORDS: &str =
        r#"{"width":600,"height":400,"words":[{"text":"a","x":9,"y":8.5,"w":7,"h":6}]}"#;

    #[tokio::test]
    async fn the_words_of_a_page_are_where_they_were_on_it() {
        let word = Word { text: "a".to_owned(), x: 9.0, y: 8.5, w: 7.0, h: 6.0 };
        assert_eq!(words_of(&page(), WORDS).await, Transcript::new((600, 400), vec![word]));
    }

    #[tokio::test]
    async fn a_page_without_words_that_make_sense_has_none() {
        assert_eq!(transcript(&Bucket::in_memory(), &page()).await.unwrap(), None);
        let large = format!("{WORDS}{}", " ".repeat(MOST_BYTES as usize));
        for json in ["", "{", "[]", &WORDS.replace("600", "0"), &WORDS[..40], &large] {
            assert_eq!(words_of(&page(), json).await, None, "{}", &json[..json.len().min(60)]);
        }
    }

    #[tokio::test]
    async fn words_are_not_told_of_what_is_shown_small_or_was_no_page() {
        let from = |origin: &str| Some(origin.parse().unwrap());
        for (card, is_told) in [
            (AssetCard { max_width: Some(599), ..page() }, false),
            (AssetCard { max_width: Some(600), ..page() }, true),
            (AssetCard { max_width: Some(0), ..page() }, true),
            (AssetCard { origin: from("https://example.org/a.jpg"), ..page() }, false),
            (AssetCard { origin: None, ..page() }, false),
        ] {
            assert_eq!(words_of(&card, WORDS).await.is_some(), is_told, "{card:?}");
        }
    }
}
