//! `/iiif-manifest`: the Presentation API, for one asset at a time.

mod get_manifest;

#[cfg(test)]
mod tests;

pub(crate) use get_manifest::get_manifest;
