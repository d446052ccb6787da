use std::collections::BTreeMap;

use catalogue::{Asset, AssetChannel, Catalogue};
use futures_util::TryStreamExt;
use model::{DeliveryChannel, Family};
use storage::{Bucket, ListedBuckets, Object, keys};

use crate::{Error, Fault, FaultKind};

/// What was found of one asset.
#[derive(Default)]
pub(crate) struct Checked {
    pub(crate) faults: Vec<Fault>,
    pub(crate) objects: u64,
    pub(crate) bytes: u64,
    pub(crate) without_checksum: u64,
    /// What lies among its objects, and is none of them.
    pub(crate) strays: Vec<Object>,
}

/// Reads back everything that is kept of an asset. One that changes meanwhile is looked at as it is then.
pub(crate) async fn check(
    catalogue: &Catalogue,
    buckets: (&Bucket, &ListedBuckets),
    mut asset: Asset,
) -> Result<Checked, Error> {
    loop {
        let checked = check_once(buckets, &asset).await?;
        if checked.faults.is_empty() && checked.strays.is_empty() {
            return Ok(checked);
        }
        match catalogue.asset(&asset.id).await? {
            Some(now) if now.kept_at() == asset.kept_at() => return Ok(checked),
            Some(now) => asset = now,
            None => return Ok(Checked::default()),
        }
    }
}

/// A version, as it is being looked at.
struct Look<'a> {
    asset: &'a Asset,
    /// What is there by its name, and was not asked for yet.
    there: BTreeMap<String, Object>,
    checked: Checked,
}

async fn check_once(
    (bucket, listed): (&Bucket, &ListedBuckets),
    asset: &Asset,
) -> Result<Checked, Error> {
    if asset.version == 0 {
        return Ok(Checked::default());
    }
    let (id, version) = asset.kept_at();
    let found = bucket.list(&keys::version_prefix(id, version));
    let found = found.map_ok(|object| {
        let name = keys::name_in_version(&object.key, id, version).to_owned();
        (name, object)
    });
    let there = found.try_collect().await?;
    let mut look = Look { asset, there, checked: Checked::default() };
    let has_sums = !asset.objects.is_empty() || asset.at_origin.is_some();
    if has_sums {
        look.read_back(bucket).await?;
    } else {
        look.look_for_what_should_be_there();
    }
    look.count_thumbnails();
    look.ask_for_what_stayed(listed).await;
    let Look { there, mut checked, .. } = look;
    if has_sums {
        checked.strays.extend(there.into_values());
    }
    Ok(checked)
}

impl Look<'_> {
    async fn read_back(&mut self, bucket: &Bucket) -> Result<(), Error> {
        for object in &self.asset.objects {
            let name = object.name.as_str();
            self.there.remove(name);
            let Some(stored) = bucket.read_back(&self.key(name)).await? else {
                self.miss(name);
                continue;
            };
            self.checked.objects += 1;
            self.checked.bytes += stored.bytes;
            if stored.hex() != object.sha256 {
                let (were, was) = (object.bytes, &object.sha256);
                let (are, is) = (stored.bytes, stored.hex());
                let finding = format!("it was {were} bytes, {was}, and is {are}, {is}");
                self.fault(name, FaultKind::Damaged, finding);
            }
        }
        Ok(())
    }

    fn look_for_what_should_be_there(&mut self) {
        for name in expected(self.asset) {
            match self.there.remove(&name) {
                Some(_) => self.checked.without_checksum += 1,
                None => self.miss(&name),
            }
        }
    }

    fn count_thumbnails(&mut self) {
        let (id, version) = self.asset.kept_at();
        let mut found = Some(0);
        for size in &self.asset.thumbnails {
            let key = keys::thumbnail(id, version, *size);
            let name = keys::name_in_version(&key, id, version);
            if let Some(object) = self.there.remove(name) {
                found = found.map(|bytes| bytes + object.bytes);
            } else {
                found = None;
                self.miss(name);
            }
        }
        let was = self.asset.thumbnail_bytes;
        if let Some(is) = found.filter(|is| *is != was) {
            let finding = format!("the thumbnails were {was} bytes together, and are {is}");
            self.fault("", FaultKind::Damaged, finding);
        }
    }

    /// Somebody else keeps it: it is not read, but has to be what it was.
    async fn ask_for_what_stayed(&mut self, listed: &ListedBuckets) {
        let Some(seen) = &self.asset.at_origin else { return };
        let asked = match listed.locate(self.asset.id.customer, &seen.url, seen.state()) {
            Ok(original) => original.bytes().await,
            Err(error) => Err(error),
        };
        let (kind, finding) = match asked {
            Ok(_) => return,
            Err(storage::Error::NotFound(_)) => (FaultKind::Missing, "it is not there".to_owned()),
            Err(storage::Error::Changed(_)) => {
                (FaultKind::Damaged, "its owner changed it after it was brought in".to_owned())
            }
            Err(error) => (FaultKind::Missing, format!("it can't be read: {error}")),
        };
        let (asset, key) = (self.asset.id.to_string(), seen.url.clone());
        self.checked.faults.push(Fault { asset, key, kind, finding, mended: false });
    }

    fn miss(&mut self, name: &str) {
        self.fault(name, FaultKind::Missing, "it is not there".to_owned());
    }

    fn fault(&mut self, name: &str, kind: FaultKind, finding: String) {
        let (asset, key) = (self.asset.id.to_string(), self.key(name));
        self.checked.faults.push(Fault { asset, key, kind, finding, mended: false });
    }

    fn key(&self, name: &str) -> String {
        let (id, version) = self.asset.kept_at();
        keys::in_version(id, version, name)
    }
}

/// What a version has by all we know, that was made before sums were kept.
fn expected(asset: &Asset) -> Vec<String> {
    let mut names = Vec::new();
    let (id, version) = asset.kept_at();
    let mut expect = |key: String| {
        names.push(keys::name_in_version(&key, id, version).to_owned());
    };
    let uses_original = asset.channels.iter().any(AssetChannel::uses_original);
    let is_image = asset.family == Family::Image
        && [DeliveryChannel::IiifImg, DeliveryChannel::Thumbs]
            .into_iter()
            .any(|channel| asset.has_channel(channel));
    if uses_original {
        expect(keys::outline(id, version));
    } else if is_image {
        expect(keys::pyramid(id, version));
    }
    if uses_original || asset.has_channel(DeliveryChannel::File) {
        expect(keys::original(id, version));
    }
    for transcode in &asset.recording.transcodes {
        expect(keys::recording(id, version, &transcode.address));
    }
    names
}
