//! What a variant's result may be, by the order and the source's header: a worker that says
//! something else is not believed.

use cropmark_rules::{
    Encoding, Format, FormatRule, Limits,
    geometry::Size,
    plan::{predicted_size, resolve_format},
    protocol::Rendered,
};

use super::{
    admission::read_frames,
    order::{OrderedVariant, RenderOrder},
};

/// Bytes of a file besides its pixels and what it takes over from the source: its headers and a
/// colour profile.
const HEADER_BYTES: u64 = 1 << 20;

/// The bounds of one variant's result.
#[derive(Debug, Clone, Default)]
pub(crate) struct ResultBounds {
    /// The formats that the encoding allows.
    formats: Vec<Format>,
    /// The size, where it follows from the header.
    size: Option<Size>,
    /// Pixels of a side.
    most_side: u32,
    most_frames: u32,
    /// Bytes of the file.
    pub(crate) most_bytes: u64,
}

impl ResultBounds {
    /// Returns the bounds of an order's variant, whose source's file has so many bytes.
    pub(crate) fn of(
        order: &RenderOrder,
        variant: &OrderedVariant,
        source_bytes: u64,
        limits: &Limits,
    ) -> Self {
        let RenderOrder { header, rules, .. } = order;
        let size = predicted_size(header, rules, &variant.operations);
        let frames = read_frames(header, rules);
        let most_bytes = size.map_or(u64::MAX, |size| {
            // No format takes half as much again as the bare pixels do.
            let written_bytes = if variant.encoding.depth.is_some() { 2 } else { 1 };
            let band_bytes = u64::from(header.depth).div_ceil(8).max(written_bytes);
            let pixel_bytes = u64::from(header.bands.max(4)).saturating_mul(band_bytes);
            let smaller = variant.encoding.sizes.iter().map(|side| u64::from(*side).pow(2));
            let all = size.pixels().saturating_mul(frames).saturating_add(smaller.sum());
            let pixels = all.saturating_mul(pixel_bytes);
            // The metadata come from the source; the result may be the source itself.
            let taken_over = source_bytes.saturating_add(HEADER_BYTES);
            pixels.saturating_add(pixels / 2).saturating_add(taken_over)
        });
        Self {
            formats: formats(&variant.encoding, order),
            size,
            most_side: limits.side,
            most_frames: u32::try_from(frames).unwrap_or(u32::MAX),
            // A worker has the whole file in memory before it writes it.
            most_bytes: most_bytes.min(limits.worker_bytes),
        }
    }

    /// Checks what a worker says about a result.
    ///
    /// # Errors
    /// With what is wrong, as the end of a sentence about the worker.
    pub(crate) fn check(&self, rendered: &Rendered) -> Result<(), String> {
        let Rendered { format, width, height, frames, .. } = *rendered;
        let side = 1..=self.most_side;
        let planned = self.size.is_none_or(|size| size == Size::new(width, height));
        let is_counted = (1..=self.most_frames).contains(&frames);
        if !side.contains(&width) || !side.contains(&height) || !planned || !is_counted {
            let expected = self.size.map_or(String::new(), |size| {
                format!(", where {} x {} were expected", size.width, size.height)
            });
            return Err(format!(
                "it reported that the result has {width} x {height} pixels and {frames} \
                 frames{expected}"
            ));
        }
        if !self.formats.contains(&format) {
            return Err(format!("it reported a result in the format {}", format.name()));
        }
        let quality = rendered.quality.is_none_or(|quality| quality <= 100);
        let score = rendered.score.is_none_or(|score| score <= 100.0);
        let time = (0.0..f64::from(u32::MAX)).contains(&rendered.milliseconds);
        if !quality || !score || !time {
            return Err("it reported a quality or a time that cannot be".to_owned());
        }
        Ok(())
    }
}

/// The formats that a variant's result may have.
fn formats(encoding: &Encoding, order: &RenderOrder) -> Vec<Format> {
    match encoding.format {
        FormatRule::Named(format) => vec![format],
        FormatRule::Smallest => {
            Format::ALL.into_iter().filter(|format| format.facts().is_output).collect()
        }
        // What the worker can write is its own affair.
        FormatRule::Source => [&Format::ALL[..], &[]]
            .into_iter()
            .filter_map(|writable| match resolve_format(encoding.format, &order.header, writable) {
                FormatRule::Named(format) => Some(format),
                FormatRule::Source | FormatRule::Smallest => None,
            })
            .collect(),
    }
}
