//! What the operator can set, and the only reader of files and environment.
//!
//! Each section is a struct beside the code that it configures; here they are composed. Settings come, later ones
//! winning, from the defaults, the file given by `--config`, variables such as `RECTO_SERVER__PUBLIC_URL`, and flags.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::server_urls::ServerConfig;

/// Everything the operator can set. `Config::default()` runs on a laptop.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// The folder for everything that Recto keeps itself; `recto-data` here, if not set.
    pub(crate) data: DataFolder,
    pub(crate) server: ServerConfig,
    pub(crate) log: LogConfig,
    pub(crate) database: catalogue::DatabaseConfig,
    pub(crate) storage: storage::StorageConfig,
    pub(crate) derivatives: storage::DerivativesConfig,
    pub(crate) ingest: ingest::IngestConfig,
    pub(crate) delivery: delivery::DeliveryConfig,
    pub(crate) management: management::ManagementConfig,
    pub(crate) events: events::EventsConfig,
    pub(crate) images: delivery::ImagesConfig,
    /// What `recto images` shows: `[profiles.NAME]`.
    pub(crate) profiles: BTreeMap<String, ingest::ProfileConfig>,
}

/// A folder that has a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct DataFolder(pub(crate) PathBuf);

impl Default for DataFolder {
    fn default() -> Self {
        Self("recto-data".into())
    }
}

/// What is written to the log (standard error), and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LogConfig {
    /// `human` or `json`.
    pub(crate) format: LogFormat,
    /// What is logged: a level, or a list such as `info,delivery=debug`.
    pub(crate) filter: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Human,
    Json,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Human, filter: "info".to_owned() }
    }
}

const PREFIX: &str = "RECTO_";

impl Config {
    /// Reads the file, if one is given, and the environment.
    pub(crate) fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let text = match file {
            Some(path) => std::fs::read_to_string(path)
                .with_context(|| format!("the configuration {} can't be read", path.display()))?,
            None => String::new(),
        };
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        let environment = std::env::vars().filter(|(name, _)| is_setting(name));
        Self::parse(&text, environment).with_context(|| match file {
            Some(path) => format!("the configuration {} is not valid", path.display()),
            None => "the configuration is not valid".to_owned(),
        })
    }

    fn parse(
        text: &str,
        environment: impl Iterator<Item = (String, String)>,
    ) -> anyhow::Result<Self> {
        let mut table: Table = text.parse()?;
        for (name, value) in environment {
            set(&mut table, &name, &value).with_context(|| format!("the variable {name}"))?;
        }
        Ok(table.try_into()?)
    }

    /// Everything that is wrong although it could be read, all at once.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let faults = [
            self.server.faults(),
            self.database.faults(),
            self.storage.faults(),
            self.delivery.faults(),
            self.management.faults(),
            self.ingest.faults(),
            self.events.faults(),
            self.images.faults(),
            self.profiles.iter().flat_map(|(name, profile)| profile.faults(name)).collect(),
        ]
        .concat();
        match faults.is_empty() {
            true => Ok(()),
            false => bail!("{}", faults.join("\n")),
        }
    }

    /// The folder for everything that Recto keeps itself.
    pub(crate) fn data(&self) -> &Path {
        &self.data.0
    }
}

/// Other variables with our prefix, such as those of the Makefile, are none of ours.
fn is_setting(name: &str) -> bool {
    name.starts_with(PREFIX) && (name.contains("__") || name == "RECTO_DATA")
}

/// Puts the value of `RECTO_SECTION__KEY` into its section.
fn set(table: &mut Table, name: &str, text: &str) -> anyhow::Result<()> {
    let path = name.trim_start_matches(PREFIX).to_ascii_lowercase();
    let mut parts = path.split("__").collect::<Vec<_>>();
    let Some(key) = parts.pop().filter(|key| !key.is_empty()) else {
        bail!("names no setting");
    };
    let mut section = table;
    for part in parts {
        let value = section.entry(part).or_insert_with(|| Value::Table(Table::new()));
        section = value.as_table_mut().with_context(|| format!("{part} is not a section"))?;
    }
    section.insert(key.to_owned(), typed(text));
    Ok(())
}

