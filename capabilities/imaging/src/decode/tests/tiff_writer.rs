//! Writes TIFFs in every arrangement of samples that the format knows.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use weezl::BitOrder;
use weezl::encode::Encoder;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    PackBits,
    Lzw,
    /// With bits in the order of the first writers.
    OldLzw,
    Deflate,
    Zstd,
}

/// How a picture lies in a file.
#[derive(Clone, Debug)]
pub(super) struct Arrangement {
    pub(super) w: u32,
    pub(super) h: u32,
    pub(super) samples: usize,
    pub(super) bits: u32,
    pub(super) format: u64,
    pub(super) photometric: u64,
    pub(super) extra: Option<u64>,
    pub(super) big_endian: bool,
    pub(super) big: bool,
    pub(super) planar: bool,
    pub(super) reversed: bool,
    /// The size of a tile, or the rows of a strip.
    pub(super) tile: Option<(u32, u32)>,
    pub(super) rows: u32,
    pub(super) packing: Packing,
    pub(super) predictor: u64,
    /// Further tags of whole numbers.
    pub(super) tags: Vec<(u16, Vec<u64>)>,
}

impl Default for Arrangement {
    fn default() -> Self {
        Self {
            w: 0,
            h: 0,
            samples: 1,
            bits: 8,
            format: 1,
            photometric: 1,
            extra: None,
            big_endian: false,
            big: false,
            planar: false,
            reversed: false,
            tile: None,
            rows: u32::MAX,
            packing: Packing::None,
            predictor: 1,
            tags: Vec::new(),
        }
    }
}

/// Bits from the highest on; whole bytes of a number in the file's order.
struct Bits {
    bytes: Vec<u8>,
    free: u32,
}

impl Bits {
    fn put(&mut self, value: u64, bits: u32, big_endian: bool) {
        if bits.is_multiple_of(8) {
            let n = bits as usize / 8;
            let bytes = value.to_le_bytes();
            let little = bytes[..n].iter().copied();
            if big_endian {
                self.bytes.extend(little.rev());
            } else {
                self.bytes.extend(little);
            }
            return;
        }
        for bit in (0..bits).rev() {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            self.free -= 1;
            let last = self.bytes.len() - 1;
            self.bytes[last] |= ((value >> bit & 1) as u8) << self.free;
        }
    }
}

impl Arrangement {
    /// The file in which `value` is the sample of a pixel: x, y, channel.
    pub(super) fn write(&self, value: impl Fn(u32, u32, usize) -> u64) -> Vec<u8> {
        let (w, h) = self.tile.unwrap_or((self.w, self.rows.min(self.h)));
        let planes = if self.planar { self.samples } else { 1 };
        let mut chunks = Vec::new();
        for plane in 0..planes {
            for top in (0..self.h).step_by(h as usize) {
                for left in (0..self.w).step_by(w as usize) {
                    let rows = if self.tile.is_some() { h } else { h.min(self.h - top) };
                    let channels = if self.planar { plane..plane + 1 } else { 0..self.samples };
                    let mut bytes = Vec::new();
                    for y in top..top + rows {
                        let inside = |x: u32| x < self.w && y < self.h;
                        let sample = |x, c| if inside(x) { value(x, y, c) } else { 0 };
                        bytes.extend(self.row(left..left + w, channels.clone(), sample));
                    }
                    chunks.push(self.pack(bytes));
                }
            }
        }
        self.file(&chunks)
    }

    fn row(
        &self,
        xs: std::ops::Range<u32>,
        channels: std::ops::Range<usize>,
        sample: impl Fn(u32, usize) -> u64,
    ) -> Vec<u8> {
        let step = channels.len();
        let values: Vec<u64> =
            xs.flat_map(|x| channels.clone().map(|c| sample(x, c)).collect::<Vec<_>>()).collect();
        let mut bits = Bits { bytes: Vec::new(), free: 0 };
        if self.predictor == 3 {
            return float_differences(&values, self.bits as usize / 8, step);
        }
        let mask = if self.bits == 64 { u64::MAX } else { (1 << self.bits) - 1 };
        for (i, value) in values.iter().enumerate() {
            let before = if self.predictor == 2 && i >= step { values[i - step] } else { 0 };
            bits.put(value.wrapping_sub(before) & mask, self.bits, self.big_endian);
        }
        bits.bytes
    }

