//! How much of an asset's row becomes its card.

use model::AssetId;

use crate::{
    AssetCard, AtOrigin, Catalogue, Error, Recording,
    assets::asset_row::family,
    database::query::{self, Record, Row},
};

/// Only what delivery needs: documents are made of thousands of these.
pub(crate) const SELECT: &str = "SELECT customer, space, name, version, origin, media_type, family,
    channels, roles, tags, max_unauthorised, open_full_max, max_width, string1, string2, string3,
    number1, number2, number3, width, height, duration, gray, thumbnails, modified, ingesting,
    kept, recording, at_origin
    FROM asset";

impl Catalogue {
    /// The card of an asset, unless it is not for delivery; without the headers that its customer wants sent with it.
    pub(crate) async fn bare_card(&self, id: &AssetId) -> Result<Option<AssetCard>, Error> {
        let sql = format!(
            "{SELECT} WHERE customer = $1 AND space = $2 AND name = $3 AND NOT not_for_delivery"
        );
        query::one(self.database().reader(), &sql, query::key_of(id)).await
    }
}

impl Record for AssetCard {
    fn read(row: &Row) -> Result<Self, Error> {
        let origin = row.optional_text("origin")?;
        let origin = origin.map(|text| text.parse().map_err(|_| query::unreadable("origin")));
        Ok(Self {
            id: row.asset_id()?,
            version: row.number("version")?,
            media_type: row.parsed("media_type")?,
            family: family(&row.text("family")?)?,
            origin: origin.transpose()?,
            extent: (row.number("width")?, row.number("height")?),
            duration: row.number("duration")?,
            gray: row.flag("gray")?,
            roles: row.json("roles")?,
            max_unauthorised: row.number("max_unauthorised")?,
            open_full_max: row.optional_number("open_full_max")?,
            max_width: row.optional_number("max_width")?,
            channels: row.json("channels")?,
            thumbnails: row.json("thumbnails")?,
            modified: row.moment("modified")?,
            string1: row.optional_text("string1")?,
            string2: row.optional_text("string2")?,
            string3: row.optional_text("string3")?,
            number1: row.number("number1")?,
            number2: row.number("number2")?,
            number3: row.number("number3")?,
            tags: row.json("tags")?,
            ingesting: row.flag("ingesting")?,
            headers: Vec::new(),
            kept: row.optional_text("kept")?.map(|text| text.parse()).transpose()?,
            recording: Recording::read(row)?,
            at_origin: AtOrigin::read(row)?,
        })
    }
}
