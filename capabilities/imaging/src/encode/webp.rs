//! WebP, by libwebp in its fastest mode.

#![expect(unsafe_code, reason = "calls libwebp")]

use std::ffi::c_int;

use libwebp_sys::{
    WebPConfig, WebPEncode, WebPMemoryWrite, WebPMemoryWriter, WebPMemoryWriterClear,
    WebPMemoryWriterInit, WebPPicture, WebPPictureFree, WebPPictureImportRGB,
    WebPPictureImportRGBA,
};

use super::sheet::tripled;
use super::{Produce, Sheet};
use crate::Error;
use crate::decode::Layout;

pub(super) fn encode(sheet: Sheet, quality: u8, produce: Produce<'_>) -> Result<Vec<u8>, Error> {
    let picture = sheet.collect(produce)?;
    let (pixels, channels) = match sheet.layout {
        Layout::Rgb => (picture.pixels, 3),
        Layout::Rgba => (picture.pixels, 4),
        Layout::Gray => (tripled(&picture.pixels), 3),
        Layout::GrayAlpha => {
            let (pairs, _) = picture.pixels.as_chunks::<2>();
            (pairs.iter().flat_map(|[gray, alpha]| [*gray, *gray, *gray, *alpha]).collect(), 4)
        }
    };
    let mut config = WebPConfig::new().map_err(|()| failed("its library is another one"))?;
    config.quality = f32::from(quality);
    config.method = 0;
    // Two shades are best kept as they are.
    config.lossless = c_int::from(sheet.bitonal);
    Work::new()?.encode(&config, &pixels, sheet, channels)
}

/// What libwebp allocates, to be freed whatever happens.
struct Work {
    picture: WebPPicture,
    written: WebPMemoryWriter,
}

impl Work {
    fn new() -> Result<Self, Error> {
        let picture = WebPPicture::new().map_err(|()| failed("its library is another one"))?;
        let written =
            WebPMemoryWriter { mem: std::ptr::null_mut(), size: 0, max_size: 0, pad: [0] };
        Ok(Self { picture, written })
    }

    fn encode(
        mut self,
        config: &WebPConfig,
        pixels: &[u8],
        sheet: Sheet,
        channels: c_int,
    ) -> Result<Vec<u8>, Error> {
        let size = |side: u32| c_int::try_from(side).map_err(|_| failed("it is too large"));
        let (w, h) = (size(sheet.extent.w)?, size(sheet.extent.h)?);
        assert_eq!(pixels.len(), w as usize * h as usize * channels as usize, "all pixels");
        self.picture.width = w;
        self.picture.height = h;
        self.picture.use_argb = config.lossless;
        self.picture.writer = Some(WebPMemoryWrite);
        self.picture.custom_ptr = (&raw mut self.written).cast();
        // SAFETY: the pixels have the extent that the picture was given, and `self` stays in
        // place until its bytes are copied.
        unsafe {
            WebPMemoryWriterInit(&raw mut self.written);
            let imported = match channels {
                3 => WebPPictureImportRGB(&raw mut self.picture, pixels.as_ptr(), w * 3),
                _ => WebPPictureImportRGBA(&raw mut self.picture, pixels.as_ptr(), w * 4),
            };
            if imported == 0 || WebPEncode(config, &raw mut self.picture) == 0 {
                return Err(failed(&format!("libwebp says {:?}", self.picture.error_code)));
            }
            Ok(std::slice::from_raw_parts(self.written.mem, self.written.size).to_vec())
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // SAFETY: both were initialised, and are not used after.
        unsafe {
            WebPPictureFree(&raw mut self.picture);
            WebPMemoryWriterClear(&raw mut self.written);
        }
    }
}

fn failed(reason: &str) -> Error {
    Error::Encoding { format: "WebP", reason: reason.to_owned() }
}
