//! Cameras' raw files, to read: the largest JPEG that the camera has put into them. What the sensor
//! has seen is not developed.
//!
//! The picture becomes a JPEG file with the raw file's own camera data, and from there on is read like
//! any other: shrunk while it is decoded, turned upright by the raw file's orientation.

mod boxes;
mod directories;
mod found;
#[cfg(test)]
mod tests;

use std::{
    io::{BufReader, Read, Seek},
    sync::Arc,
};

use cropmark_rules::{Fault, FaultCode, Format, Limits};

use self::found::Found;
use super::{Damage, ImageFormat, Load, RawFacts, jpeg::Jpeg};
use crate::{
    content::Content,
    metadata::{Exif, about_picture},
    vips::Call,
};

const ORIENTATION: u16 = 274;
const MAKER_NOTE: u16 = 0x927c;
const PIXELS_ACROSS: u16 = 0xa002;
const PIXELS_DOWN: u16 = 0xa003;
/// The longest block of camera data that a JPEG holds.
const LONGEST_SEGMENT: usize = 65_535 - 8;

pub(super) struct Raw;

impl ImageFormat for Raw {
    fn format(&self) -> Format {
        Format::Raw
    }

    fn loader(&self) -> &'static str {
        Jpeg.loader()
    }

    fn unpack(&self, content: Content) -> Result<Content, Fault> {
        let found = find(&mut content.reader(), content.length());
        let missing = || {
            Fault::new(
                FaultCode::Unsupported,
                "The camera's raw file holds no preview that could be read: develop it and save it \
                 as JPEG or TIFF.",
            )
        };
        let preview = found.largest().ok_or_else(missing)?;
        let jpeg = found::bytes(&mut content.reader(), preview).ok_or_else(missing)?;
        Ok(Content::Memory(Arc::new(with_camera_data(&jpeg, &found))))
    }

    fn check(&self, content: &Content, limits: &Limits, facts: &mut RawFacts) -> Result<(), Fault> {
        Jpeg.check(content, limits, facts)?;
        facts.sensor = sensor(content);
        Ok(())
    }

    fn select(&self, call: Call, load: &Load<'_>) -> Call {
        Jpeg.select(call, load)
    }

    fn mended(&self, content: &Content) -> Option<(Content, Damage)> {
        Jpeg.mended(content)
    }
}

/// Finds the JPEGs in a raw file, and what it says about its picture.
fn find(reader: &mut BufReader<impl Read + Seek>, length: u64) -> Found {
    let mut found = Found::new(length);
    let mut start = Vec::new();
    let _shorter = reader.by_ref().take(128).read_to_end(&mut start);
    if start.get(4..12) == Some(b"ftypcrx ") {
        boxes::walk(reader, &mut found);
    } else if start.starts_with(b"FUJIFILMCCD-RAW") {
        // The header names its place and its length (FinePix raw, as read by dcraw).
        let number = |at: usize| {
            start.get(at..at + 4).map(|it| u32::from_be_bytes([it[0], it[1], it[2], it[3]]))
        };
        if let (Some(place), Some(bytes)) = (number(84), number(88)) {
            found.add(reader, u64::from(place), u64::from(bytes));
        }
    } else {
        directories::walk(reader, &mut found);
    }
    found
}

/// The JPEG with the raw file's camera data in the place of its own.
fn with_camera_data(jpeg: &[u8], found: &Found) -> Vec<u8> {
    let Some(exif) = &found.exif else { return jpeg.to_vec() };
    let orientation = exif.number(ORIENTATION).and_then(|it| u16::try_from(it).ok()).unwrap_or(1);
    let mut exif = about_picture(exif.clone());
    exif.camera.retain(|entry| ![MAKER_NOTE, PIXELS_ACROSS, PIXELS_DOWN].contains(&entry.tag));
    exif.set_short(ORIENTATION, orientation);
    let (across, down) = found.sensor;
    exif.set_camera_long(PIXELS_ACROSS, across);
    exif.set_camera_long(PIXELS_DOWN, down);
    let block = exif.write();
    if block.len() > LONGEST_SEGMENT {
        return jpeg.to_vec();
    }
    let length = u16::try_from(block.len() + 8).unwrap_or(u16::MAX).to_be_bytes();
    let mut file = [b"\xff\xd8\xff\xe1", &length[..], b"Exif\0\0", &block].concat();
    // Its own camera data would be read in the place of these.
    let mut rest = &jpeg[2..];
    while let [0xff, kind @ 0xe0..=0xef, high, low, ..] = *rest {
        let length = 2 + usize::from(u16::from_be_bytes([high, low]));
        let Some((segment, after)) = rest.split_at_checked(length) else { break };
        if !(kind == 0xe1 && segment[4..].starts_with(b"Exif")) {
            file.extend(segment);
        }
        rest = after;
    }
    file.extend(rest);
    file
}

/// The size that the camera data of such a file tell.
fn sensor(content: &Content) -> Option<(u32, u32)> {
    let start = content.start(LONGEST_SEGMENT + 12);
    let exif = Exif::of(start.get(6..)?)?;
    let number = |tag: u16| u32::try_from(exif.camera_number(tag)?).ok().filter(|it| *it > 0);
    Some((number(PIXELS_ACROSS)?, number(PIXELS_DOWN)?))
}
