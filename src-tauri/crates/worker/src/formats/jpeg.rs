//! JPEG.
//!
//! Savers measured on eight photographs at 1280 pixels (libvips 8.18 with mozjpeg), quality 80: bytes,
//! milliseconds of one core, SSIMULACRA2 score.
//!
//! | | kB | ms | score |
//! |---|---|---|---|
//! | plain, the standard's tables | 174.6 | 4.5 | 76.9 |
//! | Huffman tables made for the picture, the standard's tables | 171.4 | 9.8 | 76.9 |
//! | the same, tables tuned for MS-SSIM | 162.1 | 9.5 | 77.1 |
//! | progressive, tables tuned for MS-SSIM | 155 | 19 | 77.1 |
//! | the same with trellis quantisation, at quality 83 for an equal score | 155.3 | 72 | 77.4 |
//!
//! So the tuned tables are taken from the lowest effort but one: about 6 % fewer bytes and a
//! score no lower, at no cost (at 2048 pixels 377 instead of 404 kB, in 9 ms either way). Above
//! quality 85 they cost more than they bring (at 90: 6 % more bytes, the same score). Huffman
//! tables for the picture save another 3 % and double the time; trellis quantisation saves a
//! tenth at the same number for quality, but a lower score goes with it.

use std::{
    collections::BTreeMap,
    io::{self, Cursor, Read, Seek},
    sync::Arc,
};

use cropmark_rules::{
    Chroma, Encoding, Fault, FaultCode, Format, Limits, geometry::Size, protocol::Header,
};

use super::{
    Damage, ImageFormat, Load, RawFacts,
    check::{bytes, memory, size, skip},
    jpeg_end,
};
use crate::{content::Content, metadata::Texts, vips::Call};

/// Markers before the first scan; a camera writes a few dozen.
const MOST_MARKERS: usize = 20_000;

/// Bytes of comments from which on no further one is kept.
const MOST_COMMENTS: usize = 256 << 10;

/// Effort where none is asked for.
const EFFORT: u8 = 1;

/// From this effort on, quantisation tables are those tuned for MS-SSIM.
const TUNED: u8 = 1;
/// From this effort on, Huffman tables are made for the picture.
const OPTIMISED: u8 = 2;
/// From this effort on, scans go from coarse to fine.
const PROGRESSIVE: u8 = 4;
/// From this effort on, coefficients are chosen by what they cost.
const TRELLIS: u8 = 7;
/// From this effort on, the division into scans is searched.
const SCANS: u8 = 9;

/// mozjpeg's number for the tables tuned for MS-SSIM on Kodak's pictures, and the highest
/// quality up to which they pay.
const MS_SSIM: u8 = 2;
const MOST_TUNED_QUALITY: u8 = 85;

pub(super) struct Jpeg;

impl ImageFormat for Jpeg {
    fn format(&self) -> Format {
        Format::Jpeg
    }

