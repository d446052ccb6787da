//! What the operator can count. Handles, as looking a name up costs more than a warm tile.

use std::sync::OnceLock;

use metrics::{Counter, Gauge, counter, gauge};

pub(crate) struct Counts {
    pub(crate) files_opened: Counter,
    pub(crate) waited_for_disk: Counter,
    pub(crate) blocks_hit: Counter,
    pub(crate) blocks_missed: Counter,
    pub(crate) fetches: Counter,
    pub(crate) fetched_bytes: Counter,
    pub(crate) derivatives_from_memory: Counter,
    pub(crate) derivatives_from_disk: Counter,
    pub(crate) derivatives_drawn: Counter,
    pub(crate) derivatives_corrupt: Counter,
    pub(crate) derivatives_evicted: Counter,
    pub(crate) derivatives_not_kept: Counter,
    pub(crate) derivatives_bytes: Gauge,
}

/// Made when first used: by then the application has chosen where metrics go.
pub(crate) fn get() -> &'static Counts {
    static COUNTS: OnceLock<Counts> = OnceLock::new();
    COUNTS.get_or_init(|| Counts {
        files_opened: counter!("recto_storage_files_opened_total"),
        waited_for_disk: counter!("recto_storage_disk_waits_total"),
        blocks_hit: counter!("recto_storage_block_hits_total"),
        blocks_missed: counter!("recto_storage_block_misses_total"),
        fetches: counter!("recto_storage_fetches_total"),
        fetched_bytes: counter!("recto_storage_fetched_bytes_total"),
        derivatives_from_memory: counter!("recto_derivatives_total", "from" => "memory"),
        derivatives_from_disk: counter!("recto_derivatives_total", "from" => "disk"),
        derivatives_drawn: counter!("recto_derivatives_total", "from" => "drawing"),
        derivatives_corrupt: counter!("recto_derivatives_corrupt_total"),
        derivatives_evicted: counter!("recto_derivatives_evicted_total"),
        derivatives_not_kept: counter!("recto_derivatives_not_kept_total"),
        derivatives_bytes: gauge!("recto_derivatives_disk_bytes"),
    })
}
