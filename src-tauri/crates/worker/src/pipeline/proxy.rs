//! Keeps pixels of the sources that a user is previewing: the decoded source, and the picture after
//! each operation. A changed quality then costs an encode, a changed last operation that operation
//! and an encode.
//!
//! Only stills are kept, the least recently used are dropped, within [`BASE_BYTES`] and
//! [`STEP_BYTES`]. A source that was decoded larger than a job needs is used too: its pixels are only
//! nearer to the source's.

use std::{cell::RefCell, os::fd::OwnedFd};

use cropmark_rules::{
    ContentHash, Fault, Format, Operation, SourceRules, protocol::Job, value::FaceBox,
};

use crate::{canvas::Canvas, decode::Reduction, os::files::identity};

/// The most bytes of decoded sources: a photograph of 24 megapixels whole, and at half its sides.
pub(crate) const BASE_BYTES: u64 = 96 << 20;

/// The most bytes of pixels after operations: a dozen previews of 1280 pixels.
const STEP_BYTES: u64 = 40 << 20;

/// The most bytes of one of them.
const LARGEST_STEP: u64 = 16 << 20;

/// Of how many sources the faces are kept.
const MOST_FACES: usize = 50;

/// What a worker keeps between jobs.
#[derive(Debug)]
pub(crate) struct Proxies {
    bases: Shelf<Base>,
    steps: Shelf<Step>,
    /// The faces of the sources that were last looked at; the newest are at the end.
    faces: Vec<(ContentHash, SourceRules, Vec<FaceBox>)>,
}

/// How a decoded source was read.
#[derive(Debug, Clone, PartialEq)]
struct Base {
    source: ContentHash,
    rules: SourceRules,
    shrink: u32,
    /// For vectors only, which are drawn at any size.
    density: Option<f64>,
}

/// What pixels were made from, and by which operations.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    source: ContentHash,
    /// Everything that the pixels depend on besides the source.
    way: String,
}

/// Which of a variant's steps are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// So many operations.
    Operations(usize),
    /// All operations, and the conversion to the colours of the encoder.
    Encodable,
}

impl Default for Proxies {
    fn default() -> Self {
        Self { bases: Shelf::new(BASE_BYTES), steps: Shelf::new(STEP_BYTES), faces: Vec::new() }
    }
}

impl Proxies {
    /// The identities of the sources whose decoded pixels are here.
    pub(crate) fn sources(&self) -> Vec<ContentHash> {
        let mut sources: Vec<ContentHash> =
            self.bases.entries.iter().map(|entry| entry.key.source).collect();
        sources.extend(self.steps.entries.iter().map(|entry| entry.key.source));
        sources.sort_unstable();
        sources.dedup();
        sources
    }

    /// Returns the bytes of everything that is kept.
    pub(crate) fn bytes(&self) -> u64 {
        self.bases.bytes() + self.steps.bytes()
    }

    /// Drops everything, for a job that needs the memory.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// The kept pixels of a job's source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proxy<'a> {
    pub(super) source: ContentHash,
    pub(super) job: &'a Job,
    pub(super) files: &'a [OwnedFd],
    pub(super) proxies: &'a RefCell<Proxies>,
}

