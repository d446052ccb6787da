//! Children that behave in every bad way we could think of, and what becomes of them.
//!
//! - [`child`] misbehaves; this binary is started again for it.
//! - [`stay`] is a child that is asked again and again.
//! - [`parts`], [`pools`] and [`programs`] are the tests.
//! - [`leftovers`] looks for processes and open files that should be gone.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "these are tests, if without a harness"
)]

mod child;
mod parts;
mod pools;
mod programs;
mod stay;
mod leftovers;

use std::{panic, process::ExitCode};

/// As in Recto: what it reserves and how it fails is part of what is tested.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Test = (&'static str, fn());

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["misbehave"] => child::misbehave(),
        ["stay"] => stay::stay(),
        ["ignore" | "garbage" | "half" | "deaf" | "mute"] => child::misbehave_at_once(arguments[0]),
        ["parent"] => parts::be_a_parent(),
        filters => return run(filters),
    }
    ExitCode::SUCCESS
}

/// One after another, as they count the processes and files of this one.
fn run(arguments: &[&str]) -> ExitCode {
    let filters: Vec<_> = arguments.iter().filter(|text| !text.starts_with('-')).collect();
    let tests: Vec<Test> = [parts::TESTS, pools::TESTS, programs::TESTS].concat();
    let is_wanted =
        |name: &str| filters.is_empty() || filters.iter().any(|text| name.contains(**text));
    let wanted: Vec<_> = tests.into_iter().filter(|(name, _)| is_wanted(name)).collect();
    if arguments.contains(&"--list") {
        wanted.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    println!("\nrunning {} tests", wanted.len());
    let passes =
        |test: fn()| panic::catch_unwind(test).and_then(|()| panic::catch_unwind(leftovers::none));
    let mut failed = 0;
    for (name, test) in &wanted {
        let passed = passes(*test).is_ok();
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
        failed += usize::from(!passed);
    }
    println!("\ntest result: {} passed; {failed} failed\n", wanted.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Each test has a runtime of its own, which is gone when leftovers are looked for.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(future)
}
