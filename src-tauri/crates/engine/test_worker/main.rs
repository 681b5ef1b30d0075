//! A worker without libvips that does what its source says: one order a line, such as `slow 20`
//! or `segfault`. Only this crate's tests build it; it is never shipped.
//!
//! A line that begins with `@2` is obeyed just before variant 2, the others before the first
//! variant. `once PATH ORDER` obeys only the first time. What a render gives is a small text; it
//! says `known` where the worker has had a job of the same proxy before, and `early` where its source
//! was arriving: the worker then waits for its end. `late` fails such a job. Lines that begin with
//! `#` say nothing.

mod misbehave;

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _, Write as _},
    os::{
        fd::{FromRawFd as _, OwnedFd},
        unix::net::UnixStream,
    },
    thread,
    time::Duration,
};

use cropmark_rules::{
    ContentHash, Fault, FaultCode, Format, FormatRule,
    plan::predicted_size,
    protocol::{
        Description, Header, Job, PIXEL_VERSION, PROTOCOL_VERSION, Rendered, Reply, Request,
    },
};
use cropmark_wire::{Channel, Error};
use rustix::process::{Signal, nice, set_parent_process_death_signal};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name);
        place.and_then(|place| arguments.get(place + 1)).cloned().unwrap_or_default()
    };
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let _ = nice(value("--nice").parse().unwrap_or(0));
    let channel = inherited(value("--channel").parse().expect("a channel"));
    ready(&channel).expect("somebody listens");
    let mut proxies = Vec::new();
    while let Ok((request, files)) = channel.receive::<Request>() {
        let files: Vec<File> = files.into_iter().map(File::from).collect();
        let served = match request {
            Request::Describe => ready(&channel),
            Request::Inspect { id, .. } => inspect(&channel, id, &files),
            Request::Render(job) => render(&channel, &job, &files, &mut proxies),
        };
        if served.is_err() {
            return;
        }
    }
}

#[expect(unsafe_code, reason = "the inherited descriptor is known by its number only")]
fn inherited(number: i32) -> Channel {
    // SAFETY: the engine starts this program with the descriptor open, for it alone.
    let socket = unsafe { OwnedFd::from_raw_fd(number) };
    Channel::new(UnixStream::from(socket))
}

fn ready(channel: &Channel) -> Result<(), Error> {
    let description = Description {
        protocol: PROTOCOL_VERSION,
        pixels: PIXEL_VERSION,
        libvips: "none".to_owned(),
        reads: vec![Format::Jpeg],
        writes: vec![Format::Jpeg],
        sandbox: BTreeMap::from([("landlock".to_owned(), false)]),
    };
    channel.send(&Reply::Ready(description), &[])
}

/// The header of a source that gives these orders.
fn header(orders: &[String]) -> Header {
    let mut header = Header::plain(Format::Jpeg, 100, 80);
    for line in orders {
        if let ["size", width, height] = line.split(' ').collect::<Vec<_>>()[..] {
            header.width = width.parse().expect("a number");
            header.height = height.parse().expect("a number");
        }
    }
    header
}

fn inspect(channel: &Channel, id: u64, sources: &[File]) -> Result<(), Error> {
    let outcomes: Result<_, Error> = sources.iter().map(|it| outcome(channel, id, it)).collect();
    channel.send(&Reply::Inspected { id, outcomes: outcomes? }, &[])
}

fn outcome(channel: &Channel, id: u64, source: &File) -> Result<Result<Header, Fault>, Error> {
    let orders = orders(source);
    let mut header = header(&orders);
    for line in &orders {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["claim", ..] => misbehave::claim(&mut header, &words[1..]),
            ["unreadable"] => {
                let fault = Fault::new(FaultCode::Unreadable, "This is \u{7} no image.");
                return Ok(Err(fault));
            }
            ["unsupported"] => {
                let fault = Fault::new(FaultCode::Unsupported, "This is another kind of image.");
                return Ok(Err(fault));
            }
            _ => {
                misbehave::obey(channel, id, &words)?;
            }
        }
    }
    Ok(Ok(header))
}

