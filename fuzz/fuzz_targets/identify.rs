//! A file of any kind: it is described or refused, soon and in little memory. (In the service this is
//! done in a child process behind walls; here nothing but the decoders' own care holds.)
#![no_main]

use std::{
    fs::{File, OpenOptions},
    io::{Seek, SeekFrom, Write},
    path::Path,
    process,
    sync::{LazyLock, Mutex},
};

use libfuzzer_sys::fuzz_target;

static FILE: LazyLock<Mutex<File>> = LazyLock::new(|| Mutex::new(unnamed()));

fuzz_target!(|data: &[u8]| {
    let mut file = FILE.lock().expect("nothing panics while it holds the file");
    fill(&mut file, data).expect("memory takes what the fuzzer makes");
    if let Ok(facts) = imaging::identify(&file) {
        assert!(!facts.extent.is_empty(), "{facts:?}");
        assert!((1..=8).contains(&facts.orientation), "{facts:?}");
    }
});

fn fill(file: &mut File, data: &[u8]) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(data)
}

/// A file in memory where there is such a folder, which nobody else can open.
fn unnamed() -> File {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let path = folder.join(format!("recto-fuzz-{}", process::id()));
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
    let file = file.expect("the folder for files in memory can be written");
    std::fs::remove_file(path).expect("it was made just now");
    file
}
