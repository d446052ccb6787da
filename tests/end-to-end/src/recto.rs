use std::{
    fs,
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use reqwest::{Method, header::HeaderMap};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::{sync::oneshot, time::sleep};

use crate::program::{recto_binary, settings};

/// A running server. Every test ends with [`Recto::stop`]; one that is dropped before has failed, and shows its log.
pub struct Recto {
    child: Child,
    address: String,
    log: Arc<Mutex<Vec<String>>>,
    printed: Arc<Mutex<Vec<String>>>,
    expected: Vec<&'static str>,
    has_stopped: bool,
    http: reqwest::Client,
}

/// What came back, read to its end.
pub struct Answer {
    pub url: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

const READY: Duration = Duration::from_secs(180);
const STOPPED: Duration = Duration::from_secs(45);
/// How the line begins by which the server says that it listens.
const LISTENING: &str = "listening on http://";

impl Recto {
    pub(crate) async fn start(
        arguments: &[&str],
        environment: &[(String, String)],
    ) -> Result<Self> {
        let mut command = Command::new(recto_binary()?);
        for name in settings() {
            command.env_remove(name);
        }
        let mut child = command
            .args(arguments)
            .args(["--listen", "127.0.0.1:0"])
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (log, _) = listen(child.stderr.take().context("no standard error")?);
        let (printed, ready) = listen(child.stdout.take().context("no standard output")?);
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(180))
            .build()?;
        let address = String::new();
        let mut recto =
            Self { child, address, log, printed, expected: Vec::new(), has_stopped: false, http };
        let Ok(Ok(address)) = tokio::time::timeout(READY, ready).await else {
            bail!("recto {arguments:?} does not listen: {}", recto.log().join("\n"));
        };
        recto.address = address;
        let health = recto.get("/health").await?;
        ensure!(health.status == 200, "{}", health.text());
        Ok(recto)
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn url(&self, path: &str) -> String {
        match path.starts_with("http") {
            true => path.to_owned(),
            false => format!("http://{}{path}", self.address),
        }
    }

    /// Warnings and errors of the log that contain one of these are in order.
    pub fn expect_in_log(&mut self, fragments: &[&'static str]) {
        self.expected.extend(fragments);
    }

    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The lines on standard output so far.
    pub fn printed(&self) -> Vec<String> {
        self.printed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.ask(Method::GET, path, |request| request).await
    }

    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        with: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Result<Answer> {
        let url = self.url(path);
        let response = with(self.http.request(method, &url)).send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { url, status, headers, body: response.bytes().await?.to_vec() })
    }

    /// What `/metrics` says of a name with its labels, such as `recto_images_total{how="grid"}`; 0 if nothing.
    pub async fn metric(&self, name: &str) -> Result<f64> {
        let metrics = self.get("/metrics").await?.text();
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        Ok(line.map(str::parse).transpose()?.unwrap_or_default())
    }

    /// The memory that the server itself has now, in bytes.
    pub fn memory(&self) -> Result<u64> {
        memory(self.child.id(), "VmRSS:").context("the server has gone")
    }

    /// The most memory that the server itself has had, in bytes.
    pub fn peak_memory(&self) -> Result<u64> {
        peak_memory(self.child.id()).context("the server has gone")
    }

    /// The decoders at work for this server.
    pub fn children(&self) -> Result<Vec<u32>> {
        let mut children = Vec::new();
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            // A thread may end while it is looked at.
            let text = fs::read_to_string(task?.path().join("children")).unwrap_or_default();
            children.extend(text.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
        }
        Ok(children)
    }

    /// The same, once they are what they are: a child that has just been started still shows the server's memory.
    pub fn decoders(&self) -> Result<Vec<u32>> {
        let is_decoder = |id: &u32| {
            let line = fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
            line.split('\0').any(|word| word == "decode")
        };
        Ok(self.children()?.into_iter().filter(is_decoder).collect())
    }

    /// The most memory that a decoder now at work has had, in bytes.
    pub fn decoder_memory(&self) -> Result<u64> {
        Ok(self.decoders()?.into_iter().filter_map(peak_memory).max().unwrap_or_default())
    }

    /// SIGTERM, as an orchestrator sends it.
    pub fn ask_to_stop(&self) -> Result<()> {
        Ok(kill_process(Pid::from_child(&self.child), Signal::TERM)?)
    }

    /// SIGKILL, as the kernel sends it when memory is short.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        self.has_stopped = true;
        Ok(())
    }

    /// Asks it to stop, waits until it has gone, and looks back: it must have ended in order, without a complaint.
    pub async fn stop(mut self) -> Result<Duration> {
        let begun = Instant::now();
        self.ask_to_stop()?;
        let ended = loop {
            if let Some(ended) = self.child.try_wait()? {
                break ended;
            }
            ensure!(begun.elapsed() < STOPPED, "it does not stop");
            sleep(Duration::from_millis(20)).await;
        };
        ensure!(ended.success(), "it ended with {ended}");
        let complaints = self.complaints();
        ensure!(complaints.is_empty(), "the log has complaints:\n{}", complaints.join("\n"));
        self.has_stopped = true;
        Ok(begun.elapsed())
    }

    /// That the database was slow is none: the machine may have been.
    fn complaints(&self) -> Vec<String> {
        let is_complaint = |line: &String| {
            let entry: Value = serde_json::from_str(line).unwrap_or_default();
            let is_grave = !matches!(entry["level"].as_str(), Some("INFO" | "DEBUG" | "TRACE"));
            let was_slow =
                matches!(entry["target"].as_str(), Some("sqlx::query" | "sqlx::pool::acquire"));
            is_grave && !was_slow && !self.expected.iter().any(|fragment| line.contains(fragment))
        };
        self.log().into_iter().filter(is_complaint).collect()
    }
}

impl Drop for Recto {
    fn drop(&mut self) {
        if self.has_stopped {
            return;
        }
        eprintln!("--- the server's log ---\n{}\n---", self.log().join("\n"));
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("it cannot be killed: {error}");
        }
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body)
            .with_context(|| format!("{} answered {}: {}", self.url, self.status, self.text()))
    }

    /// The text of a header, empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The answer, if its status is the one that is wanted.
    pub fn with_status(self, wanted: u16) -> Result<Self> {
        ensure!(self.status == wanted, "{} answered {}: {}", self.url, self.status, self.text());
        Ok(self)
    }
}

/// The most memory that a process has had, in bytes; `None` when it has gone.
pub fn peak_memory(process: u32) -> Option<u64> {
    memory(process, "VmHWM:")
}

fn memory(process: u32, kind: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(kind))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}

/// Keeps what is written line by line, and gives the first address that is announced.
fn listen(
    output: impl Read + Send + 'static,
) -> (Arc<Mutex<Vec<String>>>, oneshot::Receiver<String>) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let (announce, announced) = oneshot::channel();
    let kept = lines.clone();
    thread::spawn(move || {
        let mut announce = Some(announce);
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(address) = line.strip_prefix(LISTENING)
                && let Some(announce) = announce.take()
            {
                // Nobody waits for the address of a log.
                drop(announce.send(address.to_owned()));
            }
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    });
    (lines, announced)
}
