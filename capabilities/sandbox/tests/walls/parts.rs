use std::{
    fs::File,
    io::{BufRead, BufReader},
    os::unix::fs::FileExt,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use sandbox::{Crash, Failure, Limits, Part, run};

use crate::{
    Test, block_on,
    leftovers::{children_of, is_alive},
};

pub(crate) const TESTS: &[Test] = &[
    ("a_part_answers_its_request", a_part_answers_its_request),
    ("a_request_may_be_large", a_request_may_be_large),
    ("a_part_uses_the_files_that_it_is_given", a_part_uses_the_files_that_it_is_given),
    ("open_files_do_not_leak_into_a_part", open_files_do_not_leak_into_a_part),
    ("progress_arrives_line_by_line", progress_arrives_line_by_line),
    ("a_part_may_have_threads", a_part_may_have_threads),
    ("what_libraries_print_is_no_answer", what_libraries_print_is_no_answer),
    ("walls_are_entered_before_threads_start", walls_are_entered_before_threads_start),
    ("a_refusal_is_passed_on", a_refusal_is_passed_on),
    ("no_answer_is_a_failure", no_answer_is_a_failure),
    ("what_is_no_message_is_a_failure", what_is_no_message_is_a_failure),
    ("crashes_are_told_from_refusals", crashes_are_told_from_refusals),
    ("memory_ends_at_the_limit", memory_ends_at_the_limit),
    ("computing_ends_at_the_limit", computing_ends_at_the_limit),
    ("waiting_ends_at_the_limit", waiting_ends_at_the_limit),
    ("files_end_at_the_limit", files_end_at_the_limit),
    ("no_file_can_be_reached", no_file_can_be_reached),
    ("attacks_are_stopped", attacks_are_stopped),
    ("limits_and_code_stay_as_they_are", limits_and_code_stay_as_they_are),
    ("dropping_the_future_ends_the_part", dropping_the_future_ends_the_part),
    ("a_part_does_not_outlive_its_parent", a_part_does_not_outlive_its_parent),
    ("what_cannot_start_is_a_failure", what_cannot_start_is_a_failure),
    ("many_at_once_do_not_disturb_each_other", many_at_once_do_not_disturb_each_other),
];

fn part(request: &str) -> Part<'static> {
    let limits = Limits {
        memory_bytes: 256 << 20,
        cpu: Duration::from_secs(20),
        wall: Duration::from_secs(60),
        output_bytes: 1 << 20,
        ..Limits::default()
    };
    Part { name: "misbehave", request: request.into(), files: vec![], limits, executable: None }
}

fn at_once(name: &str) -> Part<'_> {
    Part { name, ..part("echo nobody reads this") }
}

fn outcome(part: Part<'_>) -> Result<String, Failure> {
    block_on(run(part, |_| {})).map(|answer| String::from_utf8(answer).unwrap())
}

fn failure(request: &str) -> Failure {
    outcome(part(request)).expect_err(request)
}

fn refusal(request: &str) -> String {
    match outcome(part(request)) {
        Err(Failure::Refused(text)) => text,
        other => panic!("{request}: {other:?}"),
    }
}

fn a_part_answers_its_request() {
    assert_eq!(outcome(part("echo ünicode")).unwrap(), "ünicode");
    assert_eq!(outcome(part("echo")).unwrap(), "");
}

fn a_request_may_be_large() {
    let request = format!("count {}", "x".repeat(20 << 20));
    assert_eq!(outcome(part(&request)).unwrap(), (20 << 20).to_string());
}

fn a_part_uses_the_files_that_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let from_path = folder.path().join("from");
    std::fs::write(&from_path, b"pixels").unwrap();
    let to = tempfile::tempfile().unwrap();
    let files = vec![File::open(&from_path).unwrap(), to.try_clone().unwrap()];
    assert_eq!(outcome(Part { files, ..part("copy") }).unwrap(), "copied");
    let mut copied = [0; 6];
    to.read_exact_at(&mut copied, 0).unwrap();
    assert_eq!(&copied, b"pixels");
}

