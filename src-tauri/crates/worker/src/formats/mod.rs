//! The formats that this build can read and write: a module each, with check, load and save.
//!
//! The checks see the raw bytes before a decoder does: sizes that would already be costly to read
//! as a header, files that end in the middle, and facts that libvips does not tell. They trust no
//! length and no offset: every read may fail, and every loop ends with the file or with a limit.

mod avif;
pub(crate) mod bare;
mod bmp;
pub(crate) mod check;
mod dds;
mod decoder;
mod exr;
mod farbfeld;
mod gif;
mod hdr;
mod heic;
mod heif;
mod ico;
mod image_crate;
mod jp2;
mod jpeg;
mod jpeg_blocks;
mod jpeg_end;
mod jpeg_markers;
mod jxl;
pub(crate) mod jxl_encoder;
mod levels;
pub(crate) mod light;
mod pdf;
mod png;
mod png_chunks;
mod pnm;
mod psd;
mod qoi;
mod raw;
mod svg;
mod tga;
mod tiff;
mod webp;

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use cropmark_rules::{
    Encoding, Fault, FaultCode, Format, FormatRule, Limits, geometry::Size, protocol::Header,
};

use crate::{
    canvas::{fault, missing_codec},
    color::{Cicp, Stated},
    content::Content,
    metadata::{Exif, Texts},
    vips::{self, Call, Image, Library, Source},
};

const MODULES: [&dyn ImageFormat; Format::ALL.len()] = [
    &jpeg::Jpeg,
    &png::Png,
    &webp::Webp,
    &avif::Avif,
    &gif::Gif,
    &tiff::Tiff,
    &bmp::Bmp,
    &svg::Svg,
    &heic::Heic,
    &jxl::Jxl,
    &ico::Ico,
    &qoi::Qoi,
    &tga::Tga,
    &pnm::Pnm,
    &dds::Dds,
    &farbfeld::Farbfeld,
    &exr::Exr,
    &hdr::Hdr,
    &psd::Psd,
    &jp2::Jp2,
    &pdf::Pdf,
    &raw::Raw,
];

/// What a worker does with one format. Most go through libvips and name its operations.
pub(crate) trait ImageFormat: Sync {
    /// The format's row in the table.
    fn format(&self) -> Format;

    /// The operation of libvips that loads it.
    fn loader(&self) -> &'static str;

    /// The operation of libvips that saves it, with its options; `None`: it is not written.
    fn saver(&self, _encoding: &Encoding, _quality: u8) -> Option<Call> {
        None
    }

    /// Whether this build can read it.
    fn reads(&self, library: &Library) -> bool {
        library.has(self.loader())
    }

    /// Whether this build can write it.
    fn writes(&self, _library: &Library) -> bool {
        let encoding = Encoding::new(FormatRule::Named(self.format()));
        self.saver(&encoding, 50).is_some_and(|call| call.exists())
    }

    /// Whether a header can be read through a descriptor, without the whole file. Other loaders
    /// want all bytes at once, and would map a file that may change.
    fn is_read_in_order(&self) -> bool {
        false
    }

    /// Whether what stands behind the pixels changes nothing about the picture. It was not there when
    /// the picture was opened.
    fn is_complete_without_rest(&self, _content: &Content) -> bool {
        true
    }

    /// The content that is read: unpacked, where the file is packed.
    fn unpack(&self, content: Content) -> Result<Content, Fault> {
        Ok(content)
    }

    /// A file whose end is missing, made such that it can be read, and what it lacks.
    fn mended(&self, _content: &Content) -> Option<(Content, Damage)> {
        None
    }

    /// A file's head with the metadata that libvips would not see in the file, if there is any; notes
    /// the texts in it.
    fn head(&self, _content: &Content, _facts: &mut RawFacts) -> Option<Content> {
        None
    }

