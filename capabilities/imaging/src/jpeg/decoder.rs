//! Many small images out of memory, with one decoder and the tables that they share.

#![expect(unsafe_code, reason = "calls the functions of decoder.c")]

use std::ffi::{CStr, c_int};
use std::ops::Range;
use std::ptr::NonNull;

use iiif::image::Extent;

use super::ffi::{self, RawDecoder, RawHeader};
use crate::Error;
use crate::decode::Layout;

/// The samples that come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Brightness alone; only of gray and YCbCr images.
    Gray = 0,
    Rgb = 1,
    /// As stored: in Adobe's files zero is all ink.
    Cmyk = 2,
    /// No conversion of colours.
    Stored = 3,
}

/// What is decoded of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Of its size.
    pub(crate) eighths: u8,
    pub(crate) layout: Layout,
    /// What the whole has to be, after the reduction.
    pub(crate) extent: Extent,
    /// Whole blocks, but at the right edge.
    pub(crate) columns: Range<u32>,
}

impl Wanted {
    /// All of an image that has this extent.
    #[cfg(test)]
    pub(crate) fn whole(extent: Extent, layout: Layout) -> Self {
        Self { eighths: 8, layout, extent, columns: 0..extent.w }
    }
}

/// A decoder of libjpeg's. It may be used again after an error.
pub(crate) struct Decoder {
    raw: NonNull<RawDecoder>,
}

// SAFETY: nothing in it belongs to a thread.
unsafe impl Send for Decoder {}

impl Decoder {
    pub(crate) fn new() -> Result<Self, Error> {
        // SAFETY: it takes nothing, and gives null if there is no memory.
        let raw = NonNull::new(unsafe { ffi::recto_decoder_new() });
        Ok(Self { raw: raw.ok_or_else(no_memory)? })
    }

    /// Reads a stream of tables, which hold for the images after it.
    pub(crate) fn read_tables(&mut self, bytes: &[u8]) -> Result<(), Error> {
        // SAFETY: the bytes outlive the call, which reads them to their end.
        let code = unsafe {
            ffi::recto_decoder_from_memory(self.raw.as_ptr(), bytes.as_ptr(), bytes.len());
            ffi::recto_decoder_tables(self.raw.as_ptr())
        };
        let done = self.check(code);
        self.let_go();
        done
    }

    /// Decodes an image, or some columns of it, into rows that lie `stride` bytes apart.
    pub(crate) fn decode(
        &mut self,
        bytes: &[u8],
        wanted: &Wanted,
        out: &mut [u8],
        stride: usize,
    ) -> Result<(), Error> {
        let row = wanted.columns.len() * wanted.layout.channels();
        let needed = (wanted.extent.h as usize).checked_sub(1).map(|rows| rows * stride + row);
        assert!(
            needed.is_some_and(|n| n <= out.len()) && row <= stride,
            "rows fit into the buffer"
        );
        let done = self.decode_rows(bytes, wanted, out, stride);
        self.let_go();
        done
    }

    fn decode_rows(
        &mut self,
        bytes: &[u8],
        wanted: &Wanted,
        out: &mut [u8],
        stride: usize,
    ) -> Result<(), Error> {
        let target = match wanted.layout {
            Layout::Gray | Layout::GrayAlpha => Target::Gray,
            Layout::Rgb | Layout::Rgba => Target::Rgb,
        };
        // SAFETY: the bytes outlive this function, and the caller lets go of them after it.
        unsafe { ffi::recto_decoder_from_memory(self.raw.as_ptr(), bytes.as_ptr(), bytes.len()) };
        // An image of another size could take any amount of memory, so it isn't begun.
        let header = self.read_header(false)?;
        let reduced = |side: u32| {
            u32::try_from((u64::from(side) * u64::from(wanted.eighths)).div_ceil(8)).unwrap_or(0)
        };
        let is = Extent::new(reduced(header.w), reduced(header.h));
        if is != wanted.extent || header.progressive != 0 {
            return Err(Error::Damaged(format!("a tile is {is}, not {}", wanted.extent)));
        }
        let header = self.begin(wanted.eighths, target, true)?;
        let channels = usize::try_from(header.components).unwrap_or(0);
        if (header.out_w, header.out_h, channels) != (is.w, is.h, wanted.layout.channels()) {
            return Err(Error::Damaged("a tile has other colours than its index says".to_owned()));
        }
        if wanted.columns != (0..is.w) {
            self.narrow(&wanted.columns)?;
        }
        // SAFETY: `decode` saw that all rows fit into `out`, and they are as long as was wanted.
        let code =
            unsafe { ffi::recto_decoder_rows(self.raw.as_ptr(), out.as_mut_ptr(), stride, is.h) };
        self.check(code)?;
        match self.warnings() {
            0 => Ok(()),
            _ => Err(Error::Damaged("a tile has wrong codes in it".to_owned())),
        }
    }

