use std::fs::File;

use super::{
    member::{Member, Packing},
    natural::natural,
    numbers::{bytes_at, number},
};
use crate::Error;

/// How much an archive may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZipLimits {
    pub files: u64,
    /// Unpacked, all together.
    pub bytes: u64,
}

/// A ZIP, opened.
#[derive(Debug)]
pub struct Zip {
    members: Vec<Member>,
}

const END: u64 = 0x0605_4b50;
const END_BYTES: usize = 22;
/// What may follow the end.
const COMMENT_BYTES: usize = 0xffff;
const LOCATOR_64: u64 = 0x0706_4b50;
const LOCATOR_BYTES: u64 = 20;
const END_64: u64 = 0x0606_4b50;
const END_64_BYTES: usize = 56;
const ENTRY: u64 = 0x0201_4b50;
const ENTRY_BYTES: usize = 46;
/// A directory is held in memory.
const MAX_DIRECTORY: u64 = 256 << 20;
const IS_ENCRYPTED: u64 = 1;
/// The directory itself is.
const IS_MASKED: u64 = 1 << 13;
const STORED: u64 = 0;
const DEFLATED: u64 = 8;
/// It stands for the method that is used below an encryption.
const AES: u64 = 99;
/// The number stands in the field of ZIP64.
const ELSEWHERE: u64 = 0xffff_ffff;
const FIELD_64: u64 = 1;

/// Where the directory is, and by how much all places in it are off: other bytes may precede an archive.
struct Directory {
    begins: u64,
    bytes: u64,
    files: u64,
    off: u64,
}

impl Zip {
    pub fn open(file: &File, limits: &ZipLimits) -> Result<Self, Error> {
        let found = Directory::find(file)?;
        if found.files > limits.files {
            return Err(Error::TooMany { files: found.files, most: limits.files });
        }
        if found.bytes > MAX_DIRECTORY {
            return Err(damaged("its directory is too large"));
        }
        let table = bytes_at(file, found.begins, found.bytes as usize)?;
        let mut rest = &table[..];
        let (mut members, mut bytes) = (Vec::new(), 0_u64);
        for _ in 0..found.files {
            let (member, after) = entry(rest, found.off)?;
            rest = after;
            let Some(member) = member else { continue };
            bytes = bytes.saturating_add(member.bytes);
            if bytes > limits.bytes {
                return Err(Error::TooLarge { most: limits.bytes });
            }
            members.push(member);
        }
        members.sort_by(|one, other| natural(&one.name, &other.name));
        Ok(Self { members })
    }

    /// Its files, in natural order of their names; folders, and what systems hide, are none.
    pub fn into_members(self) -> Vec<Member> {
        self.members
    }
}

impl Directory {
    fn find(file: &File) -> Result<Self, Error> {
        let length = file.metadata().map_err(|error| Error::Unreadable(error.to_string()))?.len();
        let tail = length.min((END_BYTES + COMMENT_BYTES) as u64);
        let begins = length - tail;
        let tail = bytes_at(file, begins, tail as usize)?;
        let is_end = |at: &usize| {
            let record = &tail[*at..];
            let comment = record.len() - END_BYTES;
            number(record, 0, 4) == END && number(record, 20, 2) as usize <= comment
        };
        let last = tail.len().checked_sub(END_BYTES);
        let at = last.and_then(|last| (0..=last).rev().find(is_end));
        let at = at.ok_or_else(|| damaged("it has no end"))?;
        let (record, at) = (&tail[at..], begins + at as u64);
        let told = Told {
            disks: number(record, 4, 2) + number(record, 6, 2),
            files: number(record, 10, 2),
            bytes: number(record, 12, 4),
            begins: number(record, 16, 4),
        };
        match end_64(file, at)? {
            Some((told, at)) => told.before(at),
            None => told.before(at),
        }
    }
}

/// What a record at the end tells of the directory.
struct Told {
    disks: u64,
    files: u64,
    bytes: u64,
    begins: u64,
}

