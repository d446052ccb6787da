use std::io::{self, Write};

use pdf_writer::{Ref, TextStr};

use super::objects::Objects;

/// A place in the document, for the list of contents beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookmark {
    pub title: String,
    /// Counted from 0.
    pub page: usize,
    pub below: Vec<Bookmark>,
}

/// Writes all bookmarks; `None` if there are none.
pub(super) fn write<W: Write>(
    objects: &mut Objects<W>,
    bookmarks: &[Bookmark],
    pages: &[Ref],
) -> io::Result<Option<Ref>> {
    if bookmarks.is_empty() {
        return Ok(None);
    }
    let root = objects.promise();
    let (first, last) = write_all(objects, bookmarks, root, pages)?;
    let count = i32::try_from(bookmarks.len()).unwrap_or(i32::MAX);
    objects.keep(root, |chunk| {
        chunk.outline(root).first(first).last(last).count(count);
    })?;
    Ok(Some(root))
}

/// Writes those that lie side by side, which are some; returns the first and the last.
fn write_all<W: Write>(
    objects: &mut Objects<W>,
    bookmarks: &[Bookmark],
    parent: Ref,
    pages: &[Ref],
) -> io::Result<(Ref, Ref)> {
    let ids: Vec<_> = bookmarks.iter().map(|_| objects.promise()).collect();
    for (n, bookmark) in bookmarks.iter().enumerate() {
        let below = match bookmark.below.as_slice() {
            [] => None,
            some => Some(write_all(objects, some, ids[n], pages)?),
        };
        objects.keep(ids[n], |chunk| {
            let mut item = chunk.outline_item(ids[n]);
            item.title(TextStr(&bookmark.title)).parent(parent);
            if let Some(before) = n.checked_sub(1) {
                item.prev(ids[before]);
            }
            if let Some(next) = ids.get(n + 1) {
                item.next(*next);
            }
            if let Some((first, last)) = below {
                // Folded: what is below a range is seen when it is opened.
                let count = i32::try_from(bookmark.below.len()).unwrap_or(i32::MAX);
                item.first(first).last(last).count(-count);
            }
            if let Some(page) = pages.get(bookmark.page) {
                item.dest().page(*page).fit();
            }
        })?;
    }
    Ok((ids[0], ids[ids.len() - 1]))
}
