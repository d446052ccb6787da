use std::{path::PathBuf, time::Duration};

use sandbox::{Failure, Limits, Program, follow_program, run_program};
use tempfile::TempDir;

use crate::{Test, block_on};

pub(crate) const TESTS: &[Test] = &[
    ("a_program_reads_what_it_is_given", a_program_reads_what_it_is_given),
    ("a_program_reads_nothing_else", a_program_reads_nothing_else),
    ("a_program_writes_into_its_folder_only", a_program_writes_into_its_folder_only),
    ("a_program_has_a_clean_environment", a_program_has_a_clean_environment),
    ("a_program_declines_in_its_own_words", a_program_declines_in_its_own_words),
    ("a_program_has_no_network", a_program_has_no_network),
    ("a_program_has_no_children", a_program_has_no_children),
    ("a_program_keeps_to_its_limits", a_program_keeps_to_its_limits),
    ("dropping_the_future_ends_the_program", dropping_the_future_ends_the_program),
    ("a_missing_program_is_a_failure", a_missing_program_is_a_failure),
    ("what_a_program_says_is_told_line_by_line", what_a_program_says_is_told_line_by_line),
    ("a_program_that_rambles_is_ended", a_program_that_rambles_is_ended),
    ("vips_works_behind_walls", vips_works_behind_walls),
];

fn program(line: &[&str]) -> Program {
    let limits = Limits {
        memory_bytes: 512 << 20,
        cpu: Duration::from_secs(20),
        wall: Duration::from_secs(60),
        output_bytes: 1 << 20,
        ..Limits::default()
    };
    Program {
        path: line[0].into(),
        args: line[1..].iter().map(Into::into).collect(),
        limits,
        ..Program::default()
    }
}

fn bash(script: &str) -> Program {
    program(&["/bin/bash", "-c", script])
}

fn outcome(program: Program) -> Result<String, Failure> {
    block_on(run_program(program)).map(|said| String::from_utf8_lossy(&said).into_owned())
}

fn refusal(program: Program) -> String {
    match outcome(program) {
        Err(Failure::Refused(text)) => text,
        other => panic!("{other:?}"),
    }
}

fn folder_with(name: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, name).unwrap();
    (folder, file)
}

fn has_landlock() -> bool {
    let walls = sandbox::walls();
    if walls.landlock.is_none() {
        println!("this kernel has {walls}: left out");
    }
    walls.landlock.is_some()
}

fn a_program_reads_what_it_is_given() {
    let (_folder, file) = folder_with("given");
    let cat = program(&["/bin/cat", file.to_str().unwrap()]);
    assert_eq!(outcome(Program { read: vec![file], ..cat }).unwrap(), "given");
}

fn a_program_reads_nothing_else() {
    if !has_landlock() {
        return;
    }
    let (_folder, file) = folder_with("secret");
    let ours = format!("/proc/{}/environ", std::process::id());
    for path in [file.to_str().unwrap(), "/etc/passwd", &ours] {
        assert!(refusal(program(&["/bin/cat", path])).contains("Permission denied"), "{path}");
    }
}

fn a_program_writes_into_its_folder_only() {
    if !has_landlock() {
        return;
    }
    let (_other, theirs) = folder_with("theirs");
    let ours = tempfile::tempdir().unwrap();
    let write = vec![ours.path().to_path_buf()];
    let copy = |to: &str| {
        let cp = program(&["/bin/cp", "/usr/lib/os-release", to]);
        Program { write: write.clone(), ..cp }
    };
    outcome(copy("copy")).unwrap();
    assert!(ours.path().join("copy").metadata().unwrap().len() > 0);
    assert!(refusal(copy(theirs.to_str().unwrap())).contains("Permission denied"));
    assert_eq!(std::fs::read_to_string(theirs).unwrap(), "theirs");
}

