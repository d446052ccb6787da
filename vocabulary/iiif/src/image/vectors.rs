//! Requests and what they come to, for an image of 6000 by 4000: the rows of the specification's
//! examples, and the traps that servers and clients have fallen into.

use super::*;

const SOURCE: Extent = Extent::new(6000, 4000);
const UP: Limits = Limits { max_width: None, max_height: None, max_area: None, upscaling: true };
const NO_UP: Limits = Limits { upscaling: false, ..UP };

/// What came of a request: the size and the canonical region and size, or the name of the failure.
fn outcome(version: Version, region_and_size: &str, limits: &Limits) -> String {
    let path = format!("{region_and_size}/0/default.jpg");
    let request = match ImageRequest::parse(version, &path) {
        Ok(request) => request,
        Err(_) => return "syntax".to_owned(),
    };
    match request.resolve(SOURCE, limits) {
        Ok(Drawing { size, canonical, .. }) => {
            format!("{size} {}", canonical.strip_suffix("/0/default.jpg").unwrap())
        }
        Err(SizeError::OutOfBounds { .. }) => "outside".to_owned(),
        Err(SizeError::Empty) => "empty".to_owned(),
        Err(SizeError::Upscale { .. }) => "larger".to_owned(),
        Err(SizeError::NoUpscaling { .. }) => "not here".to_owned(),
        Err(SizeError::AboveLimits) => "above limits".to_owned(),
        Err(SizeError::AboveFormat { .. }) => "above format".to_owned(),
    }
}

fn check(version: Version, limits: &Limits, rows: &[(&str, &str)]) {
    for (request, expected) in rows {
        assert_eq!(outcome(version, request, limits), *expected, "{request} in {version:?}");
    }
}

#[test]
fn version_3_comes_to_the_sizes_of_the_specification() {
    check(
        Version::V3,
        &UP,
        &[
            ("full/max", "6000x4000 full/max"),
            ("full/^max", "6000x4000 full/max"),
            ("full/150,", "150x100 full/150,100"),
            ("full/0150,", "150x100 full/150,100"),
            ("full/,150", "225x150 full/225,150"),
            ("full/7000,", "larger"),
            ("full/^7000,", "7000x4667 full/^7000,4667"),
            ("full/,4001", "larger"),
            ("full/^,4001", "6002x4001 full/^6002,4001"),
            ("full/pct:50", "3000x2000 full/3000,2000"),
            ("full/pct:100", "6000x4000 full/max"),
            ("full/pct:120", "larger"),
            ("full/pct:100.0001", "larger"),
            ("full/^pct:120", "7200x4800 full/^7200,4800"),
            ("full/^pct:50", "3000x2000 full/3000,2000"),
            ("full/225,100", "225x100 full/225,100"),
            ("full/6001,4000", "larger"),
            ("full/6000,4001", "larger"),
            ("full/^6001,10", "6001x10 full/^6001,10"),
            ("full/!225,100", "150x100 full/150,100"),
            ("full/!7000,7000", "6000x4000 full/max"),
            ("full/!99999999999,99999999999", "6000x4000 full/max"),
            ("full/^!7000,7000", "7000x4667 full/^7000,4667"),
            ("full/full", "syntax"),
            ("full/,^240", "syntax"),
            ("full/^^240,", "syntax"),
            ("full/99999999999999999999,", "syntax"),
            ("full/^9999999999,", "above limits"),
            ("full/0,", "empty"),
            ("full/,0", "empty"),
            ("full/0,0", "empty"),
            ("full/!0,10", "empty"),
            ("full/pct:0", "empty"),
            ("full/pct:0.001", "empty"),
            ("full/1,", "1x1 full/1,1"),
        ],
    );
}

