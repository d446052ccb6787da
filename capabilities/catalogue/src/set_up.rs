use sea_orm::ConnectionTrait;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Catalogue, Error, KeyFields, NewKey,
    callers::key,
    database::query::{self, micros},
    storage::storage_use,
};

impl Catalogue {
    /// Makes customer 1, the administrator, and its first key; `None` if that was done before.
    pub async fn set_up(&self, now: OffsetDateTime) -> Result<Option<NewKey>, Error> {
        let change = self.database().begin().await?;
        let sql = "INSERT INTO customer (id, name, name_folded, display_name, display_name_folded,
                   administrator, storage_policy, next_space, created, modified)
                   VALUES (1, 'admin', 'admin', 'Administrator', 'administrator',
                   TRUE, 'default', 1, $1, $1) ON CONFLICT (id) DO NOTHING";
        if query::run(&change, sql, [micros(now).into()]).await? == 0 {
            return Ok(None);
        }
        storage_use::open(&change, (ADMINISTRATOR, 0), now).await?;
        insert_policies(&change, now).await?;
        for (media_type, channel, policy) in DEFAULTS {
            insert_default(&change, (ADMINISTRATOR, 0), (media_type, channel, policy)).await?;
        }
        let key = key::insert(&change, ADMINISTRATOR, &KeyFields::default(), now).await?;
        change.commit().await?;
        Ok(Some(key))
    }
}

/// The customer that owns the system's policies, and whose others every new customer copies.
pub(crate) const ADMINISTRATOR: u32 = 1;

/// Channel, name, data, and whether the policy is the system's.
const POLICIES: [(&str, &str, Option<&str>, bool); 7] = [
    ("iiif-img", "default", None, true),
    ("iiif-img", "use-original", None, true),
    ("file", "none", None, true),
    ("none", "none", None, true),
    ("thumbs", "default", Some(r#"["!1024,1024","!400,400","!200,200","!100,100"]"#), false),
    ("iiif-av", "default-audio", Some(r#"["audio-mp3-128"]"#), false),
    ("iiif-av", "default-video", Some(r#"["video-mp4-720p"]"#), false),
];

/// Media type, channel, policy.
const DEFAULTS: [(&str, &str, &str); 5] = [
    ("image/*", "iiif-img", "default"),
    ("image/*", "thumbs", "default"),
    ("video/*", "iiif-av", "default-video"),
    ("audio/*", "iiif-av", "default-audio"),
    ("application/*", "file", "none"),
];

async fn insert_policies(change: &impl ConnectionTrait, now: OffsetDateTime) -> Result<(), Error> {
    for (channel, name, data, system) in POLICIES {
        let sql = "INSERT INTO delivery_channel_policy
                   (customer, channel, name, data, system, created, modified)
                   VALUES ($1, $2, $3, $4, $5, $6, $6)";
        let policy = [ADMINISTRATOR.into(), channel.into(), name.into(), data.into()];
        let values = policy.into_iter().chain([system.into(), micros(now).into()]);
        query::run(change, sql, values).await?;
    }
    Ok(())
}

/// Space 0: for all spaces of the customer.
pub(crate) async fn insert_default(
    change: &impl ConnectionTrait,
    (customer, space): (u32, u32),
    (media_type, channel, policy): (&str, &str, &str),
) -> Result<(), Error> {
    let sql = "INSERT INTO default_delivery_channel
               (id, customer, space, media_type, channel, policy)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let id = Uuid::new_v4().to_string();
    let whose = [id.into(), customer.into(), space.into()];
    let what = [media_type.into(), channel.into(), policy.into()];
    query::run(change, sql, whose.into_iter().chain(what)).await?;
    Ok(())
}
