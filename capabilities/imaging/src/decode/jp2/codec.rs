//! OpenJPEG: an area of a codestream, decoded.

#![expect(unsafe_code, reason = "calls OpenJPEG, and is called by it")]

use std::ffi::{CStr, c_char, c_void};
use std::ptr;

use openjpeg_sys::{
    CODEC_FORMAT, opj_codec_t, opj_create_decompress, opj_decode, opj_decoder_set_strict_mode,
    opj_destroy_codec, opj_dparameters_t, opj_image_comp_t, opj_image_destroy, opj_image_t,
    opj_read_header, opj_set_decode_area, opj_set_default_decoder_parameters,
    opj_set_error_handler, opj_setup_decoder, opj_stream_create, opj_stream_destroy,
    opj_stream_set_read_function, opj_stream_set_seek_function, opj_stream_set_skip_function,
    opj_stream_set_user_data, opj_stream_set_user_data_length, opj_stream_t,
};

use super::super::problem::{damaged, truncated};
use super::super::source::Source;
use super::siz::Siz;
use crate::Error;

/// One component's samples of an area, from zero up, with at most 16 bits.
pub(super) struct Plane {
    /// The first sample's place among the component's own.
    pub(super) x0: u32,
    pub(super) y0: u32,
    pub(super) w: usize,
    pub(super) h: usize,
    pub(super) samples: Vec<u16>,
}

/// A codestream under decoding. One of a single tile can decode one area after the other.
pub(super) struct Codec {
    codec: *mut opj_codec_t,
    stream: *mut opj_stream_t,
    image: *mut opj_image_t,
    /// How often the image is halved.
    reduce: u8,
    // Both are boxed since OpenJPEG holds their addresses.
    feed: Box<Feed>,
    complaint: Box<Option<String>>,
}

// SAFETY: OpenJPEG without its threads keeps nothing that belongs to one.
unsafe impl Send for Codec {}

/// Part of a source, and how far it is read.
struct Feed {
    source: Source,
    start: u64,
    end: u64,
    at: u64,
    /// The source was asked for more than it has.
    ended: bool,
}

const CHUNK: usize = 1 << 20;

impl Codec {
    /// Opens the codestream in `start..end`, to be halved so often, and reads its header.
    pub(super) fn open(
        source: &Source,
        (start, end): (u64, u64),
        reduce: u8,
    ) -> Result<Self, Error> {
        let feed = Feed { source: source.clone(), start, end, at: start, ended: false };
        // SAFETY: these take no pointers; both handles are checked before they are used.
        let (codec, stream) = unsafe {
            (opj_create_decompress(CODEC_FORMAT::OPJ_CODEC_J2K), opj_stream_create(CHUNK, 1))
        };
        let mut this = Self {
            codec,
            stream,
            image: ptr::null_mut(),
            reduce,
            feed: Box::new(feed),
            complaint: Box::new(None),
        };
        if codec.is_null() || stream.is_null() {
            return Err(Error::Io(std::io::ErrorKind::OutOfMemory.into()));
        }
        let complaint = ptr::from_mut::<Option<String>>(&mut this.complaint).cast::<c_void>();
        let feed = ptr::from_mut::<Feed>(&mut this.feed).cast::<c_void>();
        // SAFETY: the handles are live, and the boxes live as long as they do.
        let done = unsafe {
            opj_set_error_handler(codec, Some(complain), complaint);
            opj_stream_set_user_data(stream, feed, None);
            opj_stream_set_user_data_length(stream, end - start);
            opj_stream_set_read_function(stream, Some(read));
            opj_stream_set_skip_function(stream, Some(skip));
            opj_stream_set_seek_function(stream, Some(seek));
            let mut parameters = std::mem::zeroed::<opj_dparameters_t>();
            opj_set_default_decoder_parameters(&raw mut parameters);
            parameters.cp_reduce = reduce.into();
            opj_setup_decoder(codec, &raw mut parameters) != 0
                && opj_decoder_set_strict_mode(codec, 1) != 0
                && opj_read_header(stream, codec, &raw mut this.image) != 0
        };
        if !done || this.image.is_null() { Err(this.explain()) } else { Ok(this) }
    }

