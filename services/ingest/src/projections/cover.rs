use std::{io::Read, path::Path};

use anyhow::Context;
use bindery::Excerpt;
use model::Origin;

use crate::{
    convert::{create, limits, run_child},
    decode::{Outcome, Task},
    engine::Engine,
    failure::Failure,
    fetch::Wanted,
};

/// A cover has no more pages than this.
const MOST_PAGES: usize = 10;
const MOST_BYTES: u64 = 50 << 20;

/// The first pages of the PDF at an address, taken out by a child. May run twice: the folder is the job's own.
pub(super) async fn cover(
    engine: &Engine,
    customer: u32,
    address: &str,
    folder: &Path,
) -> Result<Excerpt, Failure> {
    let at_fault = |reason: &str| Failure::Asset(format!("the cover page {address} {reason}"));
    let origin: Origin = address.parse().map_err(|_| at_fault("is no address"))?;
    // What came with registrations is nobody's to name.
    if origin.upload_key().is_some() {
        return Err(at_fault("is no address"));
    }
    let access = engine.catalogue.origin_access(customer, &origin).await;
    let access = access.context("the origin strategy can't be looked up")?;
    let wanted = Wanted { customer, origin: &origin, is_image: false };
    let fetched = engine.fetcher.fetch(wanted, &access, folder).await?;
    if fetched.bytes > MOST_BYTES {
        return Err(at_fault("is too large"));
    }
    let mut body = create(&folder.join("cover"))?;
    let shared = body.try_clone().context("a file can't be shared")?;
    let files = vec![fetched.file, shared];
    let limits = sandbox::Limits { output_bytes: 4 * MOST_BYTES, ..limits(&engine.config, 1) };
    match run_child(&Task::Excerpt { most_pages: MOST_PAGES }, files, limits).await? {
        Outcome::Excerpted { tree, pages, places } => {
            let mut bytes = Vec::new();
            std::io::Seek::rewind(&mut body).context("the cover can't be read")?;
            body.read_to_end(&mut bytes).context("the cover can't be read")?;
            Ok(Excerpt { tree, pages, places, body: bytes })
        }
        Outcome::Refused(reason) => Err(at_fault(&reason)),
        other @ (Outcome::Converted(_)
        | Outcome::Adopted(_)
        | Outcome::Identified(..)
        | Outcome::Contents(_)
        | Outcome::Page
        | Outcome::Unsupported(_)
        | Outcome::Broken(_)) => Err(other.into_failure()),
    }
}
