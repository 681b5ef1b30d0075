//! Raw files in the form of TIFF (TIFF 6.0, 2): DNG, CR2, NEF, ARW, PEF, SRW, and ORF and RW2, whose
//! first bytes differ. Offsets and lengths are not trusted: what cannot be read is left out.

use std::io::{Read, Seek, SeekFrom};

use super::found::Found;
use crate::metadata::Exif;

/// Directories that are read, and entries of each.
const MOST_DIRECTORIES: usize = 64;
const MOST_ENTRIES: u64 = 500;

// Tags.
const SENSOR_WIDTH_PANASONIC: u16 = 2;
const SENSOR_HEIGHT_PANASONIC: u16 = 3;
const JPEG_PANASONIC: u16 = 46;
const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const COMPRESSION: u16 = 259;
const STRIPS: u16 = 273;
const STRIP_BYTES: u16 = 279;
const SUB_DIRECTORIES: u16 = 330;
const JPEG: u16 = 513;
const JPEG_BYTES: u16 = 514;
const CAMERA: u16 = 0x8769;
const MAKER_NOTE: u16 = 0x927c;
const PIXELS_ACROSS: u16 = 0xa002;
const PIXELS_DOWN: u16 = 0xa003;
const SETTINGS_OLYMPUS: u16 = 0x2020;
const JPEG_OLYMPUS: u16 = 0x0101;
const JPEG_BYTES_OLYMPUS: u16 = 0x0102;

/// Finds the JPEGs and sizes of all directories, and the camera data.
pub(super) fn walk<R: Read + Seek>(reader: &mut R, found: &mut Found) {
    let Some(is_big_endian) = start(reader) else { return };
    let mut file = File { reader, is_big_endian };
    let Some(first) = file.number(4, 4) else { return };
    let mut waiting = vec![first];
    let mut read = Vec::new();
    while let Some(place) = waiting.pop() {
        if read.len() >= MOST_DIRECTORIES || read.contains(&place) {
            continue;
        }
        read.push(place);
        let Some((entries, next)) = file.directory(place) else { continue };
        waiting.extend(next.filter(|next| *next != 0));
        look(&mut file, &entries, found, &mut waiting);
    }
    if file.reader.seek(SeekFrom::Start(0)).is_ok() {
        found.exif = Exif::read(file.reader);
    }
}

/// Whether numbers have their highest byte first; `None` where the file begins otherwise.
fn start(reader: &mut (impl Read + Seek)) -> Option<bool> {
    let mut start = [0; 4];
    reader.seek(SeekFrom::Start(0)).ok()?;
    reader.read_exact(&mut start).ok()?;
    match &start {
        b"II*\0" | b"IIRO" | b"IIRS" | b"IIU\0" => Some(false),
        b"MM\0*" | b"MMOR" => Some(true),
        _ => None,
    }
}

/// An entry of a directory.
#[derive(Debug, Clone, Copy)]
struct Entry {
    tag: u16,
    count: u64,
    /// Where its values are.
    place: u64,
    /// Bytes of one.
    size: u64,
}

struct File<'a, R> {
    reader: &'a mut R,
    is_big_endian: bool,
}