    /// Libjpeg takes whole blocks; it has to take no more than is wanted.
    fn narrow(&mut self, columns: &Range<u32>) -> Result<(), Error> {
        let (mut x, mut w) = (columns.start, columns.end - columns.start);
        // SAFETY: both numbers are written to during the call.
        let code = unsafe { ffi::recto_decoder_columns(self.raw.as_ptr(), &raw mut x, &raw mut w) };
        self.check(code)?;
        match (x..x + w) == *columns {
            true => Ok(()),
            false => Err(Error::Damaged("a tile has other blocks than its index says".to_owned())),
        }
    }

    pub(super) fn read_header(&mut self, keep: bool) -> Result<RawHeader, Error> {
        let mut header = RawHeader::default();
        // SAFETY: the header is written to during the call.
        let code = unsafe {
            ffi::recto_decoder_header(self.raw.as_ptr(), c_int::from(keep), &raw mut header)
        };
        self.check(code).map(|()| header)
    }

    pub(super) fn begin(
        &mut self,
        eighths: u8,
        target: Target,
        fancy: bool,
    ) -> Result<RawHeader, Error> {
        let mut header = RawHeader::default();
        let (eighths, fancy) = (c_int::from(eighths), c_int::from(fancy));
        // SAFETY: the header is written to during the call.
        let code = unsafe {
            let (raw, header) = (self.raw.as_ptr(), &raw mut header);
            ffi::recto_decoder_begin(raw, eighths, target as c_int, fancy, header)
        };
        self.check(code).map(|()| header)
    }

    /// How often the codes made no sense and were passed over, in this image.
    pub(crate) fn warnings(&self) -> u64 {
        // SAFETY: it reads a number.
        let warnings = unsafe { ffi::recto_decoder_warnings(self.raw.as_ptr()) };
        u64::try_from(warnings).unwrap_or(0)
    }

    pub(super) fn raw(&self) -> *mut RawDecoder {
        self.raw.as_ptr()
    }

    fn let_go(&mut self) {
        // SAFETY: an empty slice is never read from.
        unsafe { ffi::recto_decoder_from_memory(self.raw.as_ptr(), [].as_ptr(), 0) };
    }

    pub(super) fn check(&self, code: c_int) -> Result<(), Error> {
        if code == 0 {
            return Ok(());
        }
        // SAFETY: the message ends in zero and stays until the next call.
        let message = unsafe { CStr::from_ptr(ffi::recto_decoder_message(self.raw.as_ptr())) };
        let message = message.to_string_lossy().into_owned();
        Err(match code {
            2 => Error::Truncated,
            3 => Error::Io(std::io::Error::other("the source can't be read")),
            4 => no_memory(),
            5 => Error::Unsupported(message),
            _ => Error::Damaged(message),
        })
    }
}

pub(super) fn no_memory() -> Error {
    Error::TooLarge("a JPEG takes more memory than is allowed".to_owned())
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: it was made by `recto_decoder_new`, and isn't used after.
        unsafe { ffi::recto_decoder_free(self.raw.as_ptr()) };
    }
}
