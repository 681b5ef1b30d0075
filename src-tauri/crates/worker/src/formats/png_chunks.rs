//! The chunks of a PNG that describe it, wherever they stand: libvips reads those before the pixels,
//! and many programs write them behind (PNG, third edition, 5.6).

use std::{
    io::{self, Read, Seek},
    sync::Arc,
};

use super::{
    RawFacts,
    check::{bytes, skip},
};
use crate::{content::Content, metadata::Texts, text};

/// Bytes of all such chunks that are looked at.
const MOST_BYTES: u64 = 16 << 20;
/// Bytes of a text that is read.
const LONGEST_TEXT: usize = 4096;
/// Bytes of all texts that a variant can keep.
const MOST_KEPT: usize = 1 << 20;

/// What stands before a packet of XMP.
const XMP: &[u8] = b"XML:com.adobe.xmp\0";
/// Blocks of metadata as ImageMagick writes them: they repeat what chunks of their own say.
const RAW_PROFILE: &[u8] = b"Raw profile type ";

/// No pixels, and the end, with their checksums.
const REST: &[u8] = b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xae\x42\x60\x82";

/// What was found.
#[derive(Default)]
struct Chunks {
    /// Where the pixels begin.
    pixels: Option<u64>,
    has_exif: bool,
    bytes: u64,
    /// Whether only those before the pixels are looked at.
    only_before: bool,
    /// Chunks behind the pixels, as they stand in the file.
    behind: Vec<u8>,
}

/// Notes the texts, and returns the file's head with the chunks that stand behind its pixels; `None`
/// where there are none. Of a file that arrives only what stands before the pixels is looked at.
pub(super) fn head(content: &Content, facts: &mut RawFacts) -> Option<Content> {
    let mut chunks = Chunks { only_before: content.is_arriving(), ..Chunks::default() };
    let _ended = walk(&mut content.reader(), &mut chunks, facts);
    let pixels = chunks.pixels.filter(|at| !chunks.behind.is_empty() && *at <= MOST_BYTES)?;
    let mut head = content.start(usize::try_from(pixels).ok()?);
    head.extend(chunks.behind);
    head.extend(REST);
    Some(Content::Memory(Arc::new(head)))
}

/// Whether chunks that describe the picture stand behind its pixels.
pub(super) fn has_behind(content: &Content) -> bool {
    let mut chunks = Chunks::default();
    let _ended = walk(&mut content.reader(), &mut chunks, &mut RawFacts::default());
    !chunks.behind.is_empty()
}

/// Goes from chunk to chunk, to the end or to where the file is broken.
fn walk(
    reader: &mut (impl Read + Seek),
    chunks: &mut Chunks,
    facts: &mut RawFacts,
) -> io::Result<()> {
    skip(reader, 8)?;
    let mut at = 8;
    loop {
        let length = u64::from(u32::from_be_bytes(bytes(reader)?));
        let kind = bytes::<4>(reader)?;
        match &kind {
            b"IEND" => return Ok(()),
            b"tEXt" | b"zTXt" | b"iTXt" | b"eXIf" if chunks.bytes + length <= MOST_BYTES => {
                chunks.bytes += length;
                let mut data = Vec::new();
                reader.by_ref().take(length).read_to_end(&mut data)?;
                skip(reader, 4)?;
                if data.len() as u64 == length {
                    chunks.take(kind, &data, facts);
                }
            }
            _ => {
                if &kind == b"IDAT" {
                    chunks.pixels.get_or_insert(at);
                    if chunks.only_before {
                        return Ok(());
                    }
                }
                skip(reader, length + 4)?;
            }
        }
        at += length + 12;
    }
}

impl Chunks {
    fn take(&mut self, kind: [u8; 4], data: &[u8], facts: &mut RawFacts) {
        let is_exif = &kind == b"eXIf";
        // Of several blocks of camera data the first counts.
        if self.pixels.is_some() && !(is_exif && self.has_exif) {
            append(&mut self.behind, kind, data);
        }
        self.has_exif |= is_exif;
        if &kind == b"tEXt" && data.len() <= LONGEST_TEXT {
            let end = data.iter().position(|byte| *byte == 0).unwrap_or(0);
            let (keyword, text) = data.split_at(end);
            let keyword = String::from_utf8_lossy(keyword).into_owned();
            facts.texts.insert(keyword, text::decoded(text.get(1..).unwrap_or_default()));
        }
        let is_text = !is_exif && !data.starts_with(XMP) && !data.starts_with(RAW_PROFILE);
        if is_text && facts.comments.len() + data.len() <= MOST_KEPT {
            append(&mut facts.comments, kind, data);
        }
    }
}

