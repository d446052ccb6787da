//! What cameras and programs put before the picture: EXIF, and a profile in pieces.

use super::super::exif;
use crate::jpeg::Segment;

const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;

/// The first EXIF that has an orientation.
pub(super) fn orientation(segments: &[Segment]) -> Option<u8> {
    segments
        .iter()
        .filter(|segment| segment.marker == APP1)
        .filter_map(|segment| segment.bytes.strip_prefix(b"Exif\0\0"))
        .find_map(exif::orientation)
}

/// The profile, if all its pieces are there.
pub(super) fn profile(segments: &[Segment]) -> Option<Vec<u8>> {
    let mut pieces: Vec<(u8, u8, &[u8])> = segments
        .iter()
        .filter(|segment| segment.marker == APP2)
        .filter_map(|segment| segment.bytes.strip_prefix(b"ICC_PROFILE\0"))
        .filter_map(|rest| rest.split_first_chunk::<2>())
        .map(|([number, of], bytes)| (*number, *of, bytes))
        .collect();
    pieces.sort_by_key(|(number, ..)| *number);
    pieces.dedup_by_key(|(number, ..)| *number);
    let (_, of, _) = pieces.first()?;
    let whole = pieces.len() == usize::from(*of) && pieces.iter().all(|(_, each, _)| each == of);
    whole.then(|| pieces.iter().flat_map(|(.., bytes)| bytes.iter().copied()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(number: u8, of: u8, bytes: &[u8]) -> Segment {
        Segment {
            marker: APP2,
            bytes: [b"ICC_PROFILE\0".as_slice(), &[number, of], bytes].concat(),
        }
    }

    #[test]
    fn a_profile_is_put_together_in_its_own_order() {
        let segments = [piece(2, 2, b"file"), piece(1, 2, b"pro")];
        assert_eq!(profile(&segments).as_deref(), Some(b"profile".as_slice()));
        assert_eq!(profile(&segments[..1]), None);
    }
}
