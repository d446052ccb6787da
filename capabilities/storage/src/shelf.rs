//! What is kept on disk, and which of it goes when there is too much.

use indexmap::{IndexMap, map::Entry};

/// The first half of a SHA-256: names a drawn image.
pub(crate) type Hash = [u8; 16];

/// Files take whole blocks of a disk.
const DISK_BLOCK: u64 = 4096;

/// Names and sizes, and a clock hand that goes round over them: what was not used since its last
/// visit goes. That is nearly the least recently used, for a bit instead of a list.
pub(crate) struct Shelf {
    books: IndexMap<Hash, Book>,
    hand: usize,
    bytes: u64,
    max_bytes: u64,
}

struct Book {
    bytes: u64,
    was_used: bool,
}

impl Shelf {
    pub(crate) fn new(max_bytes: u64) -> Self {
        Self { books: IndexMap::new(), hand: 0, bytes: 0, max_bytes }
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(crate) fn max_bytes(&self) -> u64 {
        self.max_bytes
    }

    /// Notes a file of this size, and answers which files have to go for it.
    #[must_use]
    pub(crate) fn put(&mut self, hash: Hash, bytes: u64) -> Vec<Hash> {
        let bytes = bytes.next_multiple_of(DISK_BLOCK);
        self.bytes += bytes;
        match self.books.entry(hash) {
            Entry::Occupied(mut known) => {
                self.bytes -= known.get().bytes;
                known.get_mut().bytes = bytes;
            }
            Entry::Vacant(vacant) => drop(vacant.insert(Book { bytes, was_used: false })),
        }
        self.shrink_to(self.max_bytes)
    }

    pub(crate) fn touch(&mut self, hash: &Hash) {
        if let Some(book) = self.books.get_mut(hash) {
            book.was_used = true;
        }
    }

    pub(crate) fn remove(&mut self, hash: &Hash) {
        if let Some(book) = self.books.swap_remove(hash) {
            self.bytes -= book.bytes;
        }
    }

    /// What has to go until no more than this is left.
    #[must_use]
    pub(crate) fn shrink_to(&mut self, bytes: u64) -> Vec<Hash> {
        let mut gone = Vec::new();
        while self.bytes > bytes && !self.books.is_empty() {
            if self.hand >= self.books.len() {
                self.hand = 0;
            }
            match self.books.get_index_mut(self.hand) {
                Some((_, book)) if book.was_used => {
                    book.was_used = false;
                    self.hand += 1;
                }
                _ => {
                    // The last takes its place, and is looked at next.
                    let Some((hash, book)) = self.books.swap_remove_index(self.hand) else { break };
                    self.bytes -= book.bytes;
                    gone.push(hash);
                }
            }
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(n: u8) -> Hash {
        [n; 16]
    }

    fn shelf_of(books: u8) -> Shelf {
        let mut shelf = Shelf::new(u64::from(books) * DISK_BLOCK);
        (0..books).for_each(|n| assert!(shelf.put(hash(n), 1).is_empty()));
        shelf
    }

    #[test]
    fn the_bound_holds_whatever_comes() {
        let mut shelf = shelf_of(10);
        let gone: usize = (10..110).map(|n| shelf.put(hash(n), 1).len()).sum();
        assert_eq!(gone, 100);
        assert_eq!(shelf.bytes(), 10 * DISK_BLOCK);
    }

    #[test]
    fn what_was_used_stays() {
        let mut shelf = shelf_of(10);
        shelf.touch(&hash(3));
        let gone: Vec<_> = (10..19).flat_map(|n| shelf.put(hash(n), 1)).collect();
        assert_eq!(gone.len(), 9);
        assert!(!gone.contains(&hash(3)));
    }

    #[test]
    fn what_is_put_twice_counts_once() {
        let mut shelf = shelf_of(3);
        assert!(shelf.put(hash(0), DISK_BLOCK).is_empty());
        assert_eq!(shelf.bytes(), 3 * DISK_BLOCK);
        shelf.remove(&hash(0));
        shelf.remove(&hash(0));
        assert_eq!(shelf.bytes(), 2 * DISK_BLOCK);
    }

    #[test]
    fn what_is_larger_than_the_shelf_does_not_stay() {
        let mut shelf = shelf_of(2);
        let gone = shelf.put(hash(9), 100 * DISK_BLOCK);
        assert!(gone.contains(&hash(9)));
        assert!(shelf.bytes() <= 2 * DISK_BLOCK);
    }
}
