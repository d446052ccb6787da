//! The figures: a table and a plot for people, `results.json` for programs.

use std::{
    fmt::Write,
    fs,
    io::{Write as _, stdout},
};

use anyhow::Result;
use end_to_end::workspace;
use serde_json::Value;

use crate::{goal::Row, machine::machine, plot::plot};

#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<(&'static str, Row)>,
}

impl Report {
    pub(crate) fn add(&mut self, section: &'static str, row: Row) {
        self.rows.push((section, row));
    }

    /// Leaves `target/bench/NAME.{json,md,svg}` and `machine.json`.
    pub(crate) fn write(&self, name: &str) -> Result<()> {
        let folder = workspace().join("target/bench");
        fs::create_dir_all(&folder)?;
        let file = |ending: &str| folder.join(format!("{name}.{ending}"));
        let machine = machine();
        let rows: Value = self.rows.iter().map(|(_, row)| row.json()).collect();
        let table = self.table(&machine)?;
        fs::write(file("json"), format!("{rows:#}\n"))?;
        fs::write(file("md"), &table)?;
        fs::write(file("svg"), plot(self.rows.iter().map(|(_, row)| row)))?;
        fs::write(folder.join("machine.json"), format!("{machine:#}\n"))?;
        stdout().write_all(table.as_bytes())?;
        Ok(())
    }

    fn table(&self, machine: &Value) -> Result<String> {
        let reached = self.rows.iter().filter(|(_, row)| row.is_reached()).count();
        let mut text =
            format!("# Recto beside its peers\n\n{reached} of {} goals.\n\n", self.rows.len());
        text.push_str("| section | work | against | Recto | peer | ratio | goal | |\n");
        text.push_str("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (section, row) in &self.rows {
            let (work, against) = (row.work(), row.against());
            let figure = |it: Option<_>| {
                it.map_or("–".to_owned(), |it: crate::goal::Quantity| it.to_string())
            };
            let (ours, theirs) = (figure(row.ours()), figure(row.theirs()));
            let ratio =
                row.ratio().map_or("none".to_owned(), |it| format!("{it:.2} {}", row.unit()));
            let sign = if row.is_higher_better() { "≥" } else { "≤" };
            let verdict = if row.is_reached() { "reached" } else { "**missed**" };
            let note =
                if row.note().is_empty() { String::new() } else { format!(": {}", row.note()) };
            let wanted = row.wanted();
            writeln!(
                text,
                "| {section} | {work} | {against} | {ours} | {theirs} | {ratio} | {sign} {wanted} | {verdict}{note} |"
            )?;
        }
        text.push_str("\nMeasured on:\n\n");
        for (name, value) in machine.as_object().into_iter().flatten() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            writeln!(text, "- {name}: {value}")?;
        }
        Ok(text)
    }
}
