//! Ranges that lie side by side, read as one and cut apart again.

use std::ops::Range;

use bytes::Bytes;

/// The ranges that touch or overlap, joined, in the order of the object.
pub(crate) fn adjacent(ranges: &[Range<u64>]) -> Vec<Range<u64>> {
    let mut sorted = ranges.to_vec();
    sorted.sort_unstable_by_key(|range| (range.start, range.end));
    let mut runs: Vec<Range<u64>> = Vec::new();
    for range in sorted {
        match runs.last_mut() {
            Some(run) if range.start <= run.end => run.end = run.end.max(range.end),
            _ => runs.push(range),
        }
    }
    runs
}

/// The ranges, out of the runs that hold them.
pub(crate) fn cut(ranges: &[Range<u64>], runs: &[Range<u64>], read: &[Bytes]) -> Vec<Bytes> {
    let of = |range: &Range<u64>| {
        let at = runs.partition_point(|run| run.start <= range.start).saturating_sub(1);
        let start = usize::try_from(range.start - runs[at].start).expect("it was read into memory");
        let bytes = usize::try_from(range.end - range.start).expect("it was read into memory");
        read[at].slice(start..start + bytes)
    };
    ranges.iter().map(of).collect()
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "runs of one are meant")]
mod tests {
    use super::*;

    #[test]
    fn what_touches_or_overlaps_is_one_run() {
        assert_eq!(adjacent(&[20..30, 0..10, 10..20]), [0..30]);
        assert_eq!(adjacent(&[0..10, 11..20]), [0..10, 11..20]);
        assert_eq!(adjacent(&[0..30, 5..10, 25..40]), [0..40]);
        assert_eq!(adjacent(&[]), []);
    }

    #[test]
    fn runs_are_cut_into_the_ranges_they_were_made_of() {
        let object = Bytes::from_static(b"0123456789");
        let ranges = [8..10, 0..2, 1..4, 4..4, 9..9];
        let runs = adjacent(&ranges);
        let read: Vec<_> =
            runs.iter().map(|run| object.slice(run.start as usize..run.end as usize)).collect();
        assert_eq!(cut(&ranges, &runs, &read), ["89", "01", "123", "", ""]);
    }
}
