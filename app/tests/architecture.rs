//! The law of the house, as tests. Each failure says which rule is broken, where, and what to do.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own house has failed")]

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Lowest first. A crate's floor is the folder it lies in; tests look at the house from outside.
const FLOORS: [&str; 5] = ["vocabulary", "capabilities", "services", "app", "tests"];

/// What reaches the outside world, and the only rooms that may use it.
const KEEPERS: &[(&str, &[&str])] = &[
    ("askama", &["portal"]),
    ("async-nats", &["events"]),
    ("axum", &["delivery", "events", "management", "portal", "app"]),
    ("clap", &["app"]),
    ("csv", &["lists"]),
    ("hayro-syntax", &["bindery"]),
    ("hayro-write", &["bindery"]),
    ("landlock", &["sandbox"]),
    ("lcms2", &["imaging"]),
    ("object_store", &["storage"]),
    ("openjpeg-sys", &["imaging"]),
    ("quick-xml", &["lists"]),
    ("reqwest", &["web", "ingest"]),
    ("russh", &["ingest"]),
    ("sea-orm", &["catalogue"]),
    ("serde-saphyr", &["app"]),
    ("seccompiler", &["sandbox"]),
    ("sqlx", &["catalogue"]),
    // Words and pixels never wait: `vocabulary` and `imaging` stay without async.
    (
        "tokio",
        &[
            "catalogue",
            "sandbox",
            "storage",
            "web",
            "delivery",
            "events",
            "ingest",
            "management",
            "portal",
            "static-site",
            "app",
        ],
    ),
    ("suppaftp", &["ingest"]),
    ("toml", &["app"]),
    ("tower-http", &["app"]),
    ("turbojpeg-sys", &["imaging"]),
];

/// Rooms must be named for what they hold; these names hold anything.
const EMPTY_NAMES: &[&str] =
    &["base", "common", "core", "helper", "helpers", "misc", "shared", "util", "utils"];

const LONGEST_FILE: usize = 400;
const LONGEST_INTRODUCTION: usize = 15;

#[test]
fn imports_go_down_never_sideways_never_up() {
    let rooms = rooms();
    let floors: HashMap<&str, Option<usize>> =
        rooms.iter().map(|room| (room.name.as_str(), room.floor)).collect();

    let mut broken = Vec::new();
    for room in &rooms {
        for import in &room.imports {
            let Some(to) = floors.get(import.as_str()) else { continue };
            if *to >= room.floor {
                broken.push(format!("{} may not import {import}", room.name));
            }
        }
    }
    obeyed(
        "imports go down, never sideways, never up",
        "move what both need to a floor below, or let a room above introduce them",
        broken,
    );
}

#[test]
fn every_crate_lies_on_a_floor_in_a_folder_of_its_name() {
    let mut misplaced = Vec::new();
    for room in rooms() {
        let is_placed = match room.folder.iter().map(|part| part.to_str()).collect::<Vec<_>>()[..] {
            [Some("app")] => room.name == "app",
            [Some(_), folder] => room.floor.is_some() && folder == Some(&room.name),
            _ => false,
        };
        if !is_placed {
            misplaced.push(format!("{} lies in {}", room.name, room.folder.display()));
        }
    }
    obeyed(
        "every crate lies on a floor, in a folder of its name",
        "move it to vocabulary/, capabilities/, services/ or tests/, and name folder and crate alike",
        misplaced,
    );
}

#[test]
fn the_outside_world_is_reached_through_its_keepers_alone() {
    let mut broken = Vec::new();
    for room in rooms().iter().filter(|room| !room.is_a_test()) {
        for (outside, keepers) in KEEPERS {
            let uses = room.imports.iter().any(|import| import == outside);
            if uses && !keepers.contains(&room.name.as_str()) {
                broken.push(format!("{} may not use {outside}: ask {keepers:?}", room.name));
            }
        }
    }
    obeyed(
        "the outside world is reached through its keepers alone",
        "call the keeper instead; a new keeper is a decision record and a line in KEEPERS",
        broken,
    );
}

