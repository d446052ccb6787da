//! A promise, and what became of it.

use std::fmt;

use serde_json::{Value, json};

/// What was measured, in the unit that people read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Quantity {
    PerSecond(f64),
    Milliseconds(f64),
    Megabytes(f64),
    Percent(f64),
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
        let (mine, theirs) = (ours.number(), theirs.map_or(1.0, Quantity::number));
        let is_less_better = !matches!(ours, Quantity::PerSecond(_));
        let ratio = match self.is_higher_better() && is_less_better {
            true => theirs / mine,
            false => mine / theirs,
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
        write!(out, "{verdict}: {work}: {ratio:.2} {unit} (goal {wanted})")?;
        match self.theirs() {
            Some(theirs) => write!(out, ": {ours}; {}: {theirs}", self.against()),
            None => Ok(()),
        }
    }
}

impl Quantity {
    fn number(self) -> f64 {
        let (Self::PerSecond(number)
        | Self::Milliseconds(number)
        | Self::Megabytes(number)
        | Self::Percent(number)
        | Self::Each(number)) = self;
        number
    }

    fn unit(self) -> &'static str {
        match self {
            Self::PerSecond(_) => "/s",
            Self::Milliseconds(_) => "ms",
            Self::Megabytes(_) => "MB",
            Self::Percent(_) => "%",
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
        let text = format!("{number:.digits$} {unit}");
        out.write_str(text.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_answers_and_less_time_are_both_better() {
        let faster = || Goal::at_least(2.0, "work", "peer");
        let rate = faster().measured(Quantity::PerSecond(300.0), Quantity::PerSecond(100.0));
        let time = faster().measured(Quantity::Milliseconds(10.0), Quantity::Milliseconds(30.0));
        for row in [rate, time] {
            assert_eq!(row.ratio(), Some(3.0), "{row}");
            assert!(row.is_reached(), "{row}");
        }
    }

    #[test]
    fn what_should_stay_within_a_factor_is_ours_by_theirs() {
        let goal = Goal::within(1.3, "work", "peer");
        let row = goal.measured(Quantity::Megabytes(140.0), Quantity::Megabytes(100.0));
        assert_eq!((row.ratio(), row.is_reached()), (Some(1.4), false));
    }

    #[test]
    fn what_has_no_figure_is_missed_for_a_reason() {
        let row = Goal::at_most(60.0, "work").missed_for("it | is\nabsent").json();
        assert_eq!((&row["ratio"], &row["ok"]), (&Value::Null, &json!(false)));
        assert_eq!(row["note"], "it   is absent");
    }
}