#[test]
fn a_region_is_cut_at_the_edge_before_it_is_scaled() {
    check(
        Version::V3,
        &UP,
        &[
            ("square/max", "4000x4000 1000,0,4000,4000/max"),
            ("square/500,", "500x500 1000,0,4000,4000/500,500"),
            ("5000,3000,2000,2000/max", "1000x1000 5000,3000,1000,1000/max"),
            ("5000,3000,2000,2000/500,500", "500x500 5000,3000,1000,1000/500,500"),
            ("5000,3000,2000,2000/1500,", "larger"),
            (
                "5000,3000,18446744073709551615,18446744073709551615/max",
                "1000x1000 5000,3000,1000,1000/max",
            ),
            ("5999,3999,1,1/max", "1x1 5999,3999,1,1/max"),
            ("5999,3999,1,1/!10,10", "1x1 5999,3999,1,1/max"),
            ("6000,0,10,10/max", "outside"),
            ("0,4000,10,10/max", "outside"),
            ("18446744073709551615,0,10,10/max", "outside"),
            ("0,0,0,10/max", "empty"),
            ("0,0,10,0/max", "empty"),
            ("pct:41.6,7.5,66.6,100/max", "3504x3700 2496,300,3504,3700/max"),
            ("pct:0,0,100,100/600,", "600x400 full/600,400"),
            ("pct:100,0,10,10/max", "outside"),
            ("pct:99.9999,0,10,10/max", "1x400 5999,0,1,400/max"),
            ("pct:0,0,0.00001,0.00001/max", "1x1 0,0,1,1/max"),
            ("pct:0,0,0,10/max", "empty"),
            ("0,0,6000,4000/6000,4000", "6000x4000 full/max"),
            ("0,0,6000,4/10,", "10x1 0,0,6000,4/10,1"),
            ("0,0,6000,4/pct:1", "empty"),
            ("100,100,300,200/600,", "larger"),
            ("100,100,300,200/^600,", "600x400 100,100,300,200/^600,400"),
            ("100,100,300,200/^100,", "100x67 100,100,300,200/100,67"),
            ("1,2,3/max", "syntax"),
            ("-1,0,5,5/max", "syntax"),
            ("pct:a/max", "syntax"),
            ("1.5,0,9,9/max", "syntax"),
            (" 1,2,3,4/max", "syntax"),
            ("+1,2,3,4/max", "syntax"),
        ],
    );
}

#[test]
fn without_upscaling_only_what_must_be_enlarged_fails() {
    check(
        Version::V3,
        &NO_UP,
        &[
            ("full/^max", "6000x4000 full/max"),
            ("full/^150,", "150x100 full/150,100"),
            ("full/^!225,100", "150x100 full/150,100"),
            ("full/^6000,4000", "6000x4000 full/max"),
            ("full/^7000,", "not here"),
            ("full/^pct:120", "not here"),
            ("full/^!7000,7000", "not here"),
            ("full/7000,", "larger"),
        ],
    );
}

#[test]
fn limits_refuse_explicit_sizes_and_hold_back_the_others() {
    let wide = Limits { max_width: Some(3000), ..UP };
    check(
        Version::V3,
        &wide,
        &[
            ("full/max", "3000x2000 full/max"),
            ("full/^max", "3000x2000 full/max"),
            ("full/3001,", "above limits"),
            ("full/,2001", "above limits"),
            ("full/^7000,", "above limits"),
            ("full/pct:51", "above limits"),
            ("full/3000,3001", "above limits"),
            ("full/pct:50", "3000x2000 full/max"),
            ("full/3000,", "3000x2000 full/max"),
            ("full/!7000,7000", "3000x2000 full/max"),
            ("full/^!7000,7000", "3000x2000 full/max"),
            ("0,0,4000,4000/max", "3000x3000 0,0,4000,4000/max"),
            ("0,0,512,512/512,512", "512x512 0,0,512,512/max"),
            ("0,0,512,512/^max", "3000x3000 0,0,512,512/^max"),
            ("0,0,512,512/^3000,", "3000x3000 0,0,512,512/^max"),
            ("0,0,512,512/^1024,", "1024x1024 0,0,512,512/^1024,1024"),
        ],
    );

    let area = Limits { max_area: Some(4_000_000), ..UP };
    check(
        Version::V3,
        &area,
        &[
            ("full/max", "2449x1633 full/max"),
            ("full/!7000,7000", "2449x1633 full/max"),
            ("full/^max", "2449x1633 full/max"),
            ("full/2449,", "2449x1633 full/max"),
            ("full/pct:50", "above limits"),
            ("0,0,100,100/^max", "2000x2000 0,0,100,100/^max"),
            ("0,0,100,200/^max", "1414x2828 0,0,100,200/^max"),
        ],
    );

    let low = Limits { max_width: Some(9000), max_height: Some(1000), ..UP };
    check(
        Version::V3,
        &low,
        &[
            ("full/max", "1500x1000 full/max"),
            ("full/6000,1000", "6000x1000 full/6000,1000"),
            ("full/,1001", "above limits"),
        ],
    );

    let nothing = Limits { max_width: Some(0), ..UP };
    check(Version::V3, &nothing, &[("full/max", "above limits"), ("full/1,", "above limits")]);
}

