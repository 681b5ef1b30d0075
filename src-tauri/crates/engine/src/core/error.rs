//! Why the engine did not start.

use std::path::PathBuf;

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no worker program.
    #[error(
        "the worker program was not found (looked for {}); install Cropmark again, or set \
         CROPMARK_WORKER to its path",
        list(.places)
    )]
    WorkerMissing {
        /// Where it was looked for.
        places: Vec<PathBuf>,
    },
    /// The worker program could not be run, or ended at once.
    #[error(
        "the worker {} does not start: {}. Check with `cropmark doctor`; if a library is \
         missing, install Cropmark again",
        path.display(),
        reason.trim_end_matches('.')
    )]
    Worker {
        /// The program.
        path: PathBuf,
        /// What it said.
        reason: String,
    },
    /// The worker is of another version.
    #[error(
        "the worker {} belongs to another version of Cropmark ({found} instead of {expected}); \
         install Cropmark again",
        path.display()
    )]
    Version {
        /// The program.
        path: PathBuf,
        /// The version that it speaks.
        found: String,
        /// The version that is needed.
        expected: String,
    },
    /// A sandbox is required, and not all of it is active.
    #[error(
        "the sandbox is required, but this system lacks {}; use a newer kernel, or start \
         without --require-sandbox",
        .missing.join(", ")
    )]
    Sandbox {
        /// The parts that are not active.
        missing: Vec<String>,
    },
}

fn list(places: &[PathBuf]) -> String {
    let places: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
    places.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_is_a_sentence_ends_once() {
        let (path, reason) = ("w".into(), "it ended with status 1.".to_owned());
        let said = StartError::Worker { path, reason }.to_string();
        assert!(said.contains("it ended with status 1. Check with"), "{said}");
    }
}
