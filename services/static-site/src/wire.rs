//! How a child hands on what it makes: a letter, three numbers, a length, and as many bytes.

use std::io::{self, Read, Write};

use iiif::image::Extent;
use imaging::Piece;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// The first: how large the image is.
    Opened(Extent),
    Piece(Piece, Vec<u8>),
}

/// Longer pieces are taken for garbage.
const LONGEST: u32 = 256 * 1024 * 1024;
const HEAD: usize = 17;

pub(crate) fn write_opened(to: &mut impl Write, extent: Extent) -> io::Result<()> {
    to.write_all(&head(b'o', [extent.w, extent.h, 0], 0))
}

pub(crate) fn write_piece(to: &mut impl Write, piece: Piece, bytes: &[u8]) -> io::Result<()> {
    let (letter, numbers) = match piece {
        Piece::Tile { level, column, row } => (b't', [level, column, row]),
        Piece::WholePart { level } => (b'p', [level, 0, 0]),
        Piece::WholeEnd { level } => (b'w', [level, 0, 0]),
        Piece::Fitted { n } => (b'f', [n, 0, 0]),
    };
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    to.write_all(&head(letter, numbers, length))?;
    to.write_all(bytes)
}

fn head(letter: u8, numbers: [u32; 3], length: u32) -> [u8; HEAD] {
    let mut head = [letter; HEAD];
    let [a, b, c] = numbers;
    for (place, number) in head[1..].chunks_exact_mut(4).zip([a, b, c, length]) {
        place.copy_from_slice(&number.to_le_bytes());
    }
    head
}

/// The next message; `None` at the end.
pub(crate) fn read(from: &mut impl Read) -> io::Result<Option<Message>> {
    let mut head = [0; HEAD];
    if from.read(&mut head[..1])? == 0 {
        return Ok(None);
    }
    from.read_exact(&mut head[1..])?;
    let mut numbers = [0; 4];
    for (number, place) in numbers.iter_mut().zip(head[1..].chunks_exact(4)) {
        *number = u32::from_le_bytes(place.try_into().map_err(io::Error::other)?);
    }
    let [a, b, c, length] = numbers;
    let piece = match head[0] {
        b'o' => return Ok(Some(Message::Opened(Extent::new(a, b)))),
        b't' => Piece::Tile { level: a, column: b, row: c },
        b'p' => Piece::WholePart { level: a },
        b'w' => Piece::WholeEnd { level: a },
        b'f' => Piece::Fitted { n: a },
        _ => return Err(garbage()),
    };
    if length > LONGEST {
        return Err(garbage());
    }
    let mut bytes = vec![0; length as usize];
    from.read_exact(&mut bytes)?;
    Ok(Some(Message::Piece(piece, bytes)))
}

fn garbage() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "this is no piece of an image")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let pieces = [
            Piece::Tile { level: 1, column: 2, row: 70_000 },
            Piece::WholePart { level: 3 },
            Piece::WholeEnd { level: 3 },
            Piece::Fitted { n: 2 },
        ];
        let mut bytes = Vec::new();
        write_opened(&mut bytes, Extent::new(7, 9)).unwrap();
        for piece in pieces {
            write_piece(&mut bytes, piece, b"abc").unwrap();
        }
        let mut from = bytes.as_slice();
        assert_eq!(read(&mut from).unwrap(), Some(Message::Opened(Extent::new(7, 9))));
        for piece in pieces {
            assert_eq!(read(&mut from).unwrap(), Some(Message::Piece(piece, b"abc".to_vec())));
        }
        assert_eq!(read(&mut from).unwrap(), None);
    }

    #[test]
    fn garbage_is_refused_before_anything_is_allocated_for_it() {
        for bytes in
            [&[b'x'; HEAD][..], &head(b't', [0; 3], u32::MAX), &head(b't', [0; 3], 9), b"t"]
        {
            assert!(read(&mut &*bytes).is_err(), "{bytes:?}");
        }
    }
}
