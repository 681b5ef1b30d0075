//! Runs chains as a tree: an operation that several variants do next is run once for all of them.

use std::time::Instant;

use cropmark_rules::{
    ColorSpace, Fault,
    canonical::uses_faces,
    protocol::{Job, VariantOrder},
};

use super::{
    Context, Finished, Progress,
    steps::{COLORS, ENCODE},
};
use crate::{canvas::Canvas, color, decode::Opened, encode, ops};

/// The variants that are made from one start.
pub(super) struct Run<'a> {
    pub(super) job: &'a Job,
    pub(super) opened: &'a Opened,
    pub(super) context: &'a Context<'a>,
    pub(super) began: Instant,
    pub(super) finish: &'a mut dyn FnMut(usize, Result<Finished, Fault>),
}

impl Run<'_> {
    /// Runs the rest of the chains of `variants`, whose first `depth` operations are done.
    pub(super) fn grow(&mut self, canvas: Canvas, depth: usize, variants: &[usize]) {
        let branches = self.branches(depth, variants);
        let canvas = match self.context.proxy() {
            Some(proxy) if depth > 0 => {
                proxy.keep_step(variants[0], Progress::Operations(depth), canvas)
            }
            _ => Ok(canvas),
        };
        let canvas = if branches.len() > 1 { canvas.and_then(Canvas::materialize) } else { canvas };
        let canvas = match canvas {
            Ok(canvas) => canvas,
            Err(fault) => return self.fail(variants, &fault),
        };
        for branch in branches {
            let first = self.variant(branch[0]);
            if let Some(operation) = first.operations.get(depth) {
                let space = first.encoding.color;
                let next = step(operation, canvas.clone(), space, self.context);
                let steps = &self.context.steps;
                match next.and_then(|next| steps.end(operation.op(), next)) {
                    Ok(next) => self.grow(next, depth + 1, &branch),
                    Err(fault) => self.fail(&branch, &fault),
                }
            } else {
                self.complete(branch[0], canvas.clone());
            }
        }
    }

    /// Answers all these variants with the same fault.
    pub(super) fn fail(&mut self, variants: &[usize], fault: &Fault) {
        for &variant in variants {
            (self.finish)(variant, Err(fault.clone()));
        }
    }

    /// Groups variants by their next operation and the colours that it works in; a variant without one
    /// is a group by itself.
    fn branches(&self, depth: usize, variants: &[usize]) -> Vec<Vec<usize>> {
        let mut branches: Vec<Vec<usize>> = Vec::new();
        for &variant in variants {
            let order = self.variant(variant);
            let alike = |branch: &&mut Vec<usize>| {
                let other = self.variant(branch[0]);
                order.operations.len() > depth
                    && other.operations.get(depth) == order.operations.get(depth)
                    && other.encoding.color == order.encoding.color
            };
            match branches.iter_mut().find(alike) {
                Some(branch) => branch.push(variant),
                None => branches.push(vec![variant]),
            }
        }
        branches
    }

    /// Converts a variant whose operations are done to the colours of its encoder, and encodes it.
    fn complete(&mut self, variant: usize, canvas: Canvas) {
        let encoding = &self.variant(variant).encoding;
        let canvas = color::to_encode(canvas, encoding, self.opened.header.depth);
        let canvas = canvas.and_then(|canvas| self.context.steps.end(COLORS, canvas));
        let canvas = match self.context.proxy() {
            Some(proxy) => {
                canvas.and_then(|canvas| proxy.keep_step(variant, Progress::Encodable, canvas))
            }
            None => canvas,
        };
        match canvas {
            Ok(canvas) => self.encode(variant, &canvas),
            Err(fault) => self.fail(&[variant], &fault),
        }
    }

    /// Encodes a variant whose pixels are in the colours of its encoder.
    pub(super) fn encode(&mut self, variant: usize, canvas: &Canvas) {
        let order = self.variant(variant);
        let untouched =
            encode::original::may_stand(order, self.opened, &self.job.rules, self.job.focal);
        let encoded = encode::encode(canvas, &order.encoding, self.opened, untouched);
        let shows_faces = uses_faces(&order.operations);
        let faces = shows_faces.then(|| self.context.faces(self.opened).unwrap_or_default());
        let milliseconds = self.began.elapsed().as_secs_f64() * 1000.0;
        self.began = Instant::now();
        self.context.steps.note(ENCODE);
        let (windows, steps) = (canvas.windows.clone(), self.context.steps.take());
        let finished =
            encoded.map(|encoded| Finished { encoded, milliseconds, windows, faces, steps });
        (self.finish)(variant, finished);
    }

    fn variant(&self, index: usize) -> &VariantOrder {
        &self.job.variants[index]
    }
}

/// Runs one operation, in the output's colours unless it is plain geometry.
fn step(
    operation: &cropmark_rules::Operation,
    canvas: Canvas,
    space: ColorSpace,
    context: &Context<'_>,
) -> Result<Canvas, Fault> {
    let canvas =
        if ops::is_geometry(operation) { canvas } else { color::to_working(canvas, space)? };
    ops::apply(operation, canvas, context)
}
