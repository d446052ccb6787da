use std::{
    fs::File,
    io::{self, BufReader, Read, Write},
    os::unix::fs::FileExt,
};

use flate2::{Crc, read::DeflateDecoder};
use serde::{Deserialize, Serialize};

use super::numbers::{bytes_at, number, of_read};
use crate::Error;

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// As it is told; it may be any text.
    pub name: String,
    /// As it is told.
    pub bytes: u64,
    pub(super) at: u64,
    pub(super) packed: u64,
    pub(super) crc: u32,
    pub(super) packing: Packing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Packing {
    Stored,
    Deflated,
}

const LOCAL: u64 = 0x0403_4b50;
const LOCAL_BYTES: usize = 30;

impl Member {
    /// Its first bytes, at most `most`.
    pub fn head(&self, archive: &File, most: u64) -> Result<Vec<u8>, Error> {
        let mut head = Vec::new();
        self.unpacked(archive)?.take(most).read_to_end(&mut head).map_err(self.torn())?;
        Ok(head)
    }

    /// Unpacks it: all of it is as it was when it was packed, or there is an error.
    pub fn unpack(&self, archive: &File, mut out: impl Write) -> Result<(), Error> {
        let mut unpacked = self.unpacked(archive)?.take(self.bytes.saturating_add(1));
        let (mut crc, mut buffer) = (Crc::new(), vec![0; 1 << 16]);
        let mut bytes = 0;
        loop {
            let read = unpacked.read(&mut buffer).map_err(self.torn())?;
            if read == 0 {
                break;
            }
            crc.update(&buffer[..read]);
            bytes += read as u64;
            let written = out.write_all(&buffer[..read]);
            written.map_err(|error| Error::Unreadable(error.to_string()))?;
        }
        if bytes != self.bytes || crc.sum() != self.crc {
            return Err(Error::Archive(format!("'{}' is not what was packed", self.name)));
        }
        Ok(())
    }

    fn unpacked<'a>(&self, archive: &'a File) -> Result<Box<dyn Read + 'a>, Error> {
        let local = bytes_at(archive, self.at, LOCAL_BYTES)?;
        if number(&local, 0, 4) != LOCAL {
            return Err(Error::Archive(format!("'{}' is not where it should be", self.name)));
        }
        let skipped = LOCAL_BYTES as u64 + number(&local, 26, 2) + number(&local, 28, 2);
        let packed = Part { archive, at: self.at + skipped, left: self.packed };
        Ok(match self.packing {
            Packing::Stored => Box::new(packed),
            Packing::Deflated => Box::new(DeflateDecoder::new(BufReader::new(packed))),
        })
    }

    /// What a failed read means.
    fn torn(&self) -> impl Fn(io::Error) -> Error + use<> {
        let name = self.name.clone();
        let torn = [io::ErrorKind::InvalidData, io::ErrorKind::InvalidInput];
        move |error| match torn.contains(&error.kind()) {
            true => Error::Archive(format!("'{name}' can't be unpacked")),
            false => of_read(error),
        }
    }
}

/// Some bytes of a file, read without its position, which is shared.
struct Part<'a> {
    archive: &'a File,
    at: u64,
    left: u64,
}

impl Read for Part<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(out.len());
        let read = self.archive.read_at(&mut out[..room], self.at)?;
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}
