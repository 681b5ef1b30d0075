//! Prepares a job for a worker: the request, and the descriptors that go with it.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io,
    os::fd::AsFd as _,
    sync::Arc,
};

use cropmark_rules::{
    ContentHash, Fault, FaultCode, Limits,
    protocol::{Job as WireJob, Rendered, Request, VariantOrder},
};
use rustix::fs::SeekFrom;

use crate::{
    core::queue::{Job, JobId, JobKind, PendingOutput},
    os,
};

/// A job that was given to a worker.
#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) job: JobId,
    kind: JobKind,
    proxy: Option<ContentHash>,
    pending: Vec<PendingOutput>,
    limits: Limits,
}

/// A request, the files whose descriptors go with it, and the replies that it must get.
pub(crate) struct PreparedRequest {
    pub(crate) request: Request,
    pub(crate) files: Vec<Arc<File>>,
    pub(crate) expected: Expected,
    /// Variants whose target cannot be written.
    pub(crate) refused: Vec<(usize, Fault)>,
}

/// The replies that a worker still has to send.
#[derive(Debug)]
pub(crate) enum Expected {
    /// A header.
    Header,
    /// Variants by their index in the spec, with the files that they are written to.
    Variants(HashMap<usize, Arc<File>>),
}

impl Assignment {
    pub(crate) fn new(id: JobId, job: &Job, limits: &Limits) -> Self {
        Self {
            job: id,
            kind: job.kind.clone(),
            proxy: job.proxy(),
            pending: job.pending.clone(),
            limits: limits.clone(),
        }
    }

    /// Makes the request and opens the files that go with it.
    pub(crate) fn prepare(self) -> PreparedRequest {
        let (id, limits) = (self.job.0, self.limits);
        let spec = match self.kind {
            JobKind::Inspect(source) => {
                return PreparedRequest {
                    request: Request::Inspect { id, limits },
                    files: vec![with_own_position(&source)],
                    expected: Expected::Header,
                    refused: Vec::new(),
                };
            }
            JobKind::Render(spec) => spec,
        };
        let mut files = vec![with_own_position(&spec.source)];
        let mut names = BTreeMap::new();
        for (name, file) in &spec.files {
            names.insert(name.clone(), files.len());
            files.push(with_own_position(file));
        }
        let mut variants: Vec<VariantOrder> = spec
            .variants
            .iter()
            .map(|(operations, encoding)| VariantOrder {
                operations: operations.clone(),
                encoding: encoding.clone(),
                target: None,
            })
            .collect();
        let (mut expected, mut refused) = (HashMap::new(), Vec::new());
        for pending in self.pending {
            let Some(target) = pending.target else { continue };
            match truncate(&target) {
                Ok(()) => {
                    variants[pending.index].target = Some(files.len());
                    files.push(Arc::clone(&target));
                    expected.insert(pending.index, target);
                }
                Err(error) => refused.push((pending.index, unusable(&error))),
            }
        }
        let request = Request::Render(WireJob {
            id,
            source: 0,
            rules: spec.rules.clone(),
            focal: spec.focal,
            limits,
            proxy: self.proxy,
            files: names,
            variants,
        });
        PreparedRequest { request, files, expected: Expected::Variants(expected), refused }
    }
}

/// Returns the same file with a reading position of its own. A descriptor that is sent shares its
/// position with ours and with those that other workers got; two workers that read one source
/// would move each other's position.
fn with_own_position(file: &Arc<File>) -> Arc<File> {
    match os::reopen(file) {
        Ok(opened) => Arc::new(opened),
        // Without /proc the position is shared, which does not matter to workers that read by offset.
        Err(_) => Arc::clone(file),
    }
}

/// Empties a target: a worker that has exited early may have written a part.
fn truncate(target: &File) -> io::Result<()> {
    target.set_len(0)?;
    rustix::fs::seek(target.as_fd(), SeekFrom::Start(0))?;
    Ok(())
}

fn unusable(error: &io::Error) -> Fault {
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FaultCode::DiskFull,
        _ => FaultCode::Denied,
    };
    Fault::new(code, format!("The file for the result cannot be written ({error})."))
}

/// Checks that a target holds what the worker says. A worker that says something else is ended: it
/// cannot be trusted.
pub(crate) fn verify(rendered: &Rendered, target: &File, limits_side: u32) -> Result<(), String> {
    let length = target.metadata().map_err(|error| error.to_string())?.len();
    if length != rendered.bytes || length == 0 {
        return Err(format!("it reported {} bytes, but the file has {length}", rendered.bytes));
    }
    let side = 1..=limits_side;
    if !side.contains(&rendered.width) || !side.contains(&rendered.height) || rendered.frames == 0 {
        return Err(format!(
            "it reported that the result has {} x {} pixels and {} frames",
            rendered.width, rendered.height, rendered.frames
        ));
    }
    Ok(())
}
