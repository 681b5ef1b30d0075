//! A block of camera data: a small TIFF file (EXIF 2.32, 4.5) of which directories and values are
//! read and written byte for byte. A TIFF file has the same form, so it is read here as well.
//!
//! No offset and no length is trusted: what cannot be read is left out.

use std::io::{self, Read, Seek, SeekFrom};

/// Entries of a directory that are looked at.
const MOST_ENTRIES: u64 = 500;

/// Bytes of a value, and of all values of a block.
const LONGEST_VALUE: u64 = 64 << 10;
const MOST_BYTES: usize = 1 << 20;

/// Tags that point to further directories.
const CAMERA: u16 = 0x8769;
const PLACE: u16 = 0x8825;

/// A value and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) tag: u16,
    kind: u16,
    count: u32,
    pub(crate) value: Vec<u8>,
}

/// The directories of a block.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Exif {
    pub(crate) is_big_endian: bool,
    pub(crate) image: Vec<Entry>,
    pub(crate) camera: Vec<Entry>,
    pub(crate) place: Vec<Entry>,
}

impl Exif {
    /// Reads a block, with or without the letters that stand before it in JPEG.
    pub(crate) fn of(block: &[u8]) -> Option<Self> {
        let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        Self::read(&mut io::Cursor::new(block))
    }

    /// Reads the directories of a block or a TIFF file; `None` where it begins as neither.
    pub(crate) fn read(reader: &mut (impl Read + Seek)) -> Option<Self> {
        let mut start = [0; 4];
        reader.read_exact(&mut start).ok()?;
        let (is_big_endian, is_wide) = match start {
            [b'I', b'I', version @ (42 | 43), 0] => (false, version == 43),
            [b'M', b'M', 0, version @ (42 | 43)] => (true, version == 43),
            // Raw files of Olympus and Panasonic.
            [b'I', b'I', b'R', b'O' | b'S'] | [b'I', b'I', b'U', 0] => (false, false),
            [b'M', b'M', b'O', b'R'] => (true, false),
            _ => return None,
        };
        let mut directories = Directories { reader, is_big_endian, is_wide, bytes: 0 };
        let mut exif = Self { is_big_endian, ..Self::default() };
        let Ok(first) = directories.first() else { return Some(exif) };
        exif.image = directories.read(first);
        let pointer = |tag: u16| {
            let entry = exif.image.iter().find(|entry| entry.tag == tag)?;
            entry.number(is_big_endian)
        };
        let (camera, place) = (pointer(CAMERA), pointer(PLACE));
        exif.camera = camera.map(|at| directories.read(at)).unwrap_or_default();
        exif.place = place.map(|at| directories.read(at)).unwrap_or_default();
        exif.image.retain(|entry| ![CAMERA, PLACE].contains(&entry.tag));
        Some(exif)
    }

    /// A whole number of the image's directory.
    pub(crate) fn number(&self, tag: u16) -> Option<u64> {
        self.image.iter().find(|entry| entry.tag == tag)?.number(self.is_big_endian)
    }

    /// A fraction of the image's directory, to three places.
    pub(crate) fn fraction(&self, tag: u16) -> Option<f64> {
        let entry = self.image.iter().find(|entry| entry.tag == tag && entry.kind == 5)?;
        let part = |at: usize| {
            let bytes = entry.value.get(at..at + 4)?.try_into().ok()?;
            let big = u32::from_be_bytes(bytes);
            Some(f64::from(if self.is_big_endian { big } else { big.swap_bytes() }))
        };
        let (above, below) = (part(0)?, part(4)?);
        (below > 0.0).then(|| (above / below * 1000.0).round() / 1000.0)
    }

    /// A whole number of the camera's directory.
    pub(crate) fn camera_number(&self, tag: u16) -> Option<u64> {
        self.camera.iter().find(|entry| entry.tag == tag)?.number(self.is_big_endian)
    }

    /// Whether the image's directory has a value of this tag.
    pub(crate) fn has(&self, tag: u16) -> bool {
        self.image.iter().any(|entry| entry.tag == tag)
    }

    /// Whether the image's or the camera's directory has a value of this tag.
    pub(crate) fn has_anywhere(&self, tag: u16) -> bool {
        self.image.iter().chain(&self.camera).any(|entry| entry.tag == tag)
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.image.is_empty() && self.camera.is_empty() && self.place.is_empty()
    }

    /// Puts a text into the image's directory.
    pub(crate) fn set_text(&mut self, tag: u16, text: &[u8]) {
        let value = [text, b"\0"].concat();
        let count = u32::try_from(value.len()).unwrap_or(u32::MAX);
        self.set(Entry { tag, kind: 2, count, value });
    }