impl Proxy<'_> {
    /// Returns the source decoded at least as large as asked for; of several, the smallest.
    pub(super) fn base(&self, format: Format, reduction: Reduction) -> Option<Canvas> {
        let wanted = self.base_key(format, reduction);
        let mut proxies = self.proxies.borrow_mut();
        let serves = |key: &Base| key.shrink <= wanted.shrink && wanted == key.at(wanted.shrink);
        let shrinks = proxies.bases.entries.iter().filter(|entry| serves(&entry.key));
        let nearest = shrinks.map(|entry| entry.key.shrink).max()?;
        proxies.bases.take(&wanted.at(nearest))
    }

    /// Keeps a decoded source.
    pub(super) fn keep_base(&self, format: Format, reduction: Reduction, canvas: &Canvas) {
        let key = self.base_key(format, reduction);
        self.proxies.borrow_mut().bases.put(key, canvas);
    }

    fn base_key(&self, format: Format, reduction: Reduction) -> Base {
        Base {
            source: self.source,
            rules: self.job.rules.clone(),
            shrink: reduction.shrink,
            density: format.facts().vector.then_some(reduction.density),
        }
    }

    /// Returns the faces of the source, which are found once.
    pub(super) fn faces(
        &self,
        find: impl FnOnce() -> Result<Vec<FaceBox>, Fault>,
    ) -> Result<Vec<FaceBox>, Fault> {
        let (source, rules) = (self.source, &self.job.rules);
        let kept =
            |(hash, read, _): &&(ContentHash, SourceRules, _)| *hash == source && read == rules;
        if let Some((_, _, faces)) = self.proxies.borrow().faces.iter().find(kept) {
            return Ok(faces.clone());
        }
        let faces = find()?;
        let all = &mut self.proxies.borrow_mut().faces;
        if all.len() >= MOST_FACES {
            all.remove(0);
        }
        all.push((source, rules.clone(), faces.clone()));
        Ok(faces)
    }

    /// Returns the kept pixels that spare a variant most of its steps.
    pub(super) fn furthest(&self, variant: usize) -> Option<(Progress, Canvas)> {
        let count = self.job.variants[variant].operations.len();
        let operations = (1..=count).rev().map(Progress::Operations);
        [Progress::Encodable].into_iter().chain(operations).find_map(|progress| {
            let key = self.step_key(variant, progress)?;
            Some((progress, self.proxies.borrow_mut().steps.take(&key)?))
        })
    }

    /// Computes the pixels now and keeps them, where they are few enough.
    pub(super) fn keep_step(
        &self,
        variant: usize,
        progress: Progress,
        canvas: Canvas,
    ) -> Result<Canvas, Fault> {
        let Some(key) = self.step_key(variant, progress) else { return Ok(canvas) };
        if !is_single(&canvas) || canvas.bytes() > LARGEST_STEP {
            return Ok(canvas);
        }
        let canvas = canvas.materialize()?;
        self.proxies.borrow_mut().steps.put(key, &canvas);
        Ok(canvas)
    }

    /// Returns everything that pixels depend on; `None` where that is not known.
    fn step_key(&self, variant: usize, progress: Progress) -> Option<Step> {
        let order = &self.job.variants[variant];
        let (operations, format) = match progress {
            Progress::Operations(count) => (&order.operations[..count], None),
            Progress::Encodable => {
                let encoding = &order.encoding;
                (order.operations.as_slice(), Some((encoding.format, encoding.depth)))
            }
        };
        let overlays: Option<Vec<_>> = operations
            .iter()
            .filter_map(|operation| match operation {
                Operation::Overlay(rule) => {
                    let index = self.job.files.get(&rule.image);
                    Some(index.and_then(|index| identity(self.files.get(*index)?)))
                }
                _ => None,
            })
            .collect();
        let (rules, focal, faces) = (&self.job.rules, self.job.focal, &self.job.faces);
        let way = (rules, focal, faces, order.encoding.color, operations, format, overlays?);
        Some(Step { source: self.source, way: serde_json::to_string(&way).ok()? })
    }
}

impl Base {
    fn at(&self, shrink: u32) -> Self {
        Self { shrink, ..self.clone() }
    }
}

/// Whether a canvas is one picture, not an animation.
pub(super) fn is_single(canvas: &Canvas) -> bool {
    canvas.frames.len() == 1
}

/// Canvases within a number of bytes; the least recently used are dropped first.
#[derive(Debug)]
struct Shelf<K> {
    /// The most recently used is at the end.
    entries: Vec<Entry<K>>,
    most_bytes: u64,
}

#[derive(Debug)]
struct Entry<K> {
    key: K,
    canvas: Canvas,
}

impl<K: PartialEq> Shelf<K> {
    fn new(most_bytes: u64) -> Self {
        Self { entries: Vec::new(), most_bytes }
    }

    fn bytes(&self) -> u64 {
        self.entries.iter().map(|entry| entry.canvas.bytes()).sum()
    }

    fn take(&mut self, key: &K) -> Option<Canvas> {
        let place = self.entries.iter().position(|entry| entry.key == *key)?;
        self.entries[place..].rotate_left(1);
        self.entries.last().map(|entry| entry.canvas.clone())
    }

    fn put(&mut self, key: K, canvas: &Canvas) {
        self.entries.retain(|entry| entry.key != key);
        if canvas.bytes() > self.most_bytes {
            return;
        }
        self.entries.push(Entry { key, canvas: canvas.clone() });
        while self.bytes() > self.most_bytes {
            self.entries.remove(0);
        }
    }
}

#[cfg(test)]
mod tests;
