//! Works out what depends on the source's size, as imgproxy does once it knows the size.

use cropmark_rules::{Operation, geometry, geometry::Size, protocol::Header};

use super::{
    pipeline,
    state::{Options, ResizingType},
};
use crate::notes::Notes;

/// Replaces what depends on the size by what it comes to for this source. What cannot be said is a
/// note.
pub(super) fn settle(o: &mut Options, header: &Header, line: usize, notes: &mut Notes) {
    // Without a size there is nothing to extend to.
    if o.width == 0.0 && o.height == 0.0 {
        o.extend = None;
    }
    if o.width == 0.0 || o.height == 0.0 {
        o.extend_ratio = None;
    }
    // What is drawn is not enlarged.
    o.enlarge |= header.format.facts().vector;
    if o.trim.is_some() || o.page > 0.0 {
        return;
    }
    let source = cut_size(o, header);
    let shrink = shrink(o, source);
    o.is_settled = true;
    if o.enlarge {
        return;
    }
    let least = shrink[0].min(shrink[1]);
    if o.dpr < 1.0 && least < 1.0 && pipeline::depends_on_density(o) {
        let reason = "dpr: below 1, for an image that is smaller than the size, imgproxy makes \
                      canvas, border and offsets larger again; this has no counterpart";
        notes.add(line, reason);
    }
    // No more than the image has pixels for.
    o.dpr = o.dpr.min(least.max(1.0));
    let minimum = [o.min_width, o.min_height];
    if [0, 1].into_iter().any(|at| minimum[at] * o.dpr > source[at]) {
        let reason = "min-width and min-height: the image is smaller, and enlarging it up to them \
                      without enlarge has no counterpart";
        notes.add(line, reason);
    }
}

/// The sides of what is resized.
fn cut_size(o: &Options, header: &Header) -> [f64; 2] {
    let upright = o.auto_rotate;
    let (width, height) =
        if upright { header.upright_size() } else { (header.width, header.height) };
    let mut size = Size::new(width, height);
    if o.rotate % 180.0 != 0.0 {
        size = size.turned();
    }
    if let Some(Operation::Crop(rule)) = pipeline::crop(o) {
        size = geometry::crop_size(&rule, size);
    }
    [size.width.into(), size.height.into()]
}

/// By how much each side is divided, without the density. The type `auto` becomes the one that it
/// comes to.
fn shrink(o: &mut Options, source: [f64; 2]) -> [f64; 2] {
    let given = [o.width, o.height];
    let wanted = [0, 1].map(|at| if given[at] > 0.0 { given[at] } else { source[at] });
    if o.resizing_type == ResizingType::Auto {
        let lies = |size: [f64; 2]| size[0] >= size[1];
        let is_same = lies(source) == lies(wanted);
        o.resizing_type = if is_same { ResizingType::Fill } else { ResizingType::Fit };
    }
    let sides = [source[0] / wanted[0], source[1] / wanted[1]];
    let sides = match o.resizing_type {
        ResizingType::Force => sides,
        _ if given[0] == 0.0 => [sides[1]; 2],
        _ if given[1] == 0.0 => [sides[0]; 2],
        ResizingType::Fit => [sides[0].max(sides[1]); 2],
        _ => [sides[0].min(sides[1]); 2],
    };
    [sides[0] / o.zoom.0, sides[1] / o.zoom.1]
}
