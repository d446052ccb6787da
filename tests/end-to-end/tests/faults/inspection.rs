use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context, Result, ensure};
use end_to_end::Recto;
use serde_json::Value;

/// The objects of one Recto in the bucket, and how many bytes each has.
pub(super) async fn objects(
    recto: &Recto,
    endpoint: &str,
    prefix: &str,
) -> Result<BTreeMap<String, u64>> {
    let mut objects = BTreeMap::new();
    let mut from = String::new();
    loop {
        let list = format!("{endpoint}/recto?list-type=2&prefix={prefix}/&start-after={from}");
        let list = recto.get(&list).await?.with_status(200)?.text();
        for entry in list.split("<Contents>").skip(1) {
            let key = field(entry, "Key").context("no key")?;
            let bytes = field(entry, "Size").context("no size")?.parse()?;
            from = key.to_owned();
            objects.insert(key[prefix.len() + 1..].to_owned(), bytes);
        }
        if field(&list, "IsTruncated") != Some("true") {
            return Ok(objects);
        }
    }
}

/// The uploads in parts that were begun and neither ended nor given up.
pub(super) async fn open_uploads(recto: &Recto, endpoint: &str, prefix: &str) -> Result<usize> {
    let list = recto.get(&format!("{endpoint}/recto?uploads&prefix={prefix}/")).await?;
    Ok(list.with_status(200)?.text().matches("<Upload>").count())
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    Some(rest.split_once('<')?.0)
}

/// Every asset of the ones that were brought in has all that belongs to it, once, and nothing else is there.
pub(super) fn nothing_lacks_and_nothing_is_left(
    objects: &BTreeMap<String, u64>,
    assets: &BTreeSet<String>,
) -> Result<()> {
    let mut kept: HashMap<&str, BTreeMap<&str, BTreeSet<&str>>> = HashMap::new();
    for key in objects.keys() {
        let parts: Vec<_> = key.split('/').collect();
        let [_, _, asset, version, name] = parts[..] else {
            anyhow::bail!("{key} belongs to nothing");
        };
        kept.entry(asset).or_default().entry(version).or_default().insert(name);
    }
    for (asset, versions) in &kept {
        ensure!(assets.contains(*asset), "{asset} has {versions:?}, and was not brought in");
        ensure!(versions.len() == 1, "{asset} is kept more than once: {versions:?}");
    }
    let complete = kept.values().flat_map(BTreeMap::values).max_by_key(|names| names.len());
    let complete = complete.context("nothing is kept")?;
    for needed in ["original", "pyramid.tif", "thumbnail-100x75.jpg"] {
        ensure!(complete.contains(needed), "there is no {needed} among {complete:?}");
    }
    for asset in assets {
        let versions = kept.get(asset.as_str()).with_context(|| format!("{asset} is lost"))?;
        let names = versions.values().next().context("no version")?;
        ensure!(names == complete, "{asset} has {names:?} alone");
    }
    Ok(())
}

/// Every event that was written down was told, and of each asset in the order in which it happened.
pub(super) fn all_was_told(told: &[Value], written: u64) -> Result<()> {
    let place = |event: &Value| event["id"].as_str().and_then(|id| id.parse::<u64>().ok());
    let places: BTreeSet<_> = told.iter().filter_map(place).collect();
    ensure!(places.len() as u64 == written, "{} of {written} events were told", places.len());
    let (mut last, mut seen) = (HashMap::new(), BTreeSet::new());
    for event in told {
        let (place, subject) = (place(event).context("no id")?, event["subject"].as_str());
        let Some(subject) = subject.filter(|_| seen.insert(place)) else { continue };
        let before = last.insert(subject, place);
        ensure!(before.is_none_or(|before| before < place), "out of order: {event:#}");
    }
    Ok(())
}