    fn pack(&self, bytes: Vec<u8>) -> Vec<u8> {
        let mut packed = match self.packing {
            Packing::None => bytes,
            Packing::PackBits => pack_bits(&bytes),
            Packing::Lzw => {
                Encoder::with_tiff_size_switch(BitOrder::Msb, 8).encode(&bytes).unwrap()
            }
            Packing::OldLzw => Encoder::new(BitOrder::Lsb, 8).encode(&bytes).unwrap(),
            Packing::Deflate => {
                let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(&bytes).unwrap();
                encoder.finish().unwrap()
            }
            Packing::Zstd => zstd::stream::encode_all(&bytes[..], 1).unwrap(),
        };
        if self.reversed {
            packed.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
        }
        packed
    }

    pub(super) fn compression(&self) -> u64 {
        match self.packing {
            Packing::None => 1,
            Packing::PackBits => 32773,
            Packing::Lzw | Packing::OldLzw => 5,
            Packing::Deflate => 8,
            Packing::Zstd => 50000,
        }
    }

    /// Header, chunks, values, directory.
    pub(super) fn file(&self, chunks: &[Vec<u8>]) -> Vec<u8> {
        let mut file = vec![0; 16];
        let mut places = Vec::new();
        for chunk in chunks {
            places.push(file.len() as u64);
            file.extend_from_slice(chunk);
        }
        let lengths = chunks.iter().map(|chunk| chunk.len() as u64).collect();
        let mut tags = vec![
            (256, vec![self.w.into()]),
            (257, vec![self.h.into()]),
            (258, vec![self.bits.into(); self.samples]),
            (259, vec![self.compression()]),
            (262, vec![self.photometric]),
            (266, vec![if self.reversed { 2 } else { 1 }]),
            (277, vec![self.samples as u64]),
            (284, vec![if self.planar { 2 } else { 1 }]),
            (317, vec![self.predictor]),
            (339, vec![self.format; self.samples]),
        ];
        if let Some((w, h)) = self.tile {
            tags.extend([(322, vec![w.into()]), (323, vec![h.into()])]);
            tags.extend([(324, places), (325, lengths)]);
        } else {
            tags.extend([(278, vec![self.rows.into()]), (273, places), (279, lengths)]);
        }
        tags.extend(self.extra.map(|extra| (338, vec![extra])));
        for (tag, values) in &self.tags {
            tags.retain(|(other, _)| other != tag);
            tags.push((*tag, values.clone()));
        }
        tags.sort();
        self.directory(&mut file, tags);
        file
    }

    fn directory(&self, file: &mut Vec<u8>, tags: Vec<(u16, Vec<u64>)>) {
        let width = if self.big { 8 } else { 4 };
        let mut entries = Vec::new();
        self.put(&mut entries, tags.len() as u64, if self.big { 8 } else { 2 });
        for (tag, values) in tags {
            self.put(&mut entries, tag.into(), 2);
            self.put(&mut entries, if self.big { 16 } else { 4 }, 2);
            self.put(&mut entries, values.len() as u64, width);
            if values.len() == 1 {
                self.put(&mut entries, values[0], width);
            } else {
                self.put(&mut entries, file.len() as u64, width);
                values.iter().for_each(|value| self.put(file, *value, width));
            }
        }
        self.put(&mut entries, 0, width);
        let place = file.len() as u64;
        file.extend(entries);
        let mut head = if self.big_endian { b"MM".to_vec() } else { b"II".to_vec() };
        self.put(&mut head, if self.big { 43 } else { 42 }, 2);
        if self.big {
            self.put(&mut head, 8, 2);
            self.put(&mut head, 0, 2);
        }
        self.put(&mut head, place, width);
        file[..head.len()].copy_from_slice(&head);
    }

    fn put(&self, out: &mut Vec<u8>, value: u64, width: usize) {
        let little = value.to_le_bytes();
        if self.big_endian {
            out.extend(little[..width].iter().rev());
        } else {
            out.extend(&little[..width]);
        }
    }
}

/// Literals of at most 128 bytes, and runs where a byte repeats.
fn pack_bits(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    for run in bytes.chunk_by(|a, b| a == b) {
        for run in run.chunks(128) {
            packed.extend([(1 - run.len() as i16) as u8, run[0]]);
        }
    }
    packed
}

fn float_differences(values: &[u64], width: usize, step: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for byte in (0..width).rev() {
        bytes.extend(values.iter().map(|value| (value >> (8 * byte)) as u8));
    }
    for i in (step..bytes.len()).rev() {
        bytes[i] = bytes[i].wrapping_sub(bytes[i - step]);
    }
    bytes
}
