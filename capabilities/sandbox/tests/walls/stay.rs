//! The child that stays, and does what each request says.

use std::{fs::File, io::Read, net::TcpStream, process::exit, thread, time::Duration};

use sandbox::child;

pub(crate) fn stay() {
    child::request();
    if let Err(error) = child::enter_to_stay() {
        child::refuse(&error.to_string());
    }
    let mut count = 0;
    while let Some((request, files)) = child::next() {
        count += 1;
        let request = String::from_utf8(request).unwrap();
        let (deed, argument) = request.split_once(' ').unwrap_or((&request, ""));
        match deed {
            "count" => child::answer(count.to_string().as_bytes()),
            "long" => child::answer(&vec![b'x'; argument.parse().unwrap()]),
            "read" => read(files),
            "descriptors" => crate::child::descriptors(),
            "pause" => {
                thread::sleep(Duration::from_millis(400));
                child::answer(b"rested");
            }
            "open" => report(File::open(argument)),
            "create" => report(File::create(argument)),
            "list" => report(std::fs::read_dir(argument)),
            "connect" => report(TcpStream::connect(argument)),
            "leave" => exit(0),
            "segfault" | "panic" | "allocate" | "hang" => crate::child::be_nasty(deed, argument),
            other => child::answer(format!("{other} is not in the repertoire").as_bytes()),
        }
    }
}

fn read(files: Vec<File>) {
    let mut content = String::new();
    let mut first = &files[0];
    std::io::Seek::rewind(&mut first).unwrap();
    first.read_to_string(&mut content).unwrap();
    child::answer(format!("{content} of {}", files.len()).as_bytes());
}

fn report<T>(result: std::io::Result<T>) {
    child::answer(if result.is_ok() { b"it worked" } else { b"refused" });
}
