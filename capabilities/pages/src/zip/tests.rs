use std::{fs::File, io::Write};

use super::{
    Zip, ZipLimits,
    writer::{Packed, archive},
};
use crate::Error;

const LIMITS: ZipLimits = ZipLimits { files: 1000, bytes: 1 << 20 };

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn unpacked(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let file = file(bytes);
    let members = Zip::open(&file, &LIMITS)?.into_members();
    let unpacked = members.into_iter().map(|member| {
        let mut content = Vec::new();
        member.unpack(&file, &mut content)?;
        assert_eq!(member.head(&file, 3)?, content[..content.len().min(3)]);
        Ok((member.name, content))
    });
    unpacked.collect()
}

fn three() -> Vec<Packed> {
    let mut files = ["p10.jpg", "p9.jpg", "p8.jpg"].map(|name| Packed::new(name, name.as_bytes()));
    files[1].method = 0;
    files[2].is_large = true;
    files.into()
}

fn names(files: &[(String, Vec<u8>)]) -> Vec<&str> {
    files.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn files_come_in_natural_order_as_they_were_packed() {
    let whole = archive(&three());
    let preceded = [b"#!/bin/sh and then an archive", &whole[..]].concat();
    let mut followed = whole.clone();
    let end = followed.len();
    followed[end - 2..].copy_from_slice(&5_u16.to_le_bytes());
    followed.extend(b"hello");
    for bytes in [&whole, &preceded, &followed] {
        let files = unpacked(bytes).unwrap();
        assert_eq!(names(&files), ["p8.jpg", "p9.jpg", "p10.jpg"]);
        assert!(files.iter().all(|(name, content)| name.as_bytes() == content));
    }
}

#[test]
fn folders_and_what_systems_hide_are_no_files() {
    let all = ["a/", "a/1.jpg", "__MACOSX/a/._1.jpg", ".DS_Store", "b\\.hidden", "../../etc/2"];
    let files = unpacked(&archive(&all.map(|name| Packed::new(name, b"x")))).unwrap();
    assert_eq!(names(&files), ["../../etc/2", "a/1.jpg"], "names are names, never paths");
}

#[test]
fn what_is_locked_or_packed_in_unknown_ways_is_refused() {
    let locked = Packed { flags: 1, ..Packed::new("1.jpg", b"x") };
    assert_eq!(unpacked(&archive(&[locked])).unwrap_err(), Error::LockedArchive);
    let lzma = Packed { method: 14, ..Packed::new("1.jpg", b"x") };
    let refused = unpacked(&archive(&[lzma])).unwrap_err();
    assert_eq!(refused, Error::Packing { name: "1.jpg".to_owned(), method: 14 });
}

#[test]
fn what_would_be_too_much_is_refused_before_it_is_unpacked() {
    let zeros = vec![0; 600_000];
    let two = ["1.jpg", "2.jpg"].map(|name| Packed::new(name, &zeros));
    assert_eq!(unpacked(&archive(&two)).unwrap_err(), Error::TooLarge { most: 1 << 20 });
    let many: Vec<_> = (0..1001).map(|n| Packed::new(&format!("{n}.jpg"), b"x")).collect();
    let refused = unpacked(&archive(&many)).unwrap_err();
    assert_eq!(refused, Error::TooMany { files: 1001, most: 1000 });
}

#[test]
fn a_file_that_unpacks_to_more_than_was_told_is_cut_off() {
    let lie = Packed { told: Some(10), ..Packed::new("1.jpg", &vec![7; 5_000_000]) };
    let bytes = archive(&[lie]);
    let file = file(&bytes);
    let member = &Zip::open(&file, &LIMITS).unwrap().into_members()[0];
    let mut out = Vec::new();
    let refused = member.unpack(&file, &mut out).unwrap_err();
    assert!(matches!(refused, Error::Archive(_)), "{refused:?}");
    assert!(out.len() <= 11);
}

#[test]
fn what_is_cut_or_changed_ends_in_an_error_or_in_what_was_packed() {
    let whole = archive(&three());
    for at in 0..whole.len() {
        assert!(unpacked(&whole[..at]).is_err(), "cut at {at}");
        let mut changed = whole.clone();
        changed[at] ^= 0xff;
        if let Ok(files) = unpacked(&changed) {
            // Names are told twice, and the one at the end counts.
            let packed = ["p8.jpg", "p9.jpg", "p10.jpg"].map(str::as_bytes);
            assert!(files.iter().all(|(_, content)| packed.contains(&&content[..])));
        }
    }
    assert!(unpacked(b"PK").is_err() && unpacked(b"").is_err());
}
