//! Other programs, and what the environment says of this run.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use anyhow::{Context, Result, ensure};

/// Runs a program to its end. What it lacks, `tools/install.sh test` installs.
pub fn output_of(command: &mut Command) -> Result<Output> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("{name} is not there: run `make e2e`, which installs it"))?;
    ensure!(
        output.status.success(),
        "{command:?} ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output)
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment what to test")]
pub fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

pub fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The variables that Recto would take for its settings.
#[expect(clippy::disallowed_methods, reason = "what is tested must not depend on who tests it")]
pub(crate) fn settings() -> impl Iterator<Item = String> {
    env::vars().map(|(name, _)| name).filter(|name| name.starts_with("RECTO_"))
}

/// The binary under test: `RECTO_BINARY`, or what cargo built beside this program.
pub(crate) fn recto_binary() -> Result<PathBuf> {
    if let Some(path) = variable("RECTO_BINARY") {
        return Ok(path.into());
    }
    let this = env::current_exe()?;
    let built = this.ancestors().skip(1).map(|folder| folder.join("recto")).find(|p| p.is_file());
    built.context("the binary is not built: run `make e2e`")
}

/// The binary under test, without the settings of whoever runs the tests.
pub fn recto_command() -> Result<Command> {
    let mut command = Command::new(recto_binary()?);
    for name in settings() {
        command.env_remove(name);
    }
    Ok(command)
}
