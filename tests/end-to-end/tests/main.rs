//! What Recto promises, tried from outside on the built binary. `make e2e` runs it with all that it needs.

mod book;
mod browser;
mod bucket_origins;
mod composites;
mod contract;
mod credentials;
mod examples;
mod faults;
mod files;
mod formats;
mod hostile;
mod image_services;
mod images;
mod import;
mod lists;
mod named_queries;
mod optimised;
mod originals;
mod paths;
mod projections;
mod pyramids;
mod recordings;
mod reference;
mod static_site;
mod stopping;
mod uploads;
mod validator;
mod viewer;
mod walks;

use std::path::PathBuf;

/// Where a run leaves what people may want to look at.
fn souvenirs() -> anyhow::Result<PathBuf> {
    let folder = end_to_end::workspace().join("target/e2e");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
