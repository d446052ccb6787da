use std::{fs::File, io, os::unix::fs::FileExt};

use crate::Error;

/// Some bytes of an archive, which are all there.
pub(super) fn bytes_at(file: &File, at: u64, bytes: usize) -> Result<Vec<u8>, Error> {
    let mut read = vec![0; bytes];
    file.read_exact_at(&mut read, at).map_err(of_read)?;
    Ok(read)
}

pub(super) fn of_read(error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        Error::Archive("it ends too early".to_owned())
    } else {
        Error::Unreadable(error.to_string())
    }
}

/// The number that stands at a place in a record: little-endian, and 0 beyond its end.
pub(super) fn number(record: &[u8], at: usize, width: usize) -> u64 {
    let bytes = record.get(at..at.saturating_add(width)).unwrap_or_default();
    bytes.iter().rev().fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}
