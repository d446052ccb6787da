//! A file of any kind: it is described or refused, soon and in little memory. (In the service this is
//! done in a child process behind walls; here nothing but the decoders' own care holds.)
#![no_main]

use std::{
    fs::File,
    sync::{LazyLock, Mutex},
};

use fuzz::{fill, unnamed};
use libfuzzer_sys::fuzz_target;

static FILE: LazyLock<Mutex<File>> = LazyLock::new(|| Mutex::new(unnamed("file")));

fuzz_target!(|data: &[u8]| {
    let mut file = FILE.lock().expect("nothing panics while it holds the file");
    fill(&mut file, data).expect("memory takes what the fuzzer makes");
    if let Ok(facts) = imaging::identify(&file) {
        assert!(!facts.extent.is_empty(), "{facts:?}");
        assert!((1..=8).contains(&facts.orientation), "{facts:?}");
    }
});