    fn loader(&self) -> &'static str {
        "jpegload_source"
    }

    fn is_read_in_order(&self) -> bool {
        true
    }

    fn is_complete_without_rest(&self, content: &Content) -> bool {
        self.mended(content).is_none()
    }

    fn mended(&self, content: &Content) -> Option<(Content, Damage)> {
        jpeg_end::mended(content, self.loader())
    }

    fn check(&self, content: &Content, limits: &Limits, facts: &mut RawFacts) -> Result<(), Fault> {
        // libvips maps it whole, and falls over where it cannot.
        memory(content.length(), "A file", limits)?;
        facts.buffer_bytes = check(&mut content.reader(), limits, &mut facts.comments)?;
        Ok(())
    }

    fn put_texts(&self, file: &mut Vec<u8>, texts: Texts<'_>) {
        // The application's segments stand first.
        let mut at = 2;
        while let [0xff, 0xe0..=0xef, high, low] = file[at..].first_chunk().unwrap_or(&[0; 4]) {
            at = (at + 2 + usize::from(u16::from_be_bytes([*high, *low]))).min(file.len());
        }
        file.splice(at..at, texts.comments.iter().copied());
    }

    fn plain_header(&self, content: &Content, facts: &RawFacts) -> Option<Header> {
        let frame = frame(&mut content.reader(), &mut Vec::new()).ok()??;
        frame.plain_header(facts)
    }

    fn is_loaded_by_opening(&self, load: &Load<'_>) -> bool {
        load.shrink < 2
    }

    fn select(&self, call: Call, load: &Load<'_>) -> Call {
        let shrink = [8, 4, 2].into_iter().find(|shrink| *shrink <= load.shrink);
        call.number("shrink", shrink.unwrap_or(1))
    }

    fn saver(&self, encoding: &Encoding, quality: u8) -> Option<Call> {
        let effort = encoding.effort.unwrap_or(EFFORT);
        let progressive = encoding.progressive.unwrap_or(effort >= PROGRESSIVE);
        let chroma = if encoding.chroma == Some(Chroma::Full) { "off" } else { "on" };
        let tuned = effort >= TUNED && quality <= MOST_TUNED_QUALITY;
        let call = Call::new("jpegsave_buffer")
            .number("Q", quality)
            .text("subsample-mode", chroma)
            .number("quant-table", if tuned { MS_SSIM } else { 0 })
            .flag("optimize-coding", effort >= OPTIMISED)
            .flag("interlace", progressive)
            .flag("trellis-quant", effort >= TRELLIS)
            .flag("overshoot-deringing", effort >= TRELLIS)
            .flag("optimize-scans", progressive && effort >= SCANS);
        Some(call)
    }

    /// Reading it as a picture cost a twentieth of a small picture's time.
    fn measured(&self, file: &Arc<Vec<u8>>) -> Result<(Size, u32), Fault> {
        let frame = frame(&mut Cursor::new(file.as_slice()), &mut Vec::new()).ok().flatten();
        let frame = frame.filter(|frame| frame.is_complete && file.ends_with(b"\xff\xd9"));
        let size = frame.and_then(|frame| frame.size());
        let size = size.ok_or_else(|| {
            let message =
                "The encoder made a JPEG that is not whole. This is a fault of the program.";
            Fault::new(FaultCode::Crashed, message)
        });
        Ok((size?, 1))
    }
}

#[derive(Debug, Default, PartialEq)]
struct Frame {
    width: u64,
    height: u64,
    /// Sampling factors of each component.
    sampling: Vec<(u64, u64)>,
    /// Whether all coefficients must be kept until the last scan.
    buffered: bool,
    /// Whether it is of a common kind (baseline or progressive, eight bits a sample) and there is no
    /// camera data, profile, comment or anything else beside the picture.
    is_plain: bool,
    /// Whether a scan follows.
    is_complete: bool,
}

impl Frame {
    fn size(&self) -> Option<Size> {
        let (width, height) = (u32::try_from(self.width).ok()?, u32::try_from(self.height).ok()?);
        (width > 0 && height > 0).then(|| Size::new(width, height))
    }

    /// The header, where nothing but the picture is in the file.
    fn plain_header(&self, facts: &RawFacts) -> Option<Header> {
        let is_sound =
            |sampling: &(u64, u64)| (1..=4).contains(&sampling.0) && (1..=4).contains(&sampling.1);
        let space = match self.sampling.len() {
            1 => "grey",
            3 => "srgb",
            _ => return None,
        };
        let is_plain = self.is_plain && self.is_complete && self.sampling.iter().all(is_sound);
        let size = self.size().filter(|_| is_plain)?;
        Some(Header {
            format: Format::Jpeg,
            width: size.width,
            height: size.height,
            frames: 1,
            bands: u32::try_from(self.sampling.len()).ok()?,
            depth: 8,
            alpha: false,
            space: space.to_owned(),
            profile: None,
            orientation: 1,
            delays: Vec::new(),
            repeats: None,
            buffer_bytes: facts.buffer_bytes,
            metadata: BTreeMap::new(),
        })
    }

