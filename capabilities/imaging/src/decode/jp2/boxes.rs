//! JP2's boxes: what the codestream's components mean.

use super::super::problem::truncated;
use super::super::source::Source;
use crate::Error;

/// Headers and profiles beyond this are not real.
const MAX_HEADER: u64 = 32 << 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    /// A number from the standard's list: 16 is sRGB, 17 grey, 18 sYCC, 12 CMYK, 14 Lab.
    Listed(u32),
    Icc(Vec<u8>),
}

/// Colours by index, a column for each channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Palette {
    /// Bits of each column.
    pub(super) bits: Vec<u32>,
    /// Row after row.
    pub(super) values: Vec<u32>,
}

/// Where a channel comes from: a component, perhaps through a column of the palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Channel {
    pub(super) component: usize,
    pub(super) column: Option<usize>,
}

/// What a channel is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Definition {
    pub(super) channel: usize,
    /// 0 colour, 1 opacity, 2 opacity that is multiplied in already.
    pub(super) kind: u16,
    /// Which colour, from 1; 0 is the whole image.
    pub(super) association: u16,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Boxes {
    /// Where the codestream begins, and where its box ends.
    pub(super) codestream: (u64, u64),
    pub(super) colour: Option<Colour>,
    pub(super) palette: Option<Palette>,
    pub(super) channels: Vec<Channel>,
    pub(super) definitions: Vec<Definition>,
}

impl Boxes {
    pub(super) fn read(source: &Source) -> Result<Self, Error> {
        let mut boxes = Self::default();
        let mut at = 0;
        while let Some((kind, start, end)) = next(source, at, source.len())? {
            match &kind {
                b"jp2h" => boxes.read_header(source, start, end)?,
                b"jp2c" => {
                    boxes.codestream = (start, end);
                    return Ok(boxes);
                }
                _ => {}
            }
            at = end;
        }
        Err(truncated())
    }

    fn read_header(&mut self, source: &Source, start: u64, end: u64) -> Result<(), Error> {
        let mut at = start;
        while let Some((kind, start, end)) = next(source, at, end)? {
            let body = || source.bytes(start, end - start, MAX_HEADER);
            match &kind {
                b"colr" => self.add_colour(&body()?),
                b"pclr" => self.palette = palette(&body()?),
                b"cmap" => self.channels = channels(&body()?),
                b"cdef" => self.definitions = definitions(&body()?),
                _ => {}
            }
            at = end;
        }
        Ok(())
    }

    /// The first that is understood counts, as the standard wishes.
    fn add_colour(&mut self, body: &[u8]) {
        let colour = match body {
            [1, _, _, a, b, c, d, ..] => Some(Colour::Listed(u32::from_be_bytes([*a, *b, *c, *d]))),
            [2 | 3, _, _, icc @ ..] => Some(Colour::Icc(icc.to_vec())),
            _ => None,
        };
        self.colour = self.colour.take().or(colour);
    }
}

/// A box's name, and where its body begins and ends.
type Place = ([u8; 4], u64, u64);

fn next(source: &Source, at: u64, end: u64) -> Result<Option<Place>, Error> {
    let end = end.min(source.len());
    if at + 8 > end {
        return Ok(None);
    }
    let mut head = [0; 16];
    source.read_exact(at, &mut head[..8])?;
    let short = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
    let (len, start) = match short {
        0 => (end - at, 8),
        1 => {
            source.read_exact(at + 8, &mut head[8..])?;
            let long =
                [head[8], head[9], head[10], head[11], head[12], head[13], head[14], head[15]];
            (u64::from_be_bytes(long), 16)
        }
        len => (u64::from(len), 8),
    };
    if len < start {
        return Ok(None); // nonsense, and nothing after it can be found
    }
    let kind = [head[4], head[5], head[6], head[7]];
    Ok(Some((kind, at + start, at.saturating_add(len).min(end))))
}

fn palette(body: &[u8]) -> Option<Palette> {
    let (head, rest) = body.split_at_checked(3)?;
    let entries = usize::from(u16::from_be_bytes([head[0], head[1]]));
    let (depths, rest) = rest.split_at_checked(usize::from(head[2]))?;
    let bits: Vec<u32> = depths.iter().map(|depth| u32::from(depth & 0x7f) + 1).collect();
    if bits.is_empty() || bits.iter().any(|bits| *bits > 16) || entries > 1024 {
        return None;
    }
    let mut rest = rest.iter();
    let mut values = Vec::with_capacity(entries * bits.len());
    for _ in 0..entries {
        for bits in &bits {
            let high = if *bits > 8 { u32::from(*rest.next()?) << 8 } else { 0 };
            values.push(high | u32::from(*rest.next()?));
        }
    }
    Some(Palette { bits, values })
}

fn channels(body: &[u8]) -> Vec<Channel> {
    let channel = |raw: &[u8]| Channel {
        component: usize::from(u16::from_be_bytes([raw[0], raw[1]])),
        column: (raw[2] == 1).then_some(usize::from(raw[3])),
    };
    body.chunks_exact(4).map(channel).collect()
}

fn definitions(body: &[u8]) -> Vec<Definition> {
    let definition = |raw: &[u8]| Definition {
        channel: usize::from(u16::from_be_bytes([raw[0], raw[1]])),
        kind: u16::from_be_bytes([raw[2], raw[3]]),
        association: u16::from_be_bytes([raw[4], raw[5]]),
    };
    body.get(2..).unwrap_or_default().chunks_exact(6).map(definition).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes(), kind.as_slice(), body].concat()
    }

    #[test]
    fn the_first_understood_colour_and_the_codestream_are_found() {
        let colours = [
            boxed(b"colr", &[9, 0, 0, 1]),
            boxed(b"colr", &[1, 0, 0, 0, 0, 0, 18]),
            boxed(b"colr", &[1, 0, 0, 0, 0, 0, 16]),
        ];
        let header = boxed(b"jp2h", &colours.concat());
        let file = [header, boxed(b"jp2c", b"codes")].concat();
        let boxes = Boxes::read(&Source::from_bytes(file.clone())).unwrap();
        assert_eq!(boxes.colour, Some(Colour::Listed(18)));
        assert_eq!(boxes.codestream, (file.len() as u64 - 5, file.len() as u64));
    }

    #[test]
    fn boxes_that_lie_about_their_length_end_the_search() {
        for len in [2_u32, 7, u32::MAX] {
            let file = [&len.to_be_bytes(), b"uuid".as_slice(), b"more"].concat();
            assert!(Boxes::read(&Source::from_bytes(file)).is_err(), "{len}");
        }
    }
}
