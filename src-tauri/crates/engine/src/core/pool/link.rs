//! The link to one worker: a thread that starts it, sends it jobs, checks its replies, and reaps it.
//!
//! The thread checks every reply against the protocol, so that the dispatcher hears of each output
//! exactly once; the first reply too many ends the session. [`WorkerLink`] is the engine's end.
//! Dropping it closes the link, whatever the worker does, and the thread then kills the worker.

use std::{
    io::{self, Read as _},
    os::{fd::AsFd as _, unix::net::UnixStream},
    process::{Child, ChildStderr, ExitStatus},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use cropmark_rules::protocol::{Description, Header, Rendered, Reply};
use cropmark_rules::{ContentHash, Fault, Limits};
use cropmark_wire::{Channel, Error as WireError};
use rustix::{
    event::{PollFd, PollFlags, poll},
    net::{RecvFlags, Shutdown, recv, shutdown},
};

use super::{
    answers,
    prepare::{Assignment, Expected, ExpectedVariant, PreparedRequest, unwritable},
    process::Launch,
    result_file::CopyError,
    stderr::StderrTail,
};
use crate::{core::queue::JobId, means, os};

/// How long a worker that has closed the channel may take to exit, so that its exit status tells
/// why.
const EXIT_GRACE: Duration = Duration::from_millis(250);
/// How long a killed worker is waited for before its exit is reported without a status.
const KILL_TIMEOUT: Duration = Duration::from_millis(500);
/// The most sources that one worker may claim to keep.
const MOST_PROXIES: usize = 64;
/// The stack of a link's thread, in bytes.
const STACK: usize = 512 << 10;

/// What a link's thread reports of its worker.
#[derive(Debug)]
pub(crate) enum WorkerEvent {
    /// The process was started, with this number.
    Started(u32),
    /// It can take jobs.
    Ready(Description),
    /// Headers were read, each by the index of its source; the job is over.
    Inspected(JobId, Vec<(usize, Result<Header, Fault>)>),
    /// A variant is finished and was copied to its target, or it failed.
    Variant(JobId, usize, Result<Rendered, Fault>),
    /// All variants of a job were reported. The memory is `None` where the worker was not asked.
    Done(JobId, Option<MemoryUse>),
    /// The worker has exited. Always the last event.
    Exited(WorkerExit),
}

/// A worker's memory after a job.
#[derive(Debug)]
pub(crate) struct MemoryUse {
    /// Bytes of memory that it holds.
    pub(crate) resident_bytes: u64,
    /// The sources of which it keeps pixels.
    pub(crate) proxies: Vec<ContentHash>,
    /// Bytes of those pixels.
    pub(crate) kept_bytes: u64,
}

/// How a worker exited.
#[derive(Debug, Default)]
pub(crate) struct WorkerExit {
    /// The exit status, where that is known.
    pub(crate) status: Option<ExitStatus>,
    /// How it broke the protocol, or why it could not be started.
    pub(crate) error: Option<String>,
    /// The end of what it wrote to its standard error during its last job.
    pub(crate) stderr: String,
    /// Whether the system has killed a process for want of memory while this one ran.
    pub(crate) memory_killed: bool,
    /// Whether the process has certainly ended.
    pub(crate) reaped: bool,
    /// What the system lacked where it did not start the process.
    pub(crate) lacking: Option<Fault>,
}

/// The engine's end of the link.
#[derive(Debug)]
pub(crate) struct WorkerLink {
    assignments: mpsc::Sender<Assignment>,
    wake: UnixStream,
    channel: Channel,
    closed: Arc<AtomicBool>,
}

impl WorkerLink {
    /// Starts a worker and the thread that looks after it.
    pub(crate) fn start(
        launch: Arc<Launch>,
        nice: u8,
        limits: Limits,
        report: impl Fn(WorkerEvent) + Send + 'static,
    ) -> io::Result<Self> {
        let (channel, worker_end) = Channel::pair()?;
        let (wake, woken) = UnixStream::pair()?;
        woken.set_nonblocking(true)?;
        wake.set_nonblocking(true)?;
        let (assignments, inbox) = mpsc::channel();
        let closed = Arc::new(AtomicBool::new(false));
        let link =
            Self { assignments, wake, channel: channel.try_clone()?, closed: Arc::clone(&closed) };
        let builder = thread::Builder::new().name("worker link".to_owned()).stack_size(STACK);
        builder.spawn(move || {
            let report = ExitGuard { report };
            let report = |event| (report.report)(event);
            let memory_kills = os::memory_kills();
            let exit = match launch.start(worker_end, nice) {
                Ok(child) => {
                    report(WorkerEvent::Started(child.id()));
                    let session =
                        Session { channel, inbox, woken, limits, closed, report: &report };
                    let (mut exit, mut child) = session.run(child);
                    exit.memory_killed = memory_kills < os::memory_kills();
                    if !exit.reaped {
                        report(WorkerEvent::Exited(exit));
                        // It is stuck in the kernel, on a dead network disk for instance. This
                        // thread stays, both to reap it and to remain its parent.
                        let _ = child.wait();
                        return;
                    }
                    exit
                }
                Err(error) => {
                    let lacking = means::lacking(&error);
                    WorkerExit { error: Some(error.to_string()), lacking, ..WorkerExit::default() }
                }
            };
            report(WorkerEvent::Exited(exit));
        })?;
        Ok(link)
    }

    /// Gives the worker a job. It must be idle.
    pub(crate) fn assign(&self, assignment: Assignment) {
        // Where the thread has ended, its last event is on the way.
        let _ = self.assignments.send(assignment);
        let _ = rustix::io::write(&self.wake, &[1]);
    }

    /// Ends the session; the thread then kills the worker.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let _ = shutdown(&self.channel, Shutdown::Both);
        let _ = self.wake.shutdown(std::net::Shutdown::Both);
    }
}

