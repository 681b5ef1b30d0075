//! Prepares a job for a worker: the request, and the descriptors that go with it.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io,
    sync::Arc,
};

use cropmark_rules::{
    ContentHash, Fault, FaultCode, Limits,
    protocol::{Arrival as WireArrival, Job as WireJob, Request, VariantOrder},
};

use super::result_file::ResultFile;
use crate::{
    core::{
        bounds::ResultBounds,
        queue::{Job, JobId, JobKind, PendingOutput},
    },
    means, os,
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
    /// Variants for whose result no file can be created.
    pub(crate) refused: Vec<(usize, Fault)>,
}

/// The replies that a worker still has to send.
#[derive(Debug)]
pub(crate) enum Expected {
    /// A header of each of these sources, in their order and in one reply.
    Headers(Vec<usize>),
    /// Variants by their index in the spec.
    Variants(HashMap<usize, ExpectedVariant>),
}

/// A variant that a worker still has to answer.
#[derive(Debug)]
pub(crate) struct ExpectedVariant {
    /// The file that the worker writes to.
    pub(crate) file: ResultFile,
    /// The file that the result is then copied to.
    pub(crate) target: Arc<File>,
    pub(crate) bounds: ResultBounds,
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
            JobKind::Inspect(sources) => {
                let pending: Vec<usize> = self.pending.iter().map(|it| it.index).collect();
                return PreparedRequest {
                    request: Request::Inspect { id, limits },
                    files: pending.iter().map(|it| with_own_position(&sources[*it])).collect(),
                    expected: Expected::Headers(pending),
                    refused: Vec::new(),
                };
            }
            JobKind::Render(spec) => spec,
        };
        let mut files = vec![with_own_position(&spec.source)];
        let arrival = spec.arrival.as_ref().map(|arrival| {
            files.push(Arc::clone(arrival.signals()));
            WireArrival { bytes: arrival.bytes(), signals: files.len() - 1 }
        });
        let mut names = BTreeMap::new();
        for (name, file) in &spec.files {
            names.insert(name.clone(), files.len());
            files.push(with_own_position(file));
        }
        let mut variants: Vec<VariantOrder> = spec
            .variants
            .iter()
            .map(|variant| VariantOrder {
                operations: variant.operations.clone(),
                encoding: variant.encoding.clone(),
                target: None,
            })
            .collect();
        let (mut expected, mut refused) = (HashMap::new(), Vec::new());
        for pending in self.pending {
            let Some(target) = pending.target else { continue };
            let bounds = spec.variants[pending.index].bounds.clone();
            match ResultFile::create(bounds.most_bytes, &target) {
                Ok(file) => {
                    variants[pending.index].target = Some(files.len());
                    files.push(Arc::clone(file.file()));
                    expected.insert(pending.index, ExpectedVariant { file, target, bounds });
                }
                Err(error) => refused.push((pending.index, unwritable(&error))),
            }
        }
        let request = Request::Render(Box::new(WireJob {
            id,
            source: 0,
            arrival,
            rules: spec.rules.clone(),
            focal: spec.focal,
            faces: spec.faces.clone(),
            limits,
            proxy: self.proxy,
            files: names,
            variants,
        }));
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

/// Makes the fault of a variant whose result cannot be written.
pub(crate) fn unwritable(error: &io::Error) -> Fault {
    if let Some(fault) = means::lacking(error) {
        return fault;
    }
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FaultCode::DiskFull,
        _ => FaultCode::Denied,
    };
    Fault::new(code, format!("The file for the result cannot be written ({error})."))
}
