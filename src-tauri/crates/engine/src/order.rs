//! What callers ask for: variants of one source, with the files to read and to write.

use std::{collections::BTreeMap, fs::File, sync::Arc};

use cropmark_rules::{
    ContentHash, Encoding, Key, Operation, SourceRules, protocol::Header, value::Point,
};

/// Variants of one source, asked for together so that they share one decode.
#[derive(Debug, Clone)]
pub struct RenderOrder {
    /// Who waits for it.
    pub class: Class,
    /// The batch that it belongs to, so that it can be paused and cancelled with it.
    pub batch: Option<BatchId>,
    /// The source, open for reading. Nobody may write to it meanwhile.
    pub source: Arc<File>,
    /// What [`Engine::inspect`](crate::Engine::inspect) said about the source; the memory
    /// estimate comes from it.
    pub header: Header,
    /// How the source is read.
    pub rules: SourceRules,
    /// The hash of the source's content, where a person is trying things out on
    /// it: the worker then keeps the decoded source and the finished pixels for the next order
    /// of this identity, which goes to the same worker. `None` for everything else; of use to
    /// on-demand work only. The same identity must always mean the same content.
    pub proxy: Option<ContentHash>,
    /// Whether it is made to be looked at: by itself and from pixels that are at hand, so that
    /// its bytes may be others than those of the same keys in an order that names all variants.
    /// It is answered with those where they are made anyway, and never answers such an order.
    pub is_look: bool,
    /// The asset's focal point.
    pub focal: Option<Point>,
    /// The files that overlays use, by the name that the operation gives.
    pub files: BTreeMap<String, Arc<File>>,
    /// What to make, in the order of the plan: all variants of the source that are planned
    /// together, also those that are not wanted now (see [`OrderedVariant::target`]).
    pub variants: Vec<OrderedVariant>,
}

/// One variant of an order.
#[derive(Debug, Clone)]
pub struct OrderedVariant {
    /// By what it is known: who asks for the same key gets the same result.
    pub key: Key,
    /// The chain, with nothing left to decide.
    pub operations: Vec<Operation>,
    /// How the result is encoded.
    pub encoding: Encoding,
    /// An empty file, open for reading and writing, that holds the result afterwards. `None`:
    /// not wanted now, named because the wanted ones may be derived from it.
    pub target: Option<Arc<File>>,
}

/// Who waits for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// A person waits.
    OnDemand,
    /// Nobody looks: exports, warming.
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

/// A number by which a caller knows its batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BatchId(pub u64);
