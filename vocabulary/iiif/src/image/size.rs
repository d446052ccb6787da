use std::fmt;

use serde::{Deserialize, Serialize};

use super::Version;
use super::number::{decimal, integer, list};

/// What a request wants the region scaled to.
///
/// `full` of version 2.1 and `max` are one form: the natural size, as far as the limits allow.
/// Not "dimensions"; the numbers it comes to for one image are an [`Extent`](super::Extent).
/// It is written, and stored, as version 3 has it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Size {
    /// `^`: the region may be enlarged. Version 2.1 has no such mark: there the server decides.
    pub upscale: bool,
    pub form: SizeForm,
}

/// The six ways to say a size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SizeForm {
    /// `max`
    Max,
    /// `w,`
    Width(u64),
    /// `,h`
    Height(u64),
    /// `pct:n`
    Percent(f64),
    /// `w,h`, distorted if need be
    Exact { w: u64, h: u64 },
    /// `!w,h`, the largest that fits
    Confined { w: u64, h: u64 },
}

impl Size {
    pub(super) const fn accepted(version: Version) -> &'static str {
        match version {
            Version::V2 => "full, max, w, or ,h or w,h or !w,h or pct:n",
            Version::V3 => {
                "max (there is no full in version 3), w, or ,h or w,h or !w,h or pct:n, \
                 or one of these after ^"
            }
        }
    }

    /// Reads the decoded text in the syntax of one version.
    pub fn parse(text: &str, version: Version) -> Option<Self> {
        let (upscale, form) = match (version, text.strip_prefix('^')) {
            (Version::V3, Some(form)) => (true, form),
            (_, _) => (false, text),
        };
        if version == Version::V2 && form == "full" {
            return Some(Self { upscale: false, form: SizeForm::Max });
        }
        Some(Self { upscale, form: SizeForm::parse(form)? })
    }
}

impl SizeForm {
    fn parse(text: &str) -> Option<Self> {
        if text == "max" {
            return Some(Self::Max);
        }
        if let Some(percent) = text.strip_prefix("pct:") {
            return decimal(percent).map(Self::Percent);
        }
        if let Some(sides) = text.strip_prefix('!') {
            return list(sides, integer).map(|[w, h]| Self::Confined { w, h });
        }
        match text.split_once(',')? {
            (w, "") => integer(w).map(Self::Width),
            ("", h) => integer(h).map(Self::Height),
            (w, h) => Some(Self::Exact { w: integer(w)?, h: integer(h)? }),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.upscale {
            f.write_str("^")?;
        }
        match self.form {
            SizeForm::Max => f.write_str("max"),
            SizeForm::Width(w) => write!(f, "{w},"),
            SizeForm::Height(h) => write!(f, ",{h}"),
            SizeForm::Percent(n) => write!(f, "pct:{n}"),
            SizeForm::Exact { w, h } => write!(f, "{w},{h}"),
            SizeForm::Confined { w, h } => write!(f, "!{w},{h}"),
        }
    }
}

impl From<Size> for String {
    fn from(size: Size) -> Self {
        size.to_string()
    }
}

impl TryFrom<String> for Size {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let accepted = Self::accepted(Version::V3);
        Self::parse(&text, Version::V3).ok_or_else(|| format!("{text:?} is not a size: {accepted}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMS: [(&str, SizeForm); 6] = [
        ("max", SizeForm::Max),
        ("0150,", SizeForm::Width(150)),
        (",150", SizeForm::Height(150)),
        ("pct:0.50", SizeForm::Percent(0.5)),
        ("225,100", SizeForm::Exact { w: 225, h: 100 }),
        ("!225,100", SizeForm::Confined { w: 225, h: 100 }),
    ];

    #[test]
    fn every_form_of_a_size_is_read_in_its_version() {
        for (text, form) in FORMS {
            let plain = Some(Size { upscale: false, form });
            assert_eq!(Size::parse(text, Version::V2), plain, "{text}");
            assert_eq!(Size::parse(text, Version::V3), plain, "{text}");

            let up = format!("^{text}");
            assert_eq!(Size::parse(&up, Version::V3), Some(Size { upscale: true, form }), "{up}");
            assert_eq!(Size::parse(&up, Version::V2), None, "{up}");
        }
    }

    #[test]
    fn full_is_a_size_in_version_2_alone() {
        assert_eq!(Size::parse("full", Version::V2), Size::parse("max", Version::V2));
        assert_eq!(Size::parse("full", Version::V3), None);
        assert_eq!(Size::parse("^full", Version::V3), None);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            ",",
            "^",
            "!",
            "!,",
            "!1,",
            "!,1",
            "Max",
            "1",
            "1,2,3",
            "100.0,",
            "-1,",
            "+1,",
            " 1,",
            "1 ,",
            ",^240",
            "^^240,",
            "!^1,1",
            "pct:",
            "pct:-1",
            "pct:1e2",
            "pct:5.",
            "pct:a",
            "1e3,",
            "99999999999999999999,",
            ",99999999999999999999",
            "a,b",
            "150,x",
            "square",
        ] {
            for version in Version::ALL {
                assert_eq!(Size::parse(text, version), None, "{text:?} {version:?}");
            }
        }
    }

    #[test]
    fn a_size_is_stored_as_its_text() {
        let size: Size = serde_json::from_str("\"!400,400\"").unwrap();
        assert_eq!(serde_json::to_string(&size).unwrap(), "\"!400,400\"");
        let error = serde_json::from_str::<Size>("\"big\"").unwrap_err();
        assert!(error.to_string().contains("\"big\" is not a size"), "{error}");
    }
}
