//! Load: `wrk` where answers come by the thousand, else a client of our own that asks for everything once.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use tempfile::NamedTempFile;
use tokio::process::Command;

/// A server, and what it is asked for, again and again.
pub(crate) struct Server {
    address: String,
    paths: NamedTempFile,
    encoding: Option<&'static str>,
}

/// One measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Speed {
    pub(crate) per_second: f64,
    pub(crate) p99_ms: f64,
}

impl Server {
    /// `at` is the address and the path before all paths.
    pub(crate) fn new(at: (String, String), paths: impl Iterator<Item = String>) -> Result<Self> {
        let (address, base) = at;
        let file = NamedTempFile::new()?;
        let paths: Vec<_> = paths.map(|path| format!("{base}/{path}")).collect();
        fs::write(file.path(), paths.join("\n"))?;
        Ok(Self { address, paths: file, encoding: None })
    }

    /// Asks for documents in this encoding.
    pub(crate) fn accepting(self, encoding: &'static str) -> Self {
        Self { encoding: Some(encoding), ..self }
    }

    /// Asks over this many connections, first a second for practice.
    pub(crate) async fn ask(&self, connections: u32, seconds: u32) -> Result<Speed> {
        self.run(connections, 1).await?;
        self.run(connections, seconds).await
    }

    async fn run(&self, connections: u32, seconds: u32) -> Result<Speed> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/bin/bench/requests.lua");
        let mut wrk = Command::new("wrk");
        wrk.args(["-t2", &format!("-c{connections}"), &format!("-d{seconds}s"), "-s", script]);
        wrk.arg(format!("http://{}", self.address)).arg("--").arg(self.paths.path());
        wrk.args(self.encoding);
        let output = wrk.output().await.context("wrk is not there")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let result = text.lines().find_map(|line| line.strip_prefix("RESULT "));
        let numbers = result.with_context(|| format!("wrk gave no result: {text}"))?.split(' ');
        let numbers = numbers.map(str::parse::<f64>).collect::<Result<Vec<_>, _>>()?;
        let [per_second, p99_ms, failed] = numbers[..] else { anyhow::bail!("wrk said {text}") };
        ensure!(failed == 0.0, "{failed} of the requests to {} failed", self.address);
        Ok(Speed { per_second, p99_ms })
    }
}

/// A client that keeps its connections.
pub(crate) struct Client(reqwest::Client);

impl Client {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self(reqwest::Client::builder().timeout(Duration::from_secs(180)).build()?))
    }

    /// Reads an answer to its end: how long that took.
    pub(crate) async fn get(&self, url: &str) -> Result<Duration> {
        let begun = Instant::now();
        let mut answer = self.0.get(url).send().await?;
        let status = answer.status();
        ensure!(status.is_success(), "{url} answered {status}: {}", answer.text().await?);
        while answer.chunk().await?.is_some() {}
        Ok(begun.elapsed())
    }

    /// The same for a part of a file.
    pub(crate) async fn get_range(&self, url: &str, range: (usize, usize)) -> Result<Duration> {
        let begun = Instant::now();
        let request = self.0.get(url).header("range", format!("bytes={}-{}", range.0, range.1 - 1));
        let answer = request.send().await?.error_for_status()?;
        ensure!(answer.bytes().await?.len() == range.1 - range.0, "not the range of {url}");
        Ok(begun.elapsed())
    }

    /// Asks for each path once, so many at a time: answers a second.
    pub(crate) async fn each(
        &self,
        at: &(String, String),
        paths: &[String],
        at_a_time: usize,
    ) -> Result<f64> {
        let begun = Instant::now();
        let urls = paths.iter().map(|path| format!("http://{}{}/{path}", at.0, at.1));
        let asked = urls.map(|url| async move { self.get(&url).await });
        stream::iter(asked).buffer_unordered(at_a_time).try_collect::<Vec<_>>().await?;
        Ok(paths.len() as f64 / begun.elapsed().as_secs_f64())
    }
}
