//! Says in a sentence what is missing when the viewers were not installed.

use std::path::Path;

const VIEWER: &str = "node_modules/openseadragon/build/openseadragon/openseadragon.min.js";

fn main() {
    println!("cargo:rerun-if-changed=package-lock.json");
    println!("cargo:rerun-if-changed={VIEWER}");
    assert!(
        Path::new(VIEWER).is_file(),
        "OpenSeadragon is missing: run `make viewers` once (it needs npm)"
    );
}