#[test]
fn files_and_folders_are_named_for_what_they_hold() {
    let is_empty = |name: &OsStr| EMPTY_NAMES.iter().any(|empty| name == *empty);
    let misnamed =
        sources().into_iter().filter(|file| file.path.with_extension("").iter().any(is_empty));
    obeyed(
        "files and folders are named for what they hold",
        "name it after its main item; what has no name of its own belongs to its only caller",
        misnamed.map(|file| file.path.display().to_string()),
    );
}

#[test]
fn a_long_file_says_why() {
    let mut long = Vec::new();
    for file in sources() {
        let lines = file.text.lines().count();
        let has_reason = file.introduction().any(|line| line.contains("lines because "));
        if lines > LONGEST_FILE && !has_reason {
            long.push(format!("{}: {lines} lines", file.path.display()));
        }
    }
    obeyed(
        "a file has at most 400 lines, or says at its top why it has more",
        "split it by noun or verb, or write into its introduction: `//! Over 400 lines because …`",
        long,
    );
}

#[test]
fn a_folder_is_whole_and_introduces_itself() {
    let mut broken = Vec::new();
    for file in sources() {
        let introduction = file.introduction().count();
        if root().join(file.path.with_extension("")).is_dir() {
            broken.push(format!("{} has its parts in a folder beside it", file.path.display()));
        }
        if file.is_front_door() && !(1..=LONGEST_INTRODUCTION).contains(&introduction) {
            broken.push(format!("{}: {introduction} lines", file.path.display()));
        }
    }
    obeyed(
        "a module with parts is a folder with a mod.rs, and opens with 1 to 15 lines of `//!`",
        "move name.rs to name/mod.rs; say what it is, how its parts relate, what it does not do",
        broken,
    );
}

#[test]
fn lints_are_expected_with_a_reason_never_allowed() {
    let mut allowed = Vec::new();
    for file in sources() {
        for (index, line) in file.text.lines().enumerate() {
            let line = line.trim_start();
            if line.starts_with("#[allow(") || line.starts_with("#![allow(") {
                allowed.push(format!("{}:{}", file.path.display(), index + 1));
            }
        }
    }
    obeyed(
        "a lint is expected, with a reason, and never allowed",
        "mend the code, or write #[expect(lint, reason = \"…\")]",
        allowed,
    );
}

fn obeyed(rule: &str, remedy: &str, broken: impl IntoIterator<Item = String>) {
    let broken: Vec<String> = broken.into_iter().collect();
    assert!(broken.is_empty(), "\nthe rule: {rule}\nto do: {remedy}\n  {}\n", broken.join("\n  "));
}

struct Room {
    name: String,
    /// From the workspace's root.
    folder: PathBuf,
    floor: Option<usize>,
    imports: Vec<String>,
}

impl Room {
    fn is_a_test(&self) -> bool {
        self.folder.starts_with("tests")
    }
}

/// The workspace's crates and what each imports, tests aside, as cargo knows it.
fn rooms() -> Vec<Room> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().iter().map(room).collect()
}

fn room(package: &Value) -> Room {
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    let folder = manifest.parent().unwrap().strip_prefix(root()).unwrap();
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    Room {
        name: package["name"].as_str().unwrap().to_owned(),
        folder: folder.to_owned(),
        floor: FLOORS.iter().position(|floor| folder.starts_with(floor)),
        imports: dependencies
            .filter(|dependency| dependency["kind"] != "dev")
            .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
            .collect(),
    }
}

struct Source {
    /// From the workspace's root.
    path: PathBuf,
    text: String,
}

impl Source {
    fn introduction(&self) -> impl Iterator<Item = &str> {
        self.text.lines().take_while(|line| line.starts_with("//!"))
    }

    fn is_front_door(&self) -> bool {
        self.path.file_name().is_some_and(|name| name == "mod.rs" || name == "lib.rs")
    }
}

/// Every Rust file of ours.
fn sources() -> Vec<Source> {
    let mut folders: Vec<PathBuf> = FLOORS.iter().map(|floor| root().join(floor)).collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("node_modules") && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source { path: path.strip_prefix(root()).unwrap().to_owned(), text });
            }
        }
    }
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
