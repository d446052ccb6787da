//! Medians, and what a program takes.

use std::{
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use end_to_end::peak_memory;

use crate::goal::{Goal, Quantity, Row};

/// What Recto and a peer showed in turn; the medians count, so that one hiccup of the machine doesn't.
#[derive(Default)]
pub(crate) struct Duel {
    ours: Vec<f64>,
    theirs: Vec<f64>,
}

impl Duel {
    pub(crate) fn add(&mut self, ours: f64, theirs: f64) {
        self.ours.push(ours);
        self.theirs.push(theirs);
    }

    pub(crate) fn row(&self, goal: Goal, quantity: fn(f64) -> Quantity) -> Row {
        goal.measured(quantity(median(&self.ours)), quantity(median(&self.theirs)))
    }
}

pub(crate) fn median(numbers: &[f64]) -> f64 {
    quantile(numbers, 0.5)
}

pub(crate) fn quantile(numbers: &[f64], part: f64) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1) as f64;
    sorted.get((last * part).round() as usize).copied().unwrap_or(f64::NAN)
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// What a job took.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    pub(crate) time: Duration,
    pub(crate) peak_memory: u64,
}

/// How often memory is looked at. The kernel keeps the peak, so only what grows in a process's last moment is missed.
pub(crate) const GLANCE: Duration = Duration::from_millis(2);

/// Runs a program to its end.
pub(crate) fn effort_of(command: &mut Command) -> Result<Effort> {
    let name = command.get_program().to_string_lossy().into_owned();
    let begun = Instant::now();
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = child.with_context(|| format!("{name} is not there"))?;
    let mut peak = 0;
    let status = loop {
        peak = peak.max(peak_memory(child.id()).unwrap_or_default());
        match child.try_wait()? {
            Some(status) => break status,
            None => sleep(GLANCE),
        }
    };
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(Effort { time: begun.elapsed(), peak_memory: peak })
}
