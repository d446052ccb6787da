//! What a file is, by its first bytes. Names and claims are not looked at.

/// Bytes that are enough to tell.
pub(super) const HEAD: usize = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Jpeg,
    Tiff,
    Png,
    /// A JP2 or JPX file of boxes.
    Jp2,
    /// A bare JPEG 2000 codestream.
    J2k,
    Webp,
    Gif,
    Bmp,
    /// Group 3 fax rows without a header.
    Fax,
    /// Not for these decoders; perhaps for another program.
    Other(&'static str),
}

/// How files begin: where, with what, and what they are then.
const SIGNATURES: &[(usize, &[u8], Kind)] = &[
    (0, b"\xff\xd8\xff", Kind::Jpeg),
    (0, b"\x89PNG\r\n\x1a\n", Kind::Png),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", Kind::Jp2),
    (0, b"\xff\x4f\xff\x51", Kind::J2k),
    (0, b"II\x2a\0", Kind::Tiff),
    (0, b"MM\0\x2a", Kind::Tiff),
    (0, b"II\x2b\0", Kind::Tiff),
    (0, b"MM\0\x2b", Kind::Tiff),
    (0, b"GIF87a", Kind::Gif),
    (0, b"GIF89a", Kind::Gif),
    (0, b"%PDF-", Kind::Other("a PDF document")),
    (0, b"%!PS", Kind::Other("a PostScript document")),
    (0, b"\xff\x0a", Kind::Other("a JPEG XL image")),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", Kind::Other("a JPEG XL image")),
    (0, b"8BPS", Kind::Other("a Photoshop document")),
    (0, b"\0\0\x01\0", Kind::Other("a Windows icon")),
    (0, b"\0\0\x02\0", Kind::Other("a Windows cursor")),
    (0, b"II\xbc\x01", Kind::Other("a JPEG XR image")),
    (0, b"IIRO", Kind::Other("a camera's raw image (ORF)")),
    (0, b"IIU\0", Kind::Other("a camera's raw image (RW2)")),
    (0, b"FUJIFILM", Kind::Other("a camera's raw image (RAF)")),
    (0, b"v/1\x01", Kind::Other("an OpenEXR image")),
    (0, b"#?RADIANCE", Kind::Other("a Radiance image")),
    (0, b"#?RGBE", Kind::Other("a Radiance image")),
    (0, b"SIMPLE  =", Kind::Other("a FITS image")),
    (0, b"AT&TFORM", Kind::Other("a DjVu document")),
    (0, b"qoif", Kind::Other("a QOI image")),
    (0, b"DDS ", Kind::Other("a DirectDraw texture")),
    (0, b"\x8aMNG", Kind::Other("an MNG animation")),
    (0, b"gimp xcf", Kind::Other("a GIMP image")),
    (0, b"\x01\xda\x01", Kind::Other("an SGI image")),
    (0, b"\x01\xda\0", Kind::Other("an SGI image")),
    (0, b"\x59\xa6\x6a\x95", Kind::Other("a Sun raster image")),
    (0, b"/* XPM", Kind::Other("an XPM image")),
    (128, b"DICM", Kind::Other("a DICOM image")),
    (0, b"\x1f\x8b", Kind::Other("a gzip-compressed file")),
    (0, b"PK\x03\x04", Kind::Other("a ZIP archive")),
    (0, b"ID3", Kind::Other("an audio file")),
    (0, b"OggS", Kind::Other("an audio or video file")),
    (0, b"\x1a\x45\xdf\xa3", Kind::Other("a video file")),
];

pub(super) fn sniff(head: &[u8]) -> Kind {
    let found = SIGNATURES
        .iter()
        .find(|(at, mark, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(mark)));
    match found {
        Some((_, _, kind)) => *kind,
        None if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") => Kind::Webp,
        None if head.get(4..8) == Some(b"ftyp") => iso_media(head),
        None if is_bmp(head) => Kind::Bmp,
        None if is_pnm(head) => Kind::Other("a PNM image"),
        None if is_svg(head) => Kind::Other("an SVG drawing"),
        None if is_fax(head) => Kind::Fax,
        None if is_targa(head) => Kind::Other("a TGA image"),
        None => Kind::Other("a file of no known image format"),
    }
}