fn render(
    channel: &Channel,
    job: &Job,
    files: &[File],
    proxies: &mut Vec<ContentHash>,
) -> Result<(), Error> {
    let known = job.proxy.as_ref().is_some_and(|proxy| proxies.contains(proxy));
    if let Some(arrival) = &job.arrival {
        let _ = io::copy(&mut &files[arrival.signals], &mut io::sink());
    }
    let orders = orders(&files[job.source]);
    let (mut resident_bytes, mut kept_bytes) = (1 << 20, 0);
    let mut swaps = false;
    for line in orders.iter().filter(|line| !line.starts_with('@')) {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["resident", bytes] => resident_bytes = bytes.parse().expect("a number"),
            ["keep", bytes] => kept_bytes = bytes.parse().expect("a number"),
            ["swap"] => swaps = true,
            _ => misbehave::obey(channel, job.id, &words)?,
        }
    }
    let mut wanted: Vec<(usize, &File)> = Vec::new();
    for (index, order) in job.variants.iter().enumerate() {
        wanted.extend(order.target.map(|target| (index, &files[target])));
    }
    if swaps {
        wanted.reverse();
    }
    for (index, target) in wanted {
        let own: Vec<Vec<&str>> = orders
            .iter()
            .filter_map(|line| line.strip_prefix(&format!("@{index} ")))
            .map(|line| line.split(' ').collect())
            .collect();
        for words in &own {
            misbehave::obey(channel, job.id, words)?;
        }
        let outcome = write(target, index, job, &orders, known).map(|mut rendered| {
            for words in &own {
                misbehave::lie(&mut rendered, target, words);
            }
            rendered
        });
        channel.send(&Reply::Variant { id: job.id, index, outcome }, &[])?;
        for words in &own {
            misbehave::write_later(target, words);
        }
    }
    proxies.extend(job.proxy.filter(|_| !known));
    let done = Reply::Done {
        id: job.id,
        resident_bytes,
        peak_bytes: resident_bytes,
        proxies: proxies.clone(),
        kept_bytes,
    };
    channel.send(&done, &[])?;
    if orders.iter().any(|line| line == "chatter") {
        channel.send(&done, &[])?;
    }
    Ok(())
}

/// Writes the result as the real worker does, at the descriptor's position, in two steps.
fn write(
    target: &File,
    index: usize,
    job: &Job,
    orders: &[String],
    known: bool,
) -> Result<Rendered, Fault> {
    if job.arrival.is_some() && orders.iter().any(|line| line == "late") {
        return Err(Fault::new(FaultCode::Unsupported, "It is read as a whole."));
    }
    let known = if known { ", known" } else { "" };
    let known = if job.arrival.is_some() { ", early" } else { known };
    let text = match orders.first().map(String::as_str) {
        Some("surroundings") => surroundings(),
        _ => format!("variant {index} of {} from {orders:?}{known}", job.variants.len()),
    };
    let mut file = target;
    let (first, second) = text.as_bytes().split_at(text.len() / 2);
    let written: io::Result<()> = file.write_all(first).and_then(|()| {
        if orders.iter().any(|line| line == "pause") {
            thread::sleep(Duration::from_millis(30));
        }
        file.write_all(second)
    });
    let written = written.and_then(|()| file.set_len(text.len() as u64));
    written.map_err(|error| Fault::new(FaultCode::Denied, error.to_string()))?;
    let order = &job.variants[index];
    let size = predicted_size(&header(orders), &job.rules, &order.operations);
    let format = match order.encoding.format {
        FormatRule::Named(format) => format,
        FormatRule::Source | FormatRule::Smallest => Format::Jpeg,
    };
    Ok(Rendered {
        format,
        width: size.map_or(10, |size| size.width),
        height: size.map_or(10, |size| size.height),
        frames: 1,
        bytes: text.len() as u64,
        hash: ContentHash::of(text.as_bytes()),
        quality: Some(80),
        score: None,
        milliseconds: 1.0,
        notes: Vec::new(),
        windows: Vec::new(),
        faces: None,
        steps: Vec::new(),
    })
}

/// What a process can see of where it runs.
fn surroundings() -> String {
    let mut lines: Vec<String> =
        std::env::vars().map(|(name, value)| format!("variable {name}={value}")).collect();
    for entry in std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten() {
        if let Ok(what) = std::fs::read_link(entry.path()) {
            let number = entry.file_name();
            lines.push(format!("descriptor {} {}", number.display(), what.display()));
        }
    }
    let folder = std::env::current_dir().expect("a folder");
    let priority = rustix::process::getpriority_process(None).unwrap_or(-99);
    lines.push(format!("folder {}", folder.display()));
    lines.push(format!("priority {priority}\n"));
    lines.join("\n")
}

/// Reads the source slowly, at the descriptor's own position, as a decoder does.
fn orders(mut source: &File) -> Vec<String> {
    let mut text = String::new();
    let mut byte = [0];
    while source.read(&mut byte).unwrap_or(0) > 0 {
        text.push(char::from(byte[0]));
    }
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}
