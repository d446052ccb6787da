use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::Context;
use bindery::{Archive, Bookmark, Pdf, Transcript};
use bytes::Bytes;
use tokio::{sync::mpsc, task::JoinHandle};

/// A file that is written by a thread of its own.
pub(super) struct Binding {
    pieces: mpsc::Sender<Piece>,
    thread: JoinHandle<anyhow::Result<u64>>,
}

/// What is written next.
pub(super) enum Piece {
    Picture {
        name: String,
        label: Option<String>,
        jpeg: Bytes,
        /// A picture in an archive has none.
        transcript: Option<Transcript>,
    },
    /// A page that says something; an archive has none.
    Notice {
        text: String,
        label: Option<String>,
    },
    /// A file whose bytes come by and by; a PDF takes none.
    File(String),
    More(Bytes),
}

/// What is written to.
pub(super) enum Volume {
    Pdf(Box<Pdf<BufWriter<File>>>, Vec<Bookmark>),
    Zip(Box<Archive<BufWriter<File>>>),
}

/// So many pieces wait to be written: what is read faster waits before it is read.
const AHEAD: usize = 2;

/// A new file, written in pieces worth writing.
pub(super) fn create(path: &Path) -> anyhow::Result<BufWriter<File>> {
    let file = File::create(path).context("the file can't be made")?;
    Ok(BufWriter::with_capacity(1 << 18, file))
}

impl Binding {
    pub(super) fn begin(mut volume: Volume) -> Self {
        let (pieces, mut receive) = mpsc::channel(AHEAD);
        let thread = tokio::task::spawn_blocking(move || {
            while let Some(piece) = receive.blocking_recv() {
                volume.add(piece)?;
            }
            volume.finish()
        });
        Self { pieces, thread }
    }

    /// Adds a piece; `false` if nothing can be written any more, and [`Self::finish`] tells why.
    pub(super) async fn add(&self, piece: Piece) -> bool {
        self.pieces.send(piece).await.is_ok()
    }

    /// Ends the file; returns how many pages it has.
    pub(super) async fn finish(self) -> anyhow::Result<u64> {
        drop(self.pieces);
        self.thread.await.context("the writing was interrupted")?
    }
}

impl Volume {
    fn add(&mut self, piece: Piece) -> anyhow::Result<()> {
        match (self, piece) {
            (Self::Pdf(pdf, _), Piece::Picture { label, jpeg, transcript, .. }) => {
                pdf.add_picture(&jpeg, transcript.as_ref(), label)?;
            }
            (Self::Pdf(pdf, _), Piece::Notice { text, label }) => pdf.add_text(&text, label)?,
            (Self::Pdf(..), Piece::File(_) | Piece::More(_))
            | (Self::Zip(_), Piece::Notice { .. }) => {}
            (Self::Zip(zip), Piece::Picture { name, jpeg, .. }) => zip.add(&name, &jpeg)?,
            (Self::Zip(zip), Piece::File(name)) => zip.begin(&name)?,
            (Self::Zip(zip), Piece::More(bytes)) => zip.write_all(&bytes)?,
        }
        Ok(())
    }

    fn finish(self) -> anyhow::Result<u64> {
        let (file, pages) = match self {
            Self::Pdf(pdf, bookmarks) => {
                let pages = pdf.page_count() as u64;
                (pdf.finish(&bookmarks)?, pages)
            }
            Self::Zip(zip) => (zip.finish()?, 0),
        };
        file.into_inner().context("the file can't be written")?;
        Ok(pages)
    }
}
