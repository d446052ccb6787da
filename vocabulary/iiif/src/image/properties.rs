//! What holds for every request and every image.

use proptest::prelude::*;

use super::*;

fn decimal() -> impl Strategy<Value = f64> {
    prop_oneof![
        (0u32..=200).prop_map(f64::from),
        (0u32..2_000_000).prop_map(|n| f64::from(n) / 10_000.0),
        0f64..1e-9,
        0f64..1e20,
    ]
}

fn side() -> impl Strategy<Value = u64> {
    prop_oneof![8 => 0u64..9000, 1 => any::<u64>()]
}

fn region() -> impl Strategy<Value = Region> {
    prop_oneof![
        Just(Region::Full),
        Just(Region::Square),
        (side(), side(), side(), side()).prop_map(|(x, y, w, h)| Region::Pixels { x, y, w, h }),
        (decimal(), decimal(), decimal(), decimal()).prop_map(|(x, y, w, h)| Region::Percent {
            x,
            y,
            w,
            h
        }),
    ]
}

fn size(version: Version) -> impl Strategy<Value = Size> {
    let form = prop_oneof![
        Just(SizeForm::Max),
        side().prop_map(SizeForm::Width),
        side().prop_map(SizeForm::Height),
        decimal().prop_map(SizeForm::Percent),
        (side(), side()).prop_map(|(w, h)| SizeForm::Exact { w, h }),
        (side(), side()).prop_map(|(w, h)| SizeForm::Confined { w, h }),
    ];
    (any::<bool>(), form)
        .prop_map(move |(up, form)| Size { upscale: up && version == Version::V3, form })
}

fn rotation() -> impl Strategy<Value = Rotation> {
    let degrees = prop_oneof![
        4 => prop::sample::select(vec![0.0, 90.0, 180.0, 270.0]),
        1 => (0u32..36_000).prop_map(|n| f64::from(n) / 100.0),
        1 => 0f64..360.0,
    ];
    (any::<bool>(), degrees).prop_map(|(mirror, degrees)| Rotation { mirror, degrees })
}

fn request() -> impl Strategy<Value = ImageRequest> {
    prop::sample::select(&Version::ALL[..]).prop_flat_map(|version| {
        let quality = prop::sample::select(&Quality::ALL[..]);
        let format = prop::sample::select(&Format::ALL[..]);
        (region(), size(version), rotation(), quality, format).prop_map(
            move |(region, size, rotation, quality, format)| ImageRequest {
                version,
                region,
                size,
                rotation,
                quality,
                format,
            },
        )
    })
}

/// Mostly pages and photographs; scrolls, single pixels and monsters as well.
fn source() -> impl Strategy<Value = Extent> {
    let edge = || prop_oneof![8 => 1u32..8000, 2 => 1u32..5, 1 => 1..=u32::MAX];
    (edge(), edge()).prop_map(|(w, h)| Extent { w, h })
}

fn limits() -> impl Strategy<Value = Limits> {
    let edge = || prop::option::weighted(0.3, 0u32..9000);
    let area = prop::option::weighted(0.3, prop_oneof![0u64..100, 0u64..50_000_000]);
    (edge(), edge(), area, any::<bool>()).prop_map(
        |(max_width, max_height, max_area, upscaling)| Limits {
            max_width,
            max_height,
            max_area,
            upscaling,
        },
    )
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 1024, failure_persistence: None, ..Default::default() }
}

