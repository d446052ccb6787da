//! What the tests of sites share.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use anyhow::{Result, ensure};
use end_to_end::{landscape_in, recto_command};

pub(super) const URL: &str = "https://example.org/site";

/// `recto tile`, to its end; the status is the caller's to judge.
pub(super) fn tile(arguments: &[&str]) -> Result<Output> {
    Ok(recto_command()?.arg("tile").args(arguments).output()?)
}

pub(super) fn succeeded(output: &Output) -> Result<()> {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    ensure!(output.status.success(), "it ended with {}: {out}{err}", output.status);
    Ok(())
}

pub(super) fn utf8(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

/// All files below a folder, with their bytes.
pub(super) fn tree(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    found.insert(path.strip_prefix(folder)?.to_owned(), fs::read(&path)?);
                }
            }
        }
    }
    Ok(found)
}

pub(super) fn same(a: &Path, b: &Path) -> Result<()> {
    let (a, b) = (tree(a)?, tree(b)?);
    let names = |tree: &BTreeMap<PathBuf, Vec<u8>>| tree.keys().cloned().collect::<Vec<_>>();
    ensure!(names(&a) == names(&b), "{} and {} files", a.len(), b.len());
    let differs = a.iter().find(|(name, bytes)| b[*name] != **bytes);
    ensure!(differs.is_none(), "{:?} differs", differs.map(|(name, _)| name));
    Ok(())
}

/// Small images in folders of fifty.
pub(super) fn small_images(folder: &Path, count: usize) -> Result<PathBuf> {
    let source = landscape_in(folder, (90, 60), "jpg[Q=70]")?;
    let bytes = fs::read(&source)?;
    fs::remove_file(source)?;
    let images = folder.join("images");
    for n in 0..count {
        let object = images.join(format!("object-{}", n / 50));
        fs::create_dir_all(&object)?;
        fs::write(object.join(format!("page {n}.jpg")), &bytes)?;
    }
    Ok(images)
}