    /// Puts a short whole number into the image's directory.
    pub(crate) fn set_short(&mut self, tag: u16, number: u16) {
        let value = if self.is_big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
        self.set(Entry { tag, kind: 3, count: 1, value: value.to_vec() });
    }

    /// Puts a whole number into the camera's directory.
    pub(crate) fn set_camera_long(&mut self, tag: u16, number: u32) {
        let value = self.long(number).to_vec();
        self.camera.push(Entry { tag, kind: 4, count: 1, value });
    }

    /// Puts a fraction into the image's directory.
    pub(crate) fn set_fraction(&mut self, tag: u16, above: u32, below: u32) {
        let value = [self.long(above), self.long(below)].concat();
        self.set(Entry { tag, kind: 5, count: 1, value });
    }

    fn set(&mut self, entry: Entry) {
        self.image.retain(|other| other.tag != entry.tag);
        self.image.push(entry);
    }

    fn long(&self, number: u32) -> [u8; 4] {
        if self.is_big_endian { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    /// The block of these directories.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut block = if self.is_big_endian { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
        block.extend(self.long(8));
        let mut image = self.image.clone();
        let pointers = [(CAMERA, &self.camera), (PLACE, &self.place)];
        let pointers: Vec<_> = pointers.into_iter().filter(|(_, it)| !it.is_empty()).collect();
        for (tag, _) in &pointers {
            image.push(Entry { tag: *tag, kind: 4, count: 1, value: vec![0; 4] });
        }
        image.sort_by_key(|entry| entry.tag);
        let first = block.len();
        self.append(&mut block, &image);
        for (tag, entries) in pointers {
            let at = u32::try_from(block.len()).unwrap_or(0);
            let index = image.iter().position(|entry| entry.tag == tag).unwrap_or(0);
            let place = first + 2 + index * 12 + 8;
            block[place..place + 4].copy_from_slice(&self.long(at));
            let mut entries = entries.clone();
            entries.sort_by_key(|entry| entry.tag);
            self.append(&mut block, &entries);
        }
        block
    }

    /// Appends a directory and its values.
    fn append(&self, block: &mut Vec<u8>, entries: &[Entry]) {
        let short = |number: u16| {
            if self.is_big_endian { number.to_be_bytes() } else { number.to_le_bytes() }
        };
        let mut values = Vec::new();
        let start = block.len() + 2 + entries.len() * 12 + 4;
        block.extend(short(u16::try_from(entries.len()).unwrap_or(0)));
        for entry in entries {
            block.extend(short(entry.tag));
            block.extend(short(entry.kind));
            block.extend(self.long(entry.count));
            if entry.value.len() <= 4 {
                let mut value = entry.value.clone();
                value.resize(4, 0);
                block.extend(value);
            } else {
                block.extend(self.long(u32::try_from(start + values.len()).unwrap_or(0)));
                values.extend(&entry.value);
                values.resize(values.len().next_multiple_of(2), 0);
            }
        }
        block.extend([0; 4]);
        block.extend(values);
    }
}

impl Entry {
    /// Whether it is a text.
    pub(crate) fn is_text(&self) -> bool {
        // Some programs write UTF-8 under a kind of its own (EXIF 3.0).
        matches!(self.kind, 2 | 129)
    }

    /// The texts in it, which zeros divide: a copyright has two (EXIF 2.32, 4.6.5).
    pub(crate) fn texts(&self) -> impl Iterator<Item = String> {
        let parts = self.value.split(|byte| *byte == 0);
        parts.map(crate::text::decoded).map(|text| crate::text::clean(&text))
    }

