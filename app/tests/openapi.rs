//! `docs/openapi.json` is what `recto openapi` prints, and is fresh.
//!
//! `make bless` writes it.

use std::{path::Path, process::Command};

#[test]
fn the_description_of_the_api_is_fresh() {
    let printed = Command::new(env!("CARGO_BIN_EXE_recto"))
        .args(["openapi", "https://api.example.org"])
        .output()
        .unwrap();
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/openapi.json");
    #[expect(clippy::disallowed_methods, reason = "how `make bless` tells a test to write")]
    if std::env::var("RECTO_BLESS").is_ok() {
        std::fs::write(&path, &printed.stdout).unwrap();
    }
    let found = std::fs::read(&path).unwrap_or_default();
    assert!(found == printed.stdout, "docs/openapi.json is stale: run `make bless`");
}
