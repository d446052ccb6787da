//! Many small images out of memory, with one decoder and the tables that they share.

#![expect(unsafe_code, reason = "calls the functions of decoder.c")]

use std::ffi::{CStr, c_int};
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

    /// Decodes an image at `eighths` of its size into rows that lie `stride` bytes apart.
    ///
    /// It has to have exactly the extent that is `expected` after the reduction.
    pub(crate) fn decode(
        &mut self,
        bytes: &[u8],
        eighths: u8,
        layout: Layout,
        expected: Extent,
        out: &mut [u8],
        stride: usize,
    ) -> Result<(), Error> {
        let row = expected.w as usize * layout.channels();
        let needed = (expected.h as usize).checked_sub(1).map(|rows| rows * stride + row);
        assert!(
            needed.is_some_and(|n| n <= out.len()) && row <= stride,
            "rows fit into the buffer"
        );
        let done = self.decode_whole(bytes, eighths, layout, expected, out, stride);
        self.let_go();
        done
    }

    fn decode_whole(
        &mut self,
        bytes: &[u8],
        eighths: u8,
        layout: Layout,
        expected: Extent,
        out: &mut [u8],
        stride: usize,
    ) -> Result<(), Error> {
        let target = match layout {
            Layout::Gray | Layout::GrayAlpha => Target::Gray,
            Layout::Rgb | Layout::Rgba => Target::Rgb,
        };
        // SAFETY: the bytes outlive this function, and the caller lets go of them after it.
        unsafe { ffi::recto_decoder_from_memory(self.raw.as_ptr(), bytes.as_ptr(), bytes.len()) };
        self.read_header(false)?;
        let header = self.begin(eighths, target, true)?;
        if (header.out_w, header.out_h) != (expected.w, expected.h)
            || header.components as usize != layout.channels()
        {
            let is = Extent::new(header.out_w, header.out_h);
            return Err(Error::Damaged(format!("a tile is {is}, not {expected}")));
        }
        // SAFETY: `decode` saw that all rows fit into `out`, and the image has exactly these.
        let code = unsafe {
            ffi::recto_decoder_rows(self.raw.as_ptr(), out.as_mut_ptr(), stride, expected.h)
        };
        self.check(code)?;
        match self.warnings() {
            0 => Ok(()),
            _ => Err(Error::Damaged("a tile has wrong codes in it".to_owned())),
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