    /// Puts texts into a file that libvips does not write, or not so that others find them.
    fn put_texts(&self, _file: &mut Vec<u8>, _texts: Texts<'_>) {}

    /// Checks the raw bytes, and notes what libvips does not tell.
    fn check(
        &self,
        _content: &Content,
        _limits: &Limits,
        _facts: &mut RawFacts,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// The header of a file whose raw bytes tell all of it, without libvips: it has no camera data
    /// and no profile. Bytes that a decoder then refuses may have one too.
    fn plain_header(&self, _content: &Content, _facts: &RawFacts) -> Option<Header> {
        None
    }

    /// The first frame with its metadata; its pixels are not read.
    fn open(&self, content: &Content, _limits: &Limits) -> Result<Image, Fault> {
        let source = content.source()?;
        load_call(self.loader(), &source)
            .output()
            .map_err(|error| header_fault(self.format(), &error))
    }

    /// Sets the options of a loader.
    fn select(&self, call: Call, _load: &Load<'_>) -> Call {
        call
    }

    /// Whether [`ImageFormat::open`] gives the same image as [`ImageFormat::load`] would.
    fn is_loaded_by_opening(&self, _load: &Load<'_>) -> bool {
        false
    }

    /// The wanted frames below one another; nothing needs to be decoded yet.
    fn load(&self, content: &Content, load: &Load<'_>) -> Result<Image, Fault> {
        let source = content.source()?;
        self.select(load_call(self.loader(), &source), load).output().map_err(fault)
    }

    /// The wanted page of a still image with its metadata, for its size: its pixels are not read.
    fn measure(&self, content: &Content, load: &Load<'_>) -> Result<Image, Fault> {
        self.load(content, load)
    }

    /// The file of an image. `keep`: nicknames of the metadata that is written.
    fn save(
        &self,
        image: &Image,
        keep: &str,
        encoding: &Encoding,
        quality: u8,
    ) -> Result<Vec<u8>, Fault> {
        saved(self.format(), self.saver(encoding, quality), image, keep)
    }

    /// The size of a frame and the number of frames of a file that was just encoded, by its header.
    fn measured(&self, file: &Arc<Vec<u8>>) -> Result<(Size, u32), Fault> {
        let header = self.open(&Content::Memory(Arc::clone(file)), &Limits::default())?;
        let size = Size::new(header.width(), header.frame_height());
        Ok((size, header.frames()))
    }
}

/// What a file lacks whose end is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Damage {
    /// Only the mark that nothing follows.
    EndMark,
    /// Pixels.
    Rows,
}

/// What is loaded of a source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load<'a> {
    /// The first page or frame, from 0.
    pub(crate) page: u32,
    /// Frames, for formats that hold animations.
    pub(crate) count: u32,
    /// By what the sides may be divided, for formats that shrink on load.
    pub(crate) shrink: u32,
    /// By what the size is multiplied, for vectors.
    pub(crate) scale: f64,
    /// How light of any brightness is shown.
    pub(crate) showing: light::Showing,
    pub(crate) limits: &'a Limits,
}

/// What the raw bytes say.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct RawFacts {
    /// Colours by code points.
    pub(crate) cicp: Option<Cicp>,
    /// The colours that hold, where they are stated by numbers and not by the file's profile.
    pub(crate) colors: Option<Stated>,
    /// Texts by their keywords, in which libvips replaces what is not UTF-8.
    pub(crate) texts: BTreeMap<String, String>,
    /// Comments, or text chunks, as they stand in the file.
    pub(crate) comments: Vec<u8>,
    /// Camera data that libvips does not read.
    pub(crate) exif: Option<Exif>,
    /// The dots an inch that the file claims, across and down, where libvips does not tell it.
    pub(crate) density: Option<(f64, f64)>,
    /// The size of what a camera's sensor has seen, in pixels, where it is not what is read.
    pub(crate) sensor: Option<(u32, u32)>,
    /// Bytes that the decoder holds besides the pixels before it gives the first of them.
    pub(crate) buffer_bytes: u64,
    /// What the user should know.
    pub(crate) notes: Vec<String>,
}

/// The module of a format.
pub(crate) fn of(format: Format) -> &'static dyn ImageFormat {
    MODULES[format as usize]
}

/// The module of a format, or a fault where this build cannot read it.
pub(crate) fn reader(format: Format) -> Result<&'static dyn ImageFormat, Fault> {
    if readable().contains(&format) {
        return Ok(of(format));
    }
    Err(Fault::new(
        FaultCode::Unsupported,
        format!(
            "{} pictures cannot be read by this build: save them as JPEG or AVIF.",
            format.facts().label
        ),
    ))
}

/// The module of a format, or a fault where this build cannot write it.
pub(crate) fn writer(format: Format) -> Result<&'static dyn ImageFormat, Fault> {
    if writable().contains(&format) { Ok(of(format)) } else { Err(not_written(format)) }
}

/// Formats that can be read.
pub(crate) fn readable() -> &'static [Format] {
    static READABLE: OnceLock<Vec<Format>> = OnceLock::new();
    READABLE.get_or_init(|| those(|module, library| module.reads(library)))
}

/// Formats that can be written.
pub(crate) fn writable() -> &'static [Format] {
    static WRITABLE: OnceLock<Vec<Format>> = OnceLock::new();
    WRITABLE.get_or_init(|| those(|module, library| module.writes(library)))
}

fn those(can: impl Fn(&dyn ImageFormat, &Library) -> bool) -> Vec<Format> {
    let Ok(library) = Library::start() else { return Vec::new() };
    Format::ALL.into_iter().filter(|format| can(of(*format), library)).collect()
}

fn not_written(format: Format) -> Fault {
    Fault::unwritable(format, writable())
}

/// The file of an image by an operation of libvips.
fn saved(format: Format, saver: Option<Call>, image: &Image, keep: &str) -> Result<Vec<u8>, Fault> {
    let saver = saver.ok_or_else(|| not_written(format))?;
    saver.image("in", image).text("keep", keep).buffer().map_err(fault)
}

fn load_call(loader: &str, source: &Source) -> Call {
    Call::new(loader).source("source", source).text("access", "sequential").text("fail-on", "error")
}

fn header_fault(format: Format, error: &vips::Error) -> Fault {
    let text = error.0.lines().next().unwrap_or_default();
    let name = format.facts().with_article;
    missing_codec(text).unwrap_or_else(|| {
        Fault::new(
            FaultCode::Unreadable,
            format!("The file begins like {name} but cannot be read as such ({text})."),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_its_module() {
        for format in Format::ALL {
            assert_eq!(of(format).format(), format);
        }
    }
}