    fn number(&self, is_big_endian: bool) -> Option<u64> {
        let mut value = self.value.clone();
        if is_big_endian {
            value.reverse();
        }
        let size = size_of(self.kind)?;
        if !matches!(self.kind, 1 | 3 | 4 | 13 | 16 | 18) || value.len() < size {
            return None;
        }
        // Of several numbers the first one, which stands last where the bytes were turned round.
        let first = if is_big_endian { &value[value.len() - size..] } else { &value[..size] };
        Some(first.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

/// Bytes of one number of a kind.
fn size_of(kind: u16) -> Option<usize> {
    Some(match kind {
        1 | 2 | 6 | 7 | 129 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16..=18 => 8,
        _ => return None,
    })
}

/// Reads directories.
struct Directories<'a, R> {
    reader: &'a mut R,
    is_big_endian: bool,
    /// Whether it is a `BigTIFF`, whose offsets have eight bytes.
    is_wide: bool,
    /// Bytes of the values read so far.
    bytes: usize,
}

impl<R: Read + Seek> Directories<'_, R> {
    fn first(&mut self) -> io::Result<u64> {
        if self.is_wide {
            self.number(4)?;
        }
        self.offset()
    }

    fn number(&mut self, size: usize) -> io::Result<u64> {
        let mut bytes = [0; 8];
        let bytes = &mut bytes[..size];
        self.reader.read_exact(bytes)?;
        if self.is_big_endian {
            bytes.reverse();
        }
        Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn offset(&mut self) -> io::Result<u64> {
        self.number(if self.is_wide { 8 } else { 4 })
    }

    /// The entries of the directory there that can be read.
    fn read(&mut self, at: u64) -> Vec<Entry> {
        let mut entries = Vec::new();
        let start = self.reader.seek(SeekFrom::Start(at));
        let Ok(count) = start.and_then(|_| self.number(if self.is_wide { 8 } else { 2 })) else {
            return entries;
        };
        let (head, size) = if self.is_wide { (8, 20) } else { (2, 12) };
        for index in 0..count.min(MOST_ENTRIES) {
            let Some(place) = at.checked_add(head + index * size) else { break };
            if let Ok(Some(entry)) = self.entry(place)
                && self.bytes < MOST_BYTES
            {
                self.bytes += entry.value.len();
                entries.push(entry);
            }
        }
        entries
    }

    fn entry(&mut self, place: u64) -> io::Result<Option<Entry>> {
        self.reader.seek(SeekFrom::Start(place))?;
        let tag = u16::try_from(self.number(2)?).unwrap_or(0);
        let kind = u16::try_from(self.number(2)?).unwrap_or(0);
        let count = self.offset()?;
        let Some(size) = size_of(kind) else { return Ok(None) };
        let length = count.saturating_mul(size as u64);
        if length > LONGEST_VALUE {
            return Ok(None);
        }
        if length > if self.is_wide { 8 } else { 4 } {
            let place = self.offset()?;
            self.reader.seek(SeekFrom::Start(place))?;
        }
        let mut value = Vec::new();
        self.reader.take(length).read_to_end(&mut value)?;
        let count = u32::try_from(count).unwrap_or(0);
        let mut entry = Entry { tag, kind, count, value };
        if entry.value.len() as u64 != length {
            // Of a text, what is there of it is of use.
            if !entry.is_text() || entry.value.is_empty() {
                return Ok(None);
            }
            entry.count = u32::try_from(entry.value.len()).unwrap_or(0);
        }
        Ok(Some(entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(is_big_endian: bool) -> Exif {
        let mut exif = Exif { is_big_endian, ..Exif::default() };
        exif.set_text(0x8298, b"Ann\0Bob (x)");
        exif.set_short(0x112, 6);
        exif.set_fraction(0x11a, 300, 1);
        let entry = |tag, value: &[u8]| Entry {
            tag,
            kind: 7,
            count: u32::try_from(value.len()).unwrap(),
            value: value.to_vec(),
        };
        exif.camera = vec![entry(0x9286, b"ASCII\0\0\0hello")];
        exif.place = vec![entry(1, b"N\0")];
        exif.image.sort_by_key(|entry| entry.tag);
        exif
    }

    #[test]
    fn what_is_written_is_read_again_byte_for_byte() {
        for is_big_endian in [false, true] {
            let exif = sample(is_big_endian);
            let block = exif.write();
            assert_eq!(Exif::of(&block), Some(exif.clone()));
            assert_eq!(Exif::of(&[b"Exif\0\0", &block[..]].concat()), Some(exif.clone()));
            assert_eq!(exif.number(0x112), Some(6));
            assert_eq!(exif.fraction(0x11a), Some(300.0));
            assert_eq!((exif.fraction(0x11b), exif.fraction(0x112)), (None, None));
            let copyright = exif.image.iter().find(|entry| entry.tag == 0x8298).unwrap();
            assert_eq!(copyright.texts().collect::<Vec<_>>(), ["Ann", "Bob (x)", ""]);
        }
        assert_eq!(Exif::of(b"no block"), None);
    }

    #[test]
    fn broken_blocks_give_what_can_be_read() {
        for is_big_endian in [false, true] {
            let whole = sample(is_big_endian).write();
            for at in 0..whole.len() {
                let mut broken = whole.clone();
                broken[at] = 0xff;
                let _survives = (Exif::of(&broken), Exif::of(&whole[..at]));
            }
        }
    }
}