/// Text that is nearly a request.
const NEARLY: &str = "(full|square|(pct:)?[0-9.,]{0,24})/\\^?!?(max|full|(pct:)?[0-9.,]{0,24})\
    /!?[0-9.]{0,6}/(default|gray)\\.(jpg|png)";

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_written_is_read_back(request in request()) {
        prop_assert_eq!(ImageRequest::parse(request.version, &request.to_string()), Ok(request));
    }

    #[test]
    fn nothing_panics_whatever_is_written(
        path in any::<String>(), source in source(), limits in limits(),
    ) {
        for version in Version::ALL {
            if let Ok(request) = ImageRequest::parse(version, &path) {
                let _ = request.resolve(source, &limits);
            }
        }
    }

    #[test]
    fn nothing_panics_near_the_grammar(
        path in NEARLY, source in source(), limits in limits(),
    ) {
        for version in Version::ALL {
            if let Ok(request) = ImageRequest::parse(version, &path) {
                prop_assert_eq!(ImageRequest::parse(version, &request.to_string()), Ok(request));
                let _ = request.resolve(source, &limits);
            }
        }
    }

    #[test]
    fn a_drawing_is_never_empty_and_never_out_of_bounds(
        request in request(), source in source(), limits in limits(),
    ) {
        if let Ok(drawing) = request.resolve(source, &limits) {
            let Drawing { region, size, .. } = drawing;
            prop_assert!(!size.is_empty() && !region.extent().is_empty(), "{drawing:?}");
            prop_assert!(region.w <= source.w && region.x <= source.w - region.w, "{drawing:?}");
            prop_assert!(region.h <= source.h && region.y <= source.h - region.h, "{drawing:?}");
            prop_assert!(limits.allow(size), "{drawing:?}");
            prop_assert!(drawing.output_extent().longest_edge() <= drawing.format.longest_edge());
            let enlarged = size.w > region.w || size.h > region.h;
            prop_assert!(!enlarged || limits.upscaling, "{drawing:?}");
        }
    }

    #[test]
    fn the_canonical_form_is_the_same_drawing(
        request in request(), source in source(), limits in limits(),
    ) {
        if let Ok(drawing) = request.resolve(source, &limits) {
            let again = ImageRequest::parse(request.version, &drawing.canonical).unwrap();
            prop_assert_eq!(again.resolve(source, &limits), Ok(drawing));
        }
    }

    #[test]
    fn both_versions_draw_the_same(source in source(), region in region(), w in 1u64..9000) {
        let drawn = |version, size| {
            let request = ImageRequest {
                version, region, size,
                rotation: Rotation::NONE, quality: Quality::Default, format: Format::Jpg,
            };
            request.resolve(source, &Limits::default()).ok()
        };
        let width = Size { upscale: false, form: SizeForm::Width(w) };
        let Some(asked) = drawn(Version::V2, width) else { return Ok(()) };
        let (w, h) = (asked.size.w.into(), asked.size.h.into());
        let exact = Size { upscale: false, form: SizeForm::Exact { w, h } };
        let listed = drawn(Version::V3, exact).unwrap();
        prop_assert_eq!((asked.region, asked.size), (listed.region, listed.size));
    }

    #[test]
    fn every_tile_and_level_of_a_pyramid_is_met_by_its_width(
        source in (1u32..9000, 1u32..9000), tile in prop::sample::select(vec![256u32, 512]),
        halvings in 0u32..6, column in 0u32..40, row in 0u32..40,
    ) {
        let (source, scale) = (Extent::new(source.0, source.1), 1u32 << halvings);
        let step = tile * scale;
        let x = column % source.w.div_ceil(step) * step;
        let y = row % source.h.div_ceil(step) * step;
        let region = Rect { x, y, w: step.min(source.w - x), h: step.min(source.h - y) };
        let ready = Extent::new(region.w.div_ceil(scale), region.h.div_ceil(scale));
        // A tile one pixel wide has that width at every scale.
        prop_assume!(ready.w > 1);

        let path = format!("{region}/{},/0/default.jpg", ready.w);
        let request = ImageRequest::parse(Version::V2, &path).unwrap();
        let drawing = request.resolve(source, &Limits::default()).unwrap();
        prop_assert_eq!(drawing.size, ready, "{} of {}", path, source);
    }

    #[test]
    fn a_confined_extent_fits(source in source(), w in 1..=u32::MAX, h in 1..=u32::MAX) {
        let confined = confined(source, w, h);
        prop_assert!(!confined.is_empty());
        prop_assert!(confined.w <= w.min(source.w) && confined.h <= h.min(source.h), "{confined}");
        prop_assert_eq!(super::confined(confined, w, h), confined);
    }

    #[test]
    fn any_accept_header_gets_an_answer(accept in any::<String>()) {
        use crate::negotiate::{Api, content_type, version};
        for v in Version::ALL {
            let _ = version(Api::Image, &accept);
            prop_assert!(content_type(Api::Image, v, Some(&accept)).starts_with("application/"));
        }
    }
}
