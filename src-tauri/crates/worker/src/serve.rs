//! The worker's loop: a request comes in with descriptors, replies go out.

use std::{
    cell::RefCell,
    fs::File,
    io::Write as _,
    os::{
        fd::{AsFd as _, FromRawFd as _, OwnedFd},
        unix::{fs::FileExt as _, net::UnixStream},
    },
};

use cropmark_rules::{
    ContentHash, Fault, FaultCode,
    protocol::{Description, Job, PIXEL_VERSION, PROTOCOL_VERSION, Rendered, Reply, Request},
};
use cropmark_wire::{Channel, Error as WireError};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::{
    decode, formats,
    options::{self, Options, Sandbox, UsageError},
    pipeline::{self, Context, Finished, Proxies},
    sandbox,
    vips::{Library, memory},
};

/// A worker that holds more than this after a job gives back what is free, unless what it keeps
/// of its sources and [`ROOM_BYTES`] are more.
const KEPT_BYTES: u64 = 112 << 20;

/// How long a worker without work keeps what is free.
const IDLE: Timespec = Timespec { tv_sec: 3, tv_nsec: 0 };

/// What a worker with many kept pixels may hold besides them: itself, and room to work in.
const ROOM_BYTES: u64 = 48 << 20;

/// Why the worker could not start or go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error(transparent)]
    Usage(#[from] UsageError),
    #[error("the worker is started by Cropmark, not by hand: --channel is missing")]
    NoChannel,
    #[error("libvips could not be started: {0}")]
    Library(#[from] crate::vips::Error),
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error("the system refused: {0}")]
    System(#[from] std::io::Error),
    #[error("these parts of the sandbox could not be set up: {0}")]
    Sandbox(String),
}

/// A worker that is ready for requests.
struct Worker {
    channel: Channel,
    library: &'static Library,
    /// Each part of the sandbox, and whether it is active.
    parts: sandbox::Parts,
    /// The kernel's account of this process, opened before files can no longer be.
    status: Option<File>,
    /// What is kept from one job to the next.
    proxies: RefCell<Proxies>,
}

/// Runs until the engine closes the channel.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<(), ServeError> {
    let options = options::parse(arguments)?;
    if options.nice != 0 {
        let _unchanged = rustix::process::nice(options.nice);
    }
    memory::set_up();
    let library = Library::start()?;
    // Read again and again later, when files can no longer be opened.
    let status = File::open("/proc/self/status").ok();
    let parts = sandboxed(&options)?;
    if options.probe {
        println!("{}", serde_json::to_string(&sandbox::probe::run()).unwrap_or_default());
        return Ok(());
    }
    let worker =
        Worker { channel: channel(&options)?, library, parts, status, proxies: RefCell::default() };
    worker.channel.send(&Reply::Ready(worker.describe()), &[])?;
    loop {
        worker.rest();
        match worker.channel.receive::<Request>() {
            Ok((request, files)) => worker.answer(request, &files)?,
            Err(WireError::Closed) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Closes the sandbox as the options say.
fn sandboxed(options: &Options) -> Result<sandbox::Parts, ServeError> {
    if options.sandbox == Sandbox::Off {
        return Ok(sandbox::Parts::new());
    }
    let parts = sandbox::close(options.memory_bytes);
    let missing: Vec<&str> =
        parts.iter().filter(|(_, active)| !**active).map(|(name, _)| name.as_str()).collect();
    if options.sandbox == Sandbox::Required && !missing.is_empty() {
        return Err(ServeError::Sandbox(missing.join(", ")));
    }
    Ok(parts)
}

#[expect(unsafe_code, reason = "the inherited descriptor is known by its number only")]
fn channel(options: &Options) -> Result<Channel, ServeError> {
    let number = options.channel.filter(|number| *number >= 0).ok_or(ServeError::NoChannel)?;
    // SAFETY: the engine starts the worker with this descriptor open and for it alone; nothing
    // else in this process has touched it.
    let socket = unsafe { OwnedFd::from_raw_fd(number) };
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC).map_err(std::io::Error::from)?;
    Ok(Channel::new(UnixStream::from(socket)))
}

impl Worker {
    /// Waits for a request. Where none comes for a while, what is free goes back to the system:
    /// a worker may have nothing to do for days.
    fn rest(&self) {
        let mut channel = [PollFd::new(&self.channel, PollFlags::IN)];
        // Where it cannot be waited so, it is waited for the request itself.
        if poll(&mut channel, Some(&IDLE)) == Ok(0) {
            memory::give_back();
            memory::large_pages(false);
            let _unknown = poll(&mut channel, None);
            memory::large_pages(true);
        }
    }

    fn describe(&self) -> Description {
        Description {
            protocol: PROTOCOL_VERSION,
            pixels: PIXEL_VERSION,
            libvips: self.library.version(),
            reads: formats::readable(self.library),
            writes: formats::writable(self.library),
            sandbox: self.parts.clone(),
        }
    }

    fn answer(&self, request: Request, files: &[OwnedFd]) -> Result<(), WireError> {
        match request {
            Request::Describe => self.channel.send(&Reply::Ready(self.describe()), &[]),
            Request::Inspect { id, limits } => {
                let outcome = files
                    .first()
                    .ok_or_else(|| absent("source"))
                    .and_then(|source| decode::inspect(source.as_fd(), &limits));
                self.channel.send(&Reply::Inspected { id, outcome }, &[])
            }
            Request::Render(job) => self.render(&job, files),
        }
    }

    fn render(&self, job: &Job, files: &[OwnedFd]) -> Result<(), WireError> {
        let mut sent = Ok(());
        let mut reply = |index: usize, outcome: Result<Rendered, Fault>| {
            if sent.is_ok() {
                sent = self.channel.send(&Reply::Variant { id: job.id, index, outcome }, &[]);
            }
        };
        let context = Context::new(job, files).with_proxies(&self.proxies);
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
        drop(context);
        let (mut resident_bytes, peak_bytes) = self.held_bytes();
        let proxies = self.proxies.borrow();
        if resident_bytes > KEPT_BYTES.max(ROOM_BYTES + proxies.bytes()) {
            memory::give_back();
            resident_bytes = self.held_bytes().0;
        }
        let (kept_bytes, proxies) = (proxies.bytes(), proxies.sources());
        let done = Reply::Done { id: job.id, resident_bytes, peak_bytes, proxies, kept_bytes };
        self.channel.send(&done, &[])
    }

    /// Resident and peak bytes of this process; zero where the system does not say.
    fn held_bytes(&self) -> (u64, u64) {
        let mut text = [0; 4096];
        let read = self.status.as_ref().and_then(|status| status.read_at(&mut text, 0).ok());
        let status = String::from_utf8_lossy(&text[..read.unwrap_or(0)]);
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        (field("VmRSS:").unwrap_or(0) * 1024, field("VmHWM:").unwrap_or(0) * 1024)
    }
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
        hash: ContentHash::of(&encoded.bytes),
        quality: encoded.quality,
        score: encoded.score,
        milliseconds: finished.milliseconds,
        notes: encoded.notes,
    })
}