/// Appends a chunk: its length, its kind, its content, and the checksum of the two.
fn append(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let Ok(length) = u32::try_from(data.len()) else { return };
    let mut checksum = flate2::Crc::new();
    checksum.update(&kind);
    checksum.update(data);
    file.extend(length.to_be_bytes());
    file.extend(kind);
    file.extend(data);
    file.extend(checksum.sum().to_be_bytes());
}

/// Puts texts before the pixels of a file that libvips has written.
pub(super) fn insert(file: &mut Vec<u8>, texts: Texts<'_>) {
    let mut chunks = texts.comments.to_vec();
    if let Some(packet) = texts.xmp {
        // Neither packed nor in a language.
        append(&mut chunks, *b"iTXt", &[XMP, &[0; 4], packet].concat());
    }
    if chunks.is_empty() {
        return;
    }
    let mut found = Chunks::default();
    let mut reader = io::Cursor::new(&*file);
    let _ended = walk(&mut reader, &mut found, &mut RawFacts::default());
    if let Some(at) = found.pixels.and_then(|at| usize::try_from(at).ok()) {
        file.splice(at..at, chunks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{decode::open_bytes, ops::testing::gradient, vips::Call};

    fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
        let mut chunk = Vec::new();
        append(&mut chunk, kind, data);
        chunk
    }

    /// A picture with these chunks behind its pixels.
    fn with_behind(chunks: &[Vec<u8>]) -> Vec<u8> {
        let call = Call::new("pngsave_buffer").image("in", gradient(24, 16, 3).first());
        let file = call.text("keep", "none").buffer().unwrap();
        let (pixels, end) = file.split_at(file.len() - 12);
        [pixels, &chunks.concat(), end].concat()
    }

    #[test]
    fn chunks_behind_the_pixels_are_read_as_those_before() {
        let xmp = b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta xmlns:x='adobe:ns:meta/'>\
            <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
            <rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/'>\
            <dc:title>Harbour</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>";
        let exif = b"II*\0\x08\0\0\0\x01\0\x3b\x01\x02\0\x04\0\0\0Ada\0\0\0\0\0";
        let file = with_behind(&[
            chunk(*b"tEXt", b"Author\0Zo\xeb"),
            chunk(*b"iTXt", xmp),
            chunk(*b"eXIf", exif),
            chunk(*b"eXIf", &exif.map(|byte| if byte == b'A' { b'B' } else { byte })),
        ]);
        let opened = open_bytes(&file).unwrap();
        assert_eq!(opened.header.metadata["exif.Artist"], "Ada");
        assert_eq!(opened.header.metadata["xmp.title"], "Harbour");
        assert_eq!(opened.described().texts["Author"], "Zoë");
        assert_eq!(opened.described().comments, chunk(*b"tEXt", b"Author\0Zo\xeb"));
        assert_eq!((opened.header.width, opened.header.height), (24, 16));
    }

    #[test]
    fn kept_chunks_stand_before_the_pixels() {
        let mut file = with_behind(&[]);
        let text = chunk(*b"tEXt", b"Title\0Harbour");
        insert(&mut file, Texts { comments: &text, ..Texts::default() });
        assert_eq!(open_bytes(&file).unwrap().described().comments, text);
        let place = |part: &[u8]| memchr::memmem::find(&file, part).unwrap();
        assert!(place(b"Harbour") < place(b"IDAT"));
    }

    #[test]
    fn broken_chunks_end_the_walk() {
        let file = with_behind(&[chunk(*b"tEXt", b"a\0b"), chunk(*b"eXIf", b"II")]);
        for at in 0..file.len() {
            let mut broken = file.clone();
            broken[at] = 0xff;
            for file in [&broken[..], &file[..at]] {
                let content = Content::Memory(Arc::new(file.to_vec()));
                let _survives = head(&content, &mut RawFacts::default());
            }
        }
    }
}
