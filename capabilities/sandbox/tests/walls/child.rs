#![expect(unsafe_code, reason = "misbehaves as only unsafe code can")]

use std::{
    fs::File,
    io::{Read, Write},
    net::TcpStream,
    os::unix::process::CommandExt,
    process::{Command, exit},
    thread,
    time::Duration,
};

use sandbox::child;

/// Does what the request says.
pub(crate) fn misbehave() {
    let request = child::request();
    let request = String::from_utf8(request).unwrap();
    let (deed, argument) = request.split_once(' ').unwrap_or((&request, ""));
    if deed == "not_enter" {
        let _thread = thread::spawn(|| thread::sleep(Duration::from_secs(60)));
    }
    if let Err(error) = child::enter() {
        child::refuse(&error.to_string());
    }
    match deed {
        "echo" => child::answer(argument.as_bytes()),
        "count" => child::answer(argument.len().to_string().as_bytes()),
        "copy" => copy(),
        "progress" => (0..3).for_each(|n| child::progress(&n.to_string())),
        "threads" => threads(),
        "descriptors" => descriptors(),
        "print" => print(),
        "refuse" => child::refuse(argument),
        "exit" => exit(argument.parse().unwrap()),
        "answer_and_crash" => {
            child::answer(b"42");
            segfault();
        }
        "answer_and_hang" => {
            child::answer(b"42");
            hang();
        }
        deed => be_nasty(deed, argument),
    }
}

pub(crate) fn be_nasty(deed: &str, argument: &str) {
    match deed {
        "panic" => panic!("at the disco"),
        "segfault" => segfault(),
        "overflow" => println!("{}", overflow(0)),
        "allocate" => allocate(),
        "spin" => loop {
            std::hint::spin_loop();
        },
        "hang" => hang(),
        "babble" => loop {
            child::progress("bla bla bla");
        },
        "grow" => grow(),
        "open" => report(File::open(argument)),
        "create" => report(File::create(argument)),
        "list" => report(std::fs::read_dir(argument)),
        "remove" => report(std::fs::remove_file(argument)),
        "connect" => report(TcpStream::connect(argument)),
        "exec" => report(Err::<(), _>(Command::new(argument).exec())),
        "spawn" => report(Command::new(argument).spawn()),
        "fork" => drop(unsafe { libc::fork() }),
        "kill" => drop(unsafe { libc::kill(argument.parse().unwrap(), libc::SIGTERM) }),
        "ptrace" => drop(unsafe { libc::ptrace(libc::PTRACE_TRACEME) }),
        "code" => code(),
        "raise_limits" => raise_limits(),
        other => child::refuse(&format!("{other} is not in the repertoire")),
    }
}

fn report<T>(result: std::io::Result<T>) {
    match result {
        Ok(_) => child::answer(b"it worked"),
        Err(error) => child::refuse(&error.to_string()),
    }
}

fn copy() {
    let (mut from, mut to) = (child::file(0), child::file(1));
    assert!(from.metadata().unwrap().len() > 0);
    std::io::copy(&mut from, &mut to).unwrap();
    to.sync_all().unwrap();
    child::answer(b"copied");
}

/// What thread pools of codecs do.
fn threads() {
    let threads = (0..8).map(|n| thread::Builder::new().name(format!("t{n}")).spawn(move || n));
    let threads: Vec<_> = threads.map(Result::unwrap).collect();
    let sum: i32 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    let _cores = thread::available_parallelism();
    child::answer(sum.to_string().as_bytes());
}

pub(crate) fn descriptors() {
    let is_open = |fd: &i32| unsafe { libc::fcntl(*fd, libc::F_GETFD) } >= 0;
    let open: Vec<_> = (3..80).filter(is_open).collect();
    child::answer(open.len().to_string().as_bytes());
}

/// What chatty libraries do.
fn print() {
    println!("a library likes to print");
    std::io::stdout().flush().unwrap();
    child::answer(b"heard");
}

fn segfault() {
    unsafe { std::ptr::null_mut::<u8>().wrapping_add(8).write_volatile(1) };
}

#[expect(unconditional_recursion, reason = "that is the point")]
fn overflow(depth: u64) -> u64 {
    let ballast = std::hint::black_box([depth; 512]);
    overflow(depth + 1) + ballast[7]
}

fn allocate() {
    let mut hoard = Vec::new();
    loop {
        hoard.push(vec![1_u8; 16 << 20]);
    }
}

fn hang() {
    thread::sleep(Duration::from_secs(600));
}

fn grow() {
    let mut file = child::file(0);
    loop {
        file.write_all(&[0; 1 << 16]).unwrap();
    }
}

/// What an exploit does: writes instructions and runs them.
fn code() {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    let rights = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
    let page = unsafe { libc::mmap(std::ptr::null_mut(), 4096, rights, flags, -1, 0) };
    if page == libc::MAP_FAILED {
        child::refuse("no page");
    }
    child::answer(b"it worked");
}

fn raise_limits() {
    let limit = libc::rlimit { rlim_cur: 1 << 40, rlim_max: 1 << 40 };
    let raised = unsafe { libc::setrlimit(libc::RLIMIT_DATA, &limit) };
    if raised != 0 {
        child::refuse("not raised");
    }
    child::answer(b"it worked");
}

/// Does not even ask what to do.
pub(crate) fn misbehave_at_once(deed: &str) {
    match deed {
        "ignore" => {}
        "garbage" => print!("running 0 tests"),
        "half" => {
            std::io::stdout().write_all(b"a\xff\0\0\0half").unwrap();
        }
        "deaf" => {
            let mut first = [0];
            let _ = std::io::stdin().read(&mut first);
            hang();
        }
        "mute" => {
            unsafe { libc::close(1) };
            hang();
        }
        other => panic!("{other} is not in the repertoire"),
    }
}
