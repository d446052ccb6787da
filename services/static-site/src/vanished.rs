use std::collections::{BTreeSet, HashSet};

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{Error, Layout, Object, Record, Site};

/// The images that are in the site and not among the inputs any longer, by their names.
///
/// Of a task, which writes one item beside others, only the pages of that item are looked for.
pub async fn find_vanished(site: &Site, objects: &[Object]) -> Result<Vec<String>, Error> {
    let wanted: HashSet<&str> =
        objects.iter().flat_map(|object| &object.pages).map(|page| page.image.as_str()).collect();
    let is_ours = |image: &str| match &site.layout {
        Layout::Theirs(theirs) if theirs.prefix.is_some() => theirs
            .page_of(image)
            .is_some_and(|(id, _)| objects.iter().any(|object| object.id == id)),
        Layout::Iiif(_) | Layout::DeepZoom | Layout::Theirs(_) => true,
    };
    let records = site.publisher.list(RECORDS).await?;
    let images = records.iter().filter_map(|name| image_of(name));
    let vanished = images.filter(|image| !wanted.contains(image) && is_ours(image));
    Ok(vanished.map(str::to_owned).collect())
}

/// Where records are: no web server shows them by mistake, as the folder begins with a dot.
const RECORDS: &str = ".recto";

/// Where the record of an image is.
pub(crate) fn record_name(image: &str) -> String {
    format!("{RECORDS}/{image}.json")
}

fn image_of(record: &str) -> Option<&str> {
    record.strip_prefix(RECORDS)?.strip_prefix('/')?.strip_suffix(".json")
}

/// Removes what was made of images: their files, and the documents that were theirs alone. It may be stopped and begun again:
/// the records go last. Answers how many files went.
///
/// To be called when the other documents are written, so that none speaks of what goes.
pub async fn prune(site: &Site, objects: &[Object], vanished: &[String]) -> Result<u64, Error> {
    let kept: BTreeSet<&str> = objects.iter().map(|object| object.id.as_str()).collect();
    let mut files = 0;
    for image in vanished {
        let record_name = record_name(image);
        let record = Record::read(&site.publisher, &record_name).await?;
        let mut names: Vec<String> =
            record.into_iter().flat_map(|it| it.files.into_keys()).collect();
        files += names.len() as u64;
        match &site.layout {
            Layout::Iiif(_) => names.extend(manifests_of(image, &kept)),
            Layout::Theirs(theirs) => names.extend(theirs.documents_of(image, &kept)),
            Layout::DeepZoom => {}
        }
        remove_all(site, names).await?;
        site.publisher.remove(&record_name).await?;
    }
    Ok(files)
}

/// An image is its own object, or the page of one that is called as its folder.
fn manifests_of(image: &str, kept: &BTreeSet<&str>) -> Vec<String> {
    let folder = image.rsplit_once('/').map(|(folder, _)| folder);
    let ids = [Some(image), folder].into_iter().flatten();
    ids.filter(|id| !kept.contains(id)).map(|id| format!("{id}/manifest.json")).collect()
}

/// Files of one image share folders, so they are tidied one after the other there.
async fn remove_all(site: &Site, names: Vec<String>) -> Result<(), Error> {
    let at_once = if site.publisher.keeps_headers() { site.puts_at_once() } else { 1 };
    let removed = names.iter().map(|name| site.publisher.remove(name));
    stream::iter(removed).buffer_unordered(at_once).try_collect::<()>().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_found_by_images_and_images_by_records() {
        for image in ["a", "box 1/2", ".x"] {
            assert_eq!(image_of(&record_name(image)), Some(image));
        }
        assert_eq!(image_of(".recto/a.json.new"), None);
        assert_eq!(image_of("a/info.json"), None);
    }

    #[test]
    fn a_manifest_goes_with_the_last_image_of_its_object() {
        let kept = BTreeSet::from(["box"]);
        assert_eq!(manifests_of("box/1", &kept), ["box/1/manifest.json"]);
        assert_eq!(manifests_of("old/1", &kept), ["old/1/manifest.json", "old/manifest.json"]);
        assert_eq!(manifests_of("leaf", &kept), ["leaf/manifest.json"]);
    }
}
