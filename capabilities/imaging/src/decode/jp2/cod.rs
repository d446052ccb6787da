//! How a codestream is coded: its resolutions, and the precincts in which they can be read.

use iiif::image::Extent;

use super::super::problem::damaged;
use super::super::source::Source;
use crate::Error;

const SIZ: u16 = 0xff51;
const COD: u16 = 0xff52;
const COC: u16 = 0xff53;
const SOT: u16 = 0xff90;
/// Segments before the first tile; a sound file has a handful, and one for each component.
const MAX_SEGMENTS: usize = 2048;
/// No standard allows more.
const MAX_REDUCTIONS: u8 = 32;

/// What the main header says of all tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Coding {
    /// How often the image can be halved without decoding all of it.
    pub(super) reductions: u8,
    /// The side of precincts of the largest resolution, if they are smaller than tiles.
    pub(super) precinct: Option<Extent>,
}

impl Coding {
    /// Reads the segments that follow the start of a codestream.
    pub(super) fn read(source: &Source, start: u64) -> Result<Self, Error> {
        let mut at = start + 2;
        let mut coding = None;
        for _ in 0..MAX_SEGMENTS {
            let mut head = [0; 4];
            source.read_exact(at, &mut head)?;
            let marker = u16::from_be_bytes([head[0], head[1]]);
            let length = u64::from(u16::from_be_bytes([head[2], head[3]]));
            if marker == SOT || length < 2 || (at == start + 2 && marker != SIZ) {
                break;
            }
            let body = || source.bytes(at + 4, length - 2, u64::MAX);
            match (marker, &mut coding) {
                (COD, _) => coding = Self::of_all(&body()?),
                // A component that is halved less often limits all of them.
                (COC, Some(coding)) => coding.limit(&body()?),
                _ => {}
            }
            at += 2 + length;
        }
        coding.ok_or_else(|| damaged("the JPEG 2000 doesn't say how it is coded"))
    }

    fn of_all(body: &[u8]) -> Option<Self> {
        let [style, _, _, _, _, rest @ ..] = body else { return None };
        let reductions = *rest.first().filter(|reductions| **reductions <= MAX_REDUCTIONS)?;
        let has_precincts = style & 1 == 1;
        let largest = rest.get(5 + usize::from(reductions)).filter(|_| has_precincts);
        let side = |exponent: u8| 1_u32 << exponent;
        let precinct = largest.map(|both| Extent::new(side(both & 15), side(both >> 4)));
        Some(Self { reductions, precinct })
    }

    /// The number of a component has one byte, or two if there are many.
    fn limit(&mut self, body: &[u8]) {
        const MANY: usize = 2 + 5 + MAX_REDUCTIONS as usize;
        let reductions = body.get(2).filter(|_| body.len() < MANY);
        if let Some(reductions) = reductions {
            self.reductions = self.reductions.min(*reductions);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(style: u8, reductions: u8, precincts: &[u8]) -> Source {
        let mut bytes = vec![0xff, 0x4f, 0xff, 0x51, 0, 4, 0, 0];
        let length = 12 + precincts.len() as u8;
        bytes.extend([0xff, 0x52, 0, length, style, 2, 0, 1, 1, reductions, 4, 4, 0, 0]);
        bytes.extend(precincts);
        bytes.extend([0xff, 0x90, 0, 10]);
        Source::from_bytes(bytes)
    }

    #[test]
    fn resolutions_and_precincts_are_read() {
        let coding = Coding::read(&stream(0, 5, &[]), 0).unwrap();
        assert_eq!(coding, Coding { reductions: 5, precinct: None });
        let coding = Coding::read(&stream(1, 2, &[0x77, 0x77, 0x98]), 0).unwrap();
        assert_eq!(coding, Coding { reductions: 2, precinct: Some(Extent::new(256, 512)) });
    }

    #[test]
    fn headers_without_sense_are_refused() {
        for source in [
            Source::from_bytes(vec![0xff, 0x4f, 0xff, 0x90, 0, 2]),
            Source::from_bytes(vec![0xff, 0x4f, 0xff, 0x51, 0, 0, 0, 0]),
            Source::from_bytes(vec![0xff, 0x4f]),
            stream(0, 200, &[]),
        ] {
            assert!(Coding::read(&source, 0).is_err(), "{source:?}");
        }
    }
}