fn open_files_do_not_leak_into_a_part() {
    let careless: Vec<_> = (0..3).map(|_| File::open("/dev/null").unwrap()).collect();
    for file in &careless {
        rustix::io::fcntl_setfd(file, rustix::io::FdFlags::empty()).unwrap();
    }
    let files = vec![File::open("/dev/null").unwrap()];
    let open = outcome(Part { files, ..part("descriptors") }).unwrap();
    assert_eq!(open, "2", "the given file, and the way to answer");
}

fn progress_arrives_line_by_line() {
    let mut lines = Vec::new();
    let end = block_on(run(part("progress"), |line| lines.push(line.to_owned())));
    assert!(matches!(end, Err(Failure::Silent)), "{end:?}");
    assert_eq!(lines, ["0", "1", "2"]);
}

fn a_part_may_have_threads() {
    assert_eq!(outcome(part("threads")).unwrap(), "28");
}

fn what_libraries_print_is_no_answer() {
    assert_eq!(outcome(part("print")).unwrap(), "heard");
}

fn walls_are_entered_before_threads_start() {
    match outcome(part("not_enter")) {
        Err(Failure::Spawn(error)) => assert!(error.to_string().contains("before any thread")),
        other => panic!("{other:?}"),
    }
}

fn a_refusal_is_passed_on() {
    assert_eq!(refusal("refuse this is no image\nERROR forged"), "this is no image ERROR forged");
}

fn no_answer_is_a_failure() {
    assert!(matches!(failure("exit 0"), Failure::Silent));
    assert!(matches!(outcome(at_once("ignore")), Err(Failure::Silent)));
    let large = Part { request: vec![0; 20 << 20], ..at_once("ignore") };
    assert!(matches!(outcome(large), Err(Failure::Silent)));
}

fn what_is_no_message_is_a_failure() {
    assert!(matches!(outcome(at_once("garbage")), Err(Failure::Garbled)));
    assert!(matches!(outcome(at_once("half")), Err(Failure::Silent)));
}

fn crashes_are_told_from_refusals() {
    let how = |request| match outcome(part(request)) {
        Err(Failure::Crashed { how, .. }) => how,
        other => panic!("{request}: {other:?}"),
    };
    assert_eq!(how("segfault"), Crash::Signal(libc::SIGSEGV));
    assert_eq!(how("overflow"), Crash::Signal(libc::SIGABRT));
    assert_eq!(how("exit 7"), Crash::Code(7));
    assert_eq!(how("answer_and_crash"), Crash::Signal(libc::SIGSEGV));
    match outcome(part("panic")) {
        Err(Failure::Crashed { how: Crash::Code(101), last_words }) => {
            assert!(last_words.contains("at the disco"), "{last_words}");
        }
        other => panic!("{other:?}"),
    }
}

fn memory_ends_at_the_limit() {
    let failed = failure("allocate");
    assert!(matches!(failed, Failure::OutOfMemory), "{failed:?}");
}

fn computing_ends_at_the_limit() {
    let mut spin = part("spin");
    spin.limits.cpu = Duration::from_millis(300);
    let failed = outcome(spin);
    assert!(matches!(failed, Err(Failure::TimedOut)), "{failed:?}");
}

