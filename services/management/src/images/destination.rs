use catalogue::Reach;
use model::AssetId;

use super::image_fields::check_characters;
use crate::{
    ManagementConfig,
    error::Error,
    fields::Fields,
    members::{asset_of, last_number},
    permit,
};

/// Where a body says that an asset goes: a space, and an `id` if it gets another one there.
pub(super) fn destination(
    mut fields: Fields,
    asset: &AssetId,
    reach: &Reach,
    config: &ManagementConfig,
) -> Result<AssetId, Error> {
    let to = if fields.has("id") {
        asset_of(&fields, asset.customer, None)
    } else {
        same_name(&fields, asset)
    };
    let to = to.map_err(Error::invalid)?;
    permit::check_reach(reach, [&to].into_iter())?;
    check_characters(&mut fields, &to, config);
    fields.finish()?;
    Ok(to)
}

fn same_name(fields: &Fields, asset: &AssetId) -> Result<AssetId, String> {
    let space = fields.peek_text("space").filter(|text| !text.trim().is_empty());
    let space = space.ok_or_else(|| "'space' must say where it goes".to_owned())?;
    let to = AssetId::new(asset.customer, last_number(&space)?, asset.name());
    to.map_err(|fault| fault.to_string())
}
