//! Writes archives for the tests, also such as no program should write.

use std::io::Write;

use flate2::{Compression, Crc, write::DeflateEncoder};

/// A file that goes into an archive, and what is told of it.
pub(super) struct Packed {
    pub(super) name: String,
    pub(super) content: Vec<u8>,
    pub(super) method: u16,
    pub(super) flags: u16,
    /// What is told of its length, if not the truth.
    pub(super) told: Option<u64>,
    /// Numbers stand in the field of ZIP64.
    pub(super) is_large: bool,
}

impl Packed {
    pub(super) fn new(name: &str, content: &[u8]) -> Self {
        let (name, content) = (name.to_owned(), content.to_vec());
        Self { name, content, method: 8, flags: 0, told: None, is_large: false }
    }
}

pub(super) fn archive(files: &[Packed]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for file in files {
        let at = archive.len() as u64;
        let content = match file.method {
            8 => {
                let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
                deflate.write_all(&file.content).unwrap();
                deflate.finish().unwrap()
            }
            _ => file.content.clone(),
        };
        let mut crc = Crc::new();
        crc.update(&file.content);
        let bytes = file.told.unwrap_or(file.content.len() as u64);
        let packed = content.len() as u64;
        let shown = |number: u64| if file.is_large { u32::MAX } else { number as u32 };
        let mut field = Vec::new();
        if file.is_large {
            field.extend([9, 9, 2, 0, 0, 0, 1, 0, 24, 0]);
            [bytes, packed, at].iter().for_each(|number| field.extend(number.to_le_bytes()));
        }
        archive.extend(0x0403_4b50_u32.to_le_bytes());
        let common = [file.flags, file.method, 0, 0].map(u16::to_le_bytes).concat();
        archive.extend([45, 0]);
        archive.extend(&common);
        archive.extend([crc.sum(), 0, 0].map(u32::to_le_bytes).concat());
        archive.extend([file.name.len() as u16, 0].map(u16::to_le_bytes).concat());
        archive.extend(file.name.as_bytes());
        archive.extend(content);
        directory.extend(0x0201_4b50_u32.to_le_bytes());
        directory.extend([45, 0, 45, 0]);
        directory.extend(&common);
        let sizes = [crc.sum(), shown(packed), shown(bytes)];
        directory.extend(sizes.map(u32::to_le_bytes).concat());
        let lengths = [file.name.len() as u16, field.len() as u16, 3, 0, 0];
        directory.extend(lengths.map(u16::to_le_bytes).concat());
        directory.extend([0, shown(at)].map(u32::to_le_bytes).concat());
        directory.extend(file.name.as_bytes());
        directory.extend(field);
        directory.extend(b"...");
    }
    let at = archive.len() as u32;
    let length = directory.len() as u32;
    archive.extend(directory);
    archive.extend(0x0605_4b50_u32.to_le_bytes());
    let counts = [0, 0, files.len() as u16, files.len() as u16];
    archive.extend(counts.map(u16::to_le_bytes).concat());
    archive.extend([length, at].map(u32::to_le_bytes).concat());
    archive.extend([0, 0]);
    archive
}
