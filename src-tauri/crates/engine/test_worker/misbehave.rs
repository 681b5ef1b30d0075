//! What a worker must not do, on order.

use std::{
    fs::OpenOptions,
    io::Write as _,
    os::{fd::AsFd as _, unix::net::UnixStream},
    thread,
    time::Duration,
};

use cropmark_rules::{
    Fault, FaultCode,
    protocol::{Reply, Request},
};
use cropmark_wire::{Channel, Error};
use rustix::process::{Resource, Rlimit, Signal, getpid, kill_process, setrlimit};

/// Memory that a worker gets before it allocates without end, in bytes.
const MEMORY: u64 = 64 << 20;

pub(crate) fn obey(channel: &Channel, id: u64, words: &[&str]) -> Result<(), Error> {
    match words {
        ["slow", milliseconds] => {
            thread::sleep(Duration::from_millis(milliseconds.parse().expect("a number")));
        }
        ["once", path, rest @ ..] if is_new(path) => obey(channel, id, rest)?,
        ["panic"] => panic!("as ordered"),
        ["abort"] => std::process::abort(),
        ["exit", code] => std::process::exit(code.parse().expect("a number")),
        // The runtime's handler lets the first one pass.
        ["segfault"] => die(Signal::SEGV),
        ["kill"] => die(Signal::KILL),
        ["hang"] => loop {
            thread::park();
        },
        ["spin"] => loop {
            std::hint::spin_loop();
        },
        ["allocate"] => allocate(),
        ["flood"] => loop {
            let outcome = Err(Fault::new(FaultCode::Invalid, "x".repeat(10_000)));
            channel.send(&Reply::Variant { id, index: 0, outcome }, &[])?;
        },
        ["shout"] => loop {
            eprintln!("{}", "a long line that nobody wants to read ".repeat(100));
        },
        ["say", rest @ ..] => eprintln!("{}", rest.join(" ")),
        ["half"] => {
            raw(channel, &[200, 0, 0, 0, b'{']);
            obey(channel, id, &["hang"])?;
        }
        ["half-exit"] => {
            raw(channel, &[200, 0, 0, 0, b'{']);
            std::process::exit(0);
        }
        ["huge"] => {
            raw(channel, &[255, 255, 255, 255]);
            obey(channel, id, &["hang"])?;
        }
        ["nonsense"] => channel.send(&Request::Describe, &[])?,
        ["wrong-id"] => send(channel, id + 1, 0)?,
        ["wrong-index"] => send(channel, id, 9999)?,
        ["twice"] => {
            send(channel, id, 0)?;
            send(channel, id, 0)?;
        }
        ["early-done"] => {
            channel.send(
                &Reply::Done {
                    id,
                    resident_bytes: 0,
                    peak_bytes: 0,
                    proxies: Vec::new(),
                    kept_bytes: 0,
                },
                &[],
            )?;
        }
        _ => {}
    }
    Ok(())
}

/// Makes the file, and says whether it was not there before.
fn is_new(path: &str) -> bool {
    OpenOptions::new().write(true).create_new(true).open(path).is_ok()
}

fn die(signal: Signal) {
    loop {
        let _ = kill_process(getpid(), signal);
    }
}

fn allocate() {
    let limit = Rlimit { current: Some(MEMORY), maximum: Some(MEMORY) };
    setrlimit(Resource::As, limit).expect("a limit");
    let mut hoard = Vec::new();
    loop {
        hoard.push(vec![1_u8; 8 << 20]);
    }
}

fn send(channel: &Channel, id: u64, index: usize) -> Result<(), Error> {
    let outcome = Err(Fault::new(FaultCode::Invalid, "as ordered"));
    channel.send(&Reply::Variant { id, index, outcome }, &[])
}

fn raw(channel: &Channel, bytes: &[u8]) {
    let socket = channel.as_fd().try_clone_to_owned().expect("a descriptor");
    UnixStream::from(socket).write_all(bytes).expect("somebody listens");
}
