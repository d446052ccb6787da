//! PyPI's `schemathesis` reads `/openapi.json` and throws what it can think of at every operation.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Place};

/// What an answer is held against; what generated bodies must be refused for is the API's own affair.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

#[tokio::test]
async fn the_api_does_as_its_description_says_whatever_it_is_sent() -> Result<()> {
    for in_postgres in [false, true] {
        let keeping = Keeping { in_postgres, on_s3: false };
        if Keeping::offered().contains(&keeping) {
            judge(keeping).await.with_context(|| format!("{keeping:?}"))?;
        }
    }
    Ok(())
}

async fn judge(keeping: Keeping) -> Result<()> {
    let place = Place::new(keeping)?;
    let recto = place.serve_as("management").await?;
    let library = Library::open(&recto).await?;
    let (url, folder) = (recto.url("/openapi.json"), place.temporary());
    let judging = tokio::task::spawn_blocking(move || {
        Command::new("schemathesis")
            .args(["run", &url, "--auth", &library.credentials(), "--checks", CHECKS])
            .args(["--phases", "coverage,fuzzing", "--max-examples", "3", "--seed", "1"])
            // An answer without an end.
            .args(["--exclude-path-regex", "/events$"])
            .args(["--generation-database", "none", "--no-color"])
            .current_dir(folder)
            .output()
    });
    let output = judging.await?.context("schemathesis is not there: run `make e2e`")?;
    let report = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "{report}{}", String::from_utf8_lossy(&output.stderr));
    let tested = report.lines().find_map(|line| line.trim().strip_prefix("Tested: "));
    let tested: usize = tested.context("no count of operations")?.parse()?;
    ensure!(tested > 100, "only {tested} operations were tested: {report}");
    recto.stop().await.map(drop)
}
