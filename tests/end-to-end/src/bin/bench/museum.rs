//! The IIIF image server of the Natural History Museum, where it is installed.

use std::{
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use end_to_end::variable;
use tempfile::TempDir;

pub(crate) struct Museum {
    process: Child,
    address: String,
    _folder: TempDir,
}

const READY: Duration = Duration::from_secs(60);

impl Museum {
    /// Shows the folder `books` in `source`, with nothing else set.
    pub(crate) fn start(source: &Path) -> Result<Self> {
        let missing = "not installed: it is on no package registry, and pip can't build what it needs \
                       (RECTO_TEST_MUSEUM names a Python that has it)";
        let python = variable("RECTO_TEST_MUSEUM").context(missing)?;
        let folder = tempfile::tempdir()?;
        let config = folder.path().join("iiif.yml");
        let cache = folder.path().join("cache");
        std::fs::write(
            &config,
            format!(
                "source_path: {}\ncache_path: {}\nprofiles:\n  books:\n    type: disk\n    rights: ''\n",
                source.display(),
                cache.display()
            ),
        )?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let mut process = Command::new(&python)
            .args(["-m", "uvicorn", "iiif.web:app", "--log-level", "error", "--port"])
            .arg(port.to_string())
            .env("IIIF_CONFIG", &config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("{python} is not there"))?;
        let begun = Instant::now();
        while TcpStream::connect(&address).is_err() {
            ensure!(begun.elapsed() < READY, "it does not listen");
            if let Some(ended) = process.try_wait()? {
                bail!("it ended with {ended}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(Self { process, address, _folder: folder })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Museum {
    fn drop(&mut self) {
        if let Err(error) = self.process.kill().and_then(|()| self.process.wait()) {
            eprintln!("the museum's server cannot be ended: {error}");
        }
    }
}
