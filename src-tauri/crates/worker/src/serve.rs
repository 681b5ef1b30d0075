//! The worker's loop: a request comes in with descriptors, replies go out.

use std::{
    cell::{Cell, RefCell},
    fs::File,
    io::{ErrorKind, Write as _},
    os::fd::{AsFd as _, OwnedFd},
    time::{Duration, Instant},
};

use cropmark_rules::{
    ContentHash, Fault, FaultCode,
    protocol::{Description, Job, PIXEL_VERSION, PROTOCOL_VERSION, Rendered, Reply, Request},
};
use cropmark_wire::{Channel, Error as WireError};

use crate::{
    canvas::no_threads,
    content::Content,
    decode, formats,
    options::{self, Options, Sandbox, UsageError},
    os::{
        memory,
        process::{self, MemoryStatus},
        sandbox,
    },
    pipeline::{self, Context, Finished, Proxies},
    vips::Library,
};

/// A worker that holds more bytes than this after a job returns free memory to the system, unless
/// the pixels that it keeps for previews and [`ROOM_BYTES`] are more.
const KEPT_BYTES: u64 = 112 << 20;

/// Threads that libvips may need for a picture. It keeps them for 15 seconds.
const PICTURE_THREADS: u32 = 4;
const THREADS_KEPT: Duration = Duration::from_secs(10);

/// After this long without work, a worker returns free memory to the system.
const IDLE: Duration = Duration::from_secs(3);

/// The bytes that a worker may hold besides the pixels that it keeps: its own, and some to work with.
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
    memory: MemoryStatus,
    /// Whether each step of a variant is measured.
    measures: bool,
    /// What is kept from one job to the next.
    proxies: RefCell<Proxies>,
    /// When libvips had its threads last.
    last_picture: Cell<Option<Instant>>,
}

/// Runs until the engine closes the channel.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<(), ServeError> {
    let options = options::parse(arguments)?;
    process::lower_priority(options.nice);
    memory::set_up();
    let library = Library::start()?;
    let memory = MemoryStatus::open();
    let probe = options.probe.then(sandbox::probe::prepare);
    let parts = sandboxed(&options)?;
    if let Some(prepared) = probe {
        let told = sandbox::probe::run(&prepared);
        println!("{}", serde_json::to_string(&told).unwrap_or_default());
        return Ok(());
    }
    let worker = Worker {
        channel: channel(&options)?,
        library,
        parts,
        memory,
        measures: options.measures,
        proxies: RefCell::default(),
        last_picture: Cell::default(),
    };
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

fn channel(options: &Options) -> Result<Channel, ServeError> {
    let number = options.channel.filter(|number| *number >= 0).ok_or(ServeError::NoChannel)?;
    Ok(Channel::new(process::inherited_socket(number)?))
}

impl Worker {
    /// Waits for a request. Where none comes for a while, free memory is returned to the system: a
    /// worker may have nothing to do for days.
    fn rest(&self) {
        if !process::wait_to_read(&self.channel, Some(IDLE)) {
            memory::give_back();
            memory::large_pages(false);
            process::wait_to_read(&self.channel, None);
            memory::large_pages(true);
        }
    }

    fn describe(&self) -> Description {
        Description {
            protocol: PROTOCOL_VERSION,
            pixels: PIXEL_VERSION,
            libvips: self.library.version(),
            reads: formats::readable().to_vec(),
            writes: formats::writable().to_vec(),
            sandbox: self.parts.clone(),
        }
    }

    fn answer(&self, request: Request, files: &[OwnedFd]) -> Result<(), WireError> {
        match request {
            Request::Describe => self.channel.send(&Reply::Ready(self.describe()), &[]),
            Request::Inspect { id, limits } => {
                let inspected = files.iter().map(|it| decode::inspect(it.as_fd(), &limits));
                self.channel.send(&Reply::Inspected { id, outcomes: inspected.collect() }, &[])
            }
            Request::Render(job) => self.render(&job, files),
        }
    }

    /// Checks that libvips can start its threads: it crashes where it cannot.
    fn threads(&self) -> Result<(), Fault> {
        let last = self.last_picture.replace(Some(Instant::now()));
        if last.is_some_and(|last| last.elapsed() < THREADS_KEPT) {
            return Ok(());
        }
        process::start_threads(PICTURE_THREADS).map_err(|_| {
            self.last_picture.set(None);
            no_threads()
        })
    }

    fn render(&self, job: &Job, files: &[OwnedFd]) -> Result<(), WireError> {
        let mut sent = Ok(());
        let mut reply = |index: usize, outcome: Result<Rendered, Fault>| {
            if sent.is_ok() {
                sent = self.channel.send(&Reply::Variant { id: job.id, index, outcome }, &[]);
            }
        };
        let context = Context::new(job, files).with_proxies(&self.proxies).measuring(self.measures);
        let source = self.threads().and_then(|()| content(job, files));
        let opened = source.and_then(|source| decode::open(source, &job.limits));
        match opened {
            Ok(opened) => {
                pipeline::render(&opened, job, &context, &mut |index, outcome| {
                    // What has failed is rendered once more when all has come: nobody need wait for it.
                    let outcome =
                        outcome.and_then(|finished| opened.wait_for_rest().map(|()| finished));
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
        let (mut resident_bytes, peak_bytes) = self.memory.bytes();
        let proxies = self.proxies.borrow();
        if resident_bytes > KEPT_BYTES.max(ROOM_BYTES + proxies.bytes()) {
            memory::give_back();
            resident_bytes = self.memory.bytes().0;
        }
        let (kept_bytes, proxies) = (proxies.bytes(), proxies.sources());
        let done = Reply::Done { id: job.id, resident_bytes, peak_bytes, proxies, kept_bytes };
        self.channel.send(&done, &[])
    }
}

/// Opens the source of a job, of which bytes may still be missing.
fn content(job: &Job, files: &[OwnedFd]) -> Result<Content, Fault> {
    let source = files.get(job.source).ok_or_else(|| absent("source"))?;
    let Some(arrival) = &job.arrival else { return Content::open(source.as_fd()) };
    let signals = files.get(arrival.signals).ok_or_else(|| absent("source's progress"))?;
    Content::arriving(source.as_fd(), arrival.bytes, signals.as_fd())
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
    let written = target.try_clone().map(File::from).and_then(|mut file| {
        file.write_all(&encoded.bytes)?;
        // It may have more room than the result takes.
        file.set_len(encoded.bytes.len() as u64)
    });
    written.map_err(|error| match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Fault::new(FaultCode::DiskFull, format!("The result could not be written ({error})."))
        }
        // The engine lends a file that cannot grow.
        ErrorKind::PermissionDenied | ErrorKind::FileTooLarge => {
            let bytes = encoded.bytes.len();
            let message = format!(
                "The result has {bytes} bytes, more than one of this size may have. Choose \
                 another format or a lower quality."
            );
            Fault::new(FaultCode::TooLarge, message)
        }
        _ => Fault::new(FaultCode::Denied, format!("The result could not be written ({error}).")),
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
        windows: finished.windows,
        faces: finished.faces,
        steps: finished.steps,
    })
}
