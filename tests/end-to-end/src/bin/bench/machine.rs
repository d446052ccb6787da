//! What was measured, and on what.

use std::{fs, process::Command, thread::available_parallelism};

use end_to_end::{output_of, workspace};
use serde_json::{Value, json};

pub(crate) fn machine() -> Value {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    json!({
        "cpu": cpu.map(|(_, name)| name),
        "cores": available_parallelism().map(usize::from).ok(),
        "kernel": first_line("uname", &["-sr"]),
        "load": load.split(' ').next(),
        "commit": first_line("git", &["describe", "--always", "--dirty", "--abbrev=12"]),
        "rustc": first_line("rustc", &["--version"]),
        "nginx": first_line("/usr/sbin/nginx", &["-v"]),
        "IIPImage": package("iipimage-server"),
        "libvips": package("libvips-tools"),
        "OpenJPEG": package("libopenjp2-tools"),
        "node": first_line("node", &["--version"]),
        "iiif-processor": npm_package("iiif-processor"),
        "sharp": npm_package("sharp"),
        "wrk": package("wrk"),
    })
}

fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = output_of(Command::new(program).args(arguments).current_dir(workspace())).ok()?;
    let text = [output.stdout, output.stderr].concat();
    Some(String::from_utf8_lossy(&text).lines().next()?.trim().to_owned())
}

fn package(name: &str) -> Option<String> {
    first_line("dpkg-query", &["-Wf", "${Version}", name])
}

fn npm_package(name: &str) -> Option<String> {
    let folder = workspace().join("tests/end-to-end/iiif-processor/node_modules");
    let text = fs::read_to_string(folder.join(name).join("package.json")).ok()?;
    Some(serde_json::from_str::<Value>(&text).ok()?["version"].as_str()?.to_owned())
}
