//! One picture in every arrangement that a TIFF can have.

use super::super::Layout;
use super::support::{Decoded, decode};
use super::tiff_writer::{Arrangement, Packing};
use crate::Error;

const W: u32 = 37;
const H: u32 = 29;

fn level(x: u32, y: u32, channel: usize) -> u32 {
    [x * 7 % 256, y * 8, (x + y) * 3, 255 - x][channel]
}

/// The level as the nearest number of `bits` bits, and what that number is of 255.
fn numbers(level: u32, bits: u32) -> (u64, u8) {
    let most = (bits as f64).exp2() - 1.0;
    let number = (f64::from(level) / 255.0 * most).round();
    (
        (number as u64).min(if bits == 64 { u64::MAX } else { most as u64 }),
        (number / most * 255.0).round() as u8,
    )
}

fn decoded(file: &[u8], what: &Arrangement) -> Decoded {
    decode(file).unwrap_or_else(|error| panic!("{error}: {what:?}"))
}

/// Writes and reads the picture, and compares every sample.
fn holds(what: &Arrangement) {
    let what = &Arrangement { w: W, h: H, ..what.clone() };
    let bits = what.bits;
    let file = what.write(|x, y, c| numbers(level(x, y, c), bits).0);
    let picture = decoded(&file, what);
    for y in 0..H {
        for x in 0..W {
            for (c, is) in picture.pixel(x, y).iter().enumerate() {
                let should = numbers(level(x, y, c), bits).1;
                // Sixteen bits are rounded on the way from more to eight.
                assert!(is.abs_diff(should) <= 1, "{is}, not {should}, at {x},{y},{c}: {what:?}");
            }
        }
    }
}

#[test]
fn samples_of_every_size_come_out_alike() {
    for bits in (1..=32).filter(|bits| *bits != 31) {
        for (samples, photometric) in [(1, 1), (3, 2)] {
            for planar in [false, true] {
                let big_endian = bits % 2 == 0;
                let tile = (bits % 3 == 0).then_some((16, 32));
                holds(&Arrangement {
                    bits,
                    samples,
                    photometric,
                    planar,
                    big_endian,
                    tile,
                    ..Default::default()
                });
            }
        }
    }
}

#[test]
fn every_packing_lies_in_strips_and_tiles_of_either_order() {
    use Packing::{Deflate, Lzw, None as Plain, OldLzw, PackBits, Zstd};
    for packing in [Plain, PackBits, Lzw, OldLzw, Deflate, Zstd] {
        for tile in [None, Some((16, 16)), Some((48, 64))] {
            for (big_endian, big) in [(false, false), (true, false), (false, true), (true, true)] {
                for (rows, planar) in [(1, false), (7, true), (u32::MAX, false)] {
                    holds(&Arrangement {
                        samples: 3,
                        photometric: 2,
                        packing,
                        tile,
                        big_endian,
                        big,
                        rows,
                        planar,
                        ..Default::default()
                    });
                }
            }
        }
    }
}

#[test]
fn differences_are_undone_at_every_width() {
    for bits in [4, 8, 10, 16, 24, 32] {
        for big_endian in [false, true] {
            for tile in [None, Some((16, 16))] {
                holds(&Arrangement {
                    samples: 3,
                    photometric: 2,
                    bits,
                    big_endian,
                    tile,
                    predictor: 2,
                    packing: Packing::Lzw,
                    ..Default::default()
                });
            }
        }
    }
}

#[test]
fn bits_may_be_turned_round() {
    for (bits, packing) in [(1, Packing::None), (2, Packing::PackBits), (8, Packing::Lzw)] {
        holds(&Arrangement { bits, packing, reversed: true, ..Default::default() });
    }
}

#[test]
fn white_may_be_zero() {
    for bits in [1, 4, 8, 12, 16] {
        let what = Arrangement { w: W, h: H, bits, photometric: 0, ..Default::default() };
        let picture = decoded(&what.write(|x, y, c| numbers(level(x, y, c), bits).0), &what);
        for (x, y) in [(0, 0), (5, 9), (36, 28)] {
            let should = 255 - numbers(level(x, y, 0), bits).1;
            assert!(picture.pixel(x, y)[0].abs_diff(should) <= 1, "{bits} bits");
        }
    }
}

#[test]
fn floating_point_from_nought_to_one_is_grey_as_it_is() {
    for (bits, predictor) in [(16, 1), (32, 1), (64, 1), (16, 3), (32, 3), (64, 3)] {
        for big_endian in [false, true] {
            let value = |x: u32, y: u32, _| {
                let t = f64::from(x * 29 + y) / f64::from(36 * 29 + 28);
                match bits {
                    64 => t.to_bits(),
                    32 => u64::from((t as f32).to_bits()),
                    // Half floats of steps of 1/1024, from 1 down: exact, and none is subnormal.
                    _ => 0x3c00 - u64::from(W * H - 1 - (x * 29 + y)).min(0x3bff),
                }
            };
            let packing = if predictor == 3 { Packing::Deflate } else { Packing::None };
            let what = Arrangement {
                w: W,
                h: H,
                bits,
                format: 3,
                predictor,
                packing,
                big_endian: big_endian && predictor == 1,
                ..Default::default()
            };
            let picture = decoded(&what.write(value), &what);
            assert_eq!(picture.layout, Layout::Gray);
            assert_eq!(picture.pixel(W - 1, H - 1), [255], "{what:?}");
            let rows: Vec<u8> = (0..H).map(|y| picture.pixel(20, y)[0]).collect();
            assert!(rows.is_sorted() && rows[0] < 255, "{what:?}");
        }
    }
}

