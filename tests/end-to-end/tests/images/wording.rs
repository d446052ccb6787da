use anyhow::{Result, ensure};
use end_to_end::{Keeping, Place, jpeg_extent};
use serde_json::json;

use super::folder::scans;

/// Path, status and message.
const ERRORS: &[(&str, u16, &str)] = &[
    ("/maps:photo.jpg/info.json", 404, "Profile maps not recognised"),
    ("/:photo.jpg/info.json", 404, "Profile  not recognised"),
    ("/gone.jpg/info.json", 404, "Image gone.jpg not found in profile scans"),
    ("/gone.jpg", 404, "Image gone.jpg not found in profile scans"),
    ("/scans:gone:1/original", 404, "Image gone:1 not found in profile scans"),
    ("/box%201/info.json", 404, "Image box 1 not found in profile scans"),
    (
        "/notes.txt/full/max/0/default.jpg",
        500,
        "this image can't be read: a file of no known image format",
    ),
    (
        "/photo.jpg/all/max/0/default.jpg",
        400,
        r#"Invalid IIIF option: Region value "all" is invalid"#,
    ),
    (
        "/photo.jpg/2000,0,9,9/max/0/default.jpg",
        400,
        r#"Invalid IIIF option: Region value "2000,0,9,9" is invalid"#,
    ),
    (
        "/photo.jpg/0,0,0,9/max/0/default.jpg",
        400,
        r#"Invalid IIIF option: Region value "0,0,0,9" is invalid"#,
    ),
    (
        "/photo.jpg/full/full/0/default.jpg",
        400,
        r#"Invalid IIIF option: Size value "full" is invalid"#,
    ),
    (
        "/photo.jpg/full/2001,/0/default.jpg",
        400,
        r#"Invalid IIIF option: Size value "2001," is invalid"#,
    ),
    (
        "/photo.jpg/full/^2001,/0/default.jpg",
        400,
        r#"Invalid IIIF option: Size value "^2001," is invalid"#,
    ),
    (
        "/photo.jpg/full/max/361/default.jpg",
        400,
        r#"Invalid IIIF option: Rotation value "361" is invalid"#,
    ),
    (
        "/photo.jpg/full/max/0/sepia.jpg",
        400,
        r#"Invalid IIIF option: Quality value "sepia" is invalid"#,
    ),
    (
        "/photo.jpg/full/max/0/default.bmp",
        400,
        r#"Invalid IIIF option: Format value "bmp" is invalid"#,
    ),
    ("/originals?identifiers=photo.jpg,gone.jpg", 404, "Image gone.jpg not found in profile scans"),
];

#[tokio::test]
async fn errors_are_worded_as_theirs() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let scans = scans(&place)?;
    let mut recto = place.images(&[&scans]).await?;
    recto.expect_in_log(&["notes.txt"]);
    for (path, status, error) in ERRORS {
        let answer = recto.get(path).await?.with_status(*status)?;
        ensure!(answer.header("content-type") == "application/json", "{path}");
        ensure!(answer.header("cache-control") == "no-store", "{path}");
        ensure!(answer.json()? == json!({ "error": error }), "{path}: {}", answer.text());
    }
    let many = (0..21).map(|n| format!("a{n}")).collect::<Vec<_>>().join(",");
    let answer = recto.get(&format!("/originals?identifiers={many}")).await?.with_status(400)?;
    ensure!(answer.json()? == json!({ "error": "Too many images requested (max: 20)" }));
    for (path, status, detail) in [
        ("/a/b", 404, json!("Not Found")),
        (
            "/originals",
            422,
            json!([{ "loc": ["query", "identifiers"], "msg": "field required", "type": "value_error.missing" }]),
        ),
    ] {
        let answer = recto.get(path).await?.with_status(status)?;
        ensure!(answer.json()? == json!({ "detail": detail }), "{path}: {}", answer.text());
    }
    for (path, extent) in [
        ("/photo.jpg/0.4,0.4,99.6,200/max/0/grey.jpg", (100, 200)),
        ("/photo.jpg/square/!300,300/!90/colour.jpg", (300, 300)),
        ("/v2/photo.jpg/full/full/0/default.jpg", (2000, 1500)),
    ] {
        let answer = recto.get(path).await?.with_status(200)?;
        ensure!(jpeg_extent(&answer.body) == Some(extent), "{path}");
    }
    recto.stop().await?;
    Ok(())
}
