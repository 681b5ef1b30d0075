//! Translates rules of other image systems into preset files, and preset files into theirs.
//!
//! Pure: text in, text out. The text of another system is untrusted: it is bounded in size, depth
//! and work, and what has no counterpart becomes a [`Note`] with its line, never silence.

mod cloudinary;
mod draft;
mod hocon;
pub mod imgproxy;
pub mod konifer;
mod magnolia;
mod notes;
mod number;
mod preset;
mod translated;
mod tree;
mod variants;
mod write;
mod yaml;

use cropmark_rules::preset::ReadBase;

pub use notes::Note;
pub use translated::{MAX_BYTES, Translated, Unusable};

/// A system whose rules can be translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// imgproxy and imgforge: files of presets, and URLs.
    Imgproxy,
    /// Konifer: its configuration in HOCON.
    Konifer,
    /// Magnolia: image generators and themes in YAML.
    Magnolia,
    /// Cloudinary: named transformations, and URLs.
    Cloudinary,
}

/// Translates rules of another system into the text of a preset file, which has no problems.
///
/// # Errors
/// Where nothing of it can be translated.
pub fn import(system: System, bytes: &[u8]) -> Result<Translated, Unusable> {
    let text = translated::text(bytes)?;
    match system {
        System::Imgproxy => imgproxy::import(text),
        System::Konifer => konifer::import(text),
        System::Magnolia => magnolia::import(text),
        System::Cloudinary => cloudinary::import(text),
    }
}

/// Translates the text of a preset file into another system's rules; `read_base` gives the files
/// that it extends.
///
/// # Errors
/// Where nothing of it can be translated.
pub fn export(
    system: System,
    bytes: &[u8],
    read_base: &mut ReadBase<'_>,
) -> Result<Translated, Unusable> {
    let source = preset::read(translated::text(bytes)?, read_base)?;
    Ok(match system {
        System::Imgproxy => imgproxy::export(source),
        System::Konifer => konifer::export(source),
        System::Magnolia => magnolia::export(source),
        System::Cloudinary => cloudinary::export(source),
    })
}

#[cfg(test)]
mod tests;
