//! JPEG 2000, by OpenJPEG: one tile, the lossy transform, six resolutions.

#![expect(unsafe_code, reason = "calls OpenJPEG, and is called by it")]

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;

use openjpeg_sys as opj;

use super::{Produce, Sheet};
use crate::Error;
use crate::picture::Picture;

/// How many bytes OpenJPEG hands over at once.
const BUFFER: usize = 1 << 16;
/// Halvings of a picture, as long as it has any pixels left.
const RESOLUTIONS: u32 = 6;

pub(super) fn encode(sheet: Sheet, ratio: u8, produce: Produce<'_>) -> Result<Vec<u8>, Error> {
    let picture = sheet.collect(produce)?;
    let image = Image::new(&picture)?;
    let mut parameters = parameters(&picture, ratio);
    let mut out = Output { bytes: Vec::new(), at: 0 };
    let codec = Codec::new()?;
    let stream = Stream::new(&mut out)?;
    // SAFETY: all four live to the end of the block, and OpenJPEG keeps none of them.
    let done = unsafe {
        opj::opj_setup_encoder(codec.0, &raw mut parameters, image.0) != 0
            && opj::opj_start_compress(codec.0, image.0, stream.0) != 0
            && opj::opj_encode(codec.0, stream.0) != 0
            && opj::opj_end_compress(codec.0, stream.0) != 0
    };
    drop(stream);
    if done { Ok(out.bytes) } else { Err(failed("OpenJPEG does not say why")) }
}

fn parameters(picture: &Picture, ratio: u8) -> opj::opj_cparameters_t {
    let mut parameters = MaybeUninit::<opj::opj_cparameters_t>::zeroed();
    // SAFETY: all zeroes are a value, and the function sets what has another default.
    let mut parameters = unsafe {
        opj::opj_set_default_encoder_parameters(parameters.as_mut_ptr());
        parameters.assume_init()
    };
    let halvings = picture.extent.w.min(picture.extent.h).ilog2();
    parameters.numresolution = (halvings + 1).min(RESOLUTIONS) as i32;
    parameters.irreversible = 1;
    parameters.tcp_numlayers = 1;
    parameters.cp_disto_alloc = 1;
    parameters.tcp_rates[0] = f32::from(ratio.max(1));
    parameters.tcp_mct = i8::from(picture.layout.channels() == 3);
    parameters
}

/// The samples as OpenJPEG wants them: 32 bits each, component by component.
struct Image(*mut opj::opj_image_t);

impl Image {
    fn new(picture: &Picture) -> Result<Self, Error> {
        let channels = picture.layout.channels();
        let (w, h) = (picture.extent.w, picture.extent.h);
        let component = opj::opj_image_cmptparm_t {
            dx: 1,
            dy: 1,
            w,
            h,
            x0: 0,
            y0: 0,
            prec: 8,
            bpp: 8,
            sgnd: 0,
        };
        let mut components = vec![component; channels];
        let space = match channels {
            1 => opj::OPJ_COLOR_SPACE::OPJ_CLRSPC_GRAY,
            _ => opj::OPJ_COLOR_SPACE::OPJ_CLRSPC_SRGB,
        };
        // SAFETY: there are as many parameters as components, and the image is OpenJPEG's own;
        // each of its components has room for `w * h` samples.
        unsafe {
            let image = opj::opj_image_create(channels as u32, components.as_mut_ptr(), space);
            let image = if image.is_null() {
                return Err(failed("there is no memory"));
            } else {
                Self(image)
            };
            ((*image.0).x0, (*image.0).y0, (*image.0).x1, (*image.0).y1) = (0, 0, w, h);
            for n in 0..channels {
                let samples = (*(*image.0).comps.add(n)).data;
                if samples.is_null() {
                    return Err(failed("there is no memory"));
                }
                for (at, sample) in picture.pixels.iter().skip(n).step_by(channels).enumerate() {
                    *samples.add(at) = i32::from(*sample);
                }
            }
            Ok(image)
        }
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        // SAFETY: it was made by OpenJPEG, and isn't used after.
        unsafe { opj::opj_image_destroy(self.0) };
    }
}

struct Codec(*mut opj::opj_codec_t);

impl Codec {
    fn new() -> Result<Self, Error> {
        // SAFETY: it takes a constant.
        let codec = unsafe { opj::opj_create_compress(opj::OPJ_CODEC_FORMAT::OPJ_CODEC_JP2) };
        if codec.is_null() { Err(failed("there is no memory")) } else { Ok(Self(codec)) }
    }
}

impl Drop for Codec {
    fn drop(&mut self) {
        // SAFETY: it was made by OpenJPEG, and isn't used after.
        unsafe { opj::opj_destroy_codec(self.0) };
    }
}

/// What was written; the boxes of JP2 are completed at the end, so places are gone back to.
struct Output {
    bytes: Vec<u8>,
    at: usize,
}

struct Stream(*mut opj::opj_stream_t);

impl Stream {
    /// It writes into `out`, which has to live longer.
    fn new(out: &mut Output) -> Result<Self, Error> {
        // SAFETY: the functions below take an `Output`, and nothing frees it.
        unsafe {
            let stream = opj::opj_stream_create(BUFFER, 0);
            if stream.is_null() {
                return Err(failed("there is no memory"));
            }
            opj::opj_stream_set_user_data(stream, ptr::from_mut(out).cast(), None);
            opj::opj_stream_set_write_function(stream, Some(write));
            opj::opj_stream_set_skip_function(stream, Some(skip));
            opj::opj_stream_set_seek_function(stream, Some(seek));
            Ok(Self(stream))
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: it was made by OpenJPEG, and isn't used after.
        unsafe { opj::opj_stream_destroy(self.0) };
    }
}

unsafe extern "C" fn write(bytes: *mut c_void, n: usize, out: *mut c_void) -> usize {
    // SAFETY: OpenJPEG gives what it was given, and `n` bytes of its own.
    let (out, bytes) =
        unsafe { (&mut *out.cast::<Output>(), std::slice::from_raw_parts(bytes.cast::<u8>(), n)) };
    let end = out.at + n;
    if out.bytes.len() < end {
        out.bytes.resize(end, 0);
    }
    out.bytes[out.at..end].copy_from_slice(bytes);
    out.at = end;
    n
}

unsafe extern "C" fn skip(n: i64, out: *mut c_void) -> i64 {
    // SAFETY: OpenJPEG gives what it was given.
    let out = unsafe { &mut *out.cast::<Output>() };
    out.at = out.at.saturating_add_signed(n as isize);
    n
}

unsafe extern "C" fn seek(to: i64, out: *mut c_void) -> i32 {
    // SAFETY: OpenJPEG gives what it was given.
    let out = unsafe { &mut *out.cast::<Output>() };
    usize::try_from(to).map_or(0, |to| {
        out.at = to;
        1
    })
}

fn failed(reason: &str) -> Error {
    Error::Encoding { format: "JPEG 2000", reason: reason.to_owned() }
}
