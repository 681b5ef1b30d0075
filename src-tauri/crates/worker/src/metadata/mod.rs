//! A source's metadata: what a person may ask for by name, and what a variant keeps of it.

mod exif;
pub(crate) mod iptc;
pub(crate) mod xmp;

use std::collections::BTreeMap;

use cropmark_rules::{Encoding, Fault, Format, Metadata, MetadataKind, format::MetadataBlocks};

pub(crate) use self::exif::{Entry, Exif, about_picture};
use self::{exif::Placeholder, xmp::Rights};
use crate::{
    text::clean,
    vips::{Image, Result},
};

/// Where libvips keeps the blocks.
pub(crate) const EXIF: &str = "exif-data";
pub(crate) const IPTC: &str = "iptc-data";
pub(crate) const XMP: &str = "xmp-data";
const PHOTOSHOP: &str = "photoshop-data";
const THUMBNAIL: &str = "jpeg-thumbnail-data";

/// Texts of a PNG that can be named.
const MOST_TEXTS: usize = 100;

/// Dots an inch that programs take for "not said".
pub(crate) const NOT_SAID: f64 = 72.0;

/// What a source's file says besides its pixels.
#[derive(Clone, Copy)]
pub(crate) struct Described<'a> {
    /// The image whose fields libvips has read.
    pub(crate) image: &'a Image,
    /// The camera data's directories.
    pub(crate) exif: Option<&'a Exif>,
    /// The dots an inch that the file claims, across and down.
    pub(crate) density: Option<(f64, f64)>,
    /// Texts by their keywords.
    pub(crate) texts: &'a BTreeMap<String, String>,
    /// Comments, or text chunks, as they stand in the file.
    pub(crate) comments: &'a [u8],
    /// The file's format.
    pub(crate) format: Format,
}

/// The camera data that libvips has found.
pub(crate) fn exif(image: &Image) -> Option<Exif> {
    Exif::of(&image.blob(EXIF)?)
}

/// What parameters can name: `exif.Artist`, `iptc.byline`, `xmp.rights` and so on.
pub(crate) fn names(source: Described<'_>) -> BTreeMap<String, String> {
    let mut names = exif::names(source.image, source.exif);
    if let Some(records) = press(source.image) {
        names.extend(iptc::names(&records));
    }
    if let Some(packet) = source.image.blob(XMP) {
        names.extend(xmp::names(&packet));
    }
    let texts = source.texts.iter().take(MOST_TEXTS);
    names.extend(texts.map(|(name, text)| (format!("png.{}", clean(name)), clean(text))));
    names
}

/// The dots an inch that a file claims, across and down, by what libvips has read.
pub(crate) fn density(image: &Image) -> Option<(f64, f64)> {
    image.has_field("resolution-unit").then(|| image.density())
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

/// Texts that a file carries in a form of its own.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Texts<'a> {
    /// Comments as they stood in a source of the same format.
    pub(crate) comments: &'a [u8],
    /// A packet of XMP.
    pub(crate) xmp: Option<&'a [u8]>,
    /// A block of camera data that libvips does not write.
    pub(crate) exif: Option<&'a [u8]>,
}

/// What a variant carries besides its pixels.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Kept {
    /// The camera data of a file that libvips writes.
    exif: Option<Placeholder>,
    /// The camera data of a JPEG XL.
    exif_block: Option<Vec<u8>>,
    /// Press data: the bare records.
    iptc: Option<Vec<u8>>,
    xmp: Option<Vec<u8>>,
    /// Comments as they stood in a source of the same format.
    comments: Vec<u8>,
    /// Dots an inch, across and down.
    pub(crate) density: Option<(f64, f64)>,
    /// What was to be kept and the format cannot hold, in words.
    pub(crate) lost: Vec<&'static str>,
}

impl Kept {
    /// What an encoding keeps of the source's metadata in a file of this format.
    pub(crate) fn of(source: Described<'_>, encoding: &Encoding, format: Format) -> Self {
        let holds = format.facts().metadata;
        let own_density = source.density.filter(|_| encoding.metadata != Metadata::Strip);
        let mut kept = Self {
            density: encoding.density.map(|dots| (dots, dots)).or(own_density),
            ..Self::default()
        };
        if encoding.metadata == Metadata::Keep && !source.comments.is_empty() {
            if source.format == format {
                kept.comments = source.comments.to_vec();
            } else {
                kept.lost.push("comments");
            }
        }
        let mut camera = match &encoding.metadata {
            Metadata::Strip => Exif::default(),
            Metadata::Copyright => kept.copyright(source, holds),
            Metadata::Keep => kept.kinds(
                source,
                &[MetadataKind::Exif, MetadataKind::Gps, MetadataKind::Iptc, MetadataKind::Xmp],
                true,
            ),
            Metadata::Kinds(kinds) => kept.kinds(source, kinds, false),
        };
        if holds.exif {
            // Camera data that are there say the same as the format's own place for the dots an
            // inch; where it has none, they are written for it, unless that would say nothing.
            let is_told = matches!(format, Format::Jpeg | Format::Png);
            let says_something = kept.density != Some((NOT_SAID, NOT_SAID));
            let needed = !camera.is_empty() || (!is_told && says_something);
            if let Some(density) = kept.density.filter(|_| needed) {
                exif::set_density(&mut camera, density);
            }
            let block = (!camera.is_empty()).then(|| camera.write());
            if format == Format::Jxl {
                kept.exif_block = block;
            } else {
                kept.exif = block.map(Placeholder::new);
            }
            if kept.exif.as_ref().is_some_and(Placeholder::is_too_long) {
                kept.exif = None;
                kept.lost.push("camera data of more than 60 KB");
            }
        } else if !camera.is_empty() {
            kept.lost.push("camera data");
        }
        if !holds.iptc && kept.iptc.take().is_some() {
            kept.lost.push("press data (IPTC)");
            if kept.xmp.is_none() {
                kept.xmp = all_rights(source).packet();
            }
        }
        if !holds.xmp {
            kept.lost.extend(kept.xmp.take().map(|_| "XMP"));
        }
        kept
    }