fn a_program_has_a_clean_environment() {
    let home = tempfile::tempdir().unwrap();
    let mut env = program(&["/usr/bin/env"]);
    env.write = vec![home.path().to_path_buf()];
    env.environment.insert("OMP_THREAD_LIMIT".to_owned(), "1".to_owned());
    let environment = outcome(env).unwrap();
    let names: Vec<_> = environment.lines().filter_map(|line| line.split('=').next()).collect();
    assert_eq!(names, ["HOME", "LANG", "MALLOC_ARENA_MAX", "OMP_THREAD_LIMIT", "PATH", "TMPDIR"]);
}

fn a_program_declines_in_its_own_words() {
    let text = refusal(bash("echo no such pixels >&2; exit 3"));
    assert_eq!(text, "no such pixels");
    assert!(matches!(outcome(bash("exit 3")), Err(Failure::Crashed { .. })));
}

fn a_program_has_no_network() {
    let text = refusal(bash("exec 3<>/dev/tcp/127.0.0.1/80"));
    assert!(text.contains("Operation not permitted"), "{text}");
}

fn a_program_has_no_children() {
    let text = refusal(bash(":(){ :|:& };: ; /bin/true"));
    assert!(text.contains("Operation not permitted"), "{text}");
}

fn a_program_keeps_to_its_limits() {
    let mut endless = program(&["/usr/bin/tail", "/dev/zero"]);
    endless.limits.memory_bytes = 64 << 20;
    let endless = outcome(endless);
    assert!(matches!(endless, Err(Failure::OutOfMemory)), "{endless:?}");

    let mut sleep = program(&["/bin/sleep", "600"]);
    sleep.limits.wall = Duration::from_millis(200);
    assert!(matches!(outcome(sleep), Err(Failure::TimedOut)));

    let mut spin = bash("while :; do :; done");
    spin.limits.cpu = Duration::from_secs(1);
    assert!(matches!(outcome(spin), Err(Failure::TimedOut)));

    let chatty = outcome(program(&["/usr/bin/head", "-c", "20M", "/dev/zero"]));
    assert!(matches!(chatty, Err(Failure::TooMuchOutput)), "{chatty:?}");

    let folder = tempfile::tempdir().unwrap();
    let mut fill = program(&["/bin/dd", "if=/dev/zero", "of=full", "bs=64k"]);
    fill.write = vec![folder.path().to_path_buf()];
    let fill = outcome(fill);
    assert!(matches!(fill, Err(Failure::TooMuchOutput)), "{fill:?}");
}

fn dropping_the_future_ends_the_program() {
    block_on(async {
        let run = run_program(program(&["/bin/sleep", "600"]));
        assert!(tokio::time::timeout(Duration::from_millis(100), run).await.is_err());
    });
}

fn a_missing_program_is_a_failure() {
    assert!(matches!(outcome(program(&["/nowhere/vips"])), Err(Failure::Spawn(_))));
}

fn vips_works_behind_walls() {
    let Some(vips) =
        ["/usr/bin/vips", "/usr/local/bin/vips"].iter().find(|path| PathBuf::from(path).exists())
    else {
        println!("vips is not installed: left out");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for line in [
        &[*vips, "black", "black.png", "64", "64"],
        &[*vips, "copy", "black.png", "black.tif", "--vips-concurrency=2"],
    ] {
        let mut step = program(line);
        step.write = vec![folder.path().to_path_buf()];
        outcome(step).unwrap();
    }
    assert!(folder.path().join("black.tif").metadata().unwrap().len() > 64 * 64);
}

fn what_a_program_says_is_told_line_by_line() {
    let mut lines = Vec::new();
    let script = bash("echo one; echo two; echo why >&2; printf unfinished");
    block_on(follow_program(script, |line| lines.push(line.to_owned()))).unwrap();
    assert_eq!(lines, ["one", "two"]);
    let refused = block_on(follow_program(bash("echo begun; echo why >&2; exit 3"), |_| {}));
    assert!(matches!(refused, Err(Failure::Refused(text)) if text == "why"));
}

fn a_program_that_rambles_is_ended() {
    let endless = program(&["/bin/cat", "/dev/zero"]);
    let ended = block_on(follow_program(endless, |_| {}));
    assert!(matches!(ended, Err(Failure::TooMuchOutput)), "{ended:?}");
}
