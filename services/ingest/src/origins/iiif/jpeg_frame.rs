/// What the header of a JPEG says of its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JpegFrame {
    pub(super) w: u32,
    pub(super) h: u32,
    pub(super) components: u8,
    /// Three components are red, green and blue, not light and colour.
    pub(super) is_rgb: bool,
}

impl JpegFrame {
    /// `None` if these bytes are no JPEG that says so.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(&[0xFF, 0xD8])?;
        let mut is_rgb = false;
        loop {
            let marker = *rest.strip_prefix(&[0xFF])?.first()?;
            rest = &rest[1..];
            if marker == 0xFF {
                continue; // padding
            }
            let body = &rest[1..];
            let length = usize::from(u16::from_be_bytes([*body.first()?, *body.get(1)?]));
            let segment = body.get(2..length)?;
            match marker {
                0xC4 | 0xC8 | 0xCC => {}
                0xC0..=0xCF => {
                    let number = |at: usize| {
                        Some(u32::from(u16::from_be_bytes([
                            *segment.get(at)?,
                            *segment.get(at + 1)?,
                        ])))
                    };
                    let (h, w, components) = (number(1)?, number(3)?, *segment.get(5)?);
                    return Some(Self { w, h, components, is_rgb: is_rgb && components == 3 });
                }
                0xEE if segment.starts_with(b"Adobe") => is_rgb = segment.get(11) == Some(&0),
                0xDA => return None,
                _ => {}
            }
            rest = body.get(length..)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_size_and_colours() {
        let app = [0xFF, 0xE0, 0, 4, 1, 2];
        let adobe = [&[0xFF, 0xEE, 0, 14][..], b"Adobe", &[0; 7]].concat();
        let frame = [0xFF, 0xC0, 0, 17, 8, 1, 0, 2, 1, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
        let plain = [&[0xFF, 0xD8][..], &app, &[0xFF], &frame].concat();
        let expected = JpegFrame { w: 513, h: 256, components: 3, is_rgb: false };
        assert_eq!(JpegFrame::of(&plain), Some(expected));
        let rgb = [&[0xFF, 0xD8][..], &adobe, &frame].concat();
        assert_eq!(JpegFrame::of(&rgb), Some(JpegFrame { is_rgb: true, ..expected }));
    }

    #[test]
    fn what_is_no_jpeg_has_none() {
        let whole = [0xFF, 0xD8, 0xFF, 0xC0, 0, 8, 8, 1, 0, 2, 1, 3];
        assert!(JpegFrame::of(&whole).is_some());
        for end in 0..whole.len() {
            assert_eq!(JpegFrame::of(&whole[..end]), None, "{end}");
        }
        for bytes in
            [&b"\x89PNG"[..], &[0xFF, 0xD8, 0xFF, 0xE0, 0, 0], &[0xFF, 0xD8, 0xFF, 0xDA, 0, 2]]
        {
            assert_eq!(JpegFrame::of(bytes), None, "{bytes:?}");
        }
    }
}