    /// Keeps who made it and who owns it, and nothing else, wherever the source says it and in all
    /// that the format holds; returns the camera data.
    fn copyright(&mut self, source: Described<'_>, holds: MetadataBlocks) -> Exif {
        let mut camera = source.exif.map(exif::copyright).unwrap_or_default();
        self.iptc = press(source.image).and_then(|records| iptc::copyright(&records));
        let rights = all_rights(source);
        let is_said = camera.image.iter().flat_map(Entry::texts).all(|text| text.is_ascii())
            && rights == from_camera(source);
        if holds.exif {
            if let Some(author) = rights.author().filter(|_| !camera.has(exif::ARTIST)) {
                camera.set_text(exif::ARTIST, author.as_bytes());
            }
            if let Some(notice) = rights.notice().filter(|_| !camera.has(exif::COPYRIGHT)) {
                camera.set_text(exif::COPYRIGHT, notice.as_bytes());
            }
        } else {
            camera = Exif::default();
        }
        self.xmp = if holds.exif && is_said { None } else { rights.packet() };
        camera
    }

    /// Keeps these kinds; returns the camera data.
    fn kinds(&mut self, source: Described<'_>, kinds: &[MetadataKind], everything: bool) -> Exif {
        let wants = |kind| kinds.contains(&kind);
        let place = wants(MetadataKind::Gps);
        if wants(MetadataKind::Iptc) {
            self.iptc = press(source.image);
        }
        if wants(MetadataKind::Xmp) {
            let packet = source.image.blob(XMP);
            self.xmp = packet.and_then(|packet| xmp::upright(&packet, place));
        }
        let camera = source.exif.filter(|_| wants(MetadataKind::Exif));
        camera.map(|exif| exif::kept(exif, place, everything)).unwrap_or_default()
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
        let done = image.edit(|editor| {
            for name in image.fields() {
                editor.remove(&name);
            }
            editor.set_density(self.density.unwrap_or((NOT_SAID, NOT_SAID)));
            if let Some(camera) = &self.exif {
                flags.push("exif");
                let (name, text) = camera.field();
                editor.set_text(name, &text);
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
            // libvips would pack it, in which form other programs do not find it in a PNG.
            if let Some(packet) = self.xmp.as_ref().filter(|_| format != Format::Png) {
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

    /// Puts the camera data into the encoded file.
    pub(crate) fn put_into(&self, file: &mut [u8]) -> std::result::Result<(), Fault> {
        self.exif.as_ref().map_or(Ok(()), |camera| exif::insert(camera, file))
    }

    /// What the format's own module puts into the encoded file.
    pub(crate) fn texts(&self) -> Texts<'_> {
        let (xmp, exif) = (self.xmp.as_deref(), self.exif_block.as_deref());
        Texts { comments: &self.comments, xmp, exif }
    }
}

/// Who made a picture and who owns it by all that the source says, XMP first.
fn all_rights(source: Described<'_>) -> Rights {
    let packet = source.image.blob(XMP);
    let mut rights = packet.map(|packet| Rights::read(&packet)).unwrap_or_default();
    rights.add(&from_camera(source));
    if let Some(records) = press(source.image) {
        let mut names = iptc::names(&records);
        let mut take = |name: &str| names.remove(&format!("iptc.{name}"));
        rights.add(&Rights::new(take("byline"), take("copyright"), take("credit")));
    }
    rights.add(&Rights::new(png_text(source, "Author"), png_text(source, "Copyright"), None));
    let author = source.exif.and_then(exif::windows_author);
    rights.add(&Rights::new(author, None, None));
    rights
}

/// What the camera data say of it.
fn from_camera(source: Described<'_>) -> Rights {
    let text = |tag: u16| source.exif.and_then(|exif| exif::text(exif, tag));
    Rights::new(text(exif::ARTIST), text(exif::COPYRIGHT), None)
}

/// A text chunk of a PNG, by its keyword.
fn png_text(source: Described<'_>, keyword: &str) -> Option<String> {
    let is_it = |name: &&String| {
        let rest = name.strip_prefix("png-comment-").and_then(|rest| rest.split_once('-'));
        rest.is_some_and(|(_, found)| found == keyword)
    };
    let compressed = || {
        let fields = source.image.fields();
        source.image.text(fields.iter().find(is_it)?)
    };
    let text = source.texts.get(keyword).cloned().or_else(compressed)?;
    Some(clean(&text)).filter(|text| !text.is_empty())
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
