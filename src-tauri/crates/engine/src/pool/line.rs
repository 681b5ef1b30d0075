//! The line to one worker: a thread that starts it, talks with it, and reaps it.
//!
//! The thread checks every word that the worker says, so that the dispatcher hears only what
//! the protocol allows, each thing once; a flood ends with the first word too many. The other
//! end of the line is a [`Line`]; dropping it cuts the line, whatever the worker does, and the
//! thread then kills the worker.

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
    assignment::{Assignment, Expected, Lent, verify},
    process::Launch,
    stderr::Tail,
};
use crate::queue::JobId;

/// How long a worker that closed the line by itself may take to end, so that its exit status
/// tells why.
const LAST_BREATH: Duration = Duration::from_millis(250);
/// How long a killed worker is waited for before the rest of the program is told without its
/// exit status.
const BURIAL: Duration = Duration::from_millis(500);
/// The most sources that are believed of one worker.
const MOST_PROXIES: usize = 64;
/// The stack of a line's thread, in bytes.
const STACK: usize = 512 << 10;

/// What a worker, or its thread, has to say.
#[derive(Debug)]
pub(crate) enum Report {
    /// The process has this number.
    Started(u32),
    /// It can take jobs.
    Ready(Description),
    /// A header was read; the job is over.
    Inspected(JobId, Result<Header, Fault>),
    /// A variant is finished and verified.
    Variant(JobId, usize, Result<Rendered, Fault>),
    /// All of a job's variants were reported; what the worker holds now, where it was asked.
    Done(JobId, Option<Holdings>),
    /// There is no worker any more. Always the last report.
    Gone(Obituary),
}

/// What a worker holds after a job.
#[derive(Debug)]
pub(crate) struct Holdings {
    /// Bytes of memory.
    pub(crate) resident_bytes: u64,
    /// The sources of which it keeps pixels.
    pub(crate) proxies: Vec<ContentHash>,
    /// Bytes of those pixels.
    pub(crate) kept_bytes: u64,
}

/// How a worker ended.
#[derive(Debug, Default)]
pub(crate) struct Obituary {
    /// How the process ended, where that is known.
    pub(crate) exit: Option<ExitStatus>,
    /// What was wrong with what it said, or why it could not be started.
    pub(crate) complaint: Option<String>,
    /// The end of what it wrote to its standard error during its last job.
    pub(crate) stderr: String,
    /// Whether the system has killed a process for want of memory meanwhile.
    pub(crate) memory_killed: bool,
    /// Whether the process has certainly ended.
    pub(crate) reaped: bool,
}

/// The engine's end of the line.
#[derive(Debug)]
pub(crate) struct Line {
    assignments: mpsc::Sender<Assignment>,
    bell: UnixStream,
    channel: Channel,
    cut: Arc<AtomicBool>,
}

impl Line {
    /// Starts a worker and the thread that looks after it.
    pub(crate) fn start(
        launch: Arc<Launch>,
        nice: u8,
        limits: Limits,
        report: impl Fn(Report) + Send + 'static,
    ) -> io::Result<Self> {
        let (channel, theirs) = Channel::pair()?;
        let (bell, rung) = UnixStream::pair()?;
        rung.set_nonblocking(true)?;
        bell.set_nonblocking(true)?;
        let (assignments, inbox) = mpsc::channel();
        let cut = Arc::new(AtomicBool::new(false));
        let line = Self { assignments, bell, channel: channel.try_clone()?, cut: Arc::clone(&cut) };
        let builder = thread::Builder::new().name("worker line".to_owned()).stack_size(STACK);
        builder.spawn(move || {
            let report = LastWord { report };
            let report = |said| (report.report)(said);
            let memory_kills = memory_kills();
            let obituary = match launch.start(theirs, nice) {
                Ok(child) => {
                    report(Report::Started(child.id()));
                    let talk = Talk { channel, inbox, rung, limits, report: &report };
                    let (mut obituary, mut child) = talk.run(child, &cut);
                    obituary.memory_killed = memory_kills < self::memory_kills();
                    if !obituary.reaped {
                        report(Report::Gone(obituary));
                        // Stuck in the kernel, on a dead network disk for instance. Somebody
                        // has to stay, both to reap it and to remain its parent.
                        let _ = child.wait();
                        return;
                    }
                    obituary
                }
                Err(error) => {
                    Obituary { complaint: Some(error.to_string()), ..Obituary::default() }
                }
            };
            report(Report::Gone(obituary));
        })?;
        Ok(line)
    }

