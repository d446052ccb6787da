//! Real files of many makers, compared with what Pillow and libvips see.
//!
//! `expected.tsv` says what both make of each file's header. Pixels are compared with those of the
//! `vips` program, where it is installed: converted to sRGB, turned upright, opacity laid on white. The
//! mean difference may be 1 of 255, which is rounding; inks without a profile may be 4 off, and Lab 5
//! (libvips takes Lab's white for D65, the format's is D50).

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::support::{Decoded, distance, files, library, read};
use crate::{Error, Limits};

/// Files that give no picture, and why.
const REFUSED: &[(&str, &str)] = &[
    ("avif-orientation-6.avif", "AVIF is left to another program"),
    ("balloon_eciRGBv2_aware.jp2", "has no codestream, only a header"),
    ("ultrahdr.jpg", "was cut after the header"),
];

/// Files that libvips shows in another way on purpose or by mistake, and ours.
const OTHERWISE: &[(&str, &str)] = &[
    ("RGBa.tiff", "libvips doesn't divide opacity out"),
    ("extra_bits_gray", "libvips takes an unspecified sample for opacity"),
    ("images__int16", "signed: libvips cuts at 0 and 255, we stretch"),
    ("minisblack-1c-i16b", "signed: libvips cuts at 0 and 255, we stretch"),
    ("gradient-1c-32b", "libvips cuts 32 bits at 255, we use their range"),
    ("gradient-3c-32b", "libvips cuts 32 bits at 255, we use their range"),
    ("flower-rgb-contig-32", "libvips cuts 32 bits at 255, we use their range"),
    ("flower-rgb-planar-32", "libvips cuts 32 bits at 255, we use their range"),
    ("seq-1c-32f", "grey from 0 to 1 is black to libvips"),
    ("predictor-3-gray-f32", "grey from 0 to 1 is black to libvips"),
    ("cmyk-3c-32b-float", "inks from 0 to 1 are paper to libvips"),
    ("8bit.s.tif", "signed: libvips wraps in this conversion, and cuts at 0 elsewhere"),
    ("int8", "signed: libvips wraps in this conversion, and cuts at 0 elsewhere"),
    ("-i8", "signed: libvips wraps in this conversion, and cuts at 0 elsewhere"),
];

/// What the table says of one file.
struct Expected {
    path: String,
    upright: Option<(u32, u32)>,
    orientation: Option<u8>,
    frames: Option<u32>,
    icc: Option<bool>,
}

fn expected(library: &Path) -> Vec<Expected> {
    let table = std::fs::read_to_string(library.join("expected.tsv")).unwrap();
    table.lines().skip(1).filter_map(expectation).collect()
}

fn expectation(line: &str) -> Option<Expected> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [path, pillow, says, vips, sees, ..] = fields[..] else { return None };
    let size = |text: &str| {
        let (w, h) = text.split_once('x')?;
        Some((w.parse().ok()?, h.parse().ok()?))
    };
    let says: Vec<&str> = says.split('|').filter(|_| pillow == "ok").collect();
    let sees: Vec<&str> = sees.split('|').filter(|_| vips == "ok").collect();
    let orientation = sees.get(3).and_then(|text| text.parse().ok());
    let from_vips = sees
        .first()
        .and_then(|text| size(text))
        .map(|(w, h)| if orientation.unwrap_or(1) >= 5 { (h, w) } else { (w, h) });
    Some(Expected {
        path: path.to_owned(),
        upright: says.get(4).and_then(|text| size(text)).or(from_vips),
        orientation,
        frames: says.get(2).and_then(|text| text.parse().ok()),
        icc: says.get(5).map(|text| *text == "icc"),
    })
}

fn named<'a>(list: &'a [(&str, &str)], path: &str) -> Option<&'a str> {
    list.iter().find(|(name, _)| path.contains(name)).map(|(_, why)| *why)
}

#[test]
fn the_librarys_good_files_are_pictures_of_the_expected_size() {
    let Some(library) = library() else { return };
    let mut pictures = 0;
    for expected in expected(&library).iter().filter(|expected| !expected.path.starts_with("bad/"))
    {
        let path = &expected.path;
        let decoded = read(File::open(library.join(path)).unwrap(), &Limits::default());
        let decoded = match (decoded, named(REFUSED, path)) {
            (Ok(decoded), None) => decoded,
            (Err(Error::Truncated | Error::Unsupported(_)), Some(_)) => continue,
            (Err(error), _) => panic!("{path}: {error}"),
            (Ok(_), Some(why)) => panic!("{path} is a picture, though it {why}"),
        };
        let is = (decoded.extent.w, decoded.extent.h);
        assert_eq!(is, expected.upright.unwrap_or(is), "{path}");
        let facts = &decoded.facts;
        assert_eq!(facts.orientation, expected.orientation.unwrap_or(facts.orientation), "{path}");
        assert_eq!(facts.frames, expected.frames.unwrap_or(facts.frames), "{path}");
        assert_eq!(facts.had_icc, expected.icc.unwrap_or(facts.had_icc), "{path}");
        pictures += 1;
    }
    println!("{pictures} pictures");
}

