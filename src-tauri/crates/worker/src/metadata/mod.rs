//! A source's metadata: what a person may ask for by name, and what a variant keeps of it.

mod exif;
pub(crate) mod iptc;
pub(crate) mod xmp;

use std::collections::BTreeMap;

use cropmark_rules::{Format, Metadata, MetadataKind};

use crate::vips::{Image, Result};

/// Where libvips keeps the blocks.
const EXIF: &str = "exif-data";
const IPTC: &str = "iptc-data";
const XMP: &str = "xmp-data";
const PHOTOSHOP: &str = "photoshop-data";
const THUMBNAIL: &str = "jpeg-thumbnail-data";

/// What parameters can name: `exif.Artist`, `iptc.byline`, `xmp.rights` and so on.
pub(crate) fn names(image: &Image) -> BTreeMap<String, String> {
    let mut names = exif::names(image);
    if let Some(records) = press(image) {
        names.extend(iptc::names(&records));
    }
    if let Some(packet) = image.blob(XMP) {
        names.extend(xmp::names(&packet));
    }
    names
}

/// The image without what only describes it. libvips copies all fields from each step of a chain
/// to the next, and a camera writes a hundred: of the 20 ms that a job of five variants took
/// besides its pixels, 5 were that.
pub(crate) fn taken_off(image: &Image) -> Result<Image> {
    let describes = |name: &String| {
        name.starts_with("exif-")
            || name.starts_with("png-comment-")
            || [IPTC, XMP, PHOTOSHOP, THUMBNAIL].contains(&name.as_str())
    };
    let fields: Vec<String> = image.fields().into_iter().filter(describes).collect();
    if fields.is_empty() {
        return Ok(image.clone());
    }
    image.edit(|editor| fields.iter().for_each(|name| editor.remove(name)))
}

/// The press data's bare records.
fn press(image: &Image) -> Option<Vec<u8>> {
    [IPTC, PHOTOSHOP].iter().find_map(|name| iptc::records(&image.blob(name)?))
}

/// What a variant carries besides its pixels.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Kept {
    /// The camera data as libvips writes it: its block, and the fields that stay.
    exif: Option<Vec<u8>>,
    fields: Vec<(String, String)>,
    /// Press data: the bare records.
    iptc: Option<Vec<u8>>,
    xmp: Option<Vec<u8>>,
    /// What was to be kept and the format cannot hold, in words.
    pub(crate) lost: Vec<&'static str>,
}

impl Kept {
    /// What `policy` keeps of the source's metadata in a file of this format.
    pub(crate) fn of(source: &Image, policy: &Metadata, format: Format) -> Self {
        let holds = format.facts().metadata;
        let mut kept = match policy {
            Metadata::Strip => Self::default(),
            Metadata::Copyright => Self::copyright(source, holds.exif),
            Metadata::Keep => Self::kinds(
                source,
                &[MetadataKind::Exif, MetadataKind::Gps, MetadataKind::Iptc, MetadataKind::Xmp],
                true,
            ),
            Metadata::Kinds(kinds) => Self::kinds(source, kinds, false),
        };
        if !holds.exif {
            let fields = std::mem::take(&mut kept.fields);
            // Of the camera data, artist and copyright have found another place.
            let lost = kept.exif.take().is_some() && !fields.is_empty();
            kept.lost.extend(lost.then_some("camera data"));
        }
        if !holds.iptc {
            kept.lost.extend(kept.iptc.take().map(|_| "press data (IPTC)"));
        }
        if !holds.xmp {
            kept.lost.extend(kept.xmp.take().map(|_| "XMP"));
        }
        kept
    }

    /// Who made it and who owns it, and nothing else.
    fn copyright(source: &Image, holds_exif: bool) -> Self {
        let exif = exif::copyright(source);
        let iptc = press(source).and_then(|records| iptc::copyright(&records));
        let mut rights =
            source.blob(XMP).map(|packet| xmp::Rights::read(&packet)).unwrap_or_default();
        if !holds_exif {
            rights.add(&names(source));
        }
        Self { fields: exif, iptc, xmp: rights.packet(), ..Self::default() }
    }

    fn kinds(source: &Image, kinds: &[MetadataKind], everything: bool) -> Self {
        let wants = |kind| kinds.contains(&kind);
        let place = wants(MetadataKind::Gps);
        let mut kept = Self::default();
        if wants(MetadataKind::Exif) {
            kept.exif = source.blob(EXIF);
            kept.fields = exif::fields(source, place, everything);
        }
        if wants(MetadataKind::Iptc) {
            kept.iptc = press(source);
        }
        if wants(MetadataKind::Xmp) {
            kept.xmp = source.blob(XMP).and_then(|packet| xmp::upright(&packet, place));
        }
        kept
    }

    /// The image with this and nothing else besides its pixels, and the nicknames of what a
    /// saver must keep.
    pub(crate) fn put_on(
        &self,
        image: &Image,
        format: Format,
        profile: Option<&[u8]>,
    ) -> Result<(Image, String)> {
        let mut flags = Vec::new();
        // With the camera data's block its fields come back, so they are chosen after it.
        let bare = image.edit(|editor| {
            for name in image.fields() {
                editor.remove(&name);
            }
            if let Some(block) = &self.exif {
                editor.set_blob(EXIF, block);
            }
        })?;
        let done = bare.edit(|editor| {
            let is_field = |name: &String| name.starts_with("exif-ifd");
            for name in bare.fields().iter().filter(|name| is_field(name)) {
                editor.remove(name);
            }
            editor.remove(THUMBNAIL);
            if self.exif.is_some() || !self.fields.is_empty() {
                flags.push("exif");
                for (name, value) in &self.fields {
                    editor.set_text(name, value);
                }
                editor.set_integer("orientation", 1);
            }
            if let Some(records) = &self.iptc {
                // libvips loses the end of what it writes as press data into a TIFF.
                if format == Format::Tiff {
                    flags.push("other");
                    editor.set_blob(PHOTOSHOP, &iptc::resource_block(records));
                } else {
                    flags.push("iptc");
                    editor.set_blob(IPTC, &iptc::photoshop_block(records));
                }
            }
            if let Some(packet) = &self.xmp {
                flags.push("xmp");
                editor.set_blob(XMP, packet);
            }
            if let Some(profile) = profile {
                flags.push("icc");
                editor.set_blob(crate::color::PROFILE, profile);
            }
        })?;
        let flags = if flags.is_empty() { "none".to_owned() } else { flags.join(":") };
        Ok((done, flags))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_describes_is_taken_off_and_what_counts_stays() {
        crate::vips::Library::start().unwrap();
        let image = Image::from_pixels(&[7; 27], 3, 3, 3).unwrap();
        assert_eq!(taken_off(&image).unwrap().fields(), image.fields());
        let full = image.edit(|editor| {
            editor.set_text("exif-ifd0-Artist", "Ann");
            for name in [EXIF, IPTC, XMP, crate::color::PROFILE] {
                editor.set_blob(name, b"block");
            }
            editor.set_integer("page-height", 1);
        });
        let bare = taken_off(&full.unwrap()).unwrap();
        let left = |name: &str| bare.has_field(name);
        assert!(left(crate::color::PROFILE) && left("page-height"));
        assert!(!left("exif-ifd0-Artist") && !left(EXIF) && !left(IPTC) && !left(XMP));
    }
}
