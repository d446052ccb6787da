use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use anyhow::Context;
use model::MediaType;

/// A file to be shown.
pub(crate) struct Image {
    pub(crate) path: PathBuf,
    pub(crate) media_type: MediaType,
    /// What the file is called, fit to be an asset's id.
    pub(crate) name: String,
}

/// The images among files and in folders, in the order of their names.
pub(crate) fn find_images(paths: &[PathBuf]) -> anyhow::Result<Vec<Image>> {
    let mut images = Vec::new();
    for path in paths {
        let path =
            path.canonicalize().with_context(|| format!("there is no {}", path.display()))?;
        let root = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(&path) };
        for file in files_in(&path)? {
            images.extend(image(root, file));
        }
    }
    let mut taken = HashSet::new();
    for image in &mut images {
        let name = image.name.clone();
        let mut copies = 1;
        while !taken.insert(image.name.clone()) {
            copies += 1;
            image.name = format!("{copies}-{name}");
        }
    }
    anyhow::ensure!(!images.is_empty(), "there are no images in {paths:?}");
    Ok(images)
}

/// Files below `path`, folders and their files in order; links to folders are not followed.
fn files_in(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path)
        .and_then(|entries| entries.collect::<Result<Vec<_>, _>>())
        .with_context(|| format!("the folder {} can't be read", path.display()))?;
    let mut entries: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        if entry.is_file() || (entry.is_dir() && !entry.is_symlink()) {
            files.extend(files_in(&entry)?);
        }
    }
    Ok(files)
}

fn image(root: &Path, path: PathBuf) -> Option<Image> {
    let relative = path.strip_prefix(root).ok()?.to_string_lossy().into_owned();
    let media_type = MediaType::from_extension(&relative).filter(MediaType::is_image)?;
    let is_fit = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name = relative.chars().map(|c| if is_fit(c) { c } else { '_' }).collect();
    Some(Image { path, media_type, name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_found_in_folders_and_named_apart() {
        let root = tempfile::tempdir().unwrap();
        for name in ["b.jpg", "a/p 1.tif", "a_p_1.tif", "notes.txt"] {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let images = find_images(&[root.path().to_owned()]).unwrap();
        let names: Vec<_> = images.iter().map(|image| image.name.as_str()).collect();
        assert_eq!(names, ["a_p_1.tif", "2-a_p_1.tif", "b.jpg"]);
    }

    #[test]
    fn nothing_to_show_is_said() {
        let root = tempfile::tempdir().unwrap();
        assert!(find_images(&[root.path().to_owned()]).is_err());
        assert!(find_images(&[root.path().join("missing")]).is_err());
    }
}
