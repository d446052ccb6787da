//! An image that arrives in pieces, row by row.

#![expect(unsafe_code, reason = "calls the functions of decoder.c, and is called by them")]

use std::ffi::c_void;
use std::io::{self, Read};
use std::ptr;

use iiif::image::Extent;

use super::decoder::{Decoder, Target};
use super::ffi::{self, RawHeader};
use crate::Error;

/// How colours are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    Gray,
    YCbCr,
    Rgb,
    Cmyk,
    Ycck,
    Other,
}

/// What stands before the first row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) extent: Extent,
    pub(crate) components: u8,
    pub(crate) space: Space,
    /// Bits in a sample.
    pub(crate) precision: u8,
    pub(crate) progressive: bool,
    /// The transform that Adobe's segment names, if there is one.
    pub(crate) adobe: Option<u8>,
    /// APP1 and APP2: EXIF, XMP and profiles.
    pub(crate) segments: Vec<Segment>,
}

/// An application segment without its marker and length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// 0xE1 for APP1.
    pub(crate) marker: u8,
    pub(crate) bytes: Vec<u8>,
}

/// A JPEG under decoding. First [`begin`](Self::begin), then [`read`](Self::read) all rows.
pub(crate) struct Stream {
    decoder: Decoder,
    // C holds its address.
    feed: Box<Feed>,
    header: Header,
    row: usize,
}

struct Feed {
    reader: Box<dyn Read + Send>,
    error: Option<io::Error>,
}

impl Stream {
    /// Reads up to the first scan. `max_bytes` bounds what progressive images keep in memory.
    pub(crate) fn open(reader: Box<dyn Read + Send>, max_bytes: u64) -> Result<Self, Error> {
        let mut decoder = Decoder::new()?;
        let mut feed = Box::new(Feed { reader, error: None });
        let context = ptr::from_mut::<Feed>(&mut feed).cast::<c_void>();
        // SAFETY: the feed is boxed, and lives as long as the decoder that calls back with it.
        unsafe {
            let max_bytes = usize::try_from(max_bytes).unwrap_or(usize::MAX);
            ffi::recto_decoder_limit(decoder.raw(), max_bytes);
            ffi::recto_decoder_from_reader(decoder.raw(), read_feed, context);
        }
        let raw = decoder.read_header(true);
        let raw = raw.map_err(|error| feed.error.take().map_or(error, Error::Io))?;
        let header = describe(&raw, kept_segments(&decoder));
        Ok(Self { decoder, feed, header, row: 0 })
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// Overrules what the header made of the stored colours. Only before [`begin`](Self::begin).
    pub(crate) fn assume(&mut self, space: Space) {
        let number = match space {
            Space::Gray => 0,
            Space::YCbCr => 1,
            Space::Rgb => 2,
            Space::Cmyk => 3,
            Space::Ycck => 4,
            Space::Other => return,
        };
        // SAFETY: it writes a number.
        unsafe { ffi::recto_decoder_assume(self.decoder.raw(), number) };
    }

    /// Begins to decode at `eighths` of the size, and says what size that is.
    pub(crate) fn begin(&mut self, target: Target, eighths: u8) -> Result<Extent, Error> {
        let raw = self.decoder.begin(eighths, target, true);
        let raw = raw.map_err(|error| self.feed.error.take().map_or(error, Error::Io))?;
        self.row = raw.out_w as usize * usize::try_from(raw.components).unwrap_or(0);
        Ok(Extent::new(raw.out_w, raw.out_h))
    }

    /// Fills `out` with the next rows, whole ones.
    pub(crate) fn read(&mut self, out: &mut [u8]) -> Result<(), Error> {
        assert!(self.row > 0 && out.len().is_multiple_of(self.row), "whole rows, after begin");
        let rows = (out.len() / self.row) as u32;
        // SAFETY: `out` has room for so many rows.
        let code = unsafe {
            ffi::recto_decoder_rows(self.decoder.raw(), out.as_mut_ptr(), self.row, rows)
        };
        let done = self.decoder.check(code);
        done.map_err(|error| self.feed.error.take().map_or(error, Error::Io))
    }

    /// Whether the data of a scan ended before the scan did, so that rows may be grey.
    pub(crate) fn is_cut(&self) -> bool {
        // SAFETY: it reads a number.
        unsafe { ffi::recto_decoder_cut(self.decoder.raw()) != 0 }
    }

    /// How often the codes made no sense and were passed over.
    #[cfg(test)]
    pub(crate) fn warnings(&self) -> u64 {
        self.decoder.warnings()
    }
}

unsafe extern "C" fn read_feed(context: *mut c_void, buffer: *mut u8, length: usize) -> isize {
    // SAFETY: the context is the boxed feed of `Stream::open`, and nobody else uses it during a call.
    let feed = unsafe { &mut *context.cast::<Feed>() };
    // SAFETY: the buffer belongs to the decoder and is that long; it was zeroed when it was made.
    let buffer = unsafe { std::slice::from_raw_parts_mut(buffer, length) };
    loop {
        match feed.reader.read(buffer) {
            Ok(n) => return n.min(length) as isize,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                feed.error = Some(error);
                return -1;
            }
        }
    }
}

fn kept_segments(decoder: &Decoder) -> Vec<Segment> {
    let mut segments = Vec::new();
    let (mut marker, mut bytes, mut length) = (0, ptr::null(), 0);
    // SAFETY: the segments stay as long as nothing else is decoded, and are copied at once.
    unsafe {
        let (marker, bytes, length) = (&raw mut marker, &raw mut bytes, &raw mut length);
        while ffi::recto_decoder_marker(decoder.raw(), segments.len(), marker, bytes, length) != 0 {
            let bytes = std::slice::from_raw_parts(*bytes, *length).to_vec();
            segments.push(Segment { marker: *marker, bytes });
        }
    }
    segments
}

fn describe(raw: &RawHeader, segments: Vec<Segment>) -> Header {
    Header {
        extent: Extent::new(raw.w, raw.h),
        components: u8::try_from(raw.components).unwrap_or(0),
        space: match raw.space {
            0 => Space::Gray,
            1 => Space::YCbCr,
            2 => Space::Rgb,
            3 => Space::Cmyk,
            4 => Space::Ycck,
            _ => Space::Other,
        },
        precision: u8::try_from(raw.precision).unwrap_or(0),
        progressive: raw.progressive != 0,
        adobe: u8::try_from(raw.adobe).ok(),
        segments,
    }
}
