//! What callers ask for: variants of one source, with the files to read and to write.

use std::{collections::BTreeMap, fs::File, sync::Arc};

use cropmark_rules::{
    ContentHash, Encoding, Key, Operation, SourceRules,
    protocol::Header,
    value::{FaceBox, Point},
};

use super::arrival::Arrival;

/// Variants of one source, asked for together so that they share one decode.
#[derive(Debug, Clone)]
pub struct RenderOrder {
    /// Whether a user waits for it.
    pub class: Class,
    /// The batch that it belongs to, so that it can be paused and cancelled with it.
    pub batch: Option<BatchId>,
    /// The source, open for reading. It must not be written to until the order is answered.
    pub source: Arc<File>,
    /// Set where the source is still arriving: its file may grow until the arrival has ended.
    pub arrival: Option<Arrival>,
    /// What [`Engine::inspect`](crate::Engine::inspect) said about the source; the memory
    /// estimate comes from it.
    pub header: Header,
    /// How the source is read.
    pub rules: SourceRules,
    /// The hash of the source's content, where a user is trying things out on it: the worker keeps
    /// the decoded source and the finished pixels for the next order with this hash, which goes to
    /// the same worker. `None` for everything else; of use to on-demand work only.
    pub proxy: Option<ContentHash>,
    /// How exactly the variants are made.
    pub fidelity: Fidelity,
    /// The asset's focal point.
    pub focal: Option<Point>,
    /// The asset's faces as the user has set them; `None`: as the worker finds them.
    pub faces: Option<Vec<FaceBox>>,
    /// The files that overlays use, by the name that the operation gives.
    pub files: BTreeMap<String, Arc<File>>,
    /// What to make, in the order of the plan: all variants of the source that are planned
    /// together, also those that are not wanted now (see [`OrderedVariant::target`]).
    pub variants: Vec<OrderedVariant>,
}

/// One variant of an order.
#[derive(Debug, Clone)]
pub struct OrderedVariant {
    /// Identifies the result: orders for one key share one result.
    pub key: Key,
    /// The chain, with nothing left to decide.
    pub operations: Vec<Operation>,
    /// How the result is encoded.
    pub encoding: Encoding,
    /// An empty file, open for reading and writing, that holds the result afterwards. `None`:
    /// not wanted now, named because the wanted ones may be derived from it.
    pub target: Option<Arc<File>>,
}

/// How exactly variants are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fidelity {
    /// As an export makes them: each derived from the sizes that the whole plan has.
    Exact,
    /// Each by itself, from pixels that a worker has kept: the bytes may differ from the exact ones of
    /// the same key. An exact variant that is being made anyway is taken instead; a preview never
    /// answers an order for an exact one.
    Preview,
}

/// Whether a user waits for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// A user waits.
    OnDemand,
    /// No user waits: exports, warming.
    Eager,
}

impl Class {
    /// The name in logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OnDemand => "on_demand",
            Self::Eager => "eager",
        }
    }
}

/// A batch's number, given by [`Engine::new_batch`](crate::Engine::new_batch).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BatchId(pub(crate) u64);
