use std::ops::Range;

/// What a `Range` header comes to, of so many bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it: no part is named, or more than one, or in a unit that we don't know.
    Whole,
    Bytes(Range<u64>),
    /// There is no such part.
    Beyond,
}

impl Part {
    pub(super) fn of(range: Option<&str>, whole: u64) -> Self {
        match range.and_then(|range| parse(range, whole)) {
            None => Self::Whole,
            Some(part) if part.is_empty() => Self::Beyond,
            Some(part) => Self::Bytes(part),
        }
    }
}

/// `None` is no range that has to be heeded; an empty one lies beyond the end.
fn parse(range: &str, whole: u64) -> Option<Range<u64>> {
    let (first, last) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // What no number holds is beyond every end.
        is_number.then(|| text.parse().unwrap_or(u64::MAX))
    };
    match (first.trim(), last.trim()) {
        ("", last) => Some(whole.saturating_sub(number(last)?)..whole),
        (first, "") => Some(number(first)?..whole),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then(|| first..last.saturating_add(1).min(whole))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_a_part_of_the_file_or_of_no_meaning() {
        for (range, expected) in [
            ("bytes=0-0", Part::Bytes(0..1)),
            ("bytes=2-", Part::Bytes(2..10)),
            ("bytes=2-4", Part::Bytes(2..5)),
            ("bytes=2-400", Part::Bytes(2..10)),
            ("bytes=-3", Part::Bytes(7..10)),
            ("bytes=-300", Part::Bytes(0..10)),
            ("bytes=9-99999999999999999999999", Part::Bytes(9..10)),
            ("bytes=10-", Part::Beyond),
            ("bytes=10-20", Part::Beyond),
            ("bytes=99999999999999999999999-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=4-2", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=-", Part::Whole),
            ("pages=1-2", Part::Whole),
            ("", Part::Whole),
        ] {
            assert_eq!(Part::of(Some(range), 10), expected, "{range}");
        }
        assert_eq!(Part::of(None, 10), Part::Whole);
        assert_eq!(Part::of(Some("bytes=0-"), 0), Part::Beyond);
    }
}
