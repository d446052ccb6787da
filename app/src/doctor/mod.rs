//! `recto doctor`: tries everything that the service depends on; `--deep` reads back everything that is kept.
//!
//! - `check` is the first, `deep` the second.

mod check;
mod deep;

use std::process::ExitCode;

use crate::config::Config;

pub(crate) use deep::Arguments;

pub(crate) async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if arguments.deep {
        deep::inspect(config, arguments).await
    } else {
        Ok(check::check(config).await)
    }
}
