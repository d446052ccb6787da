use std::{fmt, str::FromStr};

/// A text with places for one number, in the words of Python's `str.format`: `page-{:04d}`; braces are doubled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFormat {
    text: String,
    pieces: Vec<Piece>,
}

/// Why a text is no such format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNumberFormat {
    #[error(
        "'{0}' has a brace that is not closed or not opened; double it to mean the brace itself"
    )]
    Braces(String),
    #[error("'{{{0}}}' is no place for a number; write {{}}, or {{:04d}} for four digits")]
    Place(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Number(Place),
}

/// How one number is written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    fill: char,
    align: Align,
    sign: Option<char>,
    alternate: bool,
    width: usize,
    base: Base,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Align {
    Left,
    Right,
    Centre,
    /// Between the sign and the digits.
    Inside,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    Decimal,
    Hexadecimal,
    UpperHexadecimal,
    Octal,
    Binary,
}

/// Wider numbers nobody means.
const MAX_WIDTH: usize = 100;

impl NumberFormat {
    /// The text with the number in its places.
    pub fn with(&self, number: i64) -> String {
        let write = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Number(place) => place.with(number),
        };
        self.pieces.iter().map(write).collect()
    }

    /// Does the number make a difference?
    pub fn has_place(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Number(_)))
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for NumberFormat {
    type Err = InvalidNumberFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unbalanced = || InvalidNumberFormat::Braces(text.to_owned());
        let (mut pieces, mut plain) = (Vec::new(), String::new());
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(doubled) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = doubled;
                continue;
            }
            if brace == "}" {
                return Err(unbalanced());
            }
            let (inside, after) = rest.split_once('}').ok_or_else(unbalanced)?;
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
            let place = Place::parse(inside);
            pieces.push(Piece::Number(
                place.ok_or_else(|| InvalidNumberFormat::Place(inside.to_owned()))?,
            ));
            rest = after;
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        Ok(Self { text: text.to_owned(), pieces })
    }
}

impl fmt::Display for NumberFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Place {
    /// `[0][:[[fill]align][sign][#][0][width][type]]`
    fn parse(inside: &str) -> Option<Self> {
        let (argument, wish) = inside.split_once(':').unwrap_or((inside, ""));
        if !argument.is_empty() && argument != "0" {
            return None;
        }
        let mut rest = wish;
        let (mut fill, mut align) = (' ', None);
        let mut letters = wish.chars();
        let (first, second) = (letters.next(), letters.next());
        if let (Some(first), Some(found)) = (first, second.and_then(alignment)) {
            (fill, align) = (first, Some(found));
            rest = letters.as_str();
        } else if let Some(found) = first.and_then(alignment) {
            align = Some(found);
            rest = &wish[1..];
        }
        let sign = rest.chars().next().filter(|sign| ['+', '-', ' '].contains(sign));
        rest = if sign.is_some() { &rest[1..] } else { rest };
        let (alternate, unmarked) = match rest.strip_prefix('#') {
            Some(unmarked) => (true, unmarked),
            None => (false, rest),
        };
        rest = unmarked;
        if let Some(width) = rest.strip_prefix('0').filter(|_| align.is_none()) {
            (fill, align, rest) = ('0', Some(Align::Inside), width);
        }
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let width = if digits == 0 { 0 } else { rest[..digits].parse().ok()? };
        let base = base(&rest[digits..])?;
        let align = align.unwrap_or(Align::Right);
        (width <= MAX_WIDTH).then_some(Self { fill, align, sign, alternate, width, base })
    }

    fn with(&self, number: i64) -> String {
        let sign = match (number < 0, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            (false, _) => "",
        };
        let size = number.unsigned_abs();
        let (mark, digits) = match self.base {
            Base::Decimal => ("", size.to_string()),
            Base::Hexadecimal => ("0x", format!("{size:x}")),
            Base::UpperHexadecimal => ("0X", format!("{size:X}")),
            Base::Octal => ("0o", format!("{size:o}")),
            Base::Binary => ("0b", format!("{size:b}")),
        };
        let mark = if self.alternate { mark } else { "" };
        let written = sign.len() + mark.len() + digits.len();
        let missing = self.width.saturating_sub(written);
        let fill = |count: usize| self.fill.to_string().repeat(count);
        match self.align {
            Align::Left => format!("{sign}{mark}{digits}{}", fill(missing)),
            Align::Right => format!("{}{sign}{mark}{digits}", fill(missing)),
            Align::Inside => format!("{sign}{mark}{}{digits}", fill(missing)),
            Align::Centre => {
                let before = missing / 2;
                format!("{}{sign}{mark}{digits}{}", fill(before), fill(missing - before))
            }
        }
    }
}

fn alignment(letter: char) -> Option<Align> {
    match letter {
        '<' => Some(Align::Left),
        '>' => Some(Align::Right),
        '^' => Some(Align::Centre),
        '=' => Some(Align::Inside),
        _ => None,
    }
}

fn base(letter: &str) -> Option<Base> {
    match letter {
        "" | "d" | "n" => Some(Base::Decimal),
        "x" => Some(Base::Hexadecimal),
        "X" => Some(Base::UpperHexadecimal),
        "o" => Some(Base::Octal),
        "b" => Some(Base::Binary),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Python 3.11 answers.
    #[test]
    fn numbers_are_written_as_python_writes_them() {
        for (format, number, expected) in [
            ("page-{:04d}", 7, "page-0007"),
            ("page-{:04d}", 12_345, "page-12345"),
            ("{}", 7, "7"),
            ("{0}", 7, "7"),
            ("{0:d}", 7, "7"),
            ("{:4}|", 7, "   7|"),
            ("{:<4}|", 7, "7   |"),
            ("{:^4}|", 7, " 7  |"),
            ("{:*>4}", 7, "***7"),
            ("{:*^5}", 7, "**7**"),
            ("{:=+5}", 7, "+   7"),
            ("{:05}", -7, "-0007"),
            ("{:+03d}", 7, "+07"),
            ("{: d}", 7, " 7"),
            ("{:x}", 255, "ff"),
            ("{:#06X}", 255, "0X00FF"),
            ("{:#o}", 8, "0o10"),
            ("{:b}", 5, "101"),
            ("{{{:02d}}}", 7, "{07}"),
            ("{{}}", 7, "{}"),
            ("é{:é>3}", 7, "ééé7"),
            ("{}-{:02}", 7, "7-07"),
            ("no place", 7, "no place"),
            ("", 7, ""),
            ("{}", i64::MIN, "-9223372036854775808"),
        ] {
            let parsed: NumberFormat = format.parse().unwrap();
            assert_eq!(parsed.with(number), expected, "{format}");
            assert_eq!(
                parsed.has_place(),
                format.replace("{{", "").replace("}}", "").contains('{')
            );
        }
    }

    #[test]
    fn what_is_no_format_is_refused() {
        for format in [
            "{",
            "}",
            "a{b",
            "a}b",
            "{name}",
            "{1}",
            "{0.real}",
            "{:s}",
            "{:.2f}",
            "{:,}",
            "{:4000}",
            "{:99999999999999999999}",
            "{!r}",
            "{:é}",
            "{:{}}",
        ] {
            assert!(format.parse::<NumberFormat>().is_err(), "{format}");
        }
    }
}
