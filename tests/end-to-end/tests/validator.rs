//! The official image validator (PyPI's `iiif-validator`), on both versions of the API.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Place, Recto, output_of};

pub(crate) const IMAGE: &str = "67352ccc-d1b0-11e1-89ae-279075081939.png";

/// Test, and why it cannot pass: faults of the validator, all of them.
const EXCUSED: &[(&str, &str)] = &[
    (
        "size_noup",
        "3.0: wants 400 for `!2000,3000`, where the text wants the largest size without upscaling",
    ),
    (
        "size_up",
        "level 3: wants upscaling, and in 3.0 two different sizes for what is the same without limits",
    ),
    ("format_jp2", "level 3: calls a function that Python 3 does not have"),
    ("format_pdf", "level 3: calls a function that Python 3 does not have"),
    ("format_webp", "level 3: calls a function that Python 3 does not have"),
];

#[tokio::test]
async fn the_official_validator_finds_no_fault() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let image = place.origins().join(IMAGE);
    draw_squares(&image)?;

    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    library.put_file(&recto, IMAGE, &image).await?.with_status(201)?;
    for (version, route) in [("2.0", "iiif-img/v2"), ("3.0", "iiif-img/v3")] {
        let prefix = Library::public(route, "");
        finds_no_fault(&recto, version, "3", prefix.trim_matches('/'))?;
    }
    recto.stop().await?;
    Ok(())
}

/// Every test of the level passes, but for those that are excused.
pub(crate) fn finds_no_fault(
    recto: &Recto,
    version: &str,
    level: &str,
    prefix: &str,
) -> Result<()> {
    let (report, results) = validate_at(recto.address(), version, level, prefix, IMAGE)?;
    ensure!(results.len() > 25, "the validator stopped early:\n{report}");
    for (test, has_passed) in results {
        match EXCUSED.iter().find(|(name, _)| *name == test) {
            None => ensure!(has_passed, "{version} {test} fails:\n{report}"),
            Some((_, reason)) => {
                ensure!(!has_passed, "{version} {test} passes now; it was excused: {reason}");
                eprintln!("excused: {version} {test}: {reason}");
            }
        }
    }
    Ok(())
}

/// The picture that the validator knows.
pub(crate) fn draw_squares(image: &Path) -> Result<()> {
    let python = find("iiif-validate.py")?.with_file_name("python");
    output_of(Command::new(python).args(["-c", include_str!("squares.py")]).arg(image))?;
    Ok(())
}

/// The validator's report, and which tests passed. In level 3, rotations and link headers are tested, too.
pub(crate) fn validate_at(
    address: &str,
    version: &str,
    level: &str,
    prefix: &str,
    identifier: &str,
) -> Result<(String, BTreeMap<String, bool>)> {
    let output = Command::new(find("iiif-validate.py")?)
        .args(["--version", version, "--level", level, "--identifier", identifier])
        .args(["--server", address, "--prefix", prefix])
        .output()?;
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    let results = report.lines().filter_map(|line| {
        let (name, result) = line.split_once("] test ")?.1.split_once(' ')?;
        Some((name.to_owned(), result == "PASS"))
    });
    Ok((report.clone(), results.collect()))
}

pub(crate) fn find(program: &str) -> Result<PathBuf> {
    let path = end_to_end::variable("PATH").context("no PATH")?;
    let found =
        std::env::split_paths(&path).map(|folder| folder.join(program)).find(|it| it.is_file());
    found.with_context(|| format!("{program} is not there: run `make e2e`, which installs it"))
}
