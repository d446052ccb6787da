use std::io::{self, Write};

use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{Chunk, Ref, Settings};

use crate::counted::Counted;

/// The numbered things that a PDF is made of, written one after the other.
pub(super) struct Objects<W> {
    out: Counted<W>,
    /// Where each lies, by its number; nowhere yet, if it was only promised.
    places: Vec<Option<u64>>,
}

/// The comment tells programs that guess that this is no text.
const HEADER: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";
/// What the table of places has room for.
const LARGEST: u64 = 9_999_999_999;

impl<W: Write> Objects<W> {
    pub(super) fn begin(out: W) -> io::Result<Self> {
        let mut out = Counted::new(out);
        out.write_all(HEADER)?;
        Ok(Self { out, places: Vec::new() })
    }

    /// A number for what is written later.
    pub(super) fn promise(&mut self) -> Ref {
        self.places.push(None);
        Ref::new(i32::try_from(self.places.len()).unwrap_or(i32::MAX))
    }

    /// The number that was promised last.
    pub(super) fn promised(&self) -> i32 {
        i32::try_from(self.places.len()).unwrap_or(i32::MAX)
    }

    /// Writes what a number was promised for: exactly one object.
    pub(super) fn keep(&mut self, id: Ref, write: impl FnOnce(&mut Chunk)) -> io::Result<()> {
        let mut chunk = Chunk::with_settings(Settings { pretty: false });
        write(&mut chunk);
        self.begin_object(id)?;
        self.out.write_all(chunk.as_bytes())
    }

    /// Writes a stream as it is, with what its dictionary says besides the length.
    pub(super) fn stream(&mut self, id: Ref, dictionary: &str, bytes: &[u8]) -> io::Result<()> {
        self.begin_object(id)?;
        let length = bytes.len();
        write!(self.out, "{} 0 obj\n<<{dictionary}/Length {length}>>stream\n", id.get())?;
        self.out.write_all(bytes)?;
        self.out.write_all(b"\nendstream\nendobj\n")
    }

    /// Writes a stream packed, with what its dictionary says of what was packed.
    pub(super) fn packed(&mut self, id: Ref, dictionary: &str, bytes: &[u8]) -> io::Result<()> {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
        packed.write_all(bytes)?;
        self.stream(id, &format!("/Filter/FlateDecode{dictionary}"), &packed.finish()?)
    }

    /// Takes over numbered things that were written elsewhere, and what lies where among them.
    pub(super) fn take(&mut self, bytes: &[u8], places: &[(i32, u64)]) -> io::Result<()> {
        let at = self.out.at();
        for (number, place) in places {
            let index = usize::try_from(*number).unwrap_or_default().saturating_sub(1);
            if index >= self.places.len() {
                self.places.resize(index + 1, None);
            }
            self.places[index] = Some(at + place);
        }
        self.out.write_all(bytes)?;
        self.out.write_all(b"\n")
    }

    fn begin_object(&mut self, id: Ref) -> io::Result<()> {
        let at = self.out.at();
        if at > LARGEST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if let Some(place) = self.places.get_mut(id.get() as usize - 1) {
            *place = Some(at);
        }
        Ok(())
    }

    /// Writes where everything lies.
    pub(super) fn finish(mut self, root: Ref, info: Ref, id: [u8; 16]) -> io::Result<W> {
        let at = self.out.at();
        let size = self.places.len() + 1;
        write!(self.out, "xref\n0 {size}\n0000000000 65535 f \n")?;
        for place in &self.places {
            match place {
                Some(at) => writeln!(self.out, "{at:010} 00000 n ")?,
                None => self.out.write_all(b"0000000000 65535 f \n")?,
            }
        }
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let (root, info) = (root.get(), info.get());
        write!(
            self.out,
            "trailer\n<</Size {size}/Root {root} 0 R/Info {info} 0 R/ID[<{id}><{id}>]>>\n\
             startxref\n{at}\n%%EOF\n"
        )?;
        self.out.flush()?;
        Ok(self.out.into_inner())
    }
}
