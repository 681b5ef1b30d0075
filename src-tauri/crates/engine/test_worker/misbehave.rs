//! What a worker must not do, on order.

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    os::{
        fd::{AsFd as _, AsRawFd as _},
        unix::{fs::FileExt as _, net::UnixStream},
    },
    thread,
    time::Duration,
};

use cropmark_rules::{
    Fault, FaultCode, Format,
    protocol::{Header, Rendered, Reply, Request},
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
        // It opens once somebody opens the pipe for writing.
        ["gate", path] => drop(File::open(path)),
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
        ["long-message"] => {
            let outcome = Err(Fault::new(FaultCode::Invalid, "x".repeat(1 << 20)));
            channel.send(&Reply::Variant { id, index: 0, outcome }, &[])?;
        }
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

/// Says of a header what is not so.
pub(crate) fn claim(header: &mut Header, words: &[&str]) {
    match words {
        ["width", width] => header.width = width.parse().expect("a number"),
        ["frames", frames] => header.frames = frames.parse().expect("a number"),
        ["bands", bands] => header.bands = bands.parse().expect("a number"),
        ["orientation", tag] => header.orientation = tag.parse().expect("a number"),
        ["metadata", bytes] => {
            let text = "x".repeat(bytes.parse().expect("a number"));
            header.metadata.insert("exif.Artist".to_owned(), text);
        }
        _ => panic!("an unknown claim: {words:?}"),
    }
}

/// Says of a result what is not so.
pub(crate) fn lie(rendered: &mut Rendered, target: &File, words: &[&str]) {
    match words {
        ["lie"] => rendered.bytes += 1,
        ["lie", "hash"] => rendered.hash = [0; 32].into(),
        ["lie", "width"] => rendered.width += 1,
        ["lie", "frames"] => rendered.frames = 2,
        ["lie", "format"] => rendered.format = Format::Png,
        ["lie", "quality"] => rendered.quality = Some(101),
        ["lie", "time"] => rendered.milliseconds = -1.0,
        ["notes", count] => {
            let count = count.parse().expect("a number");
            rendered.notes = (0..count).map(|_| "a\nnote ".repeat(500)).collect();
        }
        // As large as the file may be, and not one byte of it written.
        ["sparse", bytes] => {
            rendered.bytes = bytes.parse().expect("a number");
            let _refused = target.set_len(rendered.bytes);
        }
        ["map"] => map(target),
        _ => {}
    }
}

/// Maps a file for writing, and keeps it mapped.
#[expect(unsafe_code, reason = "there is no safe way to map a file")]
fn map(file: &File) {
    let (access, shared) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED);
    // SAFETY: a new mapping at a place that the system chooses; nobody reads from it.
    let place =
        unsafe { libc::mmap(std::ptr::null_mut(), 4096, access, shared, file.as_raw_fd(), 0) };
    assert_ne!(place, libc::MAP_FAILED);
}

/// Writes to a result that was answered.
pub(crate) fn write_later(target: &File, words: &[&str]) {
    match words {
        ["overwrite"] => {
            for _ in 0..1000 {
                let _refused = target.write_at(b"changed", 0);
                thread::sleep(Duration::from_micros(100));
            }
        }
        ["grow"] => {
            thread::sleep(Duration::from_millis(50));
            let _refused = target.set_len(1 << 20);
        }
        _ => {}
    }
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
