use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::{output_of, recto::Recto, recto_command, variable};

/// Where a Recto runs: may be started there, killed, and started again.
pub struct Place {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// Where records and bytes are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Keeping {
    pub in_postgres: bool,
    pub on_s3: bool,
}

impl Keeping {
    /// SQLite and a folder: what runs on a laptop.
    pub const SIMPLE: Self = Self { in_postgres: false, on_s3: false };

    /// All that this machine offers; says what is left out.
    pub fn offered() -> Vec<Self> {
        let has_postgres = variable("DATABASE_URL").is_some();
        let has_s3 = variable("RECTO_TEST_S3").is_some();
        let all = [(false, false), (true, false), (false, true), (true, true)]
            .map(|(in_postgres, on_s3)| Self { in_postgres, on_s3 });
        let (offered, missing): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|keeping| keeping.in_postgres <= has_postgres && keeping.on_s3 <= has_s3);
        if !missing.is_empty() {
            eprintln!("not tested, for `tools/services.sh` did not start this run: {missing:?}");
        }
        offered
    }
}

impl Place {
    /// A new folder, a new database, a new prefix in the bucket.
    pub fn new(keeping: Keeping) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("recto-end-to-end.").tempdir()?;
        for name in ["data", "origins", "tmp"] {
            std::fs::create_dir(folder.path().join(name))?;
        }
        let mut place = Self { folder, environment: Vec::new() };
        place.set("RECTO_DATA", place.data().display());
        place.set("RECTO_LOG__FORMAT", "json");
        place.set("TMPDIR", place.temporary().display());
        place.set("RECTO_INGEST__FILE_ORIGINS", format!("[{:?}]", place.origins()));
        let name = unused_name();
        if keeping.in_postgres {
            place.set("RECTO_DATABASE__URL", create_database(&name)?);
        }
        if keeping.on_s3 {
            let endpoint = variable("RECTO_TEST_S3").context("RECTO_TEST_S3 is not set")?;
            place.set("RECTO_STORAGE__URL", format!("s3://recto/{name}"));
            place.set("RECTO_STORAGE__ENDPOINT", endpoint);
            place.set("RECTO_STORAGE__ALLOW_HTTP", true);
            place.set("RECTO_STORAGE__ACCESS_KEY_ID", "test");
            place.set("RECTO_STORAGE__SECRET_ACCESS_KEY", "test");
        }
        Ok(place)
    }

    /// Changes one setting, by its variable.
    pub fn set(&mut self, name: &str, value: impl ToString) {
        self.environment.push((name.to_owned(), value.to_string()));
    }

    /// Copies a file to where file origins may be read from.
    pub fn bring(&self, file: &Path) -> Result<PathBuf> {
        let mut names = file.iter().rev().map(|part| part.to_string_lossy());
        let (name, folder) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
        let copy = self.origins().join(format!("{folder}_{name}"));
        std::fs::copy(file, &copy)?;
        Ok(copy)
    }

    /// `recto serve`, once it is ready.
    pub async fn serve(&self) -> Result<Recto> {
        Recto::start(&["serve"], &self.environment).await
    }

    /// A process with some roles alone: with `management`, what is registered waits.
    pub async fn serve_as(&self, roles: &str) -> Result<Recto> {
        Recto::start(&["serve", "--role", roles], &self.environment).await
    }

    /// `recto demo` with its own samples, once it is ready.
    pub async fn demo(&self) -> Result<Recto> {
        Recto::start(&["demo"], &self.environment).await
    }

    /// `recto images` with these arguments, once it is ready.
    pub async fn images(&self, arguments: &[&str]) -> Result<Recto> {
        Recto::start(&[&["images"], arguments].concat(), &self.environment).await
    }

    /// Any other command, to its end; the status is the caller's to judge.
    pub fn run(&self, arguments: &[&str]) -> Result<Output> {
        Ok(self.prepare(recto_command()?).args(arguments).output()?)
    }

    /// Gives a command the settings that hold here.
    pub fn prepare(&self, mut command: Command) -> Command {
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The database of its own, if it has one on a server.
    pub fn database(&self) -> Option<&str> {
        let mut urls = self.environment.iter().filter(|(name, _)| name == "RECTO_DATABASE__URL");
        Some(urls.next_back()?.1.as_str())
    }

    /// Where in the bucket it keeps things, if it does: `e2e_1_2`.
    pub fn prefix(&self) -> Option<&str> {
        let mut urls = self.environment.iter().filter(|(name, _)| name == "RECTO_STORAGE__URL");
        urls.next_back()?.1.strip_prefix("s3://recto/")
    }

    /// The folder that file origins may be read from.
    pub fn origins(&self) -> PathBuf {
        self.folder.path().join("origins")
    }

    /// What the system's temporary folder is to the server.
    pub fn temporary(&self) -> PathBuf {
        self.folder.path().join("tmp")
    }

    /// The pyramids in the folder storage.
    pub fn pyramids(&self) -> Result<Vec<PathBuf>> {
        let is_big_tiff =
            |path: &PathBuf| std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"II\x2b\0"));
        Ok(files_below(&self.data().join("storage"))?.into_iter().filter(is_big_tiff).collect())
    }

    /// The originals in the folder storage.
    pub fn originals(&self) -> Result<Vec<PathBuf>> {
        let mut found = files_below(&self.data().join("storage"))?;
        found.retain(|path| path.ends_with("original"));
        Ok(found)
    }

    /// What ingestion and drawing left behind, other than what is kept for good, and the sign that a worker lives.
    pub fn leftovers(&self) -> Result<Vec<PathBuf>> {
        let mut found = files_below(&self.temporary())?;
        found.extend(files_below(&self.data().join("scratch"))?);
        found.retain(|path| !path.ends_with("lock"));
        Ok(found)
    }
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => found.extend(files_below(&path)?),
            false => found.push(path),
        }
    }
    Ok(found)
}

fn unused_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("e2e_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn create_database(name: &str) -> Result<String> {
    let server = variable("DATABASE_URL").context("DATABASE_URL is not set")?;
    output_of(Command::new("psql").args([&server, "-qc", &format!("create database {name}")]))?;
    let (root, _) = server.rsplit_once('/').context("DATABASE_URL names no database")?;
    Ok(format!("{root}/{name}"))
}