    /// Bytes of the coefficients: two each, in blocks of 8 x 8.
    fn buffer(&self) -> u64 {
        let across = self.sampling.iter().map(|sampling| sampling.0).max().unwrap_or(1).max(1);
        let down = self.sampling.iter().map(|sampling| sampling.1).max().unwrap_or(1).max(1);
        let plane = |sampling: &(u64, u64)| {
            let columns = (self.width * sampling.0).div_ceil(across).div_ceil(8);
            let rows = (self.height * sampling.1).div_ceil(down).div_ceil(8);
            columns * rows * 64 * 2
        };
        self.sampling.iter().map(plane).sum()
    }
}

/// Keeps the frame to the limits; the bytes of the coefficients that the decoder must keep.
fn check(
    reader: &mut (impl Read + Seek),
    limits: &Limits,
    comments: &mut Vec<u8>,
) -> Result<u64, Fault> {
    // A file that ends here is for libvips to complain about.
    let Ok(Some(frame)) = frame(reader, comments) else { return Ok(0) };
    if frame.height > 0 {
        size(frame.width, frame.height, 1, limits)?;
    }
    if !frame.buffered {
        return Ok(0);
    }
    let buffer = frame.buffer();
    memory(buffer, "A progressive JPEG", limits)?;
    Ok(buffer)
}

