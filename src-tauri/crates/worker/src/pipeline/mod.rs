//! A job's way from one source to its variants: one decode, sizes derived from one another,
//! equal starts of chains run once.

mod context;
mod faces;
mod proxy;
mod scales;
mod steps;
mod tree;

use std::time::Instant;

use cropmark_rules::{
    Fault,
    derive::{self, Derivation},
    geometry::Rect,
    protocol::{Job, StepTime},
    value::FaceBox,
};

pub(crate) use context::Context;
use proxy::Progress;
pub(crate) use proxy::Proxies;
use scales::Scales;

use crate::{decode::Opened, encode, ops};

/// Renders every wanted variant of a job; `finish` gets each as soon as it is encoded.
pub(crate) fn render(
    opened: &Opened,
    job: &Job,
    context: &Context<'_>,
    finish: &mut dyn FnMut(usize, Result<Finished, Fault>),
) {
    let chains: Vec<&[_]> =
        job.variants.iter().map(|variant| variant.operations.as_slice()).collect();
    let derivation = derive::derive(&chains, opened.nominal(&job.rules), job.focal);
    let mut wanted: Vec<usize> =
        (0..job.variants.len()).filter(|&index| job.variants[index].target.is_some()).collect();
    if let Some(proxy) = context.proxy() {
        wanted.retain(|&variant| {
            let began = Instant::now();
            let Some((progress, canvas)) = proxy.furthest(variant) else { return true };
            let mut run = tree::Run { job, opened, context, began, finish: &mut *finish };
            match progress {
                Progress::Operations(depth) => run.grow(canvas, depth, &[variant]),
                Progress::Encodable => run.encode(variant, &canvas),
            }
            false
        });
    }
    let mut scales = Scales::new(opened, job, &derivation, &wanted, context);
    for start in starts(job, &derivation, &wanted) {
        let began = Instant::now();
        context.steps.begin();
        let canvas = scales.start(&start).and_then(|canvas| {
            let done = &job.variants[start.variants[0]].operations[..start.depth];
            match done.last() {
                Some(operation) => context.steps.end(operation.op(), canvas),
                None => context.steps.end(steps::DECODE, canvas),
            }
        });
        let mut run = tree::Run { job, opened, context, began, finish: &mut *finish };
        match canvas {
            Ok(canvas) => run.grow(canvas, start.depth, &start.variants),
            Err(fault) => run.fail(&start.variants, &fault),
        }
    }
}

/// A finished variant before it is written.
pub(crate) struct Finished {
    pub(crate) encoded: encode::Encoded,
    pub(crate) milliseconds: f64,
    /// As in [`crate::canvas::Canvas`].
    pub(crate) windows: Vec<Rect>,
    /// The source's faces, where the chain asks for them.
    pub(crate) faces: Option<Vec<FaceBox>>,
    /// How long each step took, where that is measured.
    pub(crate) steps: Vec<StepTime>,
}

/// Variants that share the pixels they start from.
struct Start {
    /// The derivation's scale; `None`: the whole decoded source.
    scale: Option<usize>,
    /// How many operations of the chains are done once the start is there.
    depth: usize,
    variants: Vec<usize>,
}

/// The wanted variants by the pixels that they start from, in the order of the derivation, so
/// that parents are there before their children.
fn starts(job: &Job, derivation: &Derivation, wanted: &[usize]) -> Vec<Start> {
    let mut starts: Vec<Start> = Vec::new();
    for &variant in wanted {
        let scale = derivation.scale_of[variant];
        let depth = scale.map_or(0, |scale| derivation.scales[scale].prefix + 1);
        let order = &job.variants[variant];
        let alike = |start: &&mut Start| {
            let other = &job.variants[start.variants[0]];
            start.scale == scale
                && start.depth == depth
                && (scale.is_none()
                    || other.operations[..depth] == order.operations[..depth]
                        && (ops::is_geometry(&order.operations[depth - 1])
                            || other.encoding.color == order.encoding.color))
        };
        if let Some(start) = starts.iter_mut().find(alike) {
            start.variants.push(variant);
        } else {
            starts.push(Start { scale, depth, variants: vec![variant] });
        }
    }
    starts.sort_by_key(|start| start.scale.unwrap_or(usize::MAX));
    starts
}
