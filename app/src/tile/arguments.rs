use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Parser, ValueEnum};
use iiif::Version;
use imaging::TileFormat;
use static_site::{Grouping, Layout, Shard, Theirs};

use crate::{Flags, config::position_in_array};

/// What is made of which images, and where to.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Images, folders, `s3://bucket/prefix`, a list of files (`.txt`), a table that names files (`.csv`), or the address of a
    /// IIIF manifest or collection, as `/iiif-resource/…` of a Recto answers it.
    #[arg(required_unless_present_any = ["task", "follow"])]
    pub(super) inputs: Vec<String>,
    /// A task file of aws-batch-iiif-generator: it says all that is not said here, and sets the layout.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["inputs", "csv", "layout", "objects"])]
    pub(super) task: Option<String>,
    /// Stands in for the source bucket of a task: a folder, or `s3://bucket/prefix`.
    #[arg(long, value_name = "PLACE", requires = "task")]
    pub(super) from: Option<String>,
    /// Where the site is written: a folder, or `s3://bucket/prefix`.
    #[arg(long, value_name = "PLACE", required_unless_present_any = ["task", "follow"])]
    pub(super) to: Option<String>,
    /// The address at which the site will be found.
    #[arg(long, value_name = "URL", required_unless_present_any = ["task", "follow"])]
    pub(super) base_url: Option<String>,
    /// A table with the column `identifier`, and any of `title`, `description`, `file`, `page`; others become metadata.
    #[arg(long, value_name = "FILE")]
    pub(super) csv: Option<String>,
    /// Which files are made, and how they are called.
    #[arg(long, value_enum, default_value_t = LayoutName::Iiif3)]
    pub(super) layout: LayoutName,
    /// What gets a manifest, where no table says it.
    #[arg(long, value_enum, default_value_t = ObjectsAre::Folders)]
    pub(super) objects: ObjectsAre,
    /// What the collection is called.
    #[arg(long, default_value = "All objects")]
    pub(super) title: String,
    /// Adds a page, `index.html`, that lists the objects and shows them.
    #[arg(long, conflicts_with = "task")]
    pub(super) viewer: bool,
    /// The side of a tile, a multiple of 16.
    #[arg(long, value_name = "PIXELS", default_value_t = 512)]
    pub(super) tile_size: u32,
    /// Of tiles and whole images, 1 to 100.
    #[arg(long, default_value_t = 80)]
    pub(super) quality: u8,
    /// What tiles are encoded in; whole images are always JPEG.
    #[arg(long, value_enum, default_value_t = Format::Jpg)]
    pub(super) format: Format,
    /// The longest edge of whole images; larger ones are there in tiles alone.
    #[arg(long, value_name = "PIXELS")]
    pub(super) largest: Option<u32>,
    /// How many images are cut at the same time; one on each core, if not given.
    #[arg(long, value_name = "N")]
    pub(super) workers: Option<usize>,
    /// Makes a part of the objects: `0/8` is the first of eight. Array jobs of AWS Batch, Slurm and Kubernetes know
    /// theirs by themselves.
    #[arg(long, value_name = "I/N")]
    shard: Option<String>,
    /// How many shards there are: with `--enqueue`, and where the environment tells the number of this one alone (Kubernetes).
    #[arg(long, value_name = "N", conflicts_with = "shard")]
    pub(super) shards: Option<u64>,
    /// Leaves the work to the processes with the role `tiling` that share the database; folders must be theirs, too.
    #[arg(long, conflicts_with_all = ["shard", "check", "prune", "report"])]
    pub(super) enqueue: bool,
    /// Shows how far work is that was left so, until it is done.
    #[arg(long, value_name = "ID", exclusive = true)]
    pub(super) follow: Option<String>,
    /// Looks whether all is there and intact, and changes nothing.
    #[arg(long, conflicts_with_all = ["force", "repair"])]
    pub(super) check: bool,
    /// Makes again what is missing or damaged, which takes reading all of the site.
    #[arg(long)]
    pub(super) repair: bool,
    /// Makes everything again.
    #[arg(long)]
    pub(super) force: bool,
    /// Removes from the site what is no longer among the inputs; without it that is told.
    #[arg(long, conflicts_with_all = ["check", "shard", "shards"])]
    pub(super) prune: bool,
    /// Writes what was done to this file, in JSON.
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum LayoutName {
    /// Level 0 of Image API 3, with manifests of Presentation 3.
    Iiif3,
    /// Level 0 of Image API 2, with manifests of Presentation 2.
    Iiif2,
    /// That of aws-batch-iiif-generator, as a task file gives it.
    Theirs,
    /// Deep Zoom: tiles and `.dzi` files.
    Dzi,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ObjectsAre {
    /// The images of a folder are the pages of an object.
    Folders,
    /// Every image is an object.
    Images,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Format {
    Jpg,
    Webp,
    Avif,
}

/// What follows `recto tile`, where no command line is.
#[derive(Parser)]
#[command(name = "recto tile")]
struct Spoken {
    #[command(flatten)]
    arguments: Arguments,
    #[command(flatten)]
    _flags: Flags,
}

impl Arguments {
    /// Reads what was said to somebody else, who left it to us.
    pub(super) fn read(said: &[String]) -> anyhow::Result<Self> {
        let said = std::iter::once("recto tile").chain(said.iter().map(String::as_str));
        let Spoken { arguments, .. } = Spoken::try_parse_from(said)?;
        Ok(Self { enqueue: false, ..arguments })
    }

    /// What must be found by those to whom it is left: their folders are not ours, unless they are told which.
    pub(super) fn check_places(&self) -> anyhow::Result<()> {
        let single = [&self.task, &self.from, &self.to, &self.csv].into_iter().flatten();
        for place in self.inputs.iter().chain(single) {
            anyhow::ensure!(
                place.contains("://") || Path::new(place).is_absolute(),
                "{place}: say where it is from the root on, for those who do the work stand elsewhere"
            );
        }
        Ok(())
    }

    /// As it is said here, else as the environment of an array job says it.
    pub(super) fn shard(&self) -> anyhow::Result<Option<Shard>> {
        if let Some(shard) = &self.shard {
            return Ok(Some(shard.parse()?));
        }
        let Some((index, count)) = position_in_array() else {
            anyhow::ensure!(
                self.shards.is_none(),
                "--shards counts jobs, but the environment does not say which one this is: use --shard I/N"
            );
            return Ok(None);
        };
        let count = self.shards.or(count);
        let count =
            count.context("this is an indexed job: say how many there are with --shards N")?;
        Ok(Some(Shard::new(index, count)?))
    }
}

impl LayoutName {
    pub(super) fn layout(self) -> Layout {
        match self {
            Self::Iiif3 => Layout::Iiif(Version::V3),
            Self::Iiif2 => Layout::Iiif(Version::V2),
            Self::Theirs => Layout::Theirs(Theirs::default()),
            Self::Dzi => Layout::DeepZoom,
        }
    }
}

impl ObjectsAre {
    pub(super) fn grouping(self) -> Grouping {
        match self {
            Self::Folders => Grouping::Folder,
            Self::Images => Grouping::Image,
        }
    }
}

impl Format {
    pub(super) fn tiles(self) -> TileFormat {
        match self {
            Self::Jpg => TileFormat::Jpg,
            Self::Webp => TileFormat::Webp,
            Self::Avif => TileFormat::Avif,
        }
    }
}