#[test]
fn version_2_has_full_and_no_mark_for_upscaling() {
    check(
        Version::V2,
        &NO_UP,
        &[
            ("full/full", "6000x4000 full/full"),
            ("full/max", "6000x4000 full/full"),
            ("0,0,6000,4000/6000,4000", "6000x4000 full/full"),
            ("full/150,", "150x100 full/150,"),
            ("full/,150", "225x150 full/225,"),
            ("full/150,100", "150x100 full/150,"),
            ("full/150,101", "150x101 full/150,101"),
            ("full/225,100", "225x100 full/225,100"),
            ("full/!225,100", "150x100 full/150,"),
            ("full/!7000,7000", "6000x4000 full/full"),
            ("full/pct:50", "3000x2000 full/3000,"),
            ("full/7000,", "larger"),
            ("full/pct:120", "larger"),
            ("full/^max", "syntax"),
            ("full/^150,", "syntax"),
            ("square/full", "4000x4000 1000,0,4000,4000/full"),
        ],
    );
    check(
        Version::V2,
        &UP,
        &[
            ("full/7000,", "7000x4667 full/7000,"),
            ("full/pct:120", "7200x4800 full/7200,"),
            ("full/!7000,7000", "6000x4000 full/full"),
        ],
    );
    check(
        Version::V2,
        &Limits { max_width: Some(3000), ..NO_UP },
        &[
            ("full/full", "3000x2000 full/3000,"),
            ("full/max", "3000x2000 full/3000,"),
            ("0,0,512,512/full", "512x512 0,0,512,512/full"),
            ("full/3001,", "above limits"),
        ],
    );
}

#[test]
fn a_square_image_has_no_square_region_of_its_own() {
    let request = ImageRequest::parse(Version::V3, "square/max/0/default.jpg").unwrap();
    let drawing = request.resolve(Extent::new(500, 500), &NO_UP).unwrap();
    assert_eq!(drawing.canonical, "full/max/0/default.jpg");
}

#[test]
fn rotation_quality_and_format_come_to_their_canonical_form() {
    for (path, canonical, output) in [
        ("full/600,400/90/default.jpg", "full/600,400/90/default.jpg", (400, 600)),
        ("full/600,400/!0/default.jpg", "full/600,400/!0/default.jpg", (600, 400)),
        ("full/600,400/!180/default.jpg", "full/600,400/!180/default.jpg", (600, 400)),
        ("full/600,400/22.5/default.png", "full/600,400/22.5/default.png", (707, 599)),
        ("full/600,400/360/default.jpg", "full/600,400/0/default.jpg", (600, 400)),
        ("full/600,400/0.0/default.jpg", "full/600,400/0/default.jpg", (600, 400)),
        ("full/600,400/90.0/default.jpg", "full/600,400/90/default.jpg", (400, 600)),
        ("full/600,400/0/color.jpg", "full/600,400/0/default.jpg", (600, 400)),
        ("full/600,400/0/gray.png", "full/600,400/0/gray.png", (600, 400)),
        ("full/600,400/0/bitonal.png", "full/600,400/0/bitonal.png", (600, 400)),
    ] {
        let drawing = ImageRequest::parse(Version::V3, path).unwrap();
        let drawing = drawing.resolve(SOURCE, &NO_UP).unwrap();
        assert_eq!(drawing.canonical, canonical, "{path}");
        assert_eq!(drawing.output_extent(), Extent::new(output.0, output.1), "{path}");
    }
}

