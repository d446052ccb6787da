//! Many images of one kind, with one encoder.

#![expect(unsafe_code, reason = "calls the functions of encoder.c")]

use std::ffi::{CStr, c_int};
use std::ptr::NonNull;

use iiif::image::Extent;

use super::cuts::{CodedRow, coded_rows};
use super::decoder::no_memory;
use super::ffi::{self, RawEncoder};
use crate::{Chroma, Error};

/// What all images of an encoder have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) gray: bool,
    /// 1 to 100.
    pub(crate) quality: u8,
    pub(crate) chroma: Chroma,
    /// Every row of blocks ends in a restart marker, and it's noted where it can be cut.
    pub(crate) cuts: bool,
}

/// The distance of cuts, in pixels.
pub(crate) const CUT: u32 = 256;

impl Kind {
    /// An answer for a browser.
    pub(crate) fn plain(gray: bool, quality: u8) -> Self {
        Self { gray, quality, chroma: Chroma::Half, cuts: false }
    }

    pub(crate) fn channels(self) -> usize {
        if self.gray { 1 } else { 3 }
    }

    /// The side of the blocks that are coded together, in pixels.
    pub(crate) fn block(self) -> u32 {
        block(self.gray, self.chroma)
    }
}

pub(crate) fn block(gray: bool, chroma: Chroma) -> u32 {
    if !gray && chroma == Chroma::Half { 16 } else { 8 }
}

/// An encoder of libjpeg's. Begin, write all rows, end: then its bytes are there.
pub(crate) struct Encoder {
    raw: NonNull<RawEncoder>,
    kind: Kind,
    w: usize,
}

// SAFETY: nothing in it belongs to a thread.
unsafe impl Send for Encoder {}

impl Encoder {
    pub(crate) fn new(kind: Kind) -> Result<Self, Error> {
        let space = c_int::from(!kind.gray);
        let half = c_int::from(kind.chroma == Chroma::Half);
        let cut_every = if kind.cuts { (CUT / kind.block()) as c_int } else { 0 };
        let quality = c_int::from(kind.quality);
        // SAFETY: it takes numbers, and gives null if there is no memory.
        let raw = unsafe { ffi::recto_encoder_new(space, quality, half, cut_every) };
        Ok(Self { raw: NonNull::new(raw).ok_or_else(no_memory)?, kind, w: 0 })
    }

    /// The stream of tables that abbreviated images need.
    pub(crate) fn tables(&mut self) -> Result<Vec<u8>, Error> {
        // SAFETY: it writes to the encoder's own buffer.
        let code = unsafe { ffi::recto_encoder_tables(self.raw.as_ptr()) };
        self.check(code).map(|()| self.bytes().to_vec())
    }

    /// Begins an image that can be read by itself.
    pub(crate) fn begin(&mut self, extent: Extent) -> Result<(), Error> {
        self.start(extent, false)
    }

    /// Begins an image that needs the tables; it has no application segments.
    pub(crate) fn begin_abbreviated(&mut self, extent: Extent) -> Result<(), Error> {
        self.start(extent, true)
    }

    fn start(&mut self, extent: Extent, abbreviated: bool) -> Result<(), Error> {
        let Extent { w, h } = extent;
        self.w = w as usize;
        // SAFETY: it takes numbers.
        let code =
            unsafe { ffi::recto_encoder_begin(self.raw.as_ptr(), w, h, c_int::from(abbreviated)) };
        self.check(code)
    }

    /// Writes the next rows, which lie `stride` bytes apart.
    pub(crate) fn write(&mut self, pixels: &[u8], stride: usize, rows: usize) -> Result<(), Error> {
        if rows == 0 {
            return Ok(());
        }
        let row = self.w * self.kind.channels();
        assert!((rows - 1) * stride + row <= pixels.len(), "all rows are there");
        // SAFETY: the rows lie within the pixels, which outlive the call.
        let code = unsafe {
            ffi::recto_encoder_rows(self.raw.as_ptr(), pixels.as_ptr(), stride, rows as u32)
        };
        self.check(code)
    }

    pub(crate) fn end(&mut self) -> Result<(), Error> {
        // SAFETY: it writes to the encoder's own buffer.
        let code = unsafe { ffi::recto_encoder_end(self.raw.as_ptr()) };
        self.check(code)
    }

    /// What was written, once it has ended.
    pub(crate) fn bytes(&self) -> &[u8] {
        let mut length = 0;
        // SAFETY: the buffer has that many bytes, and stays until the encoder is used again.
        unsafe {
            let bytes = ffi::recto_encoder_bytes(self.raw.as_ptr(), &raw mut length);
            std::slice::from_raw_parts(bytes, length)
        }
    }

    /// Forgets the bytes so far, once they have been taken: large images are never whole in memory.
    pub(crate) fn drained(&mut self) {
        assert!(!self.kind.cuts, "cuts are counted from the begin of an image");
        // SAFETY: it sets the encoder's buffer back to its begin.
        unsafe { ffi::recto_encoder_drained(self.raw.as_ptr()) };
    }

    /// The rows of blocks of the last image, if they can be cut.
    pub(crate) fn rows(&self) -> Result<Vec<CodedRow>, Error> {
        let mut count = 0;
        // SAFETY: there are that many, until the encoder is used again; none may be null.
        let cuts = unsafe {
            let cuts = ffi::recto_encoder_cuts(self.raw.as_ptr(), &raw mut count);
            if count == 0 { &[] } else { std::slice::from_raw_parts(cuts, count) }
        };
        coded_rows(self.bytes(), cuts, self.w.div_ceil(CUT as usize))
    }

    fn check(&self, code: c_int) -> Result<(), Error> {
        if code == 0 {
            return Ok(());
        }
        // SAFETY: the message ends in zero and stays until the next call.
        let message = unsafe { CStr::from_ptr(ffi::recto_encoder_message(self.raw.as_ptr())) };
        Err(match code {
            4 => no_memory(),
            _ => Error::Encoding { format: "JPEG", reason: message.to_string_lossy().into_owned() },
        })
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: it was made by `recto_encoder_new`, and isn't used after.
        unsafe { ffi::recto_encoder_free(self.raw.as_ptr()) };
    }
}
