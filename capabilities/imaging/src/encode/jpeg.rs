use super::{Produce, Sheet};
use crate::Error;
use crate::jpeg::{Encoder, Kind};

/// Rows are encoded as they come.
pub(super) fn encode(sheet: Sheet, quality: u8, produce: Produce<'_>) -> Result<Vec<u8>, Error> {
    let mut encoder = Encoder::new(Kind::plain(sheet.is_gray(), quality))?;
    let stride = sheet.stride();
    encoder.begin(sheet.extent)?;
    produce(&mut |rows| encoder.write(rows, stride, rows.len() / stride))?;
    encoder.end()?;
    Ok(encoder.bytes().to_vec())
}
