//! What a child says on its stdout: a letter, a length, and as many bytes.

/// Longer messages are taken for garbage.
const MAX_MESSAGE_BYTES: usize = 16 * 1024 * 1024;
const HEAD_BYTES: usize = 5;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    Progress(String),
    /// The next bytes of an answer that is too long for one message.
    Part(Vec<u8>),
    /// The last bytes of an answer, which are all of it unless there were parts.
    Answer(Vec<u8>),
    Refusal(String),
    /// The walls could not be entered: no fault of the input.
    Unwalled(String),
}

/// The bytes are no message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Garbage;

impl Message {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let (letter, body) = match self {
            Self::Progress(line) => (b'p', line.as_bytes()),
            Self::Part(bytes) => (b'b', bytes.as_slice()),
            Self::Answer(bytes) => (b'a', bytes.as_slice()),
            Self::Refusal(text) => (b'r', text.as_bytes()),
            Self::Unwalled(text) => (b'u', text.as_bytes()),
        };
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        let mut bytes = Vec::with_capacity(HEAD_BYTES + body.len());
        bytes.push(letter);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(body);
        bytes
    }

    fn read(letter: u8, body: &[u8]) -> Result<Self, Garbage> {
        match letter {
            b'p' => Ok(Self::Progress(plain(body))),
            b'b' => Ok(Self::Part(body.to_vec())),
            b'a' => Ok(Self::Answer(body.to_vec())),
            b'r' => Ok(Self::Refusal(plain(body))),
            b'u' => Ok(Self::Unwalled(plain(body))),
            _ => Err(Garbage),
        }
    }
}

/// An answer, in as many messages as it needs.
pub(crate) fn answers(bytes: &[u8]) -> impl Iterator<Item = Message> {
    const PART_BYTES: usize = 1024 * 1024;
    let last = bytes.len().saturating_sub(1) / PART_BYTES * PART_BYTES;
    let (parts, rest) = bytes.split_at(last);
    let parts = parts.chunks(PART_BYTES).map(|part| Message::Part(part.to_vec()));
    parts.chain([Message::Answer(rest.to_vec())])
}

/// Takes bytes as they come and gives the messages that are complete.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    pending: Vec<u8>,
}

impl Reader {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    pub(crate) fn next(&mut self) -> Result<Option<Message>, Garbage> {
        let Some((&letter, rest)) = self.pending.split_first() else { return Ok(None) };
        if !b"pbaru".contains(&letter) {
            return Err(Garbage);
        }
        let Some(length) = rest.first_chunk().map(|length| u32::from_le_bytes(*length)) else {
            return Ok(None);
        };
        let length = length as usize;
        if length > MAX_MESSAGE_BYTES {
            return Err(Garbage);
        }
        let Some(body) = self.pending.get(HEAD_BYTES..HEAD_BYTES + length) else { return Ok(None) };
        let message = Message::read(letter, body)?;
        self.pending.drain(..HEAD_BYTES + length);
        Ok(Some(message))
    }
}

/// A child's words are as untrusted as its input: no control characters, and not too many.
pub(crate) fn plain(text: &[u8]) -> String {
    const MAX_CHARS: usize = 2_000;
    let text = String::from_utf8_lossy(text);
    let visible = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    visible.take(MAX_CHARS).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_arrive_however_they_are_cut() {
        let said = [
            Message::Progress("50".to_owned()),
            Message::Part(vec![1, 2]),
            Message::Answer(vec![0, 255, 10]),
            Message::Refusal("no".to_owned()),
            Message::Unwalled("no walls".to_owned()),
        ];
        let bytes: Vec<u8> = said.iter().flat_map(Message::to_bytes).collect();
        for size in 1..=bytes.len() {
            let mut reader = Reader::default();
            let mut heard = Vec::new();
            for part in bytes.chunks(size) {
                reader.push(part);
                while let Some(message) = reader.next().unwrap() {
                    heard.push(message);
                }
            }
            assert_eq!(heard, said, "in parts of {size}");
        }
    }

    #[test]
    fn what_is_no_message_is_garbage() {
        for bytes in [&b"running 0 tests\n"[..], b"x\0\0\0\0", b"a\xff\xff\xff\xff", b"\0"] {
            let mut reader = Reader::default();
            reader.push(bytes);
            assert_eq!(reader.next(), Err(Garbage), "{bytes:?}");
        }
    }

    #[test]
    fn words_of_a_child_cannot_forge_a_line_of_the_log() {
        assert_eq!(plain(b"\x1b[31mbad\nERROR all is lost\n"), "[31mbad ERROR all is lost");
        assert_eq!(plain(&[b'x'; 5000]).len(), 2000);
    }
}
