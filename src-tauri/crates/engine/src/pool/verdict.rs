//! What a lost worker means for the job that it had: the kind of loss, and the fault that
//! people read.

use std::{os::unix::process::ExitStatusExt as _, process::ExitStatus, time::Duration};

use cropmark_rules::{Fault, FaultCode, Limits};

use super::Obituary;
use crate::queue::Loss;

/// What the standard error of a process says that ran out of memory.
const MEMORY_WORDS: [&str; 6] = [
    "memory allocation of",
    "out of memory",
    "cannot allocate memory",
    "failed to allocate",
    "bad_alloc",
    "memory exhausted",
];

/// Judges.
pub(crate) fn verdict(obituary: &Obituary, timed_out: bool, limits: &Limits) -> (Loss, Fault) {
    if timed_out || signal(obituary.exit) == Some(libc_signal::SIGXCPU) {
        let limit = Duration::from_millis(limits.variant_milliseconds);
        let message = format!(
            "It took longer than {} s and was stopped. Raise the time limit, or ask for less \
             effort or a smaller size.{}",
            limit.as_secs_f64(),
            last_words(obituary)
        );
        return (Loss::Timeout, Fault::new(FaultCode::Timeout, message));
    }
    if ran_out_of_memory(obituary) {
        let message = format!(
            "It took more memory than the {} MiB that a worker may have. Raise the limit, or \
             let the source be subsampled.{}",
            limits.worker_bytes >> 20,
            last_words(obituary)
        );
        return (Loss::Memory, Fault::new(FaultCode::OutOfMemory, message));
    }
    let message = format!(
        "The worker process {} while it worked on this image. The image may be broken or \
         hostile; nothing else was affected.{}",
        how(obituary),
        last_words(obituary)
    );
    (Loss::Crash, Fault::new(FaultCode::Crashed, message))
}

fn ran_out_of_memory(obituary: &Obituary) -> bool {
    // A complaint is about what the worker said while it was well.
    if obituary.complaint.is_some() {
        return false;
    }
    let said = obituary.stderr.to_lowercase();
    MEMORY_WORDS.iter().any(|words| said.contains(words))
        || (obituary.memory_killed && signal(obituary.exit) == Some(libc_signal::SIGKILL))
}

/// How the worker ended, as a verb phrase.
pub(crate) fn how(obituary: &Obituary) -> String {
    if let Some(complaint) = &obituary.complaint {
        return format!("was stopped because {complaint}");
    }
    let Some(exit) = obituary.exit else { return "stopped answering".to_owned() };
    match (exit.signal(), exit.code()) {
        (Some(signal), _) => format!("was ended by {}", name(signal)),
        (_, Some(0)) => "ended by itself".to_owned(),
        (_, Some(code)) => format!("ended with status {code}"),
        _ => "ended".to_owned(),
    }
}

fn name(signal: i32) -> String {
    let meaning = match signal {
        libc_signal::SIGILL => "illegal instruction",
        libc_signal::SIGABRT => "abort",
        libc_signal::SIGBUS => "bus error",
        libc_signal::SIGFPE => "arithmetic error",
        libc_signal::SIGKILL => "kill",
        libc_signal::SIGSEGV => "segmentation fault",
        libc_signal::SIGSYS => "a call that the sandbox forbids",
        libc_signal::SIGXFSZ => "file size limit",
        _ => return format!("signal {signal}"),
    };
    format!("signal {signal}, {meaning}")
}

/// What it wrote to its standard error, as a sentence.
pub(crate) fn last_words(obituary: &Obituary) -> String {
    if obituary.stderr.is_empty() {
        String::new()
    } else {
        format!(" Its last words: {}", obituary.stderr)
    }
}

fn signal(exit: Option<ExitStatus>) -> Option<i32> {
    exit.and_then(|exit| exit.signal())
}

/// Signal numbers of this system.
mod libc_signal {
    use rustix::process::Signal;

    pub(super) const SIGILL: i32 = Signal::ILL.as_raw();
    pub(super) const SIGABRT: i32 = Signal::ABORT.as_raw();
    pub(super) const SIGBUS: i32 = Signal::BUS.as_raw();
    pub(super) const SIGFPE: i32 = Signal::FPE.as_raw();
    pub(super) const SIGKILL: i32 = Signal::KILL.as_raw();
    pub(super) const SIGSEGV: i32 = Signal::SEGV.as_raw();
    pub(super) const SIGSYS: i32 = Signal::SYS.as_raw();
    pub(super) const SIGXCPU: i32 = Signal::XCPU.as_raw();
    pub(super) const SIGXFSZ: i32 = Signal::XFSZ.as_raw();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended_by(signal: i32, stderr: &str) -> Obituary {
        Obituary {
            exit: Some(ExitStatus::from_raw(signal)),
            stderr: stderr.to_owned(),
            reaped: true,
            ..Obituary::default()
        }
    }

    #[test]
    fn verdicts_as_a_table() {
        let kill = libc_signal::SIGKILL;
        let abort = libc_signal::SIGABRT;
        let complaint = || Obituary { complaint: Some("it lied".to_owned()), ..ended_by(kill, "") };
        let oom = || Obituary { memory_killed: true, ..ended_by(kill, "") };
        let table = [
            ("a crash", ended_by(libc_signal::SIGSEGV, ""), false, FaultCode::Crashed),
            ("a kill from outside", ended_by(kill, ""), false, FaultCode::Crashed),
            ("a kill by the system", oom(), false, FaultCode::OutOfMemory),
            ("our own kill", ended_by(kill, ""), true, FaultCode::Timeout),
            ("processor time", ended_by(libc_signal::SIGXCPU, ""), false, FaultCode::Timeout),
            (
                "Rust's allocator",
                ended_by(abort, "memory allocation of 4096 bytes failed"),
                false,
                FaultCode::OutOfMemory,
            ),
            ("GLib's", ended_by(5, "failed to allocate 8 bytes"), false, FaultCode::OutOfMemory),
            ("a panic", ended_by(101 << 8, "panicked at"), false, FaultCode::Crashed),
            ("nonsense", complaint(), false, FaultCode::Crashed),
        ];
        for (name, obituary, timed_out, code) in table {
            let (_, fault) = verdict(&obituary, timed_out, &Limits::default());
            assert_eq!(fault.code, code, "{name}: {fault}");
            assert!(fault.message.contains(&obituary.stderr), "{name}: {fault}");
        }
        assert!(how(&complaint()).contains("it lied"));
    }
}
