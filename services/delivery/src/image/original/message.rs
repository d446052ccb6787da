use iiif::image::Drawing;
use imaging::{DrawSettings, Limits};
use serde::{Deserialize, Serialize};

/// What a child is asked; the file comes with it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    /// Of the original; what is at a key never changes.
    pub(super) key: String,
    /// Whether the file is not ready, and has to be read from the top.
    pub(super) from_top: bool,
    pub(super) drawing: Drawing,
    pub(super) settings: DrawSettings,
    pub(super) limits: Limits,
}

/// Why a child gives no image.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Objection {
    TooLarge(String),
    /// The file is at fault.
    Damaged(String),
    /// We are at fault, or the machine.
    Broken(String),
}

/// The first byte of an answer.
const IMAGE: u8 = b'i';
const OBJECTION: u8 = b'o';

/// An answer as bytes.
pub(super) fn write(answer: Result<Vec<u8>, Objection>) -> Vec<u8> {
    match answer {
        Ok(mut image) => {
            image.insert(0, IMAGE);
            image
        }
        Err(objection) => {
            let mut bytes = vec![OBJECTION];
            bytes.extend(serde_json::to_vec(&objection).unwrap_or_default());
            bytes
        }
    }
}

/// The answer of a child, which is trusted no more than the file that it read.
pub(super) fn read(mut answer: bytes::Bytes) -> Result<bytes::Bytes, Objection> {
    let garbled = || Objection::Broken("the child's answer can't be read".to_owned());
    if answer.is_empty() {
        return Err(garbled());
    }
    let kind = answer.split_to(1)[0];
    match kind {
        IMAGE => Ok(answer),
        OBJECTION => Err(serde_json::from_slice(&answer).unwrap_or_else(|_| garbled())),
        _ => Err(garbled()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_they_were_written() {
        let large = || Objection::TooLarge("it takes 9 GB".to_owned());
        assert_eq!(read(write(Ok(vec![1, 2, 3])).into()).unwrap(), [1, 2, 3].as_slice());
        assert_eq!(read(write(Err(large())).into()).unwrap_err(), large());
        for garbage in [&b""[..], b"x", b"o", b"o{\"Damaged\"", b"o[]"] {
            let objection = read(garbage.into()).unwrap_err();
            assert!(matches!(objection, Objection::Broken(_)), "{garbage:?}");
        }
    }
}
