use std::fmt;

use super::number::{decimal, integer, list};

/// The part of the image that a request asks for, before anything is scaled.
///
/// Pixels count in the extent that `info.json` states, which is upright. Not "crop", not "bbox".
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Region {
    Full,
    /// The largest square, from the middle.
    Square,
    Pixels {
        x: u64,
        y: u64,
        w: u64,
        h: u64,
    },
    Percent {
        x: f64,
        y: f64,
        w: f64,
        h: f64,
    },
}

impl Region {
    pub(super) const ACCEPTED: &str = "full, square, x,y,w,h or pct:x,y,w,h";

    /// Reads the decoded text; both versions have the same regions.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "full" => return Some(Self::Full),
            "square" => return Some(Self::Square),
            _ => {}
        }
        if let Some(percents) = text.strip_prefix("pct:") {
            let [x, y, w, h] = list(percents, decimal)?;
            return Some(Self::Percent { x, y, w, h });
        }
        let [x, y, w, h] = list(text, integer)?;
        Some(Self::Pixels { x, y, w, h })
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("full"),
            Self::Square => f.write_str("square"),
            Self::Pixels { x, y, w, h } => write!(f, "{x},{y},{w},{h}"),
            Self::Percent { x, y, w, h } => write!(f, "pct:{x},{y},{w},{h}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_region_is_read() {
        let percent = Region::Percent { x: 41.6, y: 7.5, w: 0.5, h: 100.0 };
        for (text, region) in [
            ("full", Region::Full),
            ("square", Region::Square),
            ("0,010,100,200", Region::Pixels { x: 0, y: 10, w: 100, h: 200 }),
            ("pct:41.6,7.50,.5,100", percent),
        ] {
            assert_eq!(Region::parse(text), Some(region), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "Full",
            "max",
            "1,2,3",
            "1,2,3,4,5",
            "-1,0,5,5",
            "+1,0,5,5",
            "1.5,0,9,9",
            "1, 2,3,4",
            "a,b,c,d",
            "pct:a",
            "pct:",
            "pct:1,2,3",
            "pct:-1,0,5,5",
            "pct:1e1,0,5,5",
            "pct:inf,0,5,5",
            "percent:1,2,3,4",
            "99999999999999999999,0,1,1",
            "square,",
            "0,0,,10",
        ] {
            assert_eq!(Region::parse(text), None, "{text:?}");
        }
    }
}
