//! Whatever stands in an address: it is refused, or read back as it is written, and what it comes to
//! for an image is inside of it and is its own canonical form.
#![no_main]

use iiif::{
    Version,
    image::{Extent, ImageRequest, Limits},
};
use libfuzzer_sys::fuzz_target;

const SOURCES: [Extent; 4] = [
    Extent::new(6000, 4000),
    Extent::new(1, 1),
    Extent::new(3, u32::MAX),
    Extent::new(u32::MAX, u32::MAX),
];

const LIMITS: [Limits; 3] = [
    Limits { max_width: None, max_height: None, max_area: None, upscaling: true },
    Limits { max_width: None, max_height: None, max_area: Some(64_000_000), upscaling: false },
    Limits { max_width: Some(3000), max_height: Some(400), max_area: Some(7), upscaling: true },
];

fuzz_target!(|data: &[u8]| {
    let Ok(path) = std::str::from_utf8(data) else { return };
    for version in Version::ALL {
        let Ok(request) = ImageRequest::parse(version, path) else { continue };
        let again = ImageRequest::parse(version, &request.to_string());
        assert_eq!(again.as_ref(), Ok(&request), "{path} is written as {request}");
        for source in SOURCES {
            for limits in LIMITS {
                check(&request, source, &limits);
            }
        }
    }
});

fn check(request: &ImageRequest, source: Extent, limits: &Limits) {
    let Ok(drawing) = request.resolve(source, limits) else { return };
    let region = drawing.region;
    assert!(!drawing.size.is_empty() && limits.allow(drawing.size), "{drawing:?}");
    assert!(region.w > 0 && region.x <= source.w - region.w, "{drawing:?}");
    assert!(region.h > 0 && region.y <= source.h - region.h, "{drawing:?}");
    let canonical = ImageRequest::parse(request.version, &drawing.canonical);
    let again = canonical.map(|request| request.resolve(source, limits));
    assert_eq!(again, Ok(Ok(drawing)), "{request} of {source}");
}
