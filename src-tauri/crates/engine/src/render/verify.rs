//! Whether a result was made from what was hashed.

use std::{io, os::unix::fs::FileExt as _, path::PathBuf, sync::Arc};

use cropmark_rules::{Fault, FaultCode, protocol::Rendered};

use super::{job::RenderJob, target::Target};

/// A worker's answer before it is checked what it was made from.
#[derive(Debug)]
pub struct Unverified {
    pub(super) job: Arc<RenderJob>,
    pub(super) target: Target,
    pub(super) answer: Result<Rendered, Fault>,
}

/// A result that was made from the source and the overlays that were hashed.
#[derive(Debug)]
pub struct Verified {
    /// The file that holds it.
    pub target: Target,
    /// What it is.
    pub rendered: Rendered,
}

impl Unverified {
    /// Checks that the source and the files of overlays are still those that were hashed. What the
    /// worker says about the result was checked when it was copied to its target.
    ///
    /// # Errors
    /// The worker's own fault, or what changed.
    pub fn verify(self) -> Result<Verified, Fault> {
        let Self { job, target, answer } = self;
        let rendered = answer?;
        job.source.source.unchanged()?;
        job.overlays.unchanged()?;
        Ok(Verified { target, rendered })
    }

    /// As [`Unverified::verify`], and returns the bytes too. Reads the result, so it may wait for a
    /// disk.
    ///
    /// # Errors
    /// As there, and where the result cannot be read.
    pub fn verify_and_read(self) -> Result<(Verified, Arc<[u8]>), Fault> {
        let verified = self.verify()?;
        let bytes = verified.read()?;
        Ok((verified, bytes))
    }

    /// Whether only the store has no space for the result.
    pub(crate) fn lacks_space_in_store(&self) -> bool {
        let is_full = |fault: &Fault| fault.code == FaultCode::DiskFull;
        matches!(self.target, Target::Kept(_)) && self.answer.as_ref().is_err_and(is_full)
    }

    /// The folder of the file that was written to, if it has a name.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        self.target.folder().map(PathBuf::from)
    }
}

impl Verified {
    /// Reads the result. May wait for a disk.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(&self) -> Result<Arc<[u8]>, Fault> {
        let mut bytes = vec![0; usize::try_from(self.rendered.bytes).unwrap_or(usize::MAX)];
        self.target.file().read_exact_at(&mut bytes, 0).map_err(|error| unreadable(&error))?;
        Ok(bytes.into())
    }
}

fn unreadable(error: &io::Error) -> Fault {
    let message = format!("The finished result cannot be read ({error}). Try again.");
    Fault::new(FaultCode::Crashed, message)
}
