//! The functions of `decoder.c` and `encoder.c`, as they are declared there.

#![expect(unsafe_code, reason = "declarations of C functions")]

use std::ffi::{c_char, c_int, c_long, c_void};

// The functions in C call the library that this crate links.
use turbojpeg_sys as _;

#[repr(C)]
pub(super) struct RawDecoder {
    _opaque: [u8; 0],
}

#[repr(C)]
pub(super) struct RawEncoder {
    _opaque: [u8; 0],
}

#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RawHeader {
    pub(super) w: u32,
    pub(super) h: u32,
    pub(super) out_w: u32,
    pub(super) out_h: u32,
    pub(super) components: i32,
    pub(super) space: i32,
    pub(super) precision: i32,
    pub(super) progressive: i32,
    pub(super) adobe: i32,
    pub(super) density_unit: i32,
    pub(super) x_density: i32,
    pub(super) y_density: i32,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(super) struct RawCut {
    pub(super) position: u32,
    pub(super) waiting_bits: u32,
    pub(super) means: [i32; 3],
}

pub(super) type ReadBytes = unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> isize;

unsafe extern "C" {
    pub(super) fn recto_decoder_new() -> *mut RawDecoder;
    pub(super) fn recto_decoder_free(decoder: *mut RawDecoder);
    pub(super) fn recto_decoder_message(decoder: *const RawDecoder) -> *const c_char;
    pub(super) fn recto_decoder_warnings(decoder: *const RawDecoder) -> c_long;
    pub(super) fn recto_decoder_cut(decoder: *const RawDecoder) -> c_int;
    pub(super) fn recto_decoder_assume(decoder: *mut RawDecoder, space: i32);
    pub(super) fn recto_decoder_limit(decoder: *mut RawDecoder, bytes: usize);
    pub(super) fn recto_decoder_from_memory(d: *mut RawDecoder, bytes: *const u8, length: usize);
    pub(super) fn recto_decoder_from_reader(d: *mut RawDecoder, read: ReadBytes, c: *mut c_void);
    pub(super) fn recto_decoder_tables(decoder: *mut RawDecoder) -> c_int;
    pub(super) fn recto_decoder_header(d: *mut RawDecoder, keep: c_int, h: *mut RawHeader)
    -> c_int;
    pub(super) fn recto_decoder_marker(
        decoder: *const RawDecoder,
        n: usize,
        code: *mut u8,
        bytes: *mut *const u8,
        length: *mut usize,
    ) -> c_int;
    pub(super) fn recto_decoder_begin(
        decoder: *mut RawDecoder,
        eighths: c_int,
        space: c_int,
        fancy: c_int,
        header: *mut RawHeader,
    ) -> c_int;
    pub(super) fn recto_decoder_columns(d: *mut RawDecoder, x: *mut u32, w: *mut u32) -> c_int;
    pub(super) fn recto_decoder_rows(
        decoder: *mut RawDecoder,
        out: *mut u8,
        stride: usize,
        n: u32,
    ) -> c_int;

    pub(super) fn recto_encoder_new(
        space: c_int,
        quality: c_int,
        half_chroma: c_int,
        cut_every: c_int,
    ) -> *mut RawEncoder;
    pub(super) fn recto_encoder_free(encoder: *mut RawEncoder);
    pub(super) fn recto_encoder_message(encoder: *const RawEncoder) -> *const c_char;
    pub(super) fn recto_encoder_bytes(encoder: *const RawEncoder, n: *mut usize) -> *const u8;
    pub(super) fn recto_encoder_cuts(encoder: *const RawEncoder, n: *mut usize) -> *const RawCut;
    pub(super) fn recto_encoder_drained(encoder: *mut RawEncoder);
    pub(super) fn recto_encoder_tables(encoder: *mut RawEncoder) -> c_int;
    pub(super) fn recto_encoder_begin(e: *mut RawEncoder, w: u32, h: u32, abbr: c_int) -> c_int;
    pub(super) fn recto_encoder_rows(
        encoder: *mut RawEncoder,
        pixels: *const u8,
        stride: usize,
        n: u32,
    ) -> c_int;
    pub(super) fn recto_encoder_end(encoder: *mut RawEncoder) -> c_int;
}
