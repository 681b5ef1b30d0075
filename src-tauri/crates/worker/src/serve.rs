//! The worker's loop: a request comes in with descriptors, replies go out.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Write as _,
    os::{
        fd::{AsFd as _, FromRawFd as _, OwnedFd},
        unix::net::UnixStream,
    },
};

use cropmark_rules::{
    Fault, FaultCode,
    protocol::{Description, Job, PIXEL_VERSION, PROTOCOL_VERSION, Rendered, Reply, Request},
};
use cropmark_wire::{Channel, Error as WireError};

use crate::{
    decode,
    pipeline::{self, Context, Finished},
    vips::{Library, memory},
};

/// A worker that holds more than this after a job gives back what is free.
const KEPT_BYTES: u64 = 112 << 20;

/// Why the worker could not start or go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error("the worker is started by Cropmark, not by hand: {0}")]
    Arguments(String),
    #[error("libvips could not be started: {0}")]
    Library(#[from] crate::vips::Error),
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error("the system refused: {0}")]
    System(#[from] std::io::Error),
}

/// What the engine says on the command line.
#[derive(Debug, Default)]
struct Options {
    channel: Option<i32>,
    nice: i32,
}

/// Runs until the engine closes the channel.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<(), ServeError> {
    let options = parse(arguments)?;
    let channel = channel(&options)?;
    if options.nice != 0 {
        let _unchanged = rustix::process::nice(options.nice);
    }
    memory::set_up();
    let library = Library::start()?;
    channel.send(&Reply::Ready(describe(library)), &[])?;
    loop {
        match channel.receive::<Request>() {
            Ok((request, files)) => answer(&channel, library, request, &files)?,
            Err(WireError::Closed) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, ServeError> {
    let mut options = Options::default();
    while let Some(name) = arguments.next() {
        let value = arguments.next().unwrap_or_default();
        let number = || value.parse().map_err(|_| ServeError::Arguments(format!("{name} {value}")));
        match name.as_str() {
            "--channel" => options.channel = Some(number()?),
            "--nice" => options.nice = number()?,
            "--sandbox" => {}
            _ => return Err(ServeError::Arguments(format!("unknown option {name}"))),
        }
    }
    Ok(options)
}

#[expect(unsafe_code, reason = "the inherited descriptor is known by its number only")]
fn channel(options: &Options) -> Result<Channel, ServeError> {
    let number = options
        .channel
        .filter(|number| *number >= 0)
        .ok_or_else(|| ServeError::Arguments("--channel is missing".to_owned()))?;
    // SAFETY: the engine starts the worker with this descriptor open and for it alone; nothing
    // else in this process has touched it.
    let socket = unsafe { OwnedFd::from_raw_fd(number) };
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC).map_err(std::io::Error::from)?;
    Ok(Channel::new(UnixStream::from(socket)))
}

fn describe(library: &Library) -> Description {
    Description {
        protocol: PROTOCOL_VERSION,
        pixels: PIXEL_VERSION,
        libvips: library.version(),
        reads: Vec::new(),
        writes: Vec::new(),
        sandbox: BTreeMap::new(),
    }
}

fn answer(
    channel: &Channel,
    library: &Library,
    request: Request,
    files: &[OwnedFd],
) -> Result<(), WireError> {
    match request {
        Request::Describe => channel.send(&Reply::Ready(describe(library)), &[]),
        Request::Inspect { id, limits } => {
            let source = files.first().ok_or_else(|| absent("source"));
            let outcome = source
                .and_then(|source| decode::open(source.as_fd(), &limits))
                .map(|opened| opened.header);
            channel.send(&Reply::Inspected { id, outcome }, &[])
        }
        Request::Render(job) => render(channel, &job, files),
    }
}

fn render(channel: &Channel, job: &Job, files: &[OwnedFd]) -> Result<(), WireError> {
    let mut sent = Ok(());
    let mut reply = |index: usize, outcome: Result<Rendered, Fault>| {
        if sent.is_ok() {
            sent = channel.send(&Reply::Variant { id: job.id, index, outcome }, &[]);
        }
    };
    let context = Context::new(job, files);
    let opened = files
        .get(job.source)
        .ok_or_else(|| absent("source"))
        .and_then(|source| decode::open(source.as_fd(), &job.limits));
    match opened {
        Ok(opened) => {
            pipeline::render(&opened, job, &context, &mut |index, outcome| {
                let outcome = outcome.and_then(|finished| write(finished, job, index, files));
                reply(index, outcome);
            });
        }
        Err(fault) => {
            for (index, order) in job.variants.iter().enumerate() {
                if order.target.is_some() {
                    reply(index, Err(fault.clone()));
                }
            }
        }
    }
    sent?;
    let (mut resident_bytes, peak_bytes) = held_bytes();
    if resident_bytes > KEPT_BYTES {
        memory::give_back();
        resident_bytes = held_bytes().0;
    }
    channel.send(&Reply::Done { id: job.id, resident_bytes, peak_bytes }, &[])
}

fn absent(what: &str) -> Fault {
    Fault::new(FaultCode::Invalid, format!("The {what} was not given to the worker."))
}

/// Writes a finished variant to its target.
fn write(
    finished: Finished,
    job: &Job,
    index: usize,
    files: &[OwnedFd],
) -> Result<Rendered, Fault> {
    let target = job.variants[index].target.and_then(|target| files.get(target));
    let target = target.ok_or_else(|| absent("target"))?;
    let encoded = finished.encoded;
    let written =
        target.try_clone().map(File::from).and_then(|mut file| file.write_all(&encoded.bytes));
    written.map_err(|error| {
        let code = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                FaultCode::DiskFull
            }
            _ => FaultCode::Denied,
        };
        Fault::new(code, format!("The result could not be written ({error})."))
    })?;
    Ok(Rendered {
        format: encoded.format,
        width: encoded.width,
        height: encoded.height,
        frames: encoded.frames,
        bytes: encoded.bytes.len() as u64,
        hash: blake3::hash(&encoded.bytes).to_hex().to_string(),
        quality: encoded.quality,
        score: encoded.score,
        milliseconds: finished.milliseconds,
        notes: encoded.notes,
    })
}

/// Resident and peak bytes of this process; zero where the system does not say.
fn held_bytes() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    (field("VmRSS:").unwrap_or(0) * 1024, field("VmHWM:").unwrap_or(0) * 1024)
}