impl Drop for WorkerLink {
    fn drop(&mut self) {
        self.close();
    }
}

/// Reports the worker's exit where the link's thread panics: else its job and its place would wait
/// for ever. The process dies with the thread that started it.
struct ExitGuard<R: Fn(WorkerEvent)> {
    report: R,
}

impl<R: Fn(WorkerEvent)> Drop for ExitGuard<R> {
    fn drop(&mut self) {
        if thread::panicking() {
            let error = Some("the program has a fault".to_owned());
            (self.report)(WorkerEvent::Exited(WorkerExit { error, ..WorkerExit::default() }));
        }
    }
}

/// Why a session ended.
enum SessionEnd {
    /// One side closed the channel.
    Closed,
    /// The worker broke the protocol.
    Protocol(String),
}

impl From<WireError> for SessionEnd {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Closed => Self::Closed,
            other => Self::Protocol(other.to_string()),
        }
    }
}

/// What the worker is doing.
enum Phase {
    Starting,
    Idle,
    Busy(JobId, Expected),
}

struct Session<'a> {
    channel: Channel,
    inbox: mpsc::Receiver<Assignment>,
    woken: UnixStream,
    limits: Limits,
    /// Whether the engine has closed the link.
    closed: Arc<AtomicBool>,
    report: &'a dyn Fn(WorkerEvent),
}

