//! How much is measured.

use anyhow::{Context, Result};
use end_to_end::variable;

/// What a variable says, or else what is usual.
pub(crate) fn amount(name: &str, usual: usize) -> Result<usize> {
    let Some(text) = variable(name) else { return Ok(usual) };
    let number = text.parse().ok().filter(|number| *number > 0);
    number.with_context(|| format!("{name} is {text:?}: say a whole number above 0, in digits"))
}
