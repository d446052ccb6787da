//! The blocks of a GIF: palettes, the first frame's description, and how many frames there are.

use std::io::{BufReader, Read, Seek, SeekFrom};

use super::super::problem::{damaged, truncated};
use super::super::source::{Section, Source};
use crate::Error;

/// What a file says before and around its first frame.
#[derive(Debug, Default)]
pub(super) struct Gif {
    pub(super) w: u16,
    pub(super) h: u16,
    pub(super) palette: Vec<u8>,
    pub(super) transparent: Option<u8>,
    pub(super) frame: Frame,
    pub(super) frames: u32,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Frame {
    pub(super) x: u16,
    pub(super) y: u16,
    pub(super) w: u16,
    pub(super) h: u16,
    pub(super) interlaced: bool,
    /// Where the packed indices begin.
    pub(super) at: u64,
}

impl Gif {
    pub(super) fn read(source: &Source) -> Result<Self, Error> {
        let mut file = Walk { reader: BufReader::new(source.whole()) };
        let head: [u8; 13] = file.take()?;
        let mut gif = Self {
            w: u16::from_le_bytes([head[6], head[7]]),
            h: u16::from_le_bytes([head[8], head[9]]),
            ..Self::default()
        };
        let global = file.palette(head[10])?;
        let mut transparent = None;
        // What comes after the first frame is only counted, as far as it goes.
        loop {
            match file.take::<1>() {
                Ok([0x21]) => match file.extension() {
                    Ok(seen) => transparent = seen.or(transparent),
                    Err(error) if gif.frames == 0 => return Err(error),
                    Err(_) => break,
                },
                Ok([0x2c]) => {
                    let first = gif.frames == 0;
                    match file.frame() {
                        Ok((frame, local)) if first => {
                            gif.frame = frame;
                            gif.transparent = transparent;
                            gif.palette = if local.is_empty() { global.clone() } else { local };
                        }
                        Err(error) if first => return Err(error),
                        Ok(_) => {}
                        Err(_) => break,
                    }
                    gif.frames += 1;
                    transparent = None;
                    if file.skip_blocks().is_err() {
                        break;
                    }
                }
                Ok([0]) => {} // stray terminators are common
                _ if gif.frames > 0 => break,
                Ok([0x3b]) => return Err(damaged("the GIF has no picture")),
                Ok(_) => return Err(damaged("the GIF's blocks make no sense")),
                Err(error) => return Err(error),
            }
        }
        Ok(gif)
    }
}

struct Walk {
    reader: BufReader<Section>,
}

impl Walk {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes).map_err(|_| truncated())?;
        Ok(bytes)
    }

    fn palette(&mut self, flags: u8) -> Result<Vec<u8>, Error> {
        if flags & 0x80 == 0 {
            return Ok(Vec::new());
        }
        let mut palette = vec![0; 3 << ((flags & 7) + 1)];
        self.reader.read_exact(&mut palette).map_err(|_| truncated())?;
        Ok(palette)
    }

    /// The transparent index, if this extension has one.
    fn extension(&mut self) -> Result<Option<u8>, Error> {
        let [label] = self.take()?;
        let mut transparent = None;
        if label == 0xf9 {
            let [len] = self.take()?;
            let mut body = vec![0; usize::from(len)];
            self.reader.read_exact(&mut body).map_err(|_| truncated())?;
            if let [flags, _, _, index, ..] = body[..] {
                transparent = (flags & 1 == 1).then_some(index);
            }
            if len == 0 {
                return Ok(None);
            }
        }
        self.skip_blocks()?;
        Ok(transparent)
    }

    fn frame(&mut self) -> Result<(Frame, Vec<u8>), Error> {
        let head: [u8; 9] = self.take()?;
        let local = self.palette(head[8])?;
        let short = |i: usize| u16::from_le_bytes([head[i], head[i + 1]]);
        let frame = Frame {
            x: short(0),
            y: short(2),
            w: short(4),
            h: short(6),
            interlaced: head[8] & 0x40 != 0,
            at: self.reader.stream_position()?,
        };
        self.take::<1>()?; // the size of the first codes
        Ok((frame, local))
    }

    fn skip_blocks(&mut self) -> Result<(), Error> {
        loop {
            let [len] = self.take()?;
            if len == 0 {
                return Ok(());
            }
            self.reader.seek_relative(i64::from(len))?;
        }
    }
}

/// The packed bytes of a frame without the lengths between them.
pub(super) struct Data {
    reader: BufReader<Section>,
    block: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Data {
    /// The size of the first codes, and what follows.
    pub(super) fn open(source: &Source, at: u64) -> Result<(u8, Self), Error> {
        let mut reader = BufReader::new(source.whole());
        reader.seek(SeekFrom::Start(at))?;
        let mut size = [0];
        reader.read_exact(&mut size).map_err(|_| truncated())?;
        Ok((size[0], Self { reader, block: Vec::new(), at: 0, ended: false }))
    }

    /// Bytes that are not used up yet; none at the end.
    pub(super) fn bytes(&mut self) -> Result<&[u8], Error> {
        if self.at == self.block.len() && !self.ended {
            let mut len = [0];
            self.reader.read_exact(&mut len).map_err(|_| truncated())?;
            self.ended = len == [0];
            self.block.resize(usize::from(len[0]), 0);
            self.at = 0;
            self.reader.read_exact(&mut self.block).map_err(|_| truncated())?;
        }
        Ok(&self.block[self.at..])
    }

    pub(super) fn consume(&mut self, n: usize) {
        self.at = (self.at + n).min(self.block.len());
    }
}