#[test]
fn gray_is_the_default_of_a_gray_image() {
    let request = ImageRequest::parse(Version::V3, "full/max/!0/gray.png").unwrap();
    let drawing = request.resolve(SOURCE, &NO_UP).unwrap().of_gray_source();
    assert_eq!(drawing.canonical, "full/max/!0/default.png");
    assert_eq!(drawing.quality, Quality::Default);
}

#[test]
fn the_rest_of_the_grammar_refuses_with_the_name_of_the_parameter() {
    for (path, parameter) in [
        ("full/max/-1/default.jpg", "rotation"),
        ("full/max/361/default.jpg", "rotation"),
        ("full/max/1e1/default.jpg", "rotation"),
        ("full/max/+90/default.jpg", "rotation"),
        ("full/max//default.jpg", "rotation"),
        ("full/max/a/default.jpg", "rotation"),
        ("full/max/0/default.jpeg", "format"),
        ("full/max/0/default.JPG", "format"),
        ("full/max/0/default", "format"),
        ("full/max/0/default.xyz", "format"),
        ("full/max/0/default.", "format"),
        ("full/max/0/default.jpg.png", "format"),
        ("full/max/0/colour.jpg", "quality"),
        ("full/max/0/native.jpg", "quality"),
        ("full/max/0/grey.jpg", "quality"),
        ("full/max/0/.jpg", "quality"),
        ("[frob]/max/0/default.jpg", "region"),
        ("full/full/0/default.jpg", "size"),
        ("full/pct%253A50/0/default.jpg", "size"),
        ("full/max/0", "request"),
        ("", "request"),
        ("full/max/0/default.jpg/", "request"),
        ("/full/max/0/default.jpg", "request"),
        ("full/%ff/0/default.jpg", "request"),
    ] {
        let error = ImageRequest::parse(Version::V3, path).unwrap_err();
        assert_eq!(error.parameter, parameter, "{path}");
    }
}

#[test]
fn a_refusal_says_what_is_accepted_and_is_safe_to_show() {
    let error = ImageRequest::parse(Version::V3, "full/full/0/default.jpg").unwrap_err();
    assert!(error.to_string().contains("there is no full in version 3"), "{error}");

    let path = format!("full/max/%0A%00{}/default.jpg", "x".repeat(9000));
    let error = ImageRequest::parse(Version::V3, &path).unwrap_err().to_string();
    assert!(error.len() < 300 && !error.contains(char::is_control), "{error}");
}

#[test]
fn encoded_and_plain_spellings_are_one_request() {
    for (plain, encoded) in [
        ("0,0,10,10/^20,/!0/default.jpg", "0%2C0%2C10%2c10/%5E20%2C/%210/default%2Ejpg"),
        ("pct:0,0,10,10/^!20,20/22.5/gray.png", "pct%3A0,0,10,10/%5e%2120,20/22%2E5/gra%79.png"),
    ] {
        let read = |path| ImageRequest::parse(Version::V3, path);
        assert_eq!(read(encoded), read(plain), "{encoded}");
        assert!(read(plain).is_ok(), "{plain}");
    }
}

#[test]
fn a_format_refuses_what_no_file_of_it_can_hold() {
    let scroll = Extent::new(20_000, 100);
    for (path, fits) in [
        ("full/max/0/default.webp", false),
        ("full/max/90/default.webp", false),
        ("full/16383,/0/default.webp", true),
        ("full/max/0/default.jpg", true),
    ] {
        let drawing = ImageRequest::parse(Version::V3, path).unwrap().resolve(scroll, &NO_UP);
        assert_eq!(drawing.is_ok(), fits, "{path}: {drawing:?}");
    }
}

#[test]
fn an_image_without_extent_has_no_drawing() {
    let request = ImageRequest::parse(Version::V3, "full/max/0/default.jpg").unwrap();
    assert_eq!(request.resolve(Extent::default(), &NO_UP), Err(SizeError::Empty));
}
