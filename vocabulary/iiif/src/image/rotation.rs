use std::fmt;

use serde::{Deserialize, Serialize};

use super::number::decimal;
use super::{Extent, Version};

/// How the scaled region is turned: mirrored left to right first, then clockwise.
///
/// Degrees are at least 0 and less than 360.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rotation {
    pub mirror: bool,
    pub degrees: f64,
}

impl Rotation {
    pub(super) const ACCEPTED: &str = "degrees from 0 to 360, with ! before them to mirror";

    pub const NONE: Self = Self { mirror: false, degrees: 0.0 };

    /// Reads the decoded text; a full turn is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (mirror, degrees) = match text.strip_prefix('!') {
            Some(degrees) => (true, degrees),
            None => (false, text),
        };
        let degrees = decimal(degrees).filter(|degrees| *degrees <= 360.0)?;
        Some(Self { mirror, degrees: if degrees == 360.0 { 0.0 } else { degrees } })
    }

    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// How often a right angle is turned, if nothing else is.
    pub fn quarter_turns(self) -> Option<u8> {
        [0.0, 90.0, 180.0, 270.0].iter().position(|angle| *angle == self.degrees).map(|n| n as u8)
    }

    /// The box around a picture once it is turned.
    pub fn bounds(self, size: Extent) -> Extent {
        match self.quarter_turns() {
            Some(0 | 2) => size,
            Some(_) => size.turned(),
            None => {
                let (sin, cos) = self.degrees.to_radians().sin_cos();
                let (w, h) = (f64::from(size.w), f64::from(size.h));
                let side = |along: f64, across: f64| {
                    ((along * cos).abs() + (across * sin).abs()).round().max(1.0) as u32
                };
                Extent { w: side(w, h), h: side(h, w) }
            }
        }
    }

    /// Version 2.1 trims the zero before the point, version 3 asks for it.
    pub(super) fn canonical(self, version: Version) -> String {
        let text = self.to_string();
        match version {
            Version::V2 => text.replacen("0.", ".", usize::from(self.degrees < 1.0)),
            Version::V3 => text,
        }
    }
}

impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.mirror { "!" } else { "" }, self.degrees)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_are_written_in_their_shortest_form() {
        for (text, v3, v2) in [
            ("0", "0", "0"),
            ("360", "0", "0"),
            ("!360.0", "!0", "!0"),
            ("0.0", "0", "0"),
            ("090.0", "90", "90"),
            ("!180", "!180", "!180"),
            ("22.50", "22.5", "22.5"),
            (".5", "0.5", ".5"),
            ("!00.5", "!0.5", "!.5"),
            ("10.05", "10.05", "10.05"),
        ] {
            let rotation = Rotation::parse(text).unwrap();
            assert_eq!(rotation.canonical(Version::V3), v3, "{text}");
            assert_eq!(rotation.canonical(Version::V2), v2, "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "", "!", "-90", "+90", "1e1", "1e2", "361", "360.1", "a", "90!", "!!90", " 90", "9.",
            ".",
        ] {
            assert_eq!(Rotation::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_turned_picture_fills_its_box() {
        for (text, w, h) in [
            ("0", 600, 400),
            ("!0", 600, 400),
            ("90", 400, 600),
            ("180", 600, 400),
            ("!270", 400, 600),
            ("22.5", 707, 599),
            ("45", 707, 707),
        ] {
            let bounds = Rotation::parse(text).unwrap().bounds(Extent::new(600, 400));
            assert_eq!(bounds, Extent::new(w, h), "{text}");
        }
    }
}
