//! The state that options build up.

use std::collections::BTreeMap;

use cropmark_rules::{
    Format, FormatRule,
    operation::{Kernel, Trim},
    value::Color,
};

use super::arguments::Placement;

/// How the image meets the box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ResizingType {
    #[default]
    Fit,
    Fill,
    FillDown,
    Force,
    Auto,
}

/// An area that is cut out before resizing: pixels from 1 on, below it shares, 0 the whole side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) placement: Option<Placement>,
}

/// The picture that is laid over the result.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watermark {
    pub(super) opacity: f64,
    pub(super) placement: Placement,
    pub(super) tile: bool,
    pub(super) scale: f64,
}

/// All that options set.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option, but for the last")]
pub(super) struct Options {
    pub(super) resizing_type: ResizingType,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) min_width: f64,
    pub(super) min_height: f64,
    pub(super) zoom: (f64, f64),
    pub(super) dpr: f64,
    pub(super) enlarge: bool,
    pub(super) extend: Option<Placement>,
    pub(super) extend_ratio: Option<Placement>,
    pub(super) gravity: Placement,
    pub(super) crop: Option<Area>,
    pub(super) trim: Option<Trim>,
    pub(super) padding: Option<[f64; 4]>,
    pub(super) auto_rotate: bool,
    pub(super) rotate: f64,
    pub(super) flip: (bool, bool),
    pub(super) background: Option<Color>,
    pub(super) blur: Option<f64>,
    pub(super) sharpen: Option<f64>,
    pub(super) pixelate: f64,
    pub(super) watermark: Option<Watermark>,
    pub(super) strip_metadata: Option<bool>,
    pub(super) keep_copyright: Option<bool>,
    pub(super) strip_color_profile: Option<bool>,
    pub(super) quality: Option<f64>,
    pub(super) format_quality: BTreeMap<Format, f64>,
    pub(super) max_bytes: f64,
    pub(super) format: Option<FormatRule>,
    pub(super) kernel: Kernel,
    pub(super) density: f64,
    pub(super) page: f64,
    pub(super) still: bool,
    /// Whether what depends on the source's size was worked out, so that no rule differs by it.
    pub(super) is_settled: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            resizing_type: ResizingType::Fit,
            width: 0.0,
            height: 0.0,
            min_width: 0.0,
            min_height: 0.0,
            zoom: (1.0, 1.0),
            dpr: 1.0,
            enlarge: false,
            extend: None,
            extend_ratio: None,
            gravity: Placement::default(),
            crop: None,
            trim: None,
            padding: None,
            auto_rotate: true,
            rotate: 0.0,
            flip: (false, false),
            background: None,
            blur: None,
            sharpen: None,
            pixelate: 0.0,
            watermark: None,
            strip_metadata: None,
            keep_copyright: None,
            strip_color_profile: None,
            quality: None,
            format_quality: BTreeMap::new(),
            max_bytes: 0.0,
            format: None,
            kernel: Kernel::Lanczos3,
            density: 0.0,
            page: 0.0,
            still: false,
            is_settled: false,
        }
    }
}