impl Session<'_> {
    /// Runs the session to its end, then makes sure that the worker has exited.
    fn run(self, mut child: Child) -> (WorkerExit, Child) {
        let mut tail = StderrTail::default();
        let mut stderr = child.stderr.take();
        if let Some(pipe) = &stderr {
            let _ = rustix::io::ioctl_fionbio(pipe, true);
        }
        let end = self.exchange(&mut stderr, &mut tail);
        let exits_itself =
            matches!(end, SessionEnd::Closed) && !self.closed.load(Ordering::Acquire);
        let mut exit = if exits_itself { reap(&mut child, EXIT_GRACE) } else { None };
        if exit.is_none() {
            let _ = child.kill();
            exit = reap(&mut child, KILL_TIMEOUT);
        }
        if let Some(pipe) = &mut stderr {
            while tail.read(pipe) == Some(true) {}
        }
        let error = match end {
            SessionEnd::Closed => None,
            SessionEnd::Protocol(error) => Some(error),
        };
        let reaped = exit.is_some();
        let stderr = tail.text();
        let exit = WorkerExit { status: exit, error, stderr, reaped, ..WorkerExit::default() };
        (exit, child)
    }

    fn exchange(&self, stderr: &mut Option<ChildStderr>, tail: &mut StderrTail) -> SessionEnd {
        let mut phase = Phase::Starting;
        loop {
            let ready = self.wait(stderr.as_ref());
            if ready.stderr
                && let Some(pipe) = stderr
                && tail.read(pipe).is_none()
            {
                *stderr = None;
            }
            if ready.woken {
                match self.next_assignment() {
                    Ok(Some(assignment)) => match self.begin(assignment, tail) {
                        Ok(begun) => phase = begun,
                        Err(end) => return end,
                    },
                    Ok(None) => {}
                    Err(end) => return end,
                }
            }
            if ready.channel {
                match self.receive(phase) {
                    Ok(next) => phase = next,
                    Err(end) => return end,
                }
            }
        }
    }

    /// Waits until there is something to read.
    fn wait(&self, stderr: Option<&ChildStderr>) -> Readable {
        let mut fds = vec![
            PollFd::new(&self.channel, PollFlags::IN),
            PollFd::new(&self.woken, PollFlags::IN),
        ];
        if let Some(stderr) = stderr {
            fds.push(PollFd::new(stderr, PollFlags::IN));
        }
        // An interrupted wait finds nothing; the caller waits again.
        let _ = poll(&mut fds, None);
        let ready = |index: usize| fds.get(index).is_some_and(|fd| !fd.revents().is_empty());
        Readable { channel: ready(0), woken: ready(1), stderr: ready(2) }
    }

    fn next_assignment(&self) -> Result<Option<Assignment>, SessionEnd> {
        let mut rings = [0; 8];
        match (&self.woken).read(&mut rings) {
            Ok(0) => return Err(SessionEnd::Closed),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return Err(SessionEnd::Closed),
        }
        match self.inbox.try_recv() {
            Ok(assignment) => Ok(Some(assignment)),
            Err(mpsc::TryRecvError::Empty) => Ok(None),
            Err(mpsc::TryRecvError::Disconnected) => Err(SessionEnd::Closed),
        }
    }

    fn begin(&self, assignment: Assignment, tail: &mut StderrTail) -> Result<Phase, SessionEnd> {
        tail.clear();
        let job = assignment.job;
        let PreparedRequest { request, files, expected, refused } = assignment.prepare();
        for (index, fault) in refused {
            (self.report)(WorkerEvent::Variant(job, index, Err(fault)));
        }
        if matches!(&expected, Expected::Variants(variants) if variants.is_empty()) {
            (self.report)(WorkerEvent::Done(job, None));
            return Ok(Phase::Idle);
        }
        let descriptors: Vec<_> = files.iter().map(|file| file.as_fd()).collect();
        self.channel.send(&request, &descriptors)?;
        Ok(Phase::Busy(job, expected))
    }

    /// Receives a reply of the worker.
    fn receive(&self, phase: Phase) -> Result<Phase, SessionEnd> {
        if matches!(phase, Phase::Idle) {
            // Not received: half a message would block this thread.
            let mut byte = [0];
            let (_, waiting) = recv(&self.channel, &mut byte, RecvFlags::PEEK).unwrap_or_default();
            let unasked = "it sent a reply without a request".to_owned();
            return Err(if waiting == 0 {
                SessionEnd::Closed
            } else {
                SessionEnd::Protocol(unasked)
            });
        }
        let most = match &phase {
            Phase::Starting => answers::DESCRIPTION_BYTES,
            Phase::Busy(_, Expected::Headers(_)) => answers::HEADER_BYTES,
            Phase::Idle | Phase::Busy(_, Expected::Variants(_)) => answers::VARIANT_BYTES,
        };
        let (reply, _no_files) = self.channel.receive_within::<Reply>(most)?;
        self.take_in(phase, reply)
    }

    /// Takes in a reply that fits the phase, and returns the next one.
    fn take_in(&self, phase: Phase, reply: Reply) -> Result<Phase, SessionEnd> {
        match (phase, reply) {
            (Phase::Starting, Reply::Ready(description)) => {
                (self.report)(WorkerEvent::Ready(answers::description(description)));
                Ok(Phase::Idle)
            }
            (Phase::Busy(job, Expected::Headers(expected)), Reply::Inspected { id, outcomes })
                if id == job.0 && outcomes.len() == expected.len() =>
            {
                let headers = outcomes.into_iter().map(|outcome| match outcome {
                    Ok(header) => answers::header(header, &self.limits).map(Ok),
                    Err(fault) => Ok(Err(answers::fault(&fault))),
                });
                let headers: Result<Vec<_>, String> = headers.collect();
                let headers = headers.map_err(SessionEnd::Protocol)?;
                let headers = expected.into_iter().zip(headers).collect();
                (self.report)(WorkerEvent::Inspected(job, headers));
                Ok(Phase::Idle)
            }
            (
                Phase::Busy(job, Expected::Variants(mut expected)),
                Reply::Variant { id, index, outcome },
            ) if id == job.0 => {
                let variant = expected.remove(&index).ok_or_else(|| {
                    let error = format!("it answered variant {index}, which was not requested");
                    SessionEnd::Protocol(error)
                })?;
                let result = match outcome {
                    Ok(rendered) => self.accept(&variant, rendered)?,
                    Err(fault) => Err(answers::fault(&fault)),
                };
                (self.report)(WorkerEvent::Variant(job, index, result));
                Ok(Phase::Busy(job, Expected::Variants(expected)))
            }
            (
                Phase::Busy(job, Expected::Variants(expected)),
                Reply::Done { id, resident_bytes, proxies, kept_bytes, .. },
            ) if id == job.0 && expected.is_empty() => {
                let proxies = proxies.into_iter().take(MOST_PROXIES).collect();
                let kept_bytes = kept_bytes.min(self.limits.worker_bytes);
                let memory = MemoryUse { resident_bytes, proxies, kept_bytes };
                (self.report)(WorkerEvent::Done(job, Some(memory)));
                Ok(Phase::Idle)
            }
            _ => Err(SessionEnd::Protocol("it sent a reply that fits no request".to_owned())),
        }
    }

    /// Copies a result to its target where it is as it should be; the fault where the target
    /// cannot be written. A worker that reports what is not so is ended: it cannot be trusted.
    fn accept(
        &self,
        variant: &ExpectedVariant,
        rendered: Rendered,
    ) -> Result<Result<Rendered, Fault>, SessionEnd> {
        variant.bounds.check(&rendered).map_err(SessionEnd::Protocol)?;
        match variant.file.copy_to(&variant.target, rendered.bytes, &self.closed) {
            Ok(hash) if hash == rendered.hash => Ok(Ok(answers::rendered(rendered))),
            Ok(_) => {
                let error = "it reported another hash than that of the result".to_owned();
                Err(SessionEnd::Protocol(error))
            }
            Err(CopyError::Target(error)) => Ok(Err(unwritable(&error))),
            Err(CopyError::Worker(error)) => Err(SessionEnd::Protocol(error)),
            Err(CopyError::Closed) => Err(SessionEnd::Closed),
        }
    }
}

struct Readable {
    channel: bool,
    woken: bool,
    stderr: bool,
}

/// Waits so long for the process to end.
fn reap(child: &mut Child, timeout: Duration) -> Option<ExitStatus> {
    let until = Instant::now() + timeout;
    let mut pause = Duration::from_micros(200);
    loop {
        match child.try_wait() {
            Ok(Some(exit)) => return Some(exit),
            Ok(None) if Instant::now() < until => thread::sleep(pause),
            _ => return None,
        }
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_in_a_link_is_reported_as_its_workers_exit() {
        let (sender, events) = mpsc::channel();
        let link = thread::spawn(move || {
            let _guard = ExitGuard { report: move |event| sender.send(event).unwrap() };
            panic!("on purpose");
        });
        assert!(link.join().is_err());
        let Ok(WorkerEvent::Exited(exit)) = events.recv() else { panic!("nothing was reported") };
        assert!(!exit.reaped, "the process may still run");
        assert!(events.recv().is_err());
    }
}
