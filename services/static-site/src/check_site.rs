use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{Error, Object, Page, Record, Shard, Site, vanished::record_name};

/// What is wrong with an image of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub image: String,
    pub reason: String,
}

/// How many images are looked at, at the same time.
const AT_ONCE: usize = 4;

/// Looks whether every image is there, made of its present source, and intact. Changes nothing.
pub async fn check_site(
    site: &Site,
    objects: &[Object],
    shard: Option<Shard>,
) -> Result<Vec<Fault>, Error> {
    let ours = objects
        .iter()
        .enumerate()
        .filter(|(n, _)| shard.is_none_or(|shard| shard.takes(*n)))
        .flat_map(|(_, object)| &object.pages);
    let checked: Vec<Option<Fault>> =
        stream::iter(ours.map(|page| check(site, page))).buffered(AT_ONCE).try_collect().await?;
    Ok(checked.into_iter().flatten().collect())
}

async fn check(site: &Site, page: &Page) -> Result<Option<Fault>, Error> {
    let fault = |reason: String| Ok(Some(Fault { image: page.image.clone(), reason }));
    let name = record_name(&page.image);
    let Some(record) = Record::read(&site.publisher, &name).await? else {
        return fault("it was never finished".to_owned());
    };
    if record.settings != site.settings_of_record() {
        return fault("it was made with other settings".to_owned());
    }
    match page.source.version().await {
        Ok(version) if version == record.source => {}
        Ok(_) => return fault(format!("{} has changed since", page.source)),
        Err(error) => return fault(error.in_full()),
    }
    let broken = record.broken_files(&site.publisher).await?;
    match broken.as_slice() {
        [] => Ok(None),
        [one] => fault(format!("{one} is missing or damaged")),
        [first, ..] => fault(format!("{} files are missing or damaged, as {first}", broken.len())),
    }
}
