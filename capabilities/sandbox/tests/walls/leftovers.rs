use std::{
    fs,
    time::{Duration, Instant},
};

/// No child, no zombie, no open file and no thread but what every process has; ends do not happen
/// at once, so it asks for a while.
pub(crate) fn none() {
    let patience = Instant::now() + Duration::from_secs(30);
    loop {
        let left = (children_of(std::process::id()), open_files(), threads());
        if left.0.is_empty() && left.1.is_empty() && left.2 == 1 {
            return;
        }
        assert!(Instant::now() < patience, "left behind (children, files, threads): {left:?}");
        std::thread::yield_now();
    }
}

pub(crate) fn children_of(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id| parent_and_state(*id).is_some_and(|(of, _)| of == parent)).collect()
}

/// A process that is a zombie is dead; it only waits for somebody to ask.
pub(crate) fn is_alive(id: u32) -> bool {
    parent_and_state(id).is_some_and(|(_, state)| state != "Z")
}

fn parent_and_state(id: u32) -> Option<(u32, String)> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?.to_owned();
    Some((fields.next()?.parse().ok()?, state))
}

/// But for the standard streams, and what the one who started us had open.
fn open_files() -> Vec<String> {
    let open = fs::read_dir("/proc/self/fd").unwrap().flatten();
    let targets = open.filter_map(|entry| fs::read_link(entry.path()).ok());
    let targets = targets.map(|path| path.display().to_string());
    let ours = targets.filter(|path| !is_inherited(path));
    ours.filter(|path| !path.ends_with("/fd")).collect()
}

fn is_inherited(target: &str) -> bool {
    use std::sync::OnceLock;

    static INHERITED: OnceLock<Vec<String>> = OnceLock::new();
    let inherited = INHERITED.get_or_init(|| {
        let open = fs::read_dir("/proc/self/fd").unwrap().flatten();
        open.filter_map(|entry| Some(fs::read_link(entry.path()).ok()?.display().to_string()))
            .collect()
    });
    inherited.iter().any(|known| known == target)
}

fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}
