//! A job on its way to a worker: the request, and the descriptors that go with it.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{File, OpenOptions},
    io,
    os::fd::{AsFd as _, AsRawFd as _},
    sync::Arc,
};

use cropmark_rules::{
    ContentHash, Fault, FaultCode, Limits,
    protocol::{Job as WireJob, Rendered, Request, VariantOrder},
};
use rustix::fs::SeekFrom;

use crate::queue::{Job, JobId, Task, Wanted};

/// A job on its way.
#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) job: JobId,
    task: Task,
    proxy: Option<ContentHash>,
    wanted: Vec<Wanted>,
    limits: Limits,
}

/// A request with what it lends, and what must be answered.
pub(crate) struct Lent {
    pub(crate) request: Request,
    pub(crate) files: Vec<Arc<File>>,
    pub(crate) expected: Expected,
    /// Variants whose target is of no use.
    pub(crate) refused: Vec<(usize, Fault)>,
}

/// What a worker still has to answer.
#[derive(Debug)]
pub(crate) enum Expected {
    /// A header.
    Header,
    /// Variants, by their place in the job, with the files that they are written to.
    Variants(HashMap<usize, Arc<File>>),
}

impl Assignment {
    pub(crate) fn new(id: JobId, job: &Job, limits: &Limits) -> Self {
        Self {
            job: id,
            task: job.task.clone(),
            proxy: job.proxy(),
            wanted: job.wanted.clone(),
            limits: limits.clone(),
        }
    }

    /// Makes the request and opens what it lends.
    pub(crate) fn lend(self) -> Lent {
        let (id, limits) = (self.job.0, self.limits);
        let sheet = match self.task {
            Task::Inspect(source) => {
                return Lent {
                    request: Request::Inspect { id, limits },
                    files: vec![private(&source)],
                    expected: Expected::Header,
                    refused: Vec::new(),
                };
            }
            Task::Render(sheet) => sheet,
        };
        let mut files = vec![private(&sheet.source)];
        let mut names = BTreeMap::new();
        for (name, file) in &sheet.files {
            names.insert(name.clone(), files.len());
            files.push(private(file));
        }
        let mut variants: Vec<VariantOrder> = sheet
            .variants
            .iter()
            .map(|(operations, encoding)| VariantOrder {
                operations: operations.clone(),
                encoding: encoding.clone(),
                target: None,
            })
            .collect();
        let (mut expected, mut refused) = (HashMap::new(), Vec::new());
        for wanted in self.wanted {
            let Some(target) = wanted.target else { continue };
            match emptied(&target) {
                Ok(()) => {
                    variants[wanted.index].target = Some(files.len());
                    files.push(Arc::clone(&target));
                    expected.insert(wanted.index, target);
                }
                Err(error) => refused.push((wanted.index, unusable(&error))),
            }
        }
        let request = Request::Render(WireJob {
            id,
            source: 0,
            rules: sheet.rules.clone(),
            focal: sheet.focal,
            limits,
            proxy: self.proxy,
            files: names,
            variants,
        });
        Lent { request, files, expected: Expected::Variants(expected), refused }
    }
}

/// The same file with a reading position of its own. Descriptors that are lent share their
/// position with ours and with those that other workers got; two workers that read one source
/// would lose their place.
fn private(file: &Arc<File>) -> Arc<File> {
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    match OpenOptions::new().read(true).open(path) {
        Ok(opened) => Arc::new(opened),
        // Without /proc the shared position has to do; workers that read by offset do not mind.
        Err(_) => Arc::clone(file),
    }
}

/// Makes a target empty: a worker that was lost may have written a part.
fn emptied(target: &File) -> io::Result<()> {
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

/// Checks that a target holds what the worker says. A worker that says something else is not
/// to be trusted with anything.
pub(crate) fn verify(rendered: &Rendered, target: &File, limits_side: u32) -> Result<(), String> {
    let length = target.metadata().map_err(|error| error.to_string())?.len();
    if length != rendered.bytes || length == 0 {
        return Err(format!(
            "it said that it wrote {} bytes, but the file has {length}",
            rendered.bytes
        ));
    }
    let side = 1..=limits_side;
    if !side.contains(&rendered.width) || !side.contains(&rendered.height) || rendered.frames == 0 {
        return Err(format!(
            "it said that the result has {} x {} pixels and {} frames",
            rendered.width, rendered.height, rendered.frames
        ));
    }
    Ok(())
}