fn waiting_ends_at_the_limit() {
    for mut part in [
        part("hang"),
        part("babble"),
        part("answer_and_hang"),
        at_once("deaf"),
        at_once("mute"),
        Part { request: vec![0; 20 << 20], ..at_once("deaf") },
    ] {
        part.limits.wall = Duration::from_millis(300);
        let started = Instant::now();
        let failed = outcome(part);
        assert!(matches!(failed, Err(Failure::TimedOut)), "{failed:?}");
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}

fn files_end_at_the_limit() {
    let file = tempfile::tempfile().unwrap();
    let failed = outcome(Part { files: vec![file.try_clone().unwrap()], ..part("grow") });
    assert!(matches!(failed, Err(Failure::TooMuchOutput)), "{failed:?}");
    assert_eq!(file.metadata().unwrap().len(), 1 << 20);
}

fn no_file_can_be_reached() {
    let folder = tempfile::tempdir().unwrap();
    let victim = folder.path().join("victim");
    std::fs::write(&victim, b"x").unwrap();
    let (folder, victim) = (folder.path().display(), victim.display());
    for request in [
        "open /etc/passwd".to_owned(),
        "open /proc/self/exe".to_owned(),
        "list /".to_owned(),
        format!("open {victim}"),
        format!("remove {victim}"),
        format!("create {folder}/new"),
    ] {
        assert!(refusal(&request).contains("Permission denied"), "{request}");
    }
}

fn attacks_are_stopped() {
    let us = std::process::id();
    for request in [
        "connect 127.0.0.1:80".to_owned(),
        "exec /bin/true".to_owned(),
        "spawn /bin/true".to_owned(),
        "fork".to_owned(),
        format!("kill {us}"),
        "ptrace".to_owned(),
    ] {
        let failed = failure(&request);
        assert!(matches!(failed, Failure::Forbidden), "{request}: {failed:?}");
    }
}

fn limits_and_code_stay_as_they_are() {
    assert_eq!(refusal("code"), "no page");
    assert_eq!(refusal("raise_limits"), "not raised");
}

fn dropping_the_future_ends_the_part() {
    block_on(async {
        let run = run(part("hang"), |_| {});
        let early = tokio::time::timeout(Duration::from_millis(200), run).await;
        assert!(early.is_err(), "it hangs: {early:?}");
    });
    // That nothing is left is looked for after every test.
}

/// What runs in the process that is killed: a part that would go on for ten minutes.
pub(crate) fn be_a_parent() {
    let mut hang = part("hang");
    hang.limits.wall = Duration::from_secs(600);
    println!("started");
    let _ = block_on(run(hang, |_| {}));
}

fn a_part_does_not_outlive_its_parent() {
    let this = std::env::current_exe().unwrap();
    let mut parent = Command::new(this).arg("parent").stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(parent.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let grandchild = wait_for(|| children_of(parent.id()).first().copied());
    // It arms its own end as its first deed; so it must have come to its work.
    wait_for(|| is_walled_in(grandchild).then_some(()));
    parent.kill().unwrap();
    parent.wait().unwrap();
    wait_for(|| (!is_alive(grandchild)).then_some(()));
}

fn is_walled_in(id: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    status.contains("Seccomp:\t2")
}

fn wait_for<T>(what: impl Fn() -> Option<T>) -> T {
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = what() {
            return found;
        }
        assert!(Instant::now() < patience, "nothing after a minute");
        std::thread::yield_now();
    }
}

fn what_cannot_start_is_a_failure() {
    let nowhere = Part { executable: Some("/nowhere/recto".into()), ..part("echo") };
    assert!(matches!(outcome(nowhere), Err(Failure::Spawn(_))));
    let files = (0..17).map(|_| File::open("/dev/null").unwrap()).collect();
    assert!(matches!(outcome(Part { files, ..part("echo") }), Err(Failure::Spawn(_))));
}

fn many_at_once_do_not_disturb_each_other() {
    block_on(async {
        let runs = (0..32).map(|n| {
            tokio::spawn(async move {
                let request = if n % 4 == 3 { "segfault".to_owned() } else { format!("echo {n}") };
                (n, run(part(&request), |_| {}).await)
            })
        });
        for run in runs.collect::<Vec<_>>() {
            match run.await.unwrap() {
                (n, Ok(answer)) => assert_eq!(answer, n.to_string().as_bytes()),
                (n, Err(failure)) => assert_eq!(n % 4, 3, "{failure:?}"),
            }
        }
    });
}
