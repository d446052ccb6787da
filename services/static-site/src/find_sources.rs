use std::{
    fs,
    path::{Path, PathBuf},
};

use futures_util::TryStreamExt;
use storage::Bucket;

use crate::{Error, Source, names::natural};

/// An image, and how it is called from where the search began: `box-2/page-1.tif`.
#[derive(Debug, Clone)]
pub struct Found {
    pub name: String,
    pub source: Source,
}

/// What is taken for an image where nobody named it.
const IMAGES: [&str; 14] = [
    "bmp", "gif", "j2c", "j2k", "jp2", "jpe", "jpeg", "jpf", "jpg", "jpx", "png", "tif", "tiff",
    "webp",
];
/// Folders in folders.
const DEEPEST: usize = 64;

/// Images below a folder, in the order in which people count. Links are not followed.
pub fn find_sources(folder: &Path) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    walk(folder, "", 0, &mut found)?;
    found.sort_by(|a, b| natural(&a.name).cmp(&natural(&b.name)).then(a.name.cmp(&b.name)));
    Ok(found)
}

fn walk(folder: &Path, above: &str, depth: usize, found: &mut Vec<Found>) -> Result<(), Error> {
    let failed = |error| Error::source(folder.display(), error);
    if depth > DEEPEST {
        let folder = folder.display();
        return Err(Error::Input(format!("{folder} lies deeper than {DEEPEST} folders")));
    }
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let Ok(name) = entry.file_name().into_string() else {
            tracing::warn!(path = %entry.path().display(), "left out: its name is not UTF-8");
            continue;
        };
        if name.starts_with('.') {
            continue;
        }
        let kind = entry.file_type().map_err(failed)?;
        let name = format!("{above}{name}");
        if kind.is_dir() {
            walk(&entry.path(), &format!("{name}/"), depth + 1, found)?;
        } else if kind.is_file() && is_image(&name) {
            found.push(Found { name, source: Source::File(entry.path()) });
        }
    }
    Ok(())
}

impl Found {
    /// Images below a prefix of a bucket, in the order in which people count.
    pub async fn in_bucket(bucket: &Bucket) -> Result<Vec<Self>, Error> {
        let mut found = Vec::new();
        let mut objects = bucket.list("");
        while let Some(object) = objects.try_next().await? {
            if is_image(&object.key) {
                let source = Source::Object { bucket: bucket.clone(), key: object.key.clone() };
                found.push(Self { name: object.key, source });
            }
        }
        found.sort_by(|a, b| natural(&a.name).cmp(&natural(&b.name)).then(a.name.cmp(&b.name)));
        Ok(found)
    }

    /// A file that was named.
    pub fn file(path: PathBuf) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { name, source: Source::File(path) }
    }
}

fn is_image(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| IMAGES.contains(&extension.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_found_in_the_order_in_which_people_count_and_links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        for name in ["b/10.tif", "b/9.TIF", "a.jpg", "notes.txt", ".hidden.jpg"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        std::os::unix::fs::symlink("/", folder.path().join("c")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("d.jpg")).unwrap();
        let found = find_sources(folder.path()).unwrap();
        let names: Vec<_> = found.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(names, ["a.jpg", "b/9.TIF", "b/10.tif"]);
    }
}
