use std::{
    fs::{File, Permissions},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::Command,
};

use anyhow::{Context, Result, ensure};
use end_to_end::output_of;
use rustix::process::geteuid;
use tempfile::TempDir;

use super::story::free_port;

/// A PostgreSQL of its own, which can be struck down.
pub(super) struct Postgres {
    folder: TempDir,
    port: u16,
}

impl Postgres {
    pub(super) fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("recto-postgres.").tempdir()?;
        let postgres = Self { folder, port: free_port()? };
        // Its user passes through, and owns what is below.
        std::fs::set_permissions(postgres.folder.path(), Permissions::from_mode(0o711))?;
        std::fs::create_dir(postgres.data())?;
        if geteuid().is_root() {
            output_of(Command::new("chown").arg("postgres").arg(postgres.data()))?;
        }
        let options =
            ["-U", "recto", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"];
        output_of(postgres.command("initdb")?.args(options))?;
        postgres.rise()?;
        Ok(postgres)
    }

    pub(super) fn url(&self) -> String {
        format!("postgres://recto@127.0.0.1:{}/postgres", self.port)
    }

    /// As by a failure of power, but for the disk, which keeps what it was told.
    pub(super) fn strike(&self) -> Result<()> {
        output_of(self.command("pg_ctl")?.args(["-m", "immediate", "-w", "stop"]))?;
        Ok(())
    }

    pub(super) fn rise(&self) -> Result<()> {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300",
            self.port,
            self.data().display()
        );
        // It goes on after `pg_ctl` has ended, so it must not hold our ends of its pipes.
        let log = File::create(self.folder.path().join("log"))?;
        let mut start = self.command("pg_ctl")?;
        start.args(["-w", "start", "-o", &options]).stdout(log.try_clone()?).stderr(log);
        let log = || std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        ensure!(start.status()?.success(), "PostgreSQL does not start: {}", log());
        Ok(())
    }

    /// The rows that a question is answered by, one to a line.
    pub(super) fn ask(&self, question: &str) -> Result<String> {
        let answer = output_of(Command::new("psql").args([&self.url(), "-qAtc", question]))?;
        Ok(String::from_utf8(answer.stdout)?.trim().to_owned())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// One of its programs, by a user whom it accepts: it refuses to run as root.
    fn command(&self, name: &str) -> Result<Command> {
        let versions = std::fs::read_dir("/usr/lib/postgresql")
            .context("PostgreSQL is not there: run `make e2e`")?;
        let versions = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin").join(name)));
        let program =
            versions.filter(|path| path.is_file()).max().context("no version of PostgreSQL")?;
        let mut command = Command::new(if geteuid().is_root() {
            "runuser".as_ref()
        } else {
            program.as_os_str()
        });
        if geteuid().is_root() {
            command.args(["-u", "postgres", "--"]).arg(program);
        }
        command.arg("-D").arg(self.data());
        Ok(command)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // It may be down just now.
        if let Err(error) = self.strike() {
            eprintln!("{error:#}");
        }
    }
}
