//! EXIF, of which only the orientation is read.

use super::source::Source;
use super::tiff::Tiff;

const ORIENTATION: u16 = 274;

/// The orientation in a block that begins with TIFF's header, perhaps after `Exif\0\0`.
pub(super) fn orientation(block: &[u8]) -> Option<u8> {
    let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    let page = Tiff::open(Source::from_bytes(block.to_vec())).ok()?.first_page().ok()?;
    let value = page.number(ORIENTATION).ok()??;
    u8::try_from(value).ok().filter(|value| (1..=8).contains(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orientation_is_read_in_either_byte_order() {
        let little = b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let big = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0";
        assert_eq!(orientation(little), Some(6));
        assert_eq!(orientation(big), Some(3));
        assert_eq!(orientation(b"Exif\0\0nonsense"), None);
    }
}
