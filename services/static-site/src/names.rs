//! Names in addresses and folders.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// A part of a name, as it is compared: numbers by value, letters without their case.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Chunk {
    Number(u128),
    Text(String),
}

/// How people count: `page 9` stands before `page 10`.
pub(crate) fn natural(name: &str) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let is_digit = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != is_digit).unwrap_or(rest.len());
        let (chunk, after) = rest.split_at(end);
        // Numbers beyond counting are compared as text.
        chunks.push(match chunk.parse() {
            Ok(number) if is_digit => Chunk::Number(number),
            _ => Chunk::Text(chunk.to_lowercase()),
        });
        rest = after;
    }
    chunks
}

/// What neither addresses nor object stores nor shells make trouble of; folders stay.
pub(crate) fn tame(name: &str) -> String {
    let tame = |c: char| match c {
        c if c.is_alphanumeric() || "-_.~/".contains(c) => c,
        _ => '_',
    };
    let parts = name.split('/').map(|part| match part {
        "" | "." | ".." => "_".to_owned(),
        part if part.starts_with('.') => format!("_{}", &part[1..]),
        part => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/").chars().map(tame).collect()
}

/// `box/page-1` of `box/page-1.tif`.
pub(crate) fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && !extension.contains('/') => stem,
        _ => name,
    }
}

/// All but what may stand in a path as it is.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A name as it stands in an address.
pub(crate) fn in_url(name: &str) -> Cow<'_, str> {
    utf8_percent_encode(name, PATH).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_as_people_count() {
        let mut names = ["p10.tif", "P9.tif", "p1.tif", "p1/2.tif", "p1/10.tif"];
        names.sort_by_key(|name| natural(name));
        assert_eq!(names, ["p1.tif", "p1/2.tif", "p1/10.tif", "P9.tif", "p10.tif"]);
    }

    #[test]
    fn tame_names_stay_in_their_folder_and_need_no_escape() {
        for (name, tamed) in [
            ("box 1/page#2.tif", "box_1/page_2.tif"),
            ("../a", "_/a"),
            ("a//b", "a/_/b"),
            (".recto/x", "_recto/x"),
            ("Größe", "Größe"),
            ("a%2Fb:c", "a_2Fb_c"),
        ] {
            assert_eq!(tame(name), tamed);
        }
    }

    #[test]
    fn only_the_last_ending_goes() {
        assert_eq!(
            [stem("a.b/c"), stem("a.b/c.tar.gz"), stem(".tif"), stem("x")],
            ["a.b/c", "a.b/c.tar", ".tif", "x"]
        );
    }
}