    /// Decodes all components of an area of the grid, which is not reduced: left, top, right, bottom.
    pub(super) fn decode(&mut self, siz: &Siz, area: [u32; 4]) -> Result<Vec<Plane>, Error> {
        let area = area.map(|n| n as i32);
        // SAFETY: all handles are live; the header was read.
        let done = unsafe {
            opj_set_decode_area(self.codec, self.image, area[0], area[1], area[2], area[3]) != 0
                && opj_decode(self.codec, self.stream, self.image) != 0
        };
        if !done {
            return Err(self.explain());
        }
        // SAFETY: the image is live and has this many components.
        let components = unsafe {
            let image = &*self.image;
            std::slice::from_raw_parts(image.comps, image.numcomps as usize)
        };
        if components.len() != siz.components.len() {
            return Err(damaged("the JPEG 2000 changes its mind about its components"));
        }
        components.iter().map(|component| self.plane(component)).collect()
    }

    fn plane(&self, component: &opj_image_comp_t) -> Result<Plane, Error> {
        let (w, h) = (component.w as usize, component.h as usize);
        if component.data.is_null() {
            return Err(self.explain());
        }
        // SAFETY: OpenJPEG allocates width times height samples for a decoded component.
        let data = unsafe { std::slice::from_raw_parts(component.data, w * h) };
        let zero = if component.sgnd != 0 { 1_i64 << (component.prec - 1) } else { 0 };
        let (most, cut) = ((1_i64 << component.prec) - 1, component.prec.saturating_sub(16));
        let level = |value: &i32| ((i64::from(*value) + zero).clamp(0, most) >> cut) as u16;
        let samples = data.iter().map(level).collect();
        let reduced = |n: u32| u64::from(n).div_ceil(1 << self.reduce) as u32;
        Ok(Plane { x0: reduced(component.x0), y0: reduced(component.y0), w, h, samples })
    }

    fn explain(&self) -> Error {
        match (self.feed.ended, self.complaint.as_deref()) {
            (true, _) => truncated(),
            (_, Some(complaint)) => damaged(format!("JPEG 2000: {complaint}")),
            _ => damaged("the JPEG 2000 can't be decoded"),
        }
    }
}

impl Drop for Codec {
    fn drop(&mut self) {
        // SAFETY: each handle is destroyed once, and none is used after; null is allowed.
        unsafe {
            opj_image_destroy(self.image);
            if !self.stream.is_null() {
                opj_stream_destroy(self.stream);
            }
            if !self.codec.is_null() {
                opj_destroy_codec(self.codec);
            }
        }
    }
}

/// The first complaint is the cause of the others.
unsafe extern "C" fn complain(message: *const c_char, data: *mut c_void) {
    // SAFETY: OpenJPEG gives back the box of `open`, and a string that ends in zero.
    let (complaint, message) =
        unsafe { (&mut *data.cast::<Option<String>>(), CStr::from_ptr(message)) };
    complaint.get_or_insert_with(|| message.to_string_lossy().trim().to_owned());
}

/// What OpenJPEG takes for the end, and for a failure.
const END: usize = usize::MAX;

unsafe extern "C" fn read(buffer: *mut c_void, len: usize, data: *mut c_void) -> usize {
    // SAFETY: the data is the box of `open`; the buffer is OpenJPEG's, that long, and zeroed so far.
    let (feed, buffer) = unsafe {
        ptr::write_bytes(buffer.cast::<u8>(), 0, len);
        (&mut *data.cast::<Feed>(), std::slice::from_raw_parts_mut(buffer.cast::<u8>(), len))
    };
    let left = usize::try_from(feed.end.saturating_sub(feed.at)).unwrap_or(usize::MAX);
    let n = len.min(left);
    match feed.source.read_some(feed.at, &mut buffer[..n]) {
        Ok(0) | Err(_) => {
            feed.ended = true;
            END
        }
        Ok(n) => {
            feed.at += n as u64;
            n
        }
    }
}

unsafe extern "C" fn skip(n: i64, data: *mut c_void) -> i64 {
    // SAFETY: the data is the box of `open`.
    let feed = unsafe { &mut *data.cast::<Feed>() };
    match feed.at.checked_add_signed(n) {
        Some(at) if at <= feed.end => {
            feed.at = at;
            n
        }
        _ => {
            feed.ended = true;
            feed.at = feed.end;
            -1
        }
    }
}

unsafe extern "C" fn seek(to: i64, data: *mut c_void) -> i32 {
    // SAFETY: the data is the box of `open`.
    let feed = unsafe { &mut *data.cast::<Feed>() };
    match feed.start.checked_add_signed(to) {
        Some(at) if to >= 0 && at <= feed.end => {
            feed.at = at;
            1
        }
        _ => 0,
    }
}
