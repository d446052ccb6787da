//! Compressions that the writer of fixtures doesn't know: fax, early scanners, light, JPEG as it was.

use super::super::Layout;
use super::support::{Decoded, decode, fixture};
use super::tiff_writer::Arrangement;

const W: u32 = 40;
const H: u32 = 24;

fn decoded(bytes: &[u8], what: &str) -> Decoded {
    decode(bytes).unwrap_or_else(|error| panic!("{what}: {error}"))
}

fn tags(pairs: &[(u16, u64)]) -> Vec<(u16, Vec<u64>)> {
    pairs.iter().map(|(tag, value)| (*tag, vec![*value])).collect()
}

#[test]
fn faxes_of_every_kind_show_the_same_board() {
    for kind in ["g3-1d", "g3-2d", "g3-2d-fill", "g4", "g4-lsb", "g4-tiles", "g4-white", "rle"] {
        let fax = decoded(&fixture(&format!("fax-{kind}.tif")), kind);
        assert_eq!(fax.layout, Layout::Gray, "{kind}");
        for y in 0..H {
            for x in 0..W {
                let white = (x / 5 + y / 4) % 2 == 1;
                assert_eq!(fax.pixel(x, y) == [255], white, "{kind} at {x},{y}");
            }
        }
    }
}

#[test]
fn rows_of_a_fax_without_a_file_around_them_are_found() {
    // An end of line, 64 white, 64 black, an end of line, ...: bits from the highest on.
    let row = "000000000001 11011 00110101 0000001111 0000110111";
    let bits: String = [row].repeat(12).concat().chars().filter(|c| *c != ' ').collect();
    let end = "000000000001".repeat(6);
    let bits = format!("0000{bits}{end}");
    let bytes: Vec<u8> = bits
        .as_bytes()
        .chunks(8)
        .map(|eight| eight.iter().enumerate().fold(0, |b, (i, c)| b | (c - b'0') << (7 - i)))
        .collect();
    let turned = bytes.iter().map(|byte| byte.reverse_bits()).collect();
    for (bytes, order) in [(bytes, "highest first"), (turned, "lowest first")] {
        let fax = decoded(&bytes, order);
        assert_eq!((fax.extent.w, fax.extent.h), (128, 12), "{order}");
        assert_eq!((fax.pixel(63, 5), fax.pixel(64, 5)), ([255].as_slice(), [0].as_slice()));
    }
}

#[test]
fn scanners_greys_are_unpacked() {
    let thunder =
        Arrangement { w: 5, h: 2, bits: 4, tags: tags(&[(259, 32809)]), ..Default::default() };
    // Grey 9, twice more, one step up, nothing, one step down; then a row of raw greys.
    let codes = [0xc9, 0x02, 0b0101_1011, 0xc0, 0xc3, 0xc6, 0xc9, 0xcf];
    let picture = decoded(&thunder.file(&[codes.to_vec()]), "ThunderScan");
    assert_eq!(picture.pixels, [153, 153, 153, 170, 153, 0, 51, 102, 153, 255]);

    let next =
        Arrangement { w: 8, h: 3, bits: 2, tags: tags(&[(259, 32766)]), ..Default::default() };
    // Two literal bytes; one literal byte in the second place; runs of three blacks and five whites.
    let codes = [0, 0x1b, 0xe4, 0x40, 0, 1, 0, 1, 0x00, 0x03, 0xc5];
    let picture = decoded(&next.file(&[codes.to_vec()]), "NeXT");
    assert_eq!(picture.pixels[..8], [0, 85, 170, 255, 255, 170, 85, 0]);
    assert_eq!(picture.pixels[8..16], [255, 255, 255, 255, 0, 0, 0, 0]);
    assert_eq!(picture.pixels[16..], [0, 0, 0, 255, 255, 255, 255, 255]);
}

#[test]
fn light_becomes_grey_and_colour() {
    let one = 64_u32 << 8; // the logarithm of a luminance of 1
    let light = |photometric, compression| Arrangement {
        w: 3,
        h: 1,
        samples: 3,
        bits: 16,
        photometric,
        tags: tags(&[(259, compression)]),
        ..Default::default()
    };
    // Runs: three high bytes, then three low ones, literal.
    let [high, low] = (one as u16 - 256).to_be_bytes();
    let codes = vec![128 + 1, high, 3, low, low, low];
    let picture = decoded(&light(32844, 34676).file(&[codes]), "LogL");
    assert_eq!((picture.layout, &picture.pixels), (Layout::Gray, &vec![188; 3])); // a half of light

    let white = (4.0_f64 / 19.0 * 410.0, 9.0_f64 / 19.0 * 410.0);
    let pixel = (one - 256) << 16 | (white.0 as u32) << 8 | white.1 as u32;
    let codes = pixel.to_be_bytes().iter().flat_map(|byte| [128 + 1, *byte]).collect();
    let picture = decoded(&light(32845, 34676).file(&[codes]), "LogLuv");
    assert!(picture.pixels.iter().all(|level| level.abs_diff(188) <= 2), "{:?}", picture.pixels);
}

#[test]
fn jpeg_as_tiff_first_had_it_is_read_whole() {
    let jpeg = fixture("rgb.jpg");
    let what = Arrangement {
        w: W,
        h: H,
        samples: 3,
        photometric: 6,
        tags: tags(&[(259, 6), (513, 16), (514, jpeg.len() as u64)]),
        ..Default::default()
    };
    let old = decoded(&what.file(std::slice::from_ref(&jpeg)), "old JPEG");
    assert_eq!(old.pixels, decoded(&jpeg, "JPEG").pixels);
}
