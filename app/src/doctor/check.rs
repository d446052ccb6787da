use std::{path::Path, process::ExitCode};

use catalogue::Catalogue;
use storage::Bucket;

use crate::{config::Config, tell};

/// What was found out about one thing.
enum Finding {
    Good(String),
    /// The service runs without it.
    Missing(String),
    Bad(String),
}

/// Tries everything that the service depends on, and says what is wrong.
pub(super) async fn check(config: &Config) -> ExitCode {
    let findings = [
        ("configuration", check_configuration(config)),
        ("data folder", check_folder(config.data())),
        ("database", check_database(config).await),
        ("storage", check_storage(config).await),
        ("decoder", check_walls()),
        (
            "vips",
            check_program("vips", "formats that Recto does not read itself, such as AVIF and HEIC"),
        ),
        ("ffmpeg", check_program("ffmpeg", "audio and video")),
    ];
    let mut is_well = true;
    for (thing, finding) in findings {
        let (mark, text) = match finding {
            Finding::Good(text) => ("ok", text),
            Finding::Missing(text) => ("--", text),
            Finding::Bad(text) => {
                is_well = false;
                ("!!", text)
            }
        };
        tell(&format!("{mark}  {thing:14} {text}"));
    }
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn check_configuration(config: &Config) -> Finding {
    match config.check() {
        Ok(()) => Finding::Good("valid".to_owned()),
        Err(faults) => Finding::Bad(format!("{faults:#}")),
    }
}

fn check_folder(folder: &Path) -> Finding {
    let probe = folder.join(".recto-doctor");
    let tried = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, "probe"))
        .and_then(|()| std::fs::remove_file(&probe));
    match tried {
        Ok(()) => Finding::Good(format!("{} can be written to", folder.display())),
        Err(error) => Finding::Bad(format!("{} can't be written to: {error}", folder.display())),
    }
}

async fn check_database(config: &Config) -> Finding {
    let tried = async {
        let catalogue = Catalogue::open(&config.database, config.data()).await?;
        catalogue.ping().await?;
        catalogue.migrations_pending().await
    };
    match tried.await {
        Ok(pending) if pending.is_empty() => Finding::Good("answers, and is up to date".to_owned()),
        Ok(pending) => Finding::Good(format!(
            "answers; `recto migrate`, or the next start, applies {}",
            pending.join(", ")
        )),
        Err(error) => Finding::Bad(chain(&error)),
    }
}

async fn check_storage(config: &Config) -> Finding {
    let tried = async { Bucket::open(&config.storage, config.data())?.check().await };
    match tried.await {
        Ok(()) => Finding::Good("an object could be written, read and deleted".to_owned()),
        Err(error) => Finding::Bad(chain(&error)),
    }
}

fn check_walls() -> Finding {
    let walls = sandbox::walls();
    match (walls.seccomp, walls.landlock) {
        (true, Some(_)) => Finding::Good(format!("walled in by {walls}")),
        (true, None) => Finding::Missing(walls.to_string()),
        (false, _) => Finding::Bad(walls.to_string()),
    }
}

fn check_program(name: &str, what_for: &str) -> Finding {
    match ingest::find_program(name) {
        Some(path) => Finding::Good(format!("{} reads {what_for}", path.display())),
        None => Finding::Missing(format!("not installed; it would read {what_for}")),
    }
}

/// The error with its causes, for the operator.
fn chain(error: &dyn std::error::Error) -> String {
    let texts = std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string);
    texts.collect::<Vec<_>>().join(": ")
}
