//! How fast Recto is beside its peers, measured in one run on one machine: `make bench`.
//!
//! Each section is a file: what it promises on top, how it measures below. Peers take turns with Recto on the same
//! pictures and the same requests, and medians are compared. The load comes from the same cores, so read the figures
//! as ratios. What can't be measured is in the table too, with the reason.

mod amount;
mod bring_in;
mod gallery;
mod goal;
mod load;
mod machine;
mod meter;
mod museum;
mod node;
mod pictures;
mod plot;
mod readers;
mod report;
mod sections;
mod visits;

use std::{env, time::Instant};

use anyhow::{Context, Result, ensure};

use crate::{pictures::Pictures, report::Report, sections::SECTIONS};

#[tokio::main]
async fn main() -> Result<()> {
    let only = env::args().nth(1).filter(|name| !name.is_empty());
    let chosen = SECTIONS.iter().filter(|it| only.as_ref().is_none_or(|name| it.name == name));
    let chosen: Vec<_> = chosen.collect();
    let names = || SECTIONS.map(|section| section.name).join(", ");
    ensure!(!chosen.is_empty(), "there are these sections: {}", names());

    let begun = Instant::now();
    let pictures = Pictures::new()?;
    let mut report = Report::default();
    for section in chosen {
        eprintln!("{:4} s  {}", begun.elapsed().as_secs(), section.name);
        let rows = match (section.measure)(&pictures).await {
            Ok(rows) => rows,
            Err(reason) => {
                let reason = format!("{reason:#}");
                (section.goals)().into_iter().map(|goal| goal.missed_for(&reason)).collect()
            }
        };
        for row in rows {
            eprintln!("        {row}");
            report.add(section.name, row);
        }
    }
    eprintln!("{:4} s  done", begun.elapsed().as_secs());
    report.write(only.as_deref().unwrap_or("results")).context("the results can't be written")
}
