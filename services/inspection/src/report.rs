use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// What an inspection found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    #[serde(with = "time::serde::rfc3339")]
    pub begun: OffsetDateTime,
    /// Missing while it is not done.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub ended: Option<OffsetDateTime>,
    /// The customer whose things were looked at; missing: all.
    pub customer: Option<u32>,
    /// Which part of the assets was looked at, from 0 to 1.
    pub part: f64,
    /// The asset that was passed last.
    pub last: Option<String>,
    /// How many assets were passed.
    pub passed: u64,
    /// How many of them were looked at.
    pub assets: u64,
    /// How many of their objects were read back, and how many bytes that were.
    pub objects: u64,
    pub bytes: u64,
    /// How many are only known to be there: they were made before checksums were kept.
    pub without_checksum: u64,
    pub faults: Vec<Fault>,
    /// What is nobody's, and older than a day.
    pub orphans: Vec<Orphan>,
    /// How many objects are nobody's, and younger.
    pub young: u64,
    /// How many objects are of assets whose names are too long for their keys: nobody knows whether they are orphans.
    pub unknown: u64,
    /// How many objects have names that are none of ours.
    pub strangers: u64,
    pub counters: Vec<Counter>,
    /// Missing in reports from before they were looked at.
    #[serde(default)]
    pub batches: Vec<BatchCounter>,
}

/// Something that is kept of an asset, and is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub asset: String,
    pub key: String,
    pub kind: FaultKind,
    /// In words.
    pub finding: String,
    /// It is going to be brought in again.
    pub mended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FaultKind {
    Missing,
    Damaged,
}

/// An object that is nobody's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphan {
    pub key: String,
    pub bytes: u64,
    #[serde(with = "time::serde::rfc3339")]
    pub modified: OffsetDateTime,
    pub removed: bool,
}

/// A counter of assets, bytes and bytes of thumbnails that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    pub customer: u32,
    /// Missing: of all spaces together.
    pub space: Option<u32>,
    pub counted: [i64; 3],
    pub found: [i64; 3],
    pub mended: bool,
}

/// A counter of a batch's members, of those that wait and of those that failed, that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchCounter {
    pub customer: u32,
    pub batch: i64,
    pub counted: [i64; 3],
    pub found: [i64; 3],
    pub mended: bool,
}

impl Report {
    /// A report in which nothing is said yet.
    pub fn begin(customer: Option<u32>, part: f64, now: OffsetDateTime) -> Self {
        Self {
            begun: now,
            ended: None,
            customer,
            part,
            last: None,
            passed: 0,
            assets: 0,
            objects: 0,
            bytes: 0,
            without_checksum: 0,
            faults: Vec::new(),
            orphans: Vec::new(),
            young: 0,
            unknown: 0,
            strangers: 0,
            counters: Vec::new(),
            batches: Vec::new(),
        }
    }

    /// Whether all is as it should be, or is going to be.
    pub fn is_well(&self) -> bool {
        self.faults.iter().all(|fault| fault.mended)
            && self.orphans.iter().all(|orphan| orphan.removed)
            && self.counters.iter().all(|counter| counter.mended)
            && self.batches.iter().all(|batch| batch.mended)
    }
}
