use std::path::PathBuf;

use clap::{Args, Subcommand};
use management::BookMapping;
use url::Url;

/// Which list is registered, and for whom.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(super) book: Option<BookCommand>,
    /// A table of assets with a header line, as both portals of the DLCS take it.
    #[arg(value_name = "FILE.csv", required = true)]
    pub(super) table: Option<PathBuf>,
    /// The space of rows that name none.
    #[arg(long, value_name = "ID")]
    pub(super) space: Option<u32>,
    #[command(flatten)]
    pub(super) way: Option<Way>,
}

#[derive(Subcommand)]
pub(super) enum BookCommand {
    /// Registers the page images of a METS file.
    Mets(BookArguments),
}

#[derive(Args)]
pub(super) struct BookArguments {
    #[arg(value_name = "FILE.xml")]
    pub(super) file: PathBuf,
    /// The space of the pages.
    #[arg(long, value_name = "ID")]
    pub(super) space: u32,
    /// The address below which the images are, if the file names them relative to itself.
    #[arg(long, value_name = "URL")]
    pub(super) origins: Option<Url>,
    /// What the book is called, if the file doesn't say it.
    #[arg(long, value_name = "TEXT")]
    pub(super) reference: Option<String>,
    /// Which volume it is, if the file doesn't say it; 0 where there is but one.
    #[arg(long, value_name = "NUMBER")]
    pub(super) volume: Option<i64>,
    /// The group of files (`USE`) whose images are meant, if there are several.
    #[arg(long, value_name = "USE")]
    pub(super) group: Option<String>,
    /// What is kept in which field: `reference`, `title`, `volume`, `label` and `order`
    /// [default: string1=reference,number1=volume,string2=label,number2=order]
    #[arg(long = "map", value_name = "FIELD=WHAT,…")]
    pub(super) mapping: Option<BookMapping>,
    #[command(flatten)]
    pub(super) way: Way,
}

/// How it is registered, whatever the list is.
#[derive(Args)]
pub(super) struct Way {
    /// The customer's number or name.
    #[arg(long, value_name = "CUSTOMER")]
    pub(super) customer: String,
    /// How many assets a batch has.
    #[arg(long = "batch", value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) batch_size: u32,
    /// Has them processed before others; images only.
    #[arg(long)]
    pub(super) priority: bool,
    /// Registers again what is there already as the list has it.
    #[arg(long)]
    pub(super) again: bool,
    /// Says what is wrong with the list, or what would be registered.
    #[arg(long)]
    pub(super) dry_run: bool,
}