    /// Gives the worker a job. It must be idle.
    pub(crate) fn assign(&self, assignment: Assignment) {
        // Where the thread has gone, its last report is on the way.
        let _ = self.assignments.send(assignment);
        let _ = rustix::io::write(&self.bell, &[1]);
    }

    /// Ends the conversation; the thread kills the worker.
    pub(crate) fn cut(&self) {
        self.cut.store(true, Ordering::Release);
        let _ = shutdown(&self.channel, Shutdown::Both);
        let _ = self.bell.shutdown(std::net::Shutdown::Both);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.cut();
    }
}

/// Tells that a worker has gone even where its thread has a fault: nobody else would, and its job
/// and its place would wait for ever. The process dies with the thread that started it.
struct LastWord<R: Fn(Report)> {
    report: R,
}

impl<R: Fn(Report)> Drop for LastWord<R> {
    fn drop(&mut self) {
        if thread::panicking() {
            let complaint = Some("the program has a fault".to_owned());
            (self.report)(Report::Gone(Obituary { complaint, ..Obituary::default() }));
        }
    }
}

/// Why a conversation ended.
enum End {
    /// The worker hung up, or we did.
    Closed,
    /// The worker said what it must not say.
    Complaint(String),
}

impl From<WireError> for End {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Closed => Self::Closed,
            other => Self::Complaint(other.to_string()),
        }
    }
}

/// What the worker is expected to do.
enum Phase {
    Starting,
    Idle,
    Busy(JobId, Expected),
}

struct Talk<'a> {
    channel: Channel,
    inbox: mpsc::Receiver<Assignment>,
    rung: UnixStream,
    limits: Limits,
    report: &'a dyn Fn(Report),
}

