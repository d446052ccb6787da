use imaging::Piece;

use super::Image;

pub(super) fn name(image: &Image<'_>, piece: Piece) -> Option<String> {
    let Piece::Tile { level, column, row } = piece else { return None };
    image.plan.tile_in_level(level as usize, column, row)?;
    // The smallest level is called 0.
    let level = (image.plan.levels.len() as u32).checked_sub(level + 1)?;
    let extension = image.format.format().extension();
    Some(format!("{}_files/{level}/{column}_{row}.{extension}", image.name))
}

pub(super) fn descriptor(image: &Image<'_>) -> String {
    let (extent, tile) = (image.plan.extent, image.plan.tile);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\" Format=\"{}\" Overlap=\"0\" TileSize=\"{tile}\">\
         <Size Width=\"{}\" Height=\"{}\"/></Image>\n",
        image.format.format().extension(),
        extent.w,
        extent.h
    )
}