/// The frame header, complete with what the first scan tells. Comments before that are collected, as
/// they stand in the file.
fn frame(reader: &mut (impl Read + Seek), comments: &mut Vec<u8>) -> io::Result<Option<Frame>> {
    skip(reader, 2)?;
    let (mut frame, mut has_more) = (None, false);
    for _ in 0..MOST_MARKERS {
        let mut marker = bytes::<1>(reader)?[0];
        while marker != 0xff {
            marker = bytes::<1>(reader)?[0];
        }
        while marker == 0xff {
            marker = bytes::<1>(reader)?[0];
        }
        match marker {
            // No length: fill, restart, start.
            0 | 1 | 0xd0..=0xd8 => {}
            0xd9 => break,
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let length = u64::from(u16::from_be_bytes(bytes(reader)?));
                let [bits, h1, h0, w1, w0, count] = bytes::<6>(reader)?;
                let mut sampling = Vec::new();
                for _ in 0..count {
                    let [_, factors, _] = bytes::<3>(reader)?;
                    sampling.push((u64::from(factors >> 4), u64::from(factors & 15)));
                }
                skip(reader, length.saturating_sub(8 + 3 * u64::from(count)))?;
                frame = Some(Frame {
                    width: u64::from(u16::from_be_bytes([w1, w0])),
                    height: u64::from(u16::from_be_bytes([h1, h0])),
                    sampling,
                    buffered: matches!(marker, 0xc2 | 0xc6 | 0xca | 0xce),
                    // A second frame would be an error.
                    is_plain: matches!(marker, 0xc0 | 0xc2) && bits == 8 && frame.is_none(),
                    ..Frame::default()
                });
            }
            0xda => {
                // A first scan of fewer components than there are: others follow.
                let _length = bytes::<2>(reader)?;
                let components = usize::from(bytes::<1>(reader)?[0]);
                if let Some(frame) = &mut frame {
                    frame.is_complete = true;
                    frame.is_plain &= !has_more;
                    frame.buffered |= components < frame.sampling.len();
                }
                break;
            }
            0xfe if comments.len() < MOST_COMMENTS => {
                has_more = true;
                let length = bytes::<2>(reader)?;
                let mut text = Vec::new();
                let most = u64::from(u16::from_be_bytes(length)).saturating_sub(2);
                let is_whole = reader.by_ref().take(most).read_to_end(&mut text)? as u64 == most;
                if is_whole && u16::from_be_bytes(length) >= 2 {
                    comments.extend([&[0xff, 0xfe], &length[..], &text].concat());
                }
            }
            // JFIF says how the pixels lie; all other segments of programs say more.
            0xe0 => {
                let length = u64::from(u16::from_be_bytes(bytes(reader)?));
                let is_jfif = length >= 7 && bytes::<5>(reader)? == *b"JFIF\0";
                has_more |= !is_jfif;
                skip(reader, length.saturating_sub(if length >= 7 { 7 } else { 2 }))?;
            }
            _ => {
                // Tables of quantisation and of codes, and the restart interval, are the picture's.
                has_more |= !matches!(marker, 0xc4 | 0xdb | 0xdd);
                let length = u64::from(u16::from_be_bytes(bytes(reader)?));
                skip(reader, length.saturating_sub(2))?;
            }
        }
    }
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use cropmark_rules::FaultCode;

    use super::*;

    /// A JPEG of this size up to its first scan.
    fn header(marker: u8, width: u16, height: u16, in_first_scan: u8) -> Vec<u8> {
        let mut file = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2];
        file.extend([0xff, marker, 0, 17, 8]);
        file.extend(height.to_be_bytes());
        file.extend(width.to_be_bytes());
        file.extend([3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]);
        file.extend([0xff, 0xda, 0, 12, in_first_scan]);
        file
    }

    fn checked(file: Vec<u8>) -> Result<u64, Fault> {
        check(&mut Cursor::new(file), &Limits::default(), &mut Vec::new())
    }

    #[test]
    fn comments_are_read_and_put_behind_the_applications_segments() {
        let mut file = header(0xc0, 100, 100, 3);
        let comments = b"\xff\xfe\0\x07Ferry\xff\xfe\0\x02".as_slice();
        let texts = Texts { comments, ..Texts::default() };
        Jpeg.put_texts(&mut file, texts);
        assert_eq!(&file[8..8 + comments.len()], comments);
        let mut found = Vec::new();
        check(&mut Cursor::new(&file), &Limits::default(), &mut found).unwrap();
        assert_eq!(found, comments);
        // A segment of no length is none.
        file.splice(8..8, *b"\xff\xfe\0\0");
        found.clear();
        check(&mut Cursor::new(&file), &Limits::default(), &mut found).unwrap();
        assert_eq!(found, comments);
        for length in 2..file.len() {
            let mut cut = file[..length].to_vec();
            Jpeg.put_texts(&mut cut, texts);
            let _survives = checked(cut);
        }
    }

    #[test]
    fn a_progressive_bomb_is_refused_before_it_is_decoded() {
        assert_eq!(checked(header(0xc0, 30_000, 30_000, 3)), Ok(0));
        let fault = checked(header(0xc2, 30_000, 30_000, 1)).unwrap_err();
        assert_eq!(fault.code, FaultCode::TooLarge);
        assert!(fault.message.contains("progressive"), "{}", fault.message);
        assert_eq!(checked(header(0xc2, 10_000, 8_000, 1)), Ok(10_000 * 8_000 * 3));
    }

    #[test]
    fn separate_scans_need_the_same_memory() {
        assert!(checked(header(0xc0, 30_000, 30_000, 1)).is_err());
    }

    #[test]
    fn sides_and_pixels_are_limited_and_broken_headers_left_to_the_decoder() {
        assert_eq!(checked(header(0xc0, 65_000, 65_000, 3)).unwrap_err().code, FaultCode::TooLarge);
        let whole = header(0xc0, 100, 100, 3);
        for length in 0..whole.len() {
            assert_eq!(checked(whole[..length].to_vec()), Ok(0));
        }
    }

    #[test]
    fn coefficients_take_two_bytes_a_sample() {
        let sampling = vec![(2, 2), (1, 1), (1, 1)];
        let frame = Frame { width: 16, height: 16, sampling, ..Frame::default() };
        assert_eq!(frame.buffer(), (256 + 64 + 64) * 2);
    }

    #[test]
    fn a_result_without_its_end_is_a_fault_of_the_program() {
        let mut file = header(0xc0, 64, 48, 3);
        let measured = |file: &[u8]| Jpeg.measured(&Arc::new(file.to_vec()));
        assert_eq!(measured(&file).unwrap_err().code, FaultCode::Crashed);
        file.extend([0, 0, 0xff, 0xd9]);
        assert_eq!(measured(&file), Ok((Size::new(64, 48), 1)));
        assert_eq!(measured(&[0xff, 0xd8, 0xff, 0xd9]).unwrap_err().code, FaultCode::Crashed);
    }
}
