//! AVIF.
//!
//! Measured on eight photographs at 1280 pixels, quality 60: efforts 0 to 4 give 99.7, 95.4, 94.9,
//! 92.7 and 91.3 kB in 59, 170, 310, 549 and 2461 ms, with a SSIMULACRA2 score of 71.9, 72.3, 72.9,
//! 73.1 and 73.6. A point of score is worth 5 kB here, so each step up to 2 saves about a twentieth
//! for 100 to 140 ms; what comes after costs ever more for less.

use cropmark_rules::{Encoding, Fault, Format, Limits};

use super::{ImageFormat, Load, RawFacts, heif};
use crate::{content::Content, vips::Call};

pub(super) struct Avif;

impl ImageFormat for Avif {
    fn format(&self) -> Format {
        Format::Avif
    }

    fn loader(&self) -> &'static str {
        heif::LOADER
    }

    fn check(
        &self,
        content: &Content,
        _limits: &Limits,
        facts: &mut RawFacts,
    ) -> Result<(), Fault> {
        facts.cicp = heif::cicp(&mut content.reader());
        Ok(())
    }

    fn select(&self, call: Call, load: &Load<'_>) -> Call {
        heif::select(call, load)
    }

    fn saver(&self, encoding: &Encoding, quality: u8) -> Option<Call> {
        Some(heif::saver(encoding, quality, "av1"))
    }
}
