//! SVG, to read.

use cropmark_rules::{Fault, FaultCode, Format, Limits};

use super::{ImageFormat, Load, RawFacts};
use crate::{content::Content, vips::Call};

/// Text of an SVG; more is no drawing but a way to keep the parser busy.
const MOST_BYTES: u64 = 32 << 20;

pub(super) struct Svg;

impl ImageFormat for Svg {
    fn format(&self) -> Format {
        Format::Svg
    }

    fn loader(&self) -> &'static str {
        "svgload_source"
    }

    fn check(
        &self,
        content: &Content,
        _limits: &Limits,
        _facts: &mut RawFacts,
    ) -> Result<(), Fault> {
        if content.length() > MOST_BYTES {
            return Err(Fault::new(
                FaultCode::TooLarge,
                format!("The SVG's text is larger than {} MiB.", MOST_BYTES >> 20),
            ));
        }
        Ok(())
    }

    fn select(&self, call: Call, load: &Load<'_>) -> Call {
        call.number("scale", load.scale)
    }
}