impl<R: Read + Seek> File<'_, R> {
    /// A number of up to eight bytes.
    fn number(&mut self, place: u64, bytes: u64) -> Option<u64> {
        let mut number = [0; 8];
        let number = number.get_mut(..usize::try_from(bytes).ok()?)?;
        self.reader.seek(SeekFrom::Start(place)).ok()?;
        self.reader.read_exact(number).ok()?;
        if !self.is_big_endian {
            number.reverse();
        }
        Some(number.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    /// The entries of a directory, and where the next one is.
    fn directory(&mut self, place: u64) -> Option<(Vec<Entry>, Option<u64>)> {
        let count = self.number(place, 2)?;
        let mut entries = Vec::new();
        for index in 0..count.min(MOST_ENTRIES) {
            let Some(entry) = self.entry(place.checked_add(2 + index * 12)?) else { break };
            entries.push(entry);
        }
        let next = place.checked_add(2 + count * 12)?;
        Some((entries, self.number(next, 4)))
    }

    fn entry(&mut self, place: u64) -> Option<Entry> {
        let tag = u16::try_from(self.number(place, 2)?).ok()?;
        let size = match self.number(place.checked_add(2)?, 2)? {
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => 1,
        };
        let count = self.number(place.checked_add(4)?, 4)?;
        let inside = place.checked_add(8)?;
        let place = if count * size <= 4 { inside } else { self.number(inside, 4)? };
        Some(Entry { tag, count, place, size })
    }

    /// The numbers of an entry, at most so many.
    fn numbers(&mut self, entry: Entry, most: u64) -> Vec<u64> {
        let places = (0..entry.count.min(most)).map(|index| entry.place + index * entry.size);
        places.map_while(|place| self.number(place, entry.size)).collect()
    }
}

/// Looks for JPEGs and sizes in a directory, and for further directories.
fn look<R: Read + Seek>(
    file: &mut File<'_, R>,
    entries: &[Entry],
    found: &mut Found,
    waiting: &mut Vec<u64>,
) {
    let entry = |tag: u16| entries.iter().find(|entry| entry.tag == tag).copied();
    let mut number =
        |tag: u16| entry(tag).and_then(|entry| file.numbers(entry, 1).first().copied());
    let sizes = [
        (WIDTH, HEIGHT),
        (PIXELS_ACROSS, PIXELS_DOWN),
        (SENSOR_WIDTH_PANASONIC, SENSOR_HEIGHT_PANASONIC),
    ];
    for (across, down) in sizes {
        if let (Some(width), Some(height)) = (number(across), number(down)) {
            found.add_size(width, height);
        }
    }
    let mut jpegs = Vec::new();
    jpegs.extend(number(JPEG).zip(number(JPEG_BYTES)));
    // A JPEG in one strip: old JPEG (6) in CR2, new JPEG (7) in DNG.
    if matches!(number(COMPRESSION), Some(6 | 7)) && entry(STRIPS).is_some_and(|it| it.count == 1) {
        jpegs.extend(number(STRIPS).zip(number(STRIP_BYTES)));
    }
    jpegs.extend(entry(JPEG_PANASONIC).map(|entry| (entry.place, entry.count)));
    waiting.extend(number(CAMERA));
    for (place, bytes) in jpegs {
        found.add(file.reader, place, bytes);
    }
    if let Some(entry) = entry(SUB_DIRECTORIES) {
        waiting.extend(file.numbers(entry, 16));
    }
    if let Some(entry) = entry(MAKER_NOTE) {
        let _nothing_there = olympus(file, entry.place, found);
    }
}

/// Olympus' notes, whose offsets count from their own start (as read by `ExifTool`).
fn olympus<R: Read + Seek>(file: &mut File<'_, R>, note: u64, found: &mut Found) -> Option<()> {
    let mut start = [0; 12];
    file.reader.seek(SeekFrom::Start(note)).ok()?;
    file.reader.read_exact(&mut start).ok()?;
    let head = match &start {
        [b'O', b'L', b'Y', b'M', b'P', b'U', b'S', 0, ..] => 12,
        b"OM SYSTEM\0\0\0" => 16,
        _ => return None,
    };
    let mut of = |place: u64, tag: u16| {
        let (entries, _) = file.directory(place)?;
        let entry = entries.into_iter().find(|entry| entry.tag == tag)?;
        file.numbers(entry, 1).first().copied()
    };
    let settings = note.checked_add(of(note.checked_add(head)?, SETTINGS_OLYMPUS)?)?;
    let place = note.checked_add(of(settings, JPEG_OLYMPUS)?)?;
    let bytes = of(settings, JPEG_BYTES_OLYMPUS)?;
    found.add(file.reader, place, bytes);
    Some(())
}
