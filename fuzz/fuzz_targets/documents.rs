//! A document of many pages, of any kind: it is taken apart or refused, soon and in little memory. (In the service this is
//! done in a child process behind walls; here nothing but the readers' own care holds.)
#![no_main]

use std::{
    fs::File,
    io::{self, Write},
    sync::{LazyLock, Mutex},
};

use fuzz::{fill, unnamed};
use libfuzzer_sys::fuzz_target;
use pages::{Zip, ZipLimits};

/// The document, and a page of it.
static FILES: LazyLock<Mutex<[File; 2]>> =
    LazyLock::new(|| Mutex::new(["document", "page"].map(unnamed)));

const MOST_PAGES: u64 = 8;
const LIMITS: ZipLimits = ZipLimits { files: 1000, bytes: 16 << 20 };

fuzz_target!(|data: &[u8]| {
    let mut files = FILES.lock().expect("nothing panics while it holds the files");
    let [document, page] = &mut *files;
    fill(document, data).expect("memory takes what the fuzzer makes");
    match data {
        [b'P', b'K', ..] => take_zip_apart(document),
        _ => take_tiff_apart(document, page, data.len() as u64),
    }
});

fn take_zip_apart(document: &File) {
    let Ok(zip) = Zip::open(document, &LIMITS) else { return };
    let mut unpacked = 0;
    for member in zip.into_members() {
        let mut count = Count(0);
        let whole = member.unpack(document, &mut count);
        assert!(count.0 <= member.bytes + 1, "{member:?} gave {} bytes", count.0);
        assert!(whole.is_err() || count.0 == member.bytes);
        unpacked += member.bytes;
    }
    assert!(unpacked <= LIMITS.bytes);
}

fn take_tiff_apart(document: &File, page: &mut File, bytes: u64) {
    let Ok(pages) = imaging::tiff_pages(document, MOST_PAGES) else { return };
    assert!((1..=MOST_PAGES as usize).contains(&pages.len()));
    for at in pages {
        fill(page, &[]).expect("memory takes nothing");
        let out = page.try_clone().expect("there are few open files");
        if imaging::copy_tiff_page(document, at, out).is_ok() {
            let copied = page.metadata().expect("it is open").len();
            assert!(copied <= 20 * bytes + 1024, "{bytes} bytes became {copied}");
            // What was broken before it was copied is refused when its image is made.
            if let Ok(again) = imaging::tiff_pages(page, MOST_PAGES) {
                assert_eq!(again.len(), 1);
            }
        }
    }
}

struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
