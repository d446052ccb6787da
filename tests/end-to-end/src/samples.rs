use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use crate::{landscape::landscape_in, output_of, workspace};

/// Real files: `../shared/images/FOLDER` beside the workspace. None where it is absent, and a line that says so.
pub fn real_images(folder: &str) -> Result<Vec<PathBuf>> {
    let root = workspace().join("../shared/images").join(folder);
    if !root.is_dir() {
        eprintln!("{} is absent: only images made here are tested", root.display());
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    let mut folders = vec![root.canonicalize()?];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push(path),
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A photograph of this size, in a JPEG: a mosaic of real ones where there are any, else a landscape.
pub fn photo(folder: &Path, width: u32, height: u32) -> Result<PathBuf> {
    let photos = real_images("photos")?;
    if photos.is_empty() {
        return landscape_in(folder, (width, height), "jpg[Q=92]");
    }
    let mut vips = Vips { folder: folder.to_owned(), made: 0 };
    let (columns, rows) = (width.div_ceil(2000).max(2), height.div_ceil(2000));
    let (w, h) = (width.div_ceil(columns).to_string(), height.div_ceil(rows).to_string());
    let fitted = photos
        .iter()
        .map(|photo| vips.run("thumbnail", &[photo], &[&w, "--height", &h, "--crop", "centre"]));
    let fitted = fitted.collect::<Result<Vec<_>>>()?;
    let chosen = fitted.iter().cycle().take((columns * rows) as usize);
    let list = chosen.map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ");
    let mosaic = vips.run("arrayjoin", &[Path::new(&list)], &["--across", &columns.to_string()])?;
    let extent = [width, height].map(|side| side.to_string());
    let whole = vips.run("crop", &[&mosaic], &["0", "0", &extent[0], &extent[1]])?;
    let result = vips.save(&whole, &format!("photo-{width}x{height}.jpg"), "[Q=92]")?;
    for index in 1..=vips.made {
        fs::remove_file(vips.step(index))?;
    }
    Ok(result)
}

/// One picture in many formats.
pub fn made_images(folder: &Path) -> Result<Vec<PathBuf>> {
    let source = photo(folder, 300, 200)?;
    let mut vips = Vips { folder: folder.to_owned(), made: 0 };
    let gray = vips.run("colourspace", &[&source], &["b-w"])?;
    let deep = vips.run("colourspace", &[&source], &["rgb16"])?;
    let ink = vips.run("colourspace", &[&source], &["cmyk"])?;
    let plan: &[(&Path, &str, &str)] = &[
        (&source, "progressive.jpg", "[interlace]"),
        (&source, "sharp.jpg", "[subsample-mode=off]"),
        (&gray, "gray.jpg", ""),
        (&ink, "ink.jpg", ""),
        (&source, "plain.png", ""),
        (&source, "palette.png", "[palette]"),
        (&deep, "deep.png", ""),
        (&source, "plain.tif", ""),
        (&source, "big.tif", "[bigtiff]"),
        (&source, "lzw.tif", "[compression=lzw,predictor=horizontal]"),
        (&source, "deflate.tif", "[compression=deflate,tile,tile-width=64,tile-height=64]"),
        (&source, "jpeg.tif", "[compression=jpeg]"),
        (&source, "packbits.tif", "[compression=packbits]"),
        (&source, "pyramid.tif", "[compression=jpeg,tile,pyramid]"),
        (&deep, "deep.tif", "[compression=lzw]"),
        (&gray, "gray.tif", ""),
        (&gray, "fax.tif", "[compression=ccittfax4,bitdepth=1]"),
        (&source, "lossy.webp", ""),
        (&source, "lossless.webp", "[lossless]"),
        (&source, "plain.gif", ""),
        (&source, "lossy.jp2", ""),
        (&source, "lossless.jp2", "[lossless]"),
    ];
    let saved = plan.iter().map(|(image, name, options)| vips.save(image, name, options));
    saved.chain([Ok(source.clone())]).collect()
}

/// Images that are cut short, or that lie.
pub fn broken_images(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut broken = Vec::new();
    let mut keep = |name: String, bytes: &[u8]| -> Result<()> {
        let path = folder.join(name);
        fs::write(&path, bytes)?;
        broken.push(path);
        Ok(())
    };
    for image in made_images(folder)? {
        let name = image.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut bytes = fs::read(&image)?;
        keep(format!("half-{name}"), &bytes[..bytes.len() / 2])?;
        let middle = bytes.len() / 3..bytes.len() / 2;
        bytes[middle].fill(0);
        keep(format!("hole-{name}"), &bytes)?;
    }
    keep("empty.jpg".into(), b"")?;
    keep("text.tif".into(), b"This is not an image.")?;
    // A PNG of 2 000 000 000 x 2 000 000 000 pixels, and a GIF of 65535 x 65535.
    keep(
        "huge.png".into(),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x77\x35\x94\0\x77\x35\x94\0\x08\x02\0\0\0\0\0\0\0",
    )?;
    keep("huge.gif".into(), b"GIF89a\xff\xff\xff\xff\xf7\0\0")?;
    Ok(broken)
}

/// `vips` from the command line, one file after the other.
struct Vips {
    folder: PathBuf,
    made: usize,
}

impl Vips {
    fn step(&self, index: usize) -> PathBuf {
        self.folder.join(format!("step-{index}.v"))
    }

    fn run(&mut self, operation: &str, inputs: &[&Path], arguments: &[&str]) -> Result<PathBuf> {
        self.made += 1;
        let output = self.step(self.made);
        output_of(Command::new("vips").arg(operation).args(inputs).arg(&output).args(arguments))?;
        Ok(output)
    }

    fn save(&self, image: &Path, name: &str, options: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        output_of(
            Command::new("vips").arg("copy").arg(image).arg(format!("{}{options}", path.display())),
        )?;
        Ok(path)
    }
}
