//! Which variants of an order can be rendered within the memory of all jobs, and in which jobs.

use std::fs::File;

use cropmark_rules::{Fault, FaultCode, Limits};

use super::estimate::{estimate, result_bytes};
use crate::core::{
    arrival::Arrival,
    bounds::ResultBounds,
    order::{OrderedVariant, RenderOrder},
    queue::{RenderSpec, RequestedVariant, Share, SpecVariant},
};

/// An order whose variants were admitted one by one.
#[derive(Debug, Default)]
pub(crate) struct Admitted {
    /// The variants that can be rendered, by what they share their decoding with.
    pub(crate) shares: Vec<Share>,
    /// The wanted variants that take too much memory, by their index in the order.
    pub(crate) refused: Vec<(usize, Fault)>,
}

/// Admits the variants of an order to `max_memory` bytes. One that takes more by itself is refused,
/// and the others are rendered without it; where they take too much together, each is rendered by
/// itself.
pub(crate) fn admit(order: RenderOrder, max_memory: u64, limits: &Limits) -> Admitted {
    let length = |file: &File| file.metadata().map_or(0, |facts| facts.len());
    let arriving = order.arrival.as_ref().map(Arrival::bytes);
    let source_bytes = arriving.unwrap_or_else(|| length(&order.source));
    let overlay_bytes = order.files.values().map(|file| length(file)).sum();
    let needed = |order: &RenderOrder| {
        estimate(order, source_bytes, overlay_bytes).saturating_add(result_bytes(order))
    };
    let share = |order: RenderOrder, slots: &[usize], bytes: u64| {
        let bounds =
            |variant: &OrderedVariant| ResultBounds::of(&order, variant, source_bytes, limits);
        let bounds: Vec<ResultBounds> = order.variants.iter().map(bounds).collect();
        share(order, slots, bounds, bytes)
    };
    let all: Vec<usize> = (0..order.variants.len()).collect();
    let together = needed(&order);
    if together <= max_memory {
        return Admitted { shares: vec![share(order, &all, together)], refused: Vec::new() };
    }

    let mut admitted = Admitted::default();
    let mut fitting = Vec::new();
    for index in all {
        let alone = needed(&only(&order, &[index]));
        if alone <= max_memory {
            fitting.push((index, alone));
        } else if order.variants[index].target.is_some() {
            admitted.refused.push((index, too_large(alone, max_memory)));
        }
    }
    let slots: Vec<usize> = fitting.iter().map(|(index, _)| *index).collect();
    let rest = only(&order, &slots);
    let together = needed(&rest);
    if together <= max_memory {
        admitted.shares.push(share(rest, &slots, together));
    } else {
        for (index, alone) in fitting {
            admitted.shares.push(share(only(&order, &[index]), &[index], alone));
        }
    }
    admitted
}

/// Returns an order for these of its variants.
fn only(order: &RenderOrder, indices: &[usize]) -> RenderOrder {
    let variants = indices.iter().map(|index| order.variants[*index].clone()).collect();
    RenderOrder { variants, ..order.clone() }
}

/// Makes what is queued of an order whose variants have these indices in the caller's.
fn share(order: RenderOrder, slots: &[usize], bounds: Vec<ResultBounds>, bytes: u64) -> Share {
    let RenderOrder {
        source, arrival, rules, proxy, fidelity, focal, faces, files, variants, ..
    } = order;
    let (mut requested, mut parts) = (Vec::new(), Vec::with_capacity(variants.len()));
    for (index, (variant, bounds)) in variants.into_iter().zip(bounds).enumerate() {
        let OrderedVariant { key, operations, encoding, target } = variant;
        if let Some(target) = target {
            requested.push(RequestedVariant { slot: slots[index], index, key, target });
        }
        parts.push(SpecVariant { operations, encoding, bounds });
    }
    let spec = RenderSpec {
        source,
        arrival,
        rules,
        focal,
        faces,
        proxy,
        fidelity,
        files,
        variants: parts,
    };
    Share { spec, requested, bytes }
}

fn too_large(bytes: u64, most: u64) -> Fault {
    let message = format!(
        "The variant would take about {} MiB of memory, more than the {} MiB that all jobs together \
         may take (max_memory). Raise it, make the variant smaller, or let the source be subsampled.",
        bytes >> 20,
        most >> 20
    );
    Fault::new(FaultCode::TooLarge, message)
}
