use std::{fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use anyhow::Context;
use catalogue::{
    AssetFields, Catalogue, Change, JobId, KeyFields, NewAsset, NewCustomer, NewKey, Priority,
    SpaceFields,
};
use model::{AssetId, Origin};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Image;

/// The demo's customer and key, kept in the data folder: nobody could look up the secret again.
#[derive(Serialize, Deserialize)]
pub(crate) struct Library {
    customer: u32,
    key: String,
    secret: String,
}

const NAME: &str = "demo";
const SPACE: u32 = 1;

impl Library {
    /// Opens the demo's customer, and makes it the first time.
    pub(crate) async fn open(catalogue: &Catalogue, data: &Path) -> anyhow::Result<Self> {
        let path = data.join("demo-key.json");
        let library = match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .with_context(|| format!("{} is damaged: delete it", path.display()))?,
            Err(_) => {
                let library = Self::make(catalogue).await?;
                let mut file =
                    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
                file.write_all(&serde_json::to_vec_pretty(&library)?)?;
                library
            }
        };
        let space = SpaceFields { name: Change::Set("samples".to_owned()), ..Default::default() };
        catalogue.put_space(library.customer, SPACE, &space, now()).await?;
        Ok(library)
    }

    async fn make(catalogue: &Catalogue) -> anyhow::Result<Self> {
        catalogue.set_up(now()).await?;
        let customer = match catalogue.customer_by_name(NAME).await? {
            Some(customer) => customer,
            None => {
                let new = NewCustomer { name: NAME.to_owned(), display_name: "Demo".to_owned() };
                catalogue.create_customer(&new, now()).await?
            }
        };
        let NewKey { key, secret, customer, fields: _ } =
            catalogue.create_key(customer.id, &KeyFields::default(), now()).await?;
        Ok(Self { customer, key, secret })
    }

    /// Registers an image, unless it is there already; answers the job to wait for.
    pub(crate) async fn register(
        &self,
        catalogue: &Catalogue,
        image: &Image,
    ) -> anyhow::Result<(AssetId, Option<JobId>)> {
        let id = AssetId::new(self.customer, SPACE, &image.name)?;
        let url = url::Url::from_file_path(&image.path);
        let url = url.map_err(|()| anyhow::anyhow!("{} has no URL", image.path.display()))?;
        let origin: Origin = url.as_str().parse()?;
        if let Some(known) = catalogue.asset(&id).await?
            && known.origin.as_ref() == Some(&origin)
            && known.error.is_none()
            && known.version > 0
        {
            return Ok((id, None));
        }
        let fields = AssetFields {
            origin: Change::Set(origin),
            media_type: Change::Set(image.media_type.clone()),
            ..AssetFields::default()
        };
        let new = NewAsset { id: id.clone(), fields };
        let registered = catalogue.register_asset(&new, Priority::Normal, now()).await?;
        Ok((id, registered.job))
    }

    pub(crate) fn describe(&self, root: &str) -> String {
        let Self { customer, key, secret } = self;
        let space = format!("{root}/customers/{customer}/spaces/{SPACE}/images");
        format!("the API, with the demo's key:\n  curl -u {key}:{secret} {space}")
    }
}

/// The edge of the demo: here the clock is read.
#[expect(clippy::disallowed_methods, reason = "the edge of the demo")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