/// The picture as libvips shows it, if it can.
fn as_vips_shows(path: &Path, ours: &Decoded, scratch: &Path) -> Option<(u32, u32, Vec<u8>)> {
    let out = format!("{}[background=255]", scratch.display());
    let mut vips = Command::new("vips");
    // A thumbnail as large as the picture is the one way to convert and turn at once; where neither is
    // needed it is left out, since it reads JPEG and JPEG 2000 less finely.
    if ours.facts.had_icc || ours.facts.orientation > 1 {
        vips.arg("thumbnail").arg(path).arg(&out).args(["10000000", "--size", "down"]);
        if ours.facts.had_icc {
            vips.args(["--export-profile", "srgb", "--intent", "perceptual"]);
        }
    } else {
        vips.arg("colourspace").arg(path).arg(&out).arg("srgb");
    }
    let done = vips.output().ok()?.status.success();
    let ppm = std::fs::read(scratch).ok().filter(|_| done)?;
    std::fs::remove_file(scratch).ok()?;
    parse_ppm(&ppm)
}

fn parse_ppm(ppm: &[u8]) -> Option<(u32, u32, Vec<u8>)> {
    let mut rest = ppm;
    let mut words = Vec::new();
    while words.len() < 4 {
        let end = rest.iter().position(u8::is_ascii_whitespace)?;
        let word = std::str::from_utf8(&rest[..end]).ok()?;
        rest = &rest[end + 1..];
        if word.starts_with('#') {
            let line = rest.iter().position(|byte| *byte == b'\n')?;
            rest = &rest[line + 1..];
        } else {
            words.push(word.to_owned());
        }
    }
    let (w, h) = (words[1].parse().ok()?, words[2].parse().ok()?);
    let pixels = match words[0].as_str() {
        "P6" => rest.to_vec(),
        "P5" => rest.iter().flat_map(|gray| [*gray; 3]).collect(),
        _ => return None,
    };
    (words[3] == "255").then_some((w, h, pixels))
}

fn allowed(path: &str, decoded: &Decoded) -> f64 {
    let inks = decoded.facts.channels >= 4 && !decoded.facts.had_icc && path.contains("cmyk");
    let inks = inks || path.contains("separated");
    if inks {
        4.0
    } else if path.contains("Lab") {
        5.0
    } else {
        1.0
    }
}

/// Compares all pictures that libvips can show, and counts them.
fn compare(paths: &[PathBuf]) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let scratch = folder.path().join("vips.ppm");
    let mut compared = 0;
    for path in paths {
        let name = path.display().to_string();
        if named(REFUSED, &name).is_some() || named(OTHERWISE, &name).is_some() {
            continue;
        }
        let ours = read(File::open(path).unwrap(), &Limits::default()).unwrap();
        let Some((w, h, theirs)) = as_vips_shows(path, &ours, &scratch) else { continue };
        assert_eq!((ours.extent.w, ours.extent.h), (w, h), "{name}");
        let (mean, greatest) = distance(&ours.on_white(), &theirs);
        let allowed = allowed(&name, &ours);
        assert!(mean <= allowed, "{name} is {mean:.2} off, at worst {greatest}");
        compared += 1;
    }
    compared
}

#[test]
fn the_librarys_pictures_look_as_libvips_shows_them() {
    let Some(library) = library() else { return };
    if Command::new("vips").arg("--version").output().is_err() {
        println!("there is no vips program: pictures are not compared");
        return;
    }
    let paths: Vec<_> =
        ["good", "exif"].iter().flat_map(|part| files(&library.join(part))).collect();
    let parts = paths.chunks(paths.len().div_ceil(4));
    let compared: usize = std::thread::scope(|scope| {
        let started: Vec<_> = parts.map(|part| scope.spawn(|| compare(part))).collect();
        started.into_iter().map(|part| part.join().unwrap()).sum()
    });
    println!("{compared} pictures compared");
    assert!(compared > 150, "only {compared} pictures could be compared");
}

#[test]
fn the_librarys_flower_is_one_flower_at_every_depth() {
    let Some(library) = library() else { return };
    let depth = |name: &str| {
        let path = library.join(format!("good/tiff-rs/libtiffpic__depth__flower-{name}.tif"));
        read(File::open(path).unwrap(), &Limits::default()).unwrap().pixels
    };
    let (colors, gray) = (depth("rgb-planar-08"), depth("minisblack-16"));
    for (name, allowed) in [
        ("rgb-contig-10", 1.0),
        ("rgb-contig-14", 1.0),
        ("rgb-contig-24", 1.0),
        ("rgb-contig-32", 1.0),
        ("rgb-planar-04", 9.0),
        ("rgb-planar-10", 1.0),
        ("rgb-planar-16", 1.0),
        ("rgb-planar-32", 1.0),
        ("rgb-contig-02", 43.0),
    ] {
        let (mean, _) = distance(&depth(name), &colors);
        assert!(mean <= allowed, "{name} is {mean:.2} off");
    }
    for (name, allowed) in [("minisblack-06", 2.5), ("minisblack-12", 0.5)] {
        let (mean, _) = distance(&depth(name), &gray);
        assert!(mean <= allowed, "{name} is {mean:.2} off");
    }
}
