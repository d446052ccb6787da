//! Load, by `wrk`.

use std::{fs, process::Command};

use anyhow::{Context, Result, ensure};
use end_to_end::output_of;
use tempfile::NamedTempFile;

/// A server, and what it is asked for.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    address: String,
    paths: NamedTempFile,
}

/// One measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Speed {
    pub(crate) per_second: f64,
    pub(crate) median_ms: f64,
    pub(crate) p99_ms: f64,
}

pub(crate) const SECONDS: u32 = 5;

impl Server {
    pub(crate) fn new(
        name: &'static str,
        address: &str,
        paths: impl IntoIterator<Item = String>,
    ) -> Result<Self> {
        let file = NamedTempFile::new()?;
        fs::write(file.path(), paths.into_iter().collect::<Vec<_>>().join("\n"))?;
        Ok(Self { name, address: address.to_owned(), paths: file })
    }

    /// Asks over this many connections, first a second for practice.
    pub(crate) fn ask(&self, connections: u32) -> Result<Speed> {
        self.run(connections, 1)?;
        self.run(connections, SECONDS)
    }

    fn run(&self, connections: u32, seconds: u32) -> Result<Speed> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/bin/bench/tiles.lua");
        let output = output_of(
            Command::new("wrk")
                .args(["-t2", &format!("-c{connections}"), &format!("-d{seconds}s"), "-s", script])
                .arg(format!("http://{}", self.address))
                .arg("--")
                .arg(self.paths.path()),
        )?;
        let text = String::from_utf8_lossy(&output.stdout);
        let result = text.lines().find_map(|line| line.strip_prefix("RESULT "));
        let numbers = result.context("wrk gave no result")?.split(' ').map(str::parse::<f64>);
        let numbers = numbers.collect::<Result<Vec<_>, _>>()?;
        let [per_second, median_ms, p99_ms, failed] = numbers[..] else {
            anyhow::bail!("wrk said {text}");
        };
        ensure!(failed == 0.0, "{} of the requests to {} failed", failed, self.name);
        Ok(Speed { per_second, median_ms, p99_ms })
    }
}
