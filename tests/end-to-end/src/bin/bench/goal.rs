//! A promise, and what became of it.

use std::fmt;

use serde_json::{Value, json};

/// What was measured, in the unit that people read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Quantity {
    PerSecond(f64),
    Milliseconds(f64),
    Megabytes(f64),
    Each(f64),
}

/// What Recto does, what it is held against, and how it should come off.
pub(crate) struct Goal {
    work: String,
    against: String,
    wanted: Wanted,
}

#[derive(Clone, Copy)]
enum Wanted {
    /// Recto does so many times as well.
    AtLeast(f64),
    /// Recto needs no more than so many times as much.
    Within(f64),
    /// Recto needs no more than this, in the quantity's unit.
    AtMost(f64),
}

/// A line of the table.
pub(crate) struct Row {
    goal: Goal,
    measured: Option<(Quantity, Option<Quantity>)>,
    note: String,
}

impl Goal {
    pub(crate) fn at_least(factor: f64, work: impl Into<String>, against: &str) -> Self {
        Self { work: work.into(), against: against.to_owned(), wanted: Wanted::AtLeast(factor) }
    }

    pub(crate) fn within(factor: f64, work: impl Into<String>, against: &str) -> Self {
        Self { work: work.into(), against: against.to_owned(), wanted: Wanted::Within(factor) }
    }

    pub(crate) fn at_most(number: f64, work: impl Into<String>) -> Self {
        Self { work: work.into(), against: "–".to_owned(), wanted: Wanted::AtMost(number) }
    }

    pub(crate) fn measured(self, ours: Quantity, theirs: Quantity) -> Row {
        Row { goal: self, measured: Some((ours, Some(theirs))), note: String::new() }
    }

    pub(crate) fn measured_alone(self, ours: Quantity) -> Row {
        Row { goal: self, measured: Some((ours, None)), note: String::new() }
    }

    pub(crate) fn missed_for(self, reason: &str) -> Row {
        Row { goal: self, measured: None, note: reason.replace(['\n', '|'], " ") }
    }
}

impl Row {
    pub(crate) fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    pub(crate) fn work(&self) -> &str {
        &self.goal.work
    }

    pub(crate) fn against(&self) -> &str {
        &self.goal.against
    }

    pub(crate) fn note(&self) -> &str {
        &self.note
    }

    pub(crate) fn ours(&self) -> Option<Quantity> {
        Some(self.measured?.0)
    }

    pub(crate) fn theirs(&self) -> Option<Quantity> {
        self.measured?.1
    }

    /// Ours by theirs, or theirs by ours where less is better and a factor is wanted; the figure itself if we're alone.
    pub(crate) fn ratio(&self) -> Option<f64> {
        let (ours, theirs) = self.measured?;
        let (o, t) = (ours.number(), theirs.map_or(1.0, Quantity::number));
        let is_advantage = matches!(self.goal.wanted, Wanted::AtLeast(_));
        let ratio = match ours {
            Quantity::PerSecond(_) => o / t,
            Quantity::Milliseconds(_) | Quantity::Megabytes(_) | Quantity::Each(_)
                if is_advantage =>
            {
                t / o
            }
            Quantity::Milliseconds(_) | Quantity::Megabytes(_) | Quantity::Each(_) => o / t,
        };
        Some((ratio * 1000.0).round() / 1000.0)
    }

    pub(crate) fn wanted(&self) -> f64 {
        let (Wanted::AtLeast(number) | Wanted::Within(number) | Wanted::AtMost(number)) =
            self.goal.wanted;
        number
    }

    pub(crate) fn is_higher_better(&self) -> bool {
        matches!(self.goal.wanted, Wanted::AtLeast(_))
    }

    pub(crate) fn is_reached(&self) -> bool {
        self.ratio().is_some_and(|ratio| match self.is_higher_better() {
            true => ratio >= self.wanted(),
            false => ratio <= self.wanted(),
        })
    }

    /// `×`, or the unit of a figure that stands alone.
    pub(crate) fn unit(&self) -> &'static str {
        match (self.goal.wanted, self.ours()) {
            (Wanted::AtMost(_), Some(ours)) => ours.unit(),
            (Wanted::AtMost(_), None) => "",
            (Wanted::AtLeast(_) | Wanted::Within(_), _) => "×",
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "work": self.work(),
            "against": self.against(),
            "ratio": self.ratio(),
            "goal": self.wanted(),
            "ok": self.is_reached(),
            "better": if self.is_higher_better() { "higher" } else { "lower" },
            "unit": self.unit(),
            "ours": self.ours().map(|it| it.to_string()),
            "theirs": self.theirs().map(|it| it.to_string()),
            "note": self.note(),
        })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_reached() { "reached" } else { "MISSED" };
        let (Some(ratio), Some(ours)) = (self.ratio(), self.ours()) else {
            return write!(out, "{verdict}: {} (no figure: {})", self.work(), self.note());
        };
        let (work, unit, wanted) = (self.work(), self.unit(), self.wanted());
        write!(out, "{verdict}: {work}: {ratio:.2} {unit} (goal {wanted}), {ours}")?;
        match self.theirs() {
            Some(theirs) => write!(out, "; {}: {theirs}", self.against()),
            None => Ok(()),
        }
    }
}

impl Quantity {
    fn number(self) -> f64 {
        let (Self::PerSecond(number)
        | Self::Milliseconds(number)
        | Self::Megabytes(number)
        | Self::Each(number)) = self;
        number
    }

    fn unit(self) -> &'static str {
        match self {
            Self::PerSecond(_) => "/s",
            Self::Milliseconds(_) => "ms",
            Self::Megabytes(_) => "MB",
            Self::Each(_) => "",
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = (self.number(), self.unit());
        let digits = if number >= 100.0 {
            0
        } else if number >= 10.0 {
            1
        } else {
            2
        };
        write!(out, "{number:.digits$} {unit}")
    }
}
