//! `recto import`: registers what a table or a METS file lists, in batches.
//!
//! A list is checked as a whole before anything of it is registered. Whoever interrupts an import runs it again: what is
//! there already is left alone.

mod arguments;

use std::{path::Path, process::ExitCode};

use anyhow::Context;
use catalogue::{Batch, Catalogue, Priority};
use indicatif::{ProgressBar, ProgressStyle};
use lists::{Book, Fault, Table};
use management::{BookSettings, Entry, ImportError, of_book, of_table};
use url::Url;

use crate::{
    assemble::{Parts, Role},
    config::Config,
    tell,
};

pub(crate) use arguments::Arguments;
use arguments::{BookArguments, BookCommand, Way};

pub(crate) async fn run(config: Config, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let (file, read, way) = match arguments {
        Arguments { book: Some(BookCommand::Mets(book)), .. } => {
            (book.file.clone(), read_book(&book)?, book.way)
        }
        Arguments { table: Some(table), space, way: Some(way), book: None } => {
            (table.clone(), read_table(&table, space)?, way)
        }
        Arguments { .. } => anyhow::bail!("name a table, or `mets` and a file"),
    };
    match read {
        Ok(entries) => import(config, &file, entries, &way).await,
        Err(faults) => {
            let faults: Vec<_> = faults.iter().map(Fault::to_string).collect();
            Ok(refuse(&file, &faults))
        }
    }
}

fn read_table(file: &Path, space: Option<u32>) -> anyhow::Result<Result<Vec<Entry>, Vec<Fault>>> {
    let table = Table::parse(&bytes_of(file)?).map_err(|fault| vec![fault]);
    Ok(table.and_then(|table| of_table(&table, space)))
}

fn read_book(arguments: &BookArguments) -> anyhow::Result<Result<Vec<Entry>, Vec<Fault>>> {
    let bytes = bytes_of(&arguments.file)?;
    let settings = BookSettings {
        space: arguments.space,
        origins: arguments.origins.clone().map(as_folder),
        reference: arguments.reference.clone(),
        volume: arguments.volume,
        mapping: arguments.mapping.clone().unwrap_or_default(),
    };
    let book = Book::read(&bytes, arguments.group.as_deref()).map_err(|fault| vec![fault]);
    Ok(book.and_then(|book| of_book(&book, &settings)))
}

fn bytes_of(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{} can't be read", file.display()))
}

/// What is joined to an address replaces what follows its last slash.
fn as_folder(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}

async fn import(
    config: Config,
    file: &Path,
    entries: Vec<Entry>,
    way: &Way,
) -> anyhow::Result<ExitCode> {
    let parts = Parts::assemble(config, vec![Role::Management]).await?;
    let outcome = register(&parts, entries, way).await;
    parts.settle().await?;
    let Err(error) = outcome else { return Ok(ExitCode::SUCCESS) };
    match error.downcast()? {
        ImportError::Faults(faults) => Ok(refuse(file, &faults)),
        failed @ ImportError::Failed(_) => Err(failed.into()),
    }
}

async fn register(parts: &Parts, entries: Vec<Entry>, way: &Way) -> anyhow::Result<()> {
    let management = parts.management();
    let customer = customer(&parts.catalogue, &way.customer).await?;
    let priority = if way.priority { Priority::Priority } else { Priority::Normal };
    let draft = management.draft(customer, entries, priority, way.again).await?;
    let (count, unchanged) = (draft.count(), draft.unchanged());
    if way.dry_run {
        tell(&format!("{count} assets would be registered, {unchanged} are there already"));
        return Ok(());
    }
    let bar = ProgressBar::new(count as u64);
    let template = "{bar:30} {pos} of {len} assets, {per_sec}, {eta} left";
    bar.set_style(ProgressStyle::with_template(template)?);
    let heard = |batch: &Batch| {
        bar.suspend(|| tell(&format!("batch {}: {} assets", batch.id, batch.count)));
        bar.inc(batch.count);
    };
    let registered = management.register(&draft, way.batch_size as usize, heard).await;
    bar.finish_and_clear();
    registered?;
    tell(&format!("{count} assets registered, {unchanged} were there already"));
    Ok(())
}

/// By number, or by name.
async fn customer(catalogue: &Catalogue, text: &str) -> anyhow::Result<u32> {
    let found = match text.parse() {
        Ok(id) => catalogue.customer(id).await?,
        Err(_) => catalogue.customer_by_name(text).await?,
    };
    Ok(found.with_context(|| format!("there is no customer {text:?}"))?.id)
}

/// Says what is wrong with the list; nothing of it was registered.
fn refuse(file: &Path, faults: &[String]) -> ExitCode {
    for fault in faults {
        eprintln!("{}, {fault}", file.display());
    }
    eprintln!("recto: nothing was registered: the list has {} faults", faults.len());
    ExitCode::FAILURE
}