/// Numbers, truth values and lists as TOML writes them; anything else is text.
fn typed(text: &str) -> Value {
    let parsed = format!("value = {text}").parse::<Table>();
    match parsed.ok().and_then(|mut table| table.remove("value")) {
        Some(value) if !matches!(value, Value::Datetime(_)) => value,
        _ => Value::String(text.to_owned()),
    }
}

/// Which of several equal jobs this process is, counted from 0, and of how many if that is said: array jobs of
/// AWS Batch and Slurm, indexed jobs of Kubernetes.
pub(crate) fn position_in_array() -> Option<(u64, Option<u64>)> {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    position(number)
}

fn position(number: impl Fn(&str) -> Option<u64>) -> Option<(u64, Option<u64>)> {
    if let Some(index) = number("AWS_BATCH_JOB_ARRAY_INDEX") {
        return Some((index, number("AWS_BATCH_JOB_ARRAY_SIZE")));
    }
    if let Some(id) = number("SLURM_ARRAY_TASK_ID") {
        // Slurm counts from wherever it is told, in steps.
        let first = number("SLURM_ARRAY_TASK_MIN").unwrap_or(0);
        let step = number("SLURM_ARRAY_TASK_STEP").unwrap_or(1).max(1);
        return Some((id.saturating_sub(first) / step, number("SLURM_ARRAY_TASK_COUNT")));
    }
    number("JOB_COMPLETION_INDEX").map(|index| (index, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn array_jobs_are_counted_from_zero() {
        for (said, expected) in [
            (&[][..], None),
            (
                &[("AWS_BATCH_JOB_ARRAY_INDEX", 3), ("AWS_BATCH_JOB_ARRAY_SIZE", 8)],
                Some((3, Some(8))),
            ),
            (&[("JOB_COMPLETION_INDEX", 2)], Some((2, None))),
            (
                &[
                    ("SLURM_ARRAY_TASK_ID", 9),
                    ("SLURM_ARRAY_TASK_MIN", 1),
                    ("SLURM_ARRAY_TASK_STEP", 2),
                    ("SLURM_ARRAY_TASK_COUNT", 5),
                ],
                Some((4, Some(5))),
            ),
        ] {
            let number =
                |name: &str| said.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
            assert_eq!(position(number), expected, "{said:?}");
        }
    }

    fn parse(text: &str, environment: &[(&str, &str)]) -> anyhow::Result<Config> {
        let pairs = environment.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        Config::parse(text, pairs)
    }

    #[test]
    fn an_empty_file_is_valid() {
        assert_eq!(parse("", &[]).unwrap(), Config::default());
        Config::default().check().unwrap();
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        for (text, environment) in [
            ("[derivatives]\nmax_byte = 1", &[][..]),
            ("", &[("RECTO_DERIVATIVES__MAX_BYTE", "1")]),
        ] {
            let error = format!("{:#}", parse(text, environment).unwrap_err());
            assert!(error.contains("max_byte"), "{error}");
        }
    }

    #[test]
    fn variables_win_over_the_file() {
        let config = parse(
            "[server]\nlisten = \"127.0.0.1:1\"\n[ingest]\nworkers = 1",
            &[
                ("RECTO_SERVER__LISTEN", "127.0.0.1:2"),
                ("RECTO_INGEST__WORKERS", "7"),
                ("RECTO_INGEST__FILE_ORIGINS", "[\"/scans\"]"),
                ("RECTO_INGEST__FULL_CHROMA", "true"),
            ],
        )
        .unwrap();
        assert_eq!(config.server.listen, "127.0.0.1:2");
        assert_eq!(config.ingest.workers, 7);
        assert_eq!(config.ingest.file_origins, [PathBuf::from("/scans")]);
        assert!(config.ingest.full_chroma);
    }

    #[test]
    fn only_variables_that_name_a_section_are_settings() {
        for (name, expected) in [
            ("RECTO_DATA", true),
            ("RECTO_SERVER__LISTEN", true),
            ("RECTO_TOOLS", false),
            ("SERVER__LISTEN", false),
        ] {
            assert_eq!(is_setting(name), expected, "{name}");
        }
    }

    #[test]
    fn what_is_in_force_can_be_read_again() {
        let config = Config::default();
        let text = toml::to_string(&config).unwrap();
        assert_eq!(parse(&text, &[]).unwrap(), config, "{text}");
    }
}
