//! Files that are cut, changed, or made with malice: an error or a picture, never a panic, and soon.

use std::time::{Duration, Instant};

use super::support::{decode, files, fixture, library, read, temporary};
use crate::{Error, Limits};

/// A generous bound for a machine that is busy with other tests.
const SOON: Duration = Duration::from_secs(20);

/// Repeatable noise.
struct Noise(u64);

impl Noise {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

fn all_fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let names = files(&folder)
        .into_iter()
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    names.filter(|name| !name.ends_with(".md")).map(|name| (name.clone(), fixture(&name))).collect()
}

#[test]
fn every_file_that_is_cut_in_half_is_an_error() {
    for (name, bytes) in all_fixtures() {
        // What comes after the first frame of an animation isn't missed.
        if name.contains("animated") {
            continue;
        }
        for part in [0, 1, 3, 5, 8] {
            let cut = &bytes[..bytes.len() * part / 10];
            assert!(decode(cut).is_err(), "{name}, {part} tenths of it");
        }
    }
}

#[test]
fn changed_bytes_never_panic() {
    let mut noise = Noise(11);
    // A few bytes may well make half a thousand million pixels, which take their time.
    let limits = Limits { max_pixels: 20_000_000, ..Limits::default() };
    for (name, bytes) in all_fixtures() {
        for _ in 0..40 {
            let mut changed = bytes.clone();
            for _ in 0..1 + noise.below(4) {
                // Headers tell decoders most, so they are hit most.
                let within = if noise.below(2) == 0 { bytes.len().min(200) } else { bytes.len() };
                changed[noise.below(within)] = noise.below(256) as u8;
            }
            let started = Instant::now();
            let _ = read(temporary(&changed), &limits);
            assert!(started.elapsed() < SOON, "{name} took {:?}", started.elapsed());
        }
    }
}

#[test]
fn headers_that_ask_for_too_much_are_refused_before_anything_is_allocated() {
    let limits = Limits { max_pixels: 900, max_bytes: 1 << 20 };
    for (name, bytes) in all_fixtures() {
        let file = super::support::temporary(&bytes);
        match read(file, &limits) {
            Err(Error::TooLarge(_)) => {}
            other => panic!("{name}: {:?}", other.map(|decoded| decoded.extent)),
        }
    }
}

#[test]
fn what_other_programs_may_read_is_named() {
    for (bytes, name) in [
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1".as_slice(), "AVIF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xff\x0a\x00\x00", "JPEG XL"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"plain text", "no known image format"),
    ] {
        match decode(bytes) {
            Err(Error::Unsupported(what)) => assert!(what.contains(name), "{what}"),
            other => panic!("{name}: {:?}", other.map(|decoded| decoded.extent)),
        }
    }
}

#[test]
fn the_librarys_bad_files_end_in_an_error_or_a_picture() {
    let Some(library) = library() else { return };
    let (mut errors, mut pictures) = (0, 0);
    for path in files(&library.join("bad")) {
        let started = Instant::now();
        match read(std::fs::File::open(&path).unwrap(), &Limits::default()) {
            Ok(_) => pictures += 1,
            Err(error) => {
                let sentence = error.to_string();
                assert!(sentence.len() > 10, "{} says {sentence:?}", path.display());
                errors += 1;
            }
        }
        assert!(started.elapsed() < SOON, "{} took {:?}", path.display(), started.elapsed());
    }
    println!("{errors} errors, {pictures} pictures");
    assert!(errors > pictures);
}
