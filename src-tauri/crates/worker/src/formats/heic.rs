//! HEIC, where libheif was built with HEVC.

use std::sync::{Arc, OnceLock};

use cropmark_rules::{Encoding, Format, FormatRule};

use super::{ImageFormat, Load, heif};
use crate::vips::{Call, Image, Library, Result, Source};

pub(super) struct Heic;

impl ImageFormat for Heic {
    fn format(&self) -> Format {
        Format::Heic
    }

    fn loader(&self) -> &'static str {
        heif::LOADER
    }

    fn reads(&self, library: &Library) -> bool {
        handles_hevc(library)
    }

    fn writes(&self, library: &Library) -> bool {
        handles_hevc(library)
    }

    fn select(&self, call: Call, load: &Load<'_>) -> Call {
        heif::select(call, load)
    }

    fn saver(&self, encoding: &Encoding, quality: u8) -> Option<Call> {
        Some(heif::saver(encoding, quality, "hevc"))
    }
}

/// Whether libheif was built with HEVC. Its operations are the same as AVIF's, so only trying
/// shows; the shipped library was built without.
fn handles_hevc(library: &Library) -> bool {
    static HANDLES: OnceLock<bool> = OnceLock::new();
    library.has(heif::LOADER)
        && library.has(heif::SAVER)
        && *HANDLES.get_or_init(|| written_and_read().is_ok())
}

fn written_and_read() -> Result<Image> {
    let black = Call::new("black").number("width", 64).number("height", 64);
    let image = black.number("bands", 3).output()?;
    let encoding = Encoding::new(FormatRule::Named(Format::Heic));
    let bytes = heif::saver(&encoding, 50, "hevc").image("in", &image).buffer()?;
    let source = Source::from_shared(Arc::new(bytes))?;
    Call::new(heif::LOADER).source("source", &source).output()?.materialize()
}
