//! Whether a result is what the worker has promised, and was made from what was hashed.

use std::{path::PathBuf, sync::Arc};

use cropmark_rules::{Fault, FaultCode, protocol::Rendered};

use super::{job::RenderJob, target::Target};
use crate::source::open::hash_showing;

/// A worker's answer that nobody has checked yet.
#[derive(Debug)]
pub struct Unverified {
    pub(super) job: Arc<RenderJob>,
    pub(super) target: Target,
    pub(super) answer: Result<Rendered, Fault>,
}

/// A result that is what the worker has promised.
#[derive(Debug)]
pub struct Verified {
    /// The file that holds it.
    pub target: Target,
    /// What it is.
    pub rendered: Rendered,
}

impl Unverified {
    /// Checks the result: its length and BLAKE3, and that the source and the files of overlays are
    /// still those that were hashed. Reads the result, so it may wait for a disk.
    ///
    /// # Errors
    /// The worker's own fault, or what is wrong with the result.
    pub fn verify(self) -> Result<Verified, Fault> {
        self.verify_showing(|_| {})
    }

    /// As [`Unverified::verify`], and returns the bytes too.
    ///
    /// # Errors
    /// As there.
    pub fn verify_and_read(self) -> Result<(Verified, Arc<[u8]>), Fault> {
        let mut bytes = Vec::new();
        let verified = self.verify_showing(|read| bytes.extend_from_slice(read))?;
        Ok((verified, bytes.into()))
    }

    fn verify_showing(self, show: impl FnMut(&[u8])) -> Result<Verified, Fault> {
        let Self { job, target, answer } = self;
        let rendered = answer?;
        job.source.source.unchanged()?;
        job.overlays.unchanged()?;
        let length = target.file().metadata().map_or(0, |metadata| metadata.len());
        if length == 0 || length != rendered.bytes {
            return Err(damaged("is not as long as it should be"));
        }
        let hash = hash_showing(target.file(), show)
            .map_err(|error| damaged(&format!("cannot be read: {error}")))?;
        if hash != rendered.hash {
            return Err(damaged("has other bytes than were rendered"));
        }
        Ok(Verified { target, rendered })
    }

    /// The folder of the file that was written to, if it has a name.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        self.target.folder().map(PathBuf::from)
    }
}

fn damaged(what: &str) -> Fault {
    Fault::new(FaultCode::Crashed, format!("What the worker wrote {what}. Try again."))
}
