//! What the fuzzers of files share: files that lie in memory, where there is a folder for such.

use std::{
    fs::{File, OpenOptions},
    io::{self, Seek, SeekFrom, Write},
    path::Path,
    process,
};

/// Puts `data` in the place of what was in the file.
pub fn fill(file: &mut File, data: &[u8]) -> io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(data)
}

/// A file which nobody else can open.
pub fn unnamed(name: &str) -> File {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let path = folder.join(format!("recto-fuzz-{name}-{}", process::id()));
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
    let file = file.expect("the folder for files in memory can be written");
    std::fs::remove_file(path).expect("it was made just now");
    file
}
