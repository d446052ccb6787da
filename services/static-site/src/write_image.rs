use std::{
    collections::{BTreeMap, HashMap, HashSet},
    future::Future,
    pin::Pin,
};

use bytes::Bytes;
use futures_util::{StreamExt, stream::FuturesUnordered};
use iiif::image::{Extent, Format};
use imaging::{Piece, Plan};
use storage::{Growing, Headers, Mark};

use crate::{
    Error, Page, Record, Site,
    cut_image::{Cutting, cut_image},
    layout::Image,
    vanished::record_name,
    wire::Message,
    write_documents::write_document,
};

/// What became of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    pub extent: Extent,
    /// It was there, from the same source and with the same settings.
    pub was_there: bool,
    pub files: u64,
    pub bytes: u64,
}

/// Makes all files of an image, unless they are there. May run twice: its record is written last.
pub(crate) async fn write_image(site: &Site, page: &Page) -> Result<Made, Error> {
    let version = page.source.version().await?;
    let settings = site.settings_of_record();
    let name = record_name(&page.image);
    let record = Record::read(&site.publisher, &name).await?;
    if let Some(record) = &record
        && !site.force
        && record.source == version
        && record.settings == settings
        && (!site.repair || record.broken_files(&site.publisher).await?.is_empty())
    {
        return Ok(made(record, true));
    }
    if record.is_some() {
        site.publisher.delete(&name).await?;
    }
    let cutting = cut_image(page.source.open().await?, &site.settings)?;
    let mut writing = Writing::new(site, page);
    let extent = writing.take_all(cutting).await?;
    // A source that changed while it was read is made again by the next run.
    let record = Record { source: version, settings, extent, files: writing.files };
    record.write(&site.publisher, &name).await?;
    Ok(made(&record, false))
}

fn made(record: &Record, was_there: bool) -> Made {
    Made {
        extent: record.extent,
        was_there,
        files: record.files.len() as u64,
        bytes: record.files.values().map(|mark| mark.bytes).sum(),
    }
}

type Put<'a> = Pin<Box<dyn Future<Output = Result<(String, Mark), Error>> + Send + 'a>>;

/// The files of one image, as they are written.
struct Writing<'a> {
    site: &'a Site,
    page: &'a Page,
    plan: Option<Plan>,
    pieces: HashSet<Piece>,
    /// Of two pieces with one name, as tiles of one pixel can have, the first is kept: that of the larger level.
    names: HashSet<String>,
    puts: FuturesUnordered<Put<'a>>,
    growing: HashMap<u32, Vec<(String, Growing)>>,
    files: BTreeMap<String, Mark>,
}

impl<'a> Writing<'a> {
    fn new(site: &'a Site, page: &'a Page) -> Self {
        Self {
            site,
            page,
            plan: None,
            pieces: HashSet::new(),
            names: HashSet::new(),
            puts: FuturesUnordered::new(),
            growing: HashMap::new(),
            files: BTreeMap::new(),
        }
    }

    async fn take_all(&mut self, mut cutting: Cutting) -> Result<Extent, Error> {
        while let Some(message) = cutting.messages.recv().await {
            match message {
                Message::Opened(extent) if self.plan.is_none() && !extent.is_empty() => {
                    self.plan = Some(Plan::new(extent, &self.site.settings));
                }
                Message::Opened(_) => return Err(nonsense()),
                Message::Piece(piece, bytes) => self.take(piece, bytes.into()).await?,
            }
        }
        cutting.end().await?;
        while let Some(put) = self.puts.next().await {
            self.keep(put?);
        }
        let plan = self.plan.take().ok_or_else(nonsense)?;
        if self.pieces.len() as u64 != plan.piece_count() {
            return Err(nonsense());
        }
        let (name, document) = self.site.layout.image_document(&self.image(&plan));
        let written = write_document(self.site, name.clone(), document).await?;
        self.keep((name, written));
        Ok(plan.extent)
    }

    async fn take(&mut self, piece: Piece, bytes: Bytes) -> Result<(), Error> {
        let plan = self.plan.as_ref().ok_or_else(nonsense)?;
        let names = self.site.layout.names(&self.image(plan), piece).ok_or_else(nonsense)?;
        match piece {
            Piece::Tile { .. } | Piece::Fitted { .. } => {
                if !self.pieces.insert(piece) {
                    return Err(nonsense());
                }
                for name in names {
                    self.put(name, bytes.clone()).await?;
                }
            }
            Piece::WholePart { level } => self.grow(level, names, bytes).await?,
            Piece::WholeEnd { level } => {
                if !self.pieces.insert(piece) {
                    return Err(nonsense());
                }
                self.grow(level, names, bytes).await?;
                for (name, growing) in self.growing.remove(&level).unwrap_or_default() {
                    let finish = async move { Ok((name, growing.finish().await?)) };
                    self.begin_put(Box::pin(finish)).await?;
                }
            }
        }
        Ok(())
    }

    async fn put(&mut self, name: String, bytes: Bytes) -> Result<(), Error> {
        if !self.names.insert(name.clone()) {
            return Ok(());
        }
        let publisher = &self.site.publisher;
        let put = async move {
            let mark = publisher.put(&name, bytes, &headers(&name)).await?;
            Ok((name, mark))
        };
        self.begin_put(Box::pin(put)).await
    }

    /// Waits while too many are under way.
    async fn begin_put(&mut self, put: Put<'a>) -> Result<(), Error> {
        while self.puts.len() >= self.site.puts_at_once() {
            if let Some(put) = self.puts.next().await {
                self.keep(put?);
            }
        }
        self.puts.push(put);
        Ok(())
    }

    /// The next bytes of a whole image.
    async fn grow(&mut self, level: u32, names: Vec<String>, bytes: Bytes) -> Result<(), Error> {
        if !self.growing.contains_key(&level) {
            let mut begun = Vec::new();
            for name in names.into_iter().filter(|name| self.names.insert(name.clone())) {
                let growing = self.site.publisher.begin(&name, &headers(&name)).await?;
                begun.push((name, growing));
            }
            self.growing.insert(level, begun);
        }
        for (_, growing) in self.growing.get_mut(&level).into_iter().flatten() {
            growing.write(bytes.clone()).await?;
        }
        Ok(())
    }

    fn keep(&mut self, (name, mark): (String, Mark)) {
        self.files.insert(name, mark);
    }

    fn image<'b>(&'b self, plan: &'b Plan) -> Image<'b> {
        self.site.image(&self.page.image, plan)
    }
}

/// A picture may be replaced under its name, so it isn't kept forever.
fn headers(name: &str) -> Headers {
    let format = name.rsplit_once('.').and_then(|(_, extension)| Format::from_extension(extension));
    let content_type = format.unwrap_or(Format::Jpg).media_type();
    let cache_control = "public, max-age=86400";
    Headers { content_type, cache_control, is_gzip: false, is_document: false }
}

fn nonsense() -> Error {
    Error::Broken("the child did not make what it was asked for".to_owned())
}
