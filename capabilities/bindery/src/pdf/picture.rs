/// What a PDF has to know of a JPEG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) w: u16,
    pub(super) h: u16,
    pub(super) components: u8,
}

impl Picture {
    /// Reads the frame of a JPEG; `None` if it is none that a PDF can hold.
    pub(super) fn read(jpeg: &[u8]) -> Option<Self> {
        let mut rest = jpeg.strip_prefix(&[0xff, 0xd8])?;
        loop {
            let [0xff, marker, after @ ..] = rest else { return None };
            match marker {
                // A filling byte belongs to no segment.
                0xff => rest = &rest[1..],
                // What stands alone, the end, and data without a frame before it.
                0x01 | 0xd0..=0xda => return None,
                // Baseline, extended, progressive: all in Huffman codes.
                0xc0..=0xc2 => return Self::of_frame(after),
                _ => {
                    let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
                    rest = after.get(length.max(2)..)?;
                }
            }
        }
    }

    fn of_frame(frame: &[u8]) -> Option<Self> {
        let [_, _, 8, h1, h2, w1, w2, components, ..] = *frame else { return None };
        let (w, h) = (u16::from_be_bytes([w1, w2]), u16::from_be_bytes([h1, h2]));
        let is_drawn = w > 0 && h > 0 && matches!(components, 1 | 3);
        is_drawn.then_some(Self { w, h, components })
    }

    pub(super) fn colour_space(self) -> &'static str {
        if self.components == 1 { "DeviceGray" } else { "DeviceRGB" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_is_found_behind_other_segments() {
        let frame = [0xff, 0xc0, 0, 17, 8, 0, 5, 0, 7, 3, 1, 0x22, 0];
        let jpeg = [&[0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff][..], &frame].concat();
        assert_eq!(Picture::read(&jpeg), Some(Picture { w: 7, h: 5, components: 3 }));
    }

    #[test]
    fn whatever_is_no_jpeg_is_refused() {
        let inks = [0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0, 5, 0, 7, 4, 1];
        let empty = [0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0, 0, 0, 7, 3, 1];
        let endless = [0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0];
        for bytes in [&b""[..], b"\xff\xd8", b"GIF89a", &inks, &empty, &endless] {
            assert_eq!(Picture::read(bytes), None, "{bytes:?}");
        }
        for end in 0..inks.len() {
            assert_eq!(Picture::read(&inks[..end]), None);
        }
    }
}
