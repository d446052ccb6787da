use std::{
    fs::File,
    io::{Read, Seek, Write},
    sync::OnceLock,
};

use bytes::Bytes;
use imaging::{ConvertSettings, Converted, convert};

/// A picture, and the files that ingest would have made of it.
pub(crate) struct Picture {
    pub(crate) converted: Converted,
    pub(crate) pyramid: Bytes,
    thumbnails: Bytes,
}

impl Picture {
    /// 6000x4000, the source of the tables in the specification.
    pub(crate) fn large() -> &'static Self {
        static LARGE: OnceLock<Picture> = OnceLock::new();
        LARGE.get_or_init(|| Self::made(&tiff(6000, 4000, 3)))
    }

    /// 1500x1000.
    pub(crate) fn small() -> &'static Self {
        static SMALL: OnceLock<Picture> = OnceLock::new();
        SMALL.get_or_init(|| Self::made(&tiff(1500, 1000, 3)))
    }

    /// 1500x1000, without colours.
    pub(crate) fn gray() -> &'static Self {
        static GRAY: OnceLock<Picture> = OnceLock::new();
        GRAY.get_or_init(|| Self::made(&tiff(1500, 1000, 1)))
    }

    pub(crate) fn made(source: &[u8]) -> Self {
        let empty = || tempfile::tempfile().unwrap();
        let (mut file, mut pyramid, mut thumbnails) = (empty(), empty(), empty());
        file.write_all(source).unwrap();
        file.rewind().unwrap();
        let sizes = ["!1024,1024", "!400,400", "!200,200", "!100,100"];
        let settings = ConvertSettings {
            thumbnails: sizes.map(|size| size.to_owned().try_into().unwrap()).into(),
            ..ConvertSettings::default()
        };
        let clone = |file: &File| file.try_clone().unwrap();
        let outputs = (clone(&pyramid), clone(&thumbnails));
        let converted =
            convert(file, outputs.0, outputs.1, empty(), &settings, &mut |_| {}).unwrap();
        Self { converted, pyramid: whole(&mut pyramid), thumbnails: whole(&mut thumbnails) }
    }

    pub(crate) fn thumbnails(&self) -> impl Iterator<Item = ((u32, u32), Bytes)> {
        self.converted.thumbnails.iter().map(|thumbnail| {
            let start = usize::try_from(thumbnail.offset).unwrap();
            let end = start + usize::try_from(thumbnail.bytes).unwrap();
            ((thumbnail.extent.w, thumbnail.extent.h), self.thumbnails.slice(start..end))
        })
    }
}

fn whole(file: &mut File) -> Bytes {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes.into()
}

/// An uncompressed TIFF of soft waves, in one strip.
fn tiff(w: u32, h: u32, samples: u16) -> Vec<u8> {
    const ENTRIES: u16 = 9;
    let pixels_at = 8 + 2 + u32::from(ENTRIES) * 12 + 4 + 8;
    let bits_at = pixels_at - 8;
    let photometric = if samples == 3 { 2 } else { 1 };
    // Three values of 16 bits don't fit into an entry, one does.
    let bits = if samples == 3 { bits_at } else { 8 };

    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend(ENTRIES.to_le_bytes());
    for (tag, kind, count, value) in [
        (256u16, 4u16, 1u32, w),
        (257, 4, 1, h),
        (258, 3, u32::from(samples), bits),
        (259, 3, 1, 1),
        (262, 3, 1, photometric),
        (273, 4, 1, pixels_at),
        (277, 3, 1, u32::from(samples)),
        (278, 4, 1, h),
        (279, 4, 1, w * h * u32::from(samples)),
    ] {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(count.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 4]);
    file.extend([8, 0, 8, 0, 8, 0, 0, 0]);
    for y in 0..h {
        for x in 0..w {
            let pixel = [(x * 255 / w) as u8, (y * 255 / h) as u8, ((x ^ y) >> 4) as u8];
            file.extend(&pixel[..usize::from(samples)]);
        }
    }
    file
}