#[test]
fn numbers_without_a_range_of_their_own_are_stretched() {
    let what = Arrangement { w: W, h: H, bits: 16, format: 2, ..Default::default() };
    let height = |x: u32, y: u32| (x * y) as i16 - 300;
    let picture = decoded(&what.write(|x, y, _| height(x, y) as u16 as u64), &what);
    assert_eq!(picture.pixel(0, 0), [0]);
    assert_eq!(picture.pixel(W - 1, H - 1), [255]);
    let given = Arrangement { tags: vec![(340, vec![0]), (341, vec![1000])], ..what };
    let picture = decoded(&given.write(|x, y, _| height(x, y) as u16 as u64), &given);
    assert_eq!(picture.pixel(W - 1, H - 1), [((36 * 28 - 300) * 255 / 1000 + 1) as u8]);
}

#[test]
fn opacity_is_divided_out_only_where_it_was_multiplied_in() {
    for (extra, first, layout) in [
        (Some(1), 128, Layout::Rgba),
        (Some(2), 64, Layout::Rgba),
        (None, 64, Layout::Rgba),
        (Some(0), 64, Layout::Rgb),
    ] {
        for planar in [false, true] {
            let what = Arrangement {
                w: 3,
                h: 2,
                samples: 4,
                photometric: 2,
                extra,
                planar,
                ..Default::default()
            };
            let picture = decoded(&what.write(|_, _, c| [64, 32, 0, 128][c]), &what);
            assert_eq!(picture.layout, layout, "{extra:?}");
            assert_eq!(picture.pixel(2, 1)[0], first, "{extra:?}");
        }
    }
}

#[test]
fn palettes_give_their_colours_and_grey_ones_stay_grey() {
    let map = |color: fn(u64) -> [u64; 3]| {
        (0..3).flat_map(|channel| (0..16).map(move |i| color(i)[channel] * 257)).collect()
    };
    let what = Arrangement { w: W, h: H, bits: 4, photometric: 3, ..Default::default() };
    let rainbow = Arrangement { tags: vec![(320, map(|i| [i * 17, 255 - i, 3]))], ..what.clone() };
    let picture = decoded(&rainbow.write(|x, _, _| u64::from(x % 16)), &rainbow);
    assert_eq!(picture.pixel(18, 5), [34, 253, 3]);
    let greys = Arrangement { tags: vec![(320, map(|i| [i * 10; 3]))], ..what };
    let picture = decoded(&greys.write(|x, _, _| u64::from(x % 16)), &greys);
    assert_eq!((picture.layout, picture.pixel(18, 5)), (Layout::Gray, [20].as_slice()));
}

#[test]
fn shared_chroma_reaches_every_pixel_that_shares_it() {
    for (across, down) in [(1, 1), (2, 1), (2, 2), (4, 2), (4, 4)] {
        for tile in [None, Some((16, 16))] {
            let what = Arrangement {
                w: W,
                h: H,
                samples: 3,
                photometric: 6,
                rows: 8,
                tile,
                tags: vec![(530, vec![across, down])],
                ..Default::default()
            };
            let (w, h) = tile.unwrap_or((W, 8));
            let units = w.div_ceil(across as u32) * h.div_ceil(down as u32);
            let unit = [vec![100; (across * down) as usize], vec![128, 228]].concat();
            let chunk = unit.repeat(units as usize);
            let chunks = H.div_ceil(h) * if tile.is_some() { W.div_ceil(w) } else { 1 };
            let picture = decoded(&what.file(&vec![chunk; chunks as usize]), &what);
            // 100 more of red chroma than none.
            assert_eq!(picture.pixel(0, 0), [240, 29, 100], "{across}x{down}");
            let first = picture.pixel(0, 0);
            assert!(picture.pixels.chunks_exact(3).all(|pixel| pixel == first));
        }
    }
}

#[test]
fn tables_and_strips_that_writers_got_wrong_are_forgiven() {
    let what = Arrangement { w: W, h: H, ..Default::default() };
    let file = |tags| {
        let what = Arrangement { tags, ..what.clone() };
        decode(&what.write(|x, y, c| level(x, y, c).into())).map(|picture| picture.pixels)
    };
    let right = file(Vec::new()).unwrap();
    for (why, tags) in [
        ("no byte counts", vec![(279, vec![0])]),
        ("byte counts of another image", vec![(279, vec![5])]),
        ("no rows per strip", vec![(278, vec![0])]),
        ("no orientation that exists", vec![(274, vec![77])]),
        ("a predictor where none can be", vec![(317, vec![2])]),
    ] {
        assert_eq!(file(tags).unwrap(), right, "{why}");
    }
}

#[test]
fn nonsense_in_tags_is_refused_in_words() {
    for (tags, expected) in [
        (vec![(256, vec![0])], "empty"),
        (vec![(273, vec![0])], "outside the file"),
        (vec![(273, vec![u32::MAX.into()])], "outside the file"),
        (vec![(258, vec![77])], "77 bits"),
        (vec![(259, vec![34925])], "34925, LZMA"),
        (vec![(277, vec![60_000])], "60000 samples"),
        (vec![(322, vec![0]), (323, vec![16])], "tiles are empty"),
        (vec![(322, vec![u32::MAX.into()]), (323, vec![u32::MAX.into()])], "impossibly large"),
    ] {
        let what = Arrangement { w: W, h: H, tags, ..Default::default() };
        match decode(&what.write(|x, y, c| level(x, y, c).into())) {
            Err(Error::Io(error)) => panic!("{error}"),
            Err(error) => assert!(error.to_string().contains(expected), "{error}, not {expected}"),
            Ok(_) => panic!("{expected}"),
        }
    }
}
