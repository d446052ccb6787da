//! Files of many pages, taken apart: every page is the picture that it was.

use std::{
    fs::File,
    io::{Read, Seek},
};

use super::{
    support::{decode, distance, fixture, temporary},
    tiff_writer::{Arrangement, Packing},
};
use crate::{Error, copy_tiff_page, tiff_pages};

const W: u32 = 40;
const H: u32 = 30;

fn arrangement() -> Arrangement {
    Arrangement { w: W, h: H, samples: 3, photometric: 2, rows: 7, ..Arrangement::default() }
}

/// One file after the other, their directories chained: the places in each are moved by where it begins.
fn chained(pages: &[(Arrangement, u64)]) -> Vec<u8> {
    let files = pages.iter().map(|(what, shade)| {
        what.write(|x, y, channel| (shade * 50 + u64::from(x + y) + channel as u64 * 20) % 256)
    });
    join(&files.collect::<Vec<_>>(), pages[0].0.big, pages[0].0.big_endian)
}

fn join(files: &[Vec<u8>], big: bool, big_endian: bool) -> Vec<u8> {
    let width = if big { 8 } else { 4 };
    let read = |bytes: &[u8]| {
        let fold = |sum: u64, byte: &u8| (sum << 8) | u64::from(*byte);
        match big_endian {
            true => bytes.iter().fold(0, fold),
            false => bytes.iter().rev().fold(0, fold),
        }
    };
    let written = |value: u64| {
        let mut bytes = value.to_le_bytes()[..width].to_vec();
        if big_endian {
            bytes.reverse();
        }
        bytes
    };
    let mut joined: Vec<u8> = Vec::new();
    let mut link = width; // where the place of the next directory is written
    for file in files {
        joined.resize(joined.len().next_multiple_of(2), 0);
        let base = joined.len();
        joined.extend(file);
        let move_by_base = |joined: &mut Vec<u8>, at: usize| {
            let moved = read(&joined[at..at + width]) + base as u64;
            joined[at..at + width].copy_from_slice(&written(moved));
            moved as usize
        };
        let directory = move_by_base(&mut joined, base + width);
        joined.copy_within(base + width..base + 2 * width, link);
        let head = if big { 8 } else { 2 };
        let entries = read(&joined[directory..directory + head]) as usize;
        for entry in 0..entries {
            let at = directory + head + entry * (4 + 2 * width);
            let tag = read(&joined[at..at + 2]);
            let count = read(&joined[at + 4..at + 4 + width]) as usize;
            let value = at + 4 + width;
            let is_place = [273, 324].contains(&tag);
            let values = match count {
                1 => value,
                _ => move_by_base(&mut joined, value),
            };
            for index in (0..count).filter(|_| is_place) {
                move_by_base(&mut joined, values + index * width);
            }
        }
        link = directory + head + entries * (4 + 2 * width);
    }
    joined
}

fn pages_of(file: &File) -> Vec<Vec<u8>> {
    let pages = tiff_pages(file, 100).unwrap();
    let copied = pages.into_iter().map(|at| {
        let mut page = tempfile::tempfile().unwrap();
        copy_tiff_page(file, at, page.try_clone().unwrap()).unwrap();
        page.rewind().unwrap();
        let mut bytes = Vec::new();
        page.read_to_end(&mut bytes).unwrap();
        bytes
    });
    copied.collect()
}

#[test]
fn every_page_is_the_picture_that_it_was() {
    for (big, big_endian) in [(false, false), (false, true), (true, false), (true, true)] {
        let all = |what: Arrangement| Arrangement { big, big_endian, ..what };
        let kinds = [
            all(arrangement()),
            all(Arrangement { packing: Packing::Lzw, predictor: 2, ..arrangement() }),
            all(Arrangement { tile: Some((16, 16)), packing: Packing::Deflate, ..arrangement() }),
            all(Arrangement { samples: 1, photometric: 1, rows: u32::MAX, ..arrangement() }),
            all(Arrangement { planar: true, bits: 16, ..arrangement() }),
        ];
        let numbered: Vec<_> = kinds.into_iter().zip(0..).collect();
        let pages = pages_of(&temporary(&chained(&numbered)));
        assert_eq!(pages.len(), numbered.len());
        for (page, own) in pages.iter().zip(&numbered) {
            let alone = decode(&chained(std::slice::from_ref(own))).unwrap();
            let copied = decode(page).unwrap();
            assert_eq!(copied.facts.frames, 1, "{own:?}");
            assert_eq!(distance(&copied.pixels, &alone.pixels).1, 0, "{own:?}");
        }
    }
}

#[test]
fn smaller_copies_and_masks_are_no_pages() {
    let tagged = |tag, value| Arrangement { tags: vec![(tag, vec![value])], ..arrangement() };
    let file = chained(&[
        (tagged(254, 1), 0),
        (tagged(254, 2), 1),
        (tagged(254, 4), 2),
        (tagged(255, 2), 3),
        (tagged(255, 3), 4),
    ]);
    let pages = pages_of(&temporary(&file));
    assert_eq!(pages.len(), 2, "a page, and one of several");
    let copied = chained(&[(tagged(254, 1), 0)]);
    let none = tiff_pages(&temporary(&copied), 100);
    assert!(matches!(none, Err(Error::Unsupported(_))), "{none:?}");
}

#[test]
fn no_more_pages_are_found_than_asked_for_and_a_loop_ends() {
    let file = chained(&(0..5).map(|shade| (arrangement(), shade)).collect::<Vec<_>>());
    assert_eq!(tiff_pages(&temporary(&file), 3).unwrap().len(), 3);
    let mut looped = chained(&[(arrangement(), 0)]);
    let first = looped[4..8].to_vec();
    let end = looped.len() - 4;
    looped[end..].copy_from_slice(&first);
    assert_eq!(tiff_pages(&temporary(&looped), 100).unwrap().len(), 1);
}

#[test]
fn what_is_cut_or_changed_ends_in_an_error_or_in_a_page() {
    let whole = chained(&[(arrangement(), 0), (arrangement(), 1)]);
    for at in (0..whole.len()).step_by(11) {
        let mut changed = whole.clone();
        changed[at] ^= 0xff;
        for bytes in [&whole[..at], &changed[..]] {
            let file = temporary(bytes);
            for page in tiff_pages(&file, 100).unwrap_or_default() {
                let out = tempfile::tempfile().unwrap();
                if copy_tiff_page(&file, page, out.try_clone().unwrap()).is_ok() {
                    let bytes = out.metadata().unwrap().len();
                    assert!(bytes <= 2 * whole.len() as u64 + 1000, "{bytes}");
                }
            }
        }
    }
}

#[test]
fn strips_that_overlap_make_no_large_page_of_a_small_file() {
    let strips = vec![16_u64; 2000];
    let lengths = vec![2000_u64; 2000];
    let what = Arrangement { tags: vec![(273, strips), (279, lengths)], ..arrangement() };
    let file = temporary(&chained(&[(what, 0)]));
    let at = tiff_pages(&file, 9).unwrap()[0];
    let refused = copy_tiff_page(&file, at, tempfile::tempfile().unwrap());
    assert!(matches!(refused, Err(Error::Damaged(_))), "{refused:?}");
}

#[test]
fn pages_that_other_programs_wrote_are_copied_too() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut tried = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.ends_with(".tif") {
            continue;
        }
        let bytes = fixture(&name);
        let Ok(whole) = decode(&bytes) else { continue };
        let page = &pages_of(&temporary(&bytes))[0];
        let copied = decode(page).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(copied.pixels, whole.pixels, "{name}");
        tried += 1;
    }
    assert!(tried > 0);
}
