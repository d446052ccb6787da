//! The figures: for people as a table and a plot, for programs as `results.json`.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    io::{Write as _, stdout},
    path::Path,
    process::Command,
};

use anyhow::Result;
use end_to_end::{Tile, output_of};
use serde_json::{Value, json};

use crate::load::{SECONDS, Speed};

/// A peer, and how many times its speed is wanted.
const GOALS: [(&str, &str, f64); 2] = [
    ("nginx", "nginx, the same bytes as files", 0.5),
    ("IIPImage", "IIPImage, the same pyramid", 10.0),
];

#[derive(Default)]
pub(crate) struct Report {
    speeds: BTreeMap<(u32, &'static str), Vec<Speed>>,
}

impl Report {
    pub(crate) fn add(&mut self, server: &'static str, connections: u32, speed: Speed) {
        self.speeds.entry((connections, server)).or_default().push(speed);
    }

    /// How many answers a server gave, at least.
    pub(crate) fn requests(&self, server: &str) -> f64 {
        let of_server = self.speeds.iter().filter(|((_, name), _)| *name == server);
        of_server.flat_map(|(_, speeds)| speeds).map(|speed| speed.per_second).sum::<f64>()
            * f64::from(SECONDS)
    }

    pub(crate) fn write(&self, folder: &Path, tiles: &[Tile]) -> Result<()> {
        let results = Value::from(self.results());
        let table = self.table(&results, tiles.len())?;
        fs::write(folder.join("results.json"), format!("{results:#}\n"))?;
        fs::write(folder.join("machine.json"), format!("{:#}\n", machine()))?;
        fs::write(folder.join("results.md"), &table)?;
        fs::write(folder.join("results.svg"), self.plot()?)?;
        stdout().write_all(table.as_bytes())?;
        Ok(())
    }

    fn results(&self) -> Vec<Value> {
        let mut rows = Vec::new();
        for (connections, speed) in self.medians("Recto") {
            for (peer, against, goal) in GOALS {
                let theirs = self.medians(peer).find(|(of, _)| *of == connections);
                let ratio = theirs.map(|(_, it)| speed.per_second / it.per_second);
                rows.push(json!({
                    "work": format!("tiles of the grid, {connections} connections"),
                    "against": against,
                    "ratio": ratio.map(|ratio| (ratio * 100.0).round() / 100.0),
                    "goal": goal,
                    "ok": ratio.is_some_and(|ratio| ratio >= goal),
                }));
            }
        }
        rows
    }

    fn medians(&self, server: &str) -> impl Iterator<Item = (u32, Speed)> {
        self.speeds.iter().filter(move |((_, name), _)| *name == server).filter_map(
            |((connections, _), speeds)| {
                let mut speeds = speeds.clone();
                speeds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
                Some((*connections, *speeds.get(speeds.len() / 2)?))
            },
        )
    }

    fn table(&self, results: &Value, tiles: usize) -> Result<String> {
        let mut text =
            format!("# Tiles a second\n\nThe {tiles} tiles of a photograph of 48 megapixels.\n\n");
        writeln!(
            text,
            "| server | connections | tiles/s | median ms | p99 ms |\n| --- | --- | --- | --- | --- |"
        )?;
        for server in ["Recto", "nginx", "IIPImage"] {
            for (connections, it) in self.medians(server) {
                let Speed { per_second, median_ms, p99_ms } = it;
                writeln!(
                    text,
                    "| {server} | {connections} | {per_second:.0} | {median_ms:.2} | {p99_ms:.2} |"
                )?;
            }
        }
        writeln!(text, "\n| work | against | ratio | goal | |\n| --- | --- | --- | --- | --- |")?;
        for row in results.as_array().into_iter().flatten() {
            let ratio =
                row["ratio"].as_f64().map_or("absent".to_owned(), |ratio| format!("{ratio:.2}"));
            let verdict = if row["ok"] == true { "reached" } else { "missed" };
            let (work, against) = (row["work"].as_str(), row["against"].as_str());
            writeln!(
                text,
                "| {} | {} | {ratio} | {} | {verdict} |",
                work.unwrap_or_default(),
                against.unwrap_or_default(),
                row["goal"]
            )?;
        }
        Ok(text)
    }

    fn plot(&self) -> Result<String> {
        let bars: Vec<_> = ["Recto", "nginx", "IIPImage"]
            .into_iter()
            .flat_map(|server| {
                self.medians(server).map(move |(connections, it)| (server, connections, it))
            })
            .collect();
        let longest = bars.iter().map(|(.., it)| it.per_second).fold(1.0, f64::max);
        let mut svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='760' height='{}' font-family='sans-serif' font-size='14'>\n\
             <text x='10' y='24' font-size='16'>Tiles a second</text>\n",
            50 + bars.len() * 28
        );
        for (index, (server, connections, it)) in bars.iter().enumerate() {
            let (y, width) = (40 + index * 28, 450.0 * it.per_second / longest);
            let colour = if *server == "Recto" { "#7a1f2b" } else { "#9aa5b1" };
            writeln!(
                svg,
                "<text x='10' y='{}'>{server}, {connections} connections</text>",
                y + 16
            )?;
            writeln!(
                svg,
                "<rect x='200' y='{y}' width='{width:.0}' height='22' fill='{colour}'/>"
            )?;
            writeln!(
                svg,
                "<text x='{:.0}' y='{}'>{:.0}</text>",
                206.0 + width,
                y + 16,
                it.per_second
            )?;
        }
        svg.push_str("</svg>\n");
        Ok(svg)
    }
}

/// What the figures were measured on, and what was measured.
fn machine() -> Value {
    let first_line = |program: &str, arguments: &[&str]| {
        let output = output_of(Command::new(program).args(arguments)).ok()?;
        let text = [output.stdout, output.stderr].concat();
        Some(String::from_utf8_lossy(&text).lines().next()?.trim().to_owned())
    };
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    json!({
        "cpu": cpu.map(|(_, name)| name),
        "cores": std::thread::available_parallelism().map(usize::from).ok(),
        "kernel": first_line("uname", &["-sr"]),
        "commit": first_line("git", &["rev-parse", "HEAD"]),
        "rustc": first_line("rustc", &["--version"]),
        "nginx": first_line("/usr/sbin/nginx", &["-v"]),
        "iipimage": first_line("dpkg-query", &["-Wf", "${Version}", "iipimage-server"]),
        "wrk": first_line("dpkg-query", &["-Wf", "${Version}", "wrk"]),
    })
}