impl Talk<'_> {
    /// Talks until one side ends it, then makes sure that the worker has gone.
    fn run(self, mut child: Child, cut: &AtomicBool) -> (Obituary, Child) {
        let mut tail = Tail::default();
        let mut stderr = child.stderr.take();
        if let Some(pipe) = &stderr {
            let _ = rustix::io::ioctl_fionbio(pipe, true);
        }
        let end = self.converse(&mut stderr, &mut tail);
        let gentle = matches!(end, End::Closed) && !cut.load(Ordering::Acquire);
        let mut exit = if gentle { reap(&mut child, LAST_BREATH) } else { None };
        if exit.is_none() {
            let _ = child.kill();
            exit = reap(&mut child, BURIAL);
        }
        if let Some(pipe) = &mut stderr {
            while tail.read(pipe) == Some(true) {}
        }
        let complaint = match end {
            End::Closed => None,
            End::Complaint(complaint) => Some(complaint),
        };
        let reaped = exit.is_some();
        let stderr = tail.text();
        (Obituary { exit, complaint, stderr, memory_killed: false, reaped }, child)
    }

    fn converse(&self, stderr: &mut Option<ChildStderr>, tail: &mut Tail) -> End {
        let mut phase = Phase::Starting;
        loop {
            let ready = self.wait(stderr.as_ref());
            if ready.stderr
                && let Some(pipe) = stderr
                && tail.read(pipe).is_none()
            {
                *stderr = None;
            }
            if ready.rung {
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
                match self.hear(phase) {
                    Ok(next) => phase = next,
                    Err(end) => return end,
                }
            }
        }
    }

    /// Waits until there is something to read.
    fn wait(&self, stderr: Option<&ChildStderr>) -> Readable {
        let mut fds =
            vec![PollFd::new(&self.channel, PollFlags::IN), PollFd::new(&self.rung, PollFlags::IN)];
        if let Some(stderr) = stderr {
            fds.push(PollFd::new(stderr, PollFlags::IN));
        }
        // An interrupted wait has found nothing; the caller waits again.
        let _ = poll(&mut fds, None);
        let ready = |index: usize| fds.get(index).is_some_and(|fd| !fd.revents().is_empty());
        Readable { channel: ready(0), rung: ready(1), stderr: ready(2) }
    }

    fn next_assignment(&self) -> Result<Option<Assignment>, End> {
        let mut rings = [0; 8];
        match (&self.rung).read(&mut rings) {
            Ok(0) => return Err(End::Closed),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return Err(End::Closed),
        }
        match self.inbox.try_recv() {
            Ok(assignment) => Ok(Some(assignment)),
            Err(mpsc::TryRecvError::Empty) => Ok(None),
            Err(mpsc::TryRecvError::Disconnected) => Err(End::Closed),
        }
    }

    fn begin(&self, assignment: Assignment, tail: &mut Tail) -> Result<Phase, End> {
        tail.clear();
        let job = assignment.job;
        let Lent { request, files, expected, refused } = assignment.lend();
        for (index, fault) in refused {
            (self.report)(Report::Variant(job, index, Err(fault)));
        }
        if matches!(&expected, Expected::Variants(variants) if variants.is_empty()) {
            (self.report)(Report::Done(job, None));
            return Ok(Phase::Idle);
        }
        let descriptors: Vec<_> = files.iter().map(|file| file.as_fd()).collect();
        self.channel.send(&request, &descriptors)?;
        Ok(Phase::Busy(job, expected))
    }

    /// Takes what the worker says.
    fn hear(&self, phase: Phase) -> Result<Phase, End> {
        if matches!(phase, Phase::Idle) {
            // Not read: half a message would hold this thread up.
            let mut byte = [0];
            let (_, spoken) = recv(&self.channel, &mut byte, RecvFlags::PEEK).unwrap_or_default();
            let unasked = "it spoke without being asked".to_owned();
            return Err(if spoken == 0 { End::Closed } else { End::Complaint(unasked) });
        }
        let (reply, _no_files) = self.channel.receive::<Reply>()?;
        self.understand(phase, reply).map_err(End::Complaint)
    }

    fn understand(&self, phase: Phase, reply: Reply) -> Result<Phase, String> {
        match (phase, reply) {
            (Phase::Starting, Reply::Ready(description)) => {
                (self.report)(Report::Ready(description));
                Ok(Phase::Idle)
            }
            (Phase::Busy(job, Expected::Header), Reply::Inspected { id, outcome })
                if id == job.0 =>
            {
                (self.report)(Report::Inspected(job, outcome.map_err(|fault| cleaned(&fault))));
                Ok(Phase::Idle)
            }
            (
                Phase::Busy(job, Expected::Variants(mut expected)),
                Reply::Variant { id, index, outcome },
            ) if id == job.0 => {
                let target = expected.remove(&index).ok_or_else(|| {
                    format!("it answered variant {index}, which nobody asked for")
                })?;
                if let Ok(rendered) = &outcome {
                    verify(rendered, &target, self.limits.side)?;
                }
                (self.report)(Report::Variant(
                    job,
                    index,
                    outcome.map_err(|fault| cleaned(&fault)),
                ));
                Ok(Phase::Busy(job, Expected::Variants(expected)))
            }
            (
                Phase::Busy(job, Expected::Variants(expected)),
                Reply::Done { id, resident_bytes, proxies, kept_bytes, .. },
            ) if id == job.0 && expected.is_empty() => {
                let proxies = proxies.into_iter().take(MOST_PROXIES).collect();
                let holdings = Holdings { resident_bytes, proxies, kept_bytes };
                (self.report)(Report::Done(job, Some(holdings)));
                Ok(Phase::Idle)
            }
            _ => Err("it gave an answer that fits no question".to_owned()),
        }
    }
}

struct Readable {
    channel: bool,
    rung: bool,
    stderr: bool,
}

/// A fault as a worker tells it, with a message that can be shown.
fn cleaned(fault: &Fault) -> Fault {
    let mut tail = Tail::default();
    tail.push(fault.message.as_bytes());
    Fault::new(fault.code, tail.text())
}

/// Waits for the process to end, but not for ever.
fn reap(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let until = Instant::now() + patience;
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

/// How many processes the system has killed for want of memory since it started.
fn memory_kills() -> Option<u64> {
    let counters = std::fs::read_to_string("/proc/vmstat").ok()?;
    let line = counters.lines().find_map(|line| line.strip_prefix("oom_kill "))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_in_a_line_is_told_as_the_loss_of_its_worker() {
        let (told, reports) = mpsc::channel();
        let line = thread::spawn(move || {
            let _last_word = LastWord { report: move |said| told.send(said).unwrap() };
            panic!("on purpose");
        });
        assert!(line.join().is_err());
        let Ok(Report::Gone(obituary)) = reports.recv() else { panic!("nothing was told") };
        assert!(!obituary.reaped, "nobody knows what the process still does");
        assert!(reports.recv().is_err());
    }
}