impl Told {
    /// The directory ends where the record begins.
    fn before(self, at: u64) -> Result<Directory, Error> {
        if self.disks != 0 {
            return Err(damaged("it is one of several parts"));
        }
        let begins = at.checked_sub(self.bytes);
        let off = begins.and_then(|begins| begins.checked_sub(self.begins));
        match (begins, off) {
            (Some(begins), Some(off)) => {
                Ok(Directory { begins, bytes: self.bytes, files: self.files, off })
            }
            _ => Err(damaged("its directory is not where it should be")),
        }
    }
}

/// The larger record, and where it is, if there is one.
fn end_64(file: &File, end: u64) -> Result<Option<(Told, u64)>, Error> {
    let Some(locator) = end.checked_sub(LOCATOR_BYTES) else { return Ok(None) };
    let locator = bytes_at(file, locator, LOCATOR_BYTES as usize)?;
    if number(&locator, 0, 4) != LOCATOR_64 {
        return Ok(None);
    }
    let at = number(&locator, 8, 8);
    let record = bytes_at(file, at, END_64_BYTES)?;
    if number(&record, 0, 4) != END_64 || at >= end {
        return Err(damaged("its end is not where it should be"));
    }
    let told = Told {
        disks: number(&record, 16, 4) + number(&record, 20, 4),
        files: number(&record, 32, 8),
        bytes: number(&record, 40, 8),
        begins: number(&record, 48, 8),
    };
    Ok(Some((told, at)))
}

/// The file that an entry tells of, if it is one, and what follows the entry.
fn entry(table: &[u8], off: u64) -> Result<(Option<Member>, &[u8]), Error> {
    let torn = || damaged("its directory ends too early");
    let head = table.get(..ENTRY_BYTES).ok_or_else(torn)?;
    if number(head, 0, 4) != ENTRY {
        return Err(damaged("its directory is torn"));
    }
    let length = |at| number(head, at, 2) as usize;
    let (name_end, fields_end) = (ENTRY_BYTES + length(28), ENTRY_BYTES + length(28) + length(30));
    let name = table.get(ENTRY_BYTES..name_end).ok_or_else(torn)?;
    let fields = table.get(name_end..fields_end).ok_or_else(torn)?;
    let rest = table.get(fields_end + length(32)..).ok_or_else(torn)?;
    let name = String::from_utf8_lossy(name).into_owned();
    if !is_file(&name) {
        return Ok((None, rest));
    }
    let (flags, method) = (number(head, 8, 2), number(head, 10, 2));
    if flags & (IS_ENCRYPTED | IS_MASKED) != 0 || method == AES {
        return Err(Error::LockedArchive);
    }
    let packing = match method {
        STORED => Packing::Stored,
        DEFLATED => Packing::Deflated,
        method => return Err(Error::Packing { name, method }),
    };
    let mut large = field_64(fields);
    let mut told = |at| match number(head, at, 4) {
        ELSEWHERE => large.next(),
        told => Some(told),
    };
    // In this order, whichever of them there are.
    let (bytes, packed, at) = (told(24), told(20), told(42));
    let (Some(bytes), Some(packed), Some(at)) = (bytes, packed, at) else { return Err(torn()) };
    let at = at.checked_add(off).ok_or_else(torn)?;
    let crc = number(head, 16, 4) as u32;
    Ok((Some(Member { name, at, packed, bytes, crc, packing }), rest))
}

fn is_file(name: &str) -> bool {
    let own = name.rsplit(['/', '\\']).next().unwrap_or_default();
    !own.is_empty() && !own.starts_with('.') && !name.starts_with("__MACOSX/")
}

/// The numbers that are too large for where they belong.
fn field_64(mut fields: &[u8]) -> impl Iterator<Item = u64> {
    let mut found: &[u8] = &[];
    while fields.len() >= 4 {
        let (kind, length) = (number(fields, 0, 2), number(fields, 2, 2) as usize);
        let value = fields.get(4..4 + length).unwrap_or_default();
        if kind == FIELD_64 {
            found = value;
            break;
        }
        fields = fields.get(4 + length..).unwrap_or_default();
    }
    found.chunks_exact(8).map(|bytes| number(bytes, 0, 8))
}

fn damaged(what: &str) -> Error {
    Error::Archive(what.to_owned())
}