/// The media type of an image, by its first bytes (a thousand or so); `None` for what is no image that we, or the
/// programs that help us, could read.
pub fn image_type(head: &[u8]) -> Option<&'static str> {
    match sniff(head) {
        Kind::Jpeg => Some("image/jpeg"),
        Kind::Tiff => Some("image/tiff"),
        Kind::Png => Some("image/png"),
        Kind::Jp2 => Some("image/jp2"),
        Kind::J2k => Some("image/j2c"),
        Kind::Webp => Some("image/webp"),
        Kind::Gif => Some("image/gif"),
        Kind::Bmp => Some("image/bmp"),
        Kind::Other("an AVIF image") => Some("image/avif"),
        Kind::Other("a HEIC image") => Some("image/heic"),
        Kind::Other("a JPEG XL image") => Some("image/jxl"),
        // Whatever begins with some zeros may be told to be a fax.
        Kind::Fax | Kind::Other(_) => None,
    }
}

fn iso_media(head: &[u8]) -> Kind {
    let brands = head.get(8..).unwrap_or_default();
    let has = |brand: &[u8]| brands.chunks_exact(4).take(16).any(|each| each == brand);
    match brands.get(..4) {
        Some(b"jp2 " | b"jpx " | b"jpm ") => Kind::Jp2,
        _ if has(b"avif") || has(b"avis") => Kind::Other("an AVIF image"),
        _ if has(b"heic") || has(b"heix") || has(b"mif1") || has(b"hevc") => {
            Kind::Other("a HEIC image")
        }
        Some(b"crx ") => Kind::Other("a camera's raw image (CR3)"),
        _ => Kind::Other("a video or audio file"),
    }
}

/// Two letters are little; the header's length must be one of those that exist, too.
fn is_bmp(head: &[u8]) -> bool {
    head.starts_with(b"BM")
        && matches!(head.get(14..18), Some([12 | 16 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
}

fn is_pnm(head: &[u8]) -> bool {
    matches!(head, [b'P', b'1'..=b'7' | b'F' | b'f', b' ' | b'\n' | b'\r' | b'\t' | b'#', ..])
}

fn is_svg(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    text.starts_with('<') && text.contains("<svg")
}

/// An end of line, perhaps after fill bits, and three more at the same distance as rows could be.
fn is_fax(head: &[u8]) -> bool {
    let bits = |order: fn(u8) -> u8| {
        let mut zeros = 0;
        let mut lines = 0;
        let mut first = false;
        for (i, byte) in head.iter().enumerate() {
            let byte = order(*byte);
            for bit in (0..8).rev() {
                if byte >> bit & 1 == 0 {
                    zeros += 1;
                } else {
                    lines += usize::from(zeros >= 11);
                    first |= zeros >= 11 && i < 4 && lines == 1;
                    zeros = 0;
                }
            }
        }
        first && lines >= 4
    };
    head.first().is_some_and(|byte| *byte == 0)
        && (bits(std::convert::identity) || bits(u8::reverse_bits))
}

/// TGA has no signature, only a header in which little is possible.
fn is_targa(head: &[u8]) -> bool {
    let Some([_, map, kind, .., depth, flags]) = head.get(..18) else { return false };
    *map <= 1
        && matches!(kind, 1..=3 | 9..=11 | 32 | 33)
        && matches!(depth, 8 | 15 | 16 | 24 | 32)
        && flags & 0xc0 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_their_content() {
        let table: [(&[u8], Kind); 8] = [
            (b"\xff\xd8\xff\xe0", Kind::Jpeg),
            (b"MM\0\x2b\0\x08\0\0", Kind::Tiff),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Kind::Webp),
            (b"\0\0\0\x20ftypavif\0\0\0\0mif1miaf", Kind::Other("an AVIF image")),
            (b"\0\0\0\x18ftypmif1\0\0\0\0heic", Kind::Other("a HEIC image")),
            (b"  <?xml version='1.0'?><svg>", Kind::Other("an SVG drawing")),
            (b"P6\n3 3\n255\n", Kind::Other("a PNM image")),
            (b"", Kind::Other("a file of no known image format")),
        ];
        for (head, kind) in table {
            assert_eq!(sniff(head), kind, "{:?}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn images_have_a_media_type_and_all_else_has_none() {
        let table: [(&[u8], Option<&str>); 5] = [
            (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (b"\0\0\0\x20ftypavif\0\0\0\0mif1miaf", Some("image/avif")),
            (b"PK\x03\x04", None),
            (b"%PDF-1.7", None),
            (b"\0\0\0\0", None),
        ];
        for (head, told) in table {
            assert_eq!(image_type(head), told, "{:?}", String::from_utf8_lossy(head));
        }
    }
}
