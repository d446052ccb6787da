use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use imaging::Outline;
use model::{AssetId, MediaType};
use storage::keys;

use super::{
    config::LogLevel,
    holding::{Absent, Holding, Meanwhile, made},
    kept_card::{KeptCard, media_type, unknown},
    profile::{Profile, kind},
    source::{Original, Source},
    tally::Tally,
    workshop::Look,
};

impl Profile {
    /// Takes what an earlier look left of this version, or begins to make it ready.
    pub(super) async fn hold(
        self: &Arc<Self>,
        id: &AssetId,
        original: Original,
    ) -> Result<Holding, Absent> {
        let version = original.version;
        let (bytes, file_name) = (original.bytes, Arc::from(original.file_name.as_str()));
        let modified = original.modified;
        let hold = |kept: &KeptCard, making| Holding {
            card: Arc::new(kept.to_card(id, version, modified)),
            file_name,
            bytes,
            meanwhile: None,
            making,
        };
        if let Some(kept) = self.kept(id, version).await {
            return Ok(hold(&kept, made()));
        }
        if let Source::Disk(_) = self.source {
            // What there may be is of an older version.
            self.cabinet.empty(&keys::asset_prefix(id)).await;
        }
        match self.workshop.look(&original).await? {
            Look::InPlace(outline) => {
                Tally::count(&self.tally.in_place);
                let kept = KeptCard {
                    extent: outline.extent,
                    gray: outline.gray,
                    media_type: media_type(&original.file_name),
                    in_place: true,
                };
                self.keep_outline(id, version, &outline).await?;
                self.keep_card(id, version, &kept).await?;
                Ok(hold(&kept, made()))
            }
            Look::Image(facts, outline) => {
                let kept = KeptCard {
                    extent: facts.upright(),
                    gray: facts.channels < 3,
                    media_type: facts.media_type.parse().unwrap_or_else(|_| unknown()),
                    in_place: false,
                };
                let (profile, id) = (Arc::clone(self), id.clone());
                let media_type = kept.media_type.clone();
                let make =
                    tokio::spawn(async move { profile.make(&id, original, media_type).await });
                let making = async move {
                    let made = make.await.unwrap_or_else(|_| Err(broke_down()));
                    made.map(drop)
                };
                let meanwhile = outline.map(Meanwhile::new);
                Ok(Holding { meanwhile, ..hold(&kept, making.boxed().shared()) })
            }
            Look::Strange => {
                let kept = self.make(id, original, unknown()).await?;
                Ok(hold(&kept, made()))
            }
        }
    }

    /// Makes the pyramid and keeps it; then the version is complete.
    async fn make(
        &self,
        id: &AssetId,
        original: Original,
        media_type: MediaType,
    ) -> Result<KeptCard, Absent> {
        let _in_use = self.tally.begin();
        let version = original.version;
        let done = async {
            let wishes = (self.config.jpeg_quality, self.config.full_chroma);
            let (made, _folder) = self.workshop.make(original, wishes).await?;
            let key = keys::pyramid(id, version);
            let stored = self.cabinet.bucket().put_file(&key, &made.pyramid).await;
            let stored = stored.map_err(|error| not_kept(&error))?;
            let converted = &made.converted;
            let kept = KeptCard {
                extent: converted.extent,
                gray: converted.gray,
                media_type,
                in_place: false,
            };
            self.keep_card(id, version, &kept).await?;
            let gone = self.cabinet.kept(&keys::asset_prefix(id), stored.bytes).await;
            self.forget_all(&gone).await;
            Ok(kept)
        };
        let done: Result<KeptCard, Absent> = done.await;
        match &done {
            Ok(_) => {
                Tally::count(&self.tally.converted);
                self.say(LogLevel::Info, id.name(), "a pyramid was made");
            }
            Err(error) => {
                self.tally.error(kind(error));
                self.say(LogLevel::Warning, id.name(), &format!("no pyramid was made: {error}"));
            }
        }
        done
    }

    async fn kept(&self, id: &AssetId, version: u64) -> Option<KeptCard> {
        let written = self.cabinet.bucket().read(&keys::profile_card(id, version)).await.ok()?;
        serde_json::from_slice(&written).ok()
    }

    async fn keep_card(&self, id: &AssetId, version: u64, card: &KeptCard) -> Result<(), Absent> {
        self.keep(&keys::profile_card(id, version), serde_json::to_vec(card)).await
    }

    async fn keep_outline(
        &self,
        id: &AssetId,
        version: u64,
        outline: &Outline,
    ) -> Result<(), Absent> {
        self.keep(&keys::outline(id, version), serde_json::to_vec(outline)).await
    }

    async fn keep(
        &self,
        key: &str,
        json: Result<Vec<u8>, serde_json::Error>,
    ) -> Result<(), Absent> {
        let json = json.map_err(|error| not_kept(&error))?;
        let kept = self.cabinet.bucket().put(key, Bytes::from(json)).await;
        kept.map(drop).map_err(|error| not_kept(&error))
    }
}

fn not_kept(error: &dyn std::fmt::Display) -> Absent {
    tracing::error!(%error, "an image of a profile can't be kept");
    Absent::Unavailable("the image can't be kept at the moment".to_owned())
}

fn broke_down() -> Absent {
    Absent::Unavailable("making the image ready broke down".to_owned())
}
