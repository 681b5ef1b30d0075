//! Classifies the exit of a worker: the kind of loss for its job, and the fault for the user.

use std::{process::ExitStatus, time::Duration};

use cropmark_rules::{Fault, FaultCode, Limits};

use super::WorkerExit;
use crate::{
    core::queue::Loss,
    os::{self, Signal},
};

/// Texts on the standard error of processes that ran out of memory.
const MEMORY_WORDS: [&str; 6] = [
    "memory allocation of",
    "out of memory",
    "cannot allocate memory",
    "failed to allocate",
    "bad_alloc",
    "memory exhausted",
];

/// Returns what a worker's exit means for the job that it had.
pub(crate) fn classify_exit(exit: &WorkerExit, timed_out: bool, limits: &Limits) -> (Loss, Fault) {
    if timed_out || signal(exit.status) == Some(Signal::TIME_LIMIT) {
        let limit = Duration::from_millis(limits.variant_milliseconds);
        let message = format!(
            "It took longer than {} s and was stopped. Raise the time limit, or ask for less \
             effort or a smaller size.{}",
            limit.as_secs_f64(),
            stderr_excerpt(exit)
        );
        return (Loss::Timeout, Fault::new(FaultCode::Timeout, message));
    }
    if ran_out_of_memory(exit) {
        let message = format!(
            "It took more memory than the {} MiB that a worker may have. Raise the limit, or \
             let the source be subsampled.{}",
            limits.worker_bytes >> 20,
            stderr_excerpt(exit)
        );
        return (Loss::Memory, Fault::new(FaultCode::OutOfMemory, message));
    }
    let message = format!(
        "The worker process {} while it worked on this image. The image may be broken or \
         hostile; nothing else was affected.{}",
        describe_exit(exit),
        stderr_excerpt(exit)
    );
    (Loss::Crash, Fault::new(FaultCode::Crashed, message))
}

fn ran_out_of_memory(exit: &WorkerExit) -> bool {
    // A worker that broke the protocol had not run out of memory.
    if exit.error.is_some() {
        return false;
    }
    let said = exit.stderr.to_lowercase();
    MEMORY_WORDS.iter().any(|words| said.contains(words))
        || (exit.memory_killed && signal(exit.status) == Some(Signal::KILL))
}

/// Describes how the worker ended, as a verb phrase.
pub(crate) fn describe_exit(exit: &WorkerExit) -> String {
    if let Some(error) = &exit.error {
        return format!("was stopped because {error}");
    }
    let Some(exit) = exit.status else { return "stopped answering".to_owned() };
    match (os::signal(exit), exit.code()) {
        (Some(signal), _) => format!("was ended by {}", signal.describe()),
        (_, Some(0)) => "ended by itself".to_owned(),
        (_, Some(code)) => format!("ended with status {code}"),
        _ => "ended".to_owned(),
    }
}

/// Returns the end of its standard error as a sentence, or nothing where that is empty.
pub(crate) fn stderr_excerpt(exit: &WorkerExit) -> String {
    if exit.stderr.is_empty() { String::new() } else { format!(" It wrote: {}", exit.stderr) }
}

fn signal(exit: Option<ExitStatus>) -> Option<Signal> {
    exit.and_then(os::signal)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use rustix::process::Signal as Number;

    use super::*;

    fn ended_by(signal: i32, stderr: &str) -> WorkerExit {
        WorkerExit {
            status: Some(ExitStatus::from_raw(signal)),
            stderr: stderr.to_owned(),
            reaped: true,
            ..WorkerExit::default()
        }
    }

    #[test]
    fn exits_as_a_table() {
        let kill = Number::KILL.as_raw();
        let abort = Number::ABORT.as_raw();
        let error = || WorkerExit { error: Some("it lied".to_owned()), ..ended_by(kill, "") };
        let oom = || WorkerExit { memory_killed: true, ..ended_by(kill, "") };
        let table = [
            ("a crash", ended_by(Number::SEGV.as_raw(), ""), false, FaultCode::Crashed),
            ("a kill from outside", ended_by(kill, ""), false, FaultCode::Crashed),
            ("a kill by the system", oom(), false, FaultCode::OutOfMemory),
            ("our own kill", ended_by(kill, ""), true, FaultCode::Timeout),
            ("processor time", ended_by(Number::XCPU.as_raw(), ""), false, FaultCode::Timeout),
            (
                "Rust's allocator",
                ended_by(abort, "memory allocation of 4096 bytes failed"),
                false,
                FaultCode::OutOfMemory,
            ),
            ("GLib's", ended_by(5, "failed to allocate 8 bytes"), false, FaultCode::OutOfMemory),
            ("a panic", ended_by(101 << 8, "panicked at"), false, FaultCode::Crashed),
            ("a broken protocol", error(), false, FaultCode::Crashed),
        ];
        for (name, exit, timed_out, code) in table {
            let (_, fault) = classify_exit(&exit, timed_out, &Limits::default());
            assert_eq!(fault.code, code, "{name}: {fault}");
            assert!(fault.message.contains(&exit.stderr), "{name}: {fault}");
        }
        assert!(describe_exit(&error()).contains("it lied"));
    }
}
