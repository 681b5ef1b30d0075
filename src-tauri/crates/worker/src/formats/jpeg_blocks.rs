//! Whether a JPEG has data for all of its pixels (ITU-T T.81, annexes B and F).
//!
//! The decoder that libvips uses fills what is missing with grey and says so too late. So the codes
//! of sequential pictures are counted here, without their values; of all other kinds the decoder's
//! warning is good enough, because it reads them whole before the first row.

/// Codes are at most so long.
const LONGEST_CODE: usize = 16;

/// What is found by counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// All blocks are there.
    Complete,
    /// Some are not, or cannot be read.
    Missing,
    /// Another kind of picture, which is not counted here.
    OtherKind,
}

/// Counts the blocks of a picture up to where its data end.
pub(super) fn count(bytes: &[u8]) -> Count {
    let mut picture = Picture { bytes, ..Picture::default() };
    picture.count().unwrap_or(Count::Missing)
}

#[derive(Default)]
struct Picture<'a> {
    bytes: &'a [u8],
    width: usize,
    height: usize,
    components: Vec<Component>,
    /// Codes of DC and of AC values, four tables each.
    tables: [[Option<Codes>; 4]; 2],
    restart: usize,
}

#[derive(Clone, Copy, Default)]
struct Component {
    id: u8,
    across: usize,
    down: usize,
    is_read: bool,
}

impl Picture<'_> {
    /// `None`: it ends too early.
    fn count(&mut self) -> Option<Count> {
        let mut at = 2;
        loop {
            at = super::jpeg_markers::next_marker(self.bytes, at)?;
            let marker = self.bytes[at];
            at += 1;
            if matches!(marker, 0 | 1 | 0xd0..=0xd8) {
                continue;
            }
            if marker == 0xd9 {
                let whole = self.components.iter().all(|component| component.is_read);
                let has_pixels = !self.components.is_empty();
                return Some(if whole && has_pixels { Count::Complete } else { Count::Missing });
            }
            let length = usize::from(short(self.bytes, at)?);
            let segment = self.bytes.get(at + 2..at + length.max(2))?;
            at += length.max(2);
            match marker {
                0xc0 | 0xc1 => self.frame(segment)?,
                0xc4 => self.read_tables(segment)?,
                0xc2 | 0xc3 | 0xc5..=0xc7 | 0xc9..=0xcf => return Some(Count::OtherKind),
                0xdd => self.restart = usize::from(short(segment, 0)?),
                0xda => at = self.scan(segment, at)?,
                _ => {}
            }
        }
    }

    fn frame(&mut self, segment: &[u8]) -> Option<()> {
        self.height = short(segment, 1)?.into();
        self.width = short(segment, 3)?.into();
        let components = segment.get(6..6 + 3 * usize::from(*segment.get(5)?))?;
        let read = |part: &[u8]| Component {
            id: part[0],
            across: usize::from(part[1] >> 4),
            down: usize::from(part[1] & 15),
            is_read: false,
        };
        self.components = components.chunks_exact(3).map(read).collect();
        let usable = |it: &Component| (1..=4).contains(&it.across) && (1..=4).contains(&it.down);
        self.components.iter().all(usable).then_some(())
    }

    fn read_tables(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((&place, rest)) = segment.split_first() {
            let counts = rest.get(..LONGEST_CODE)?;
            let length = counts.iter().map(|count| usize::from(*count)).sum::<usize>();
            let values = rest.get(LONGEST_CODE..LONGEST_CODE + length)?;
            let table = self.tables.get_mut(usize::from(place >> 4))?;
            *table.get_mut(usize::from(place & 15))? = Some(Codes::new(counts, values));
            segment = &rest[LONGEST_CODE + length..];
        }
        Some(())
    }

    /// Counts a scan's blocks; where its data end.
    fn scan(&mut self, segment: &[u8], start: usize) -> Option<usize> {
        let count = usize::from(*segment.first()?);
        let chosen = segment.get(1..1 + 2 * count)?;
        let across = self.components.iter().map(|it| it.across).max()?;
        let down = self.components.iter().map(|it| it.down).max()?;
        let mut blocks = Vec::new();
        let mut units = (self.width.div_ceil(8 * across), self.height.div_ceil(8 * down));
        for part in chosen.chunks_exact(2) {
            let component = self.components.iter_mut().find(|it| it.id == part[0])?;
            component.is_read = true;
            let codes = (usize::from(part[1] >> 4), usize::from(part[1] & 15));
            if count == 1 {
                // A component by itself has no blocks beyond its edge.
                let side = |pixels: usize, own: usize, most: usize| {
                    (pixels * own).div_ceil(most).div_ceil(8)
                };
                units = (
                    side(self.width, component.across, across),
                    side(self.height, component.down, down),
                );
                blocks.push(codes);
            } else {
                blocks.extend(vec![codes; component.across * component.down]);
            }
        }
        let mut bits = Bits { bytes: self.bytes, at: start, held: 0, count: 0 };
        for unit in 0..units.0 * units.1 {
            if self.restart > 0 && unit > 0 && unit % self.restart == 0 {
                bits.restart()?;
            }
            for &(dc, ac) in &blocks {
                let [dc_tables, ac_tables] = &self.tables;
                let dc = dc_tables.get(dc)?.as_ref()?;
                bits.block(dc, ac_tables.get(ac)?.as_ref()?)?;
            }
        }
        Some(bits.at)
    }
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// The codes of a table, by their length.
struct Codes {
    /// For each length the first code, how many there are, and where their values begin.
    lengths: [(u32, u32, usize); LONGEST_CODE],
    values: Vec<u8>,
}

impl Codes {
    fn new(counts: &[u8], values: &[u8]) -> Self {
        let mut lengths = [(0, 0, 0); LONGEST_CODE];
        let (mut code, mut place) = (0_u32, 0);
        for (length, count) in lengths.iter_mut().zip(counts) {
            *length = (code, u32::from(*count), place);
            code = (code + u32::from(*count)) << 1;
            place += usize::from(*count);
        }
        Self { lengths, values: values.to_vec() }
    }
}

/// The data of a scan, bit by bit.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    held: u8,
    count: u8,
}

impl Bits<'_> {
    fn next(&mut self) -> Option<u32> {
        if self.count == 0 {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            if byte == 0xff {
                if *self.bytes.get(self.at)? != 0 {
                    return None;
                }
                self.at += 1;
            }
            (self.held, self.count) = (byte, 8);
        }
        self.count -= 1;
        Some(u32::from(self.held >> self.count) & 1)
    }

    fn skip(&mut self, count: u8) -> Option<()> {
        for _ in 0..count {
            self.next()?;
        }
        Some(())
    }

    fn value(&mut self, codes: &Codes) -> Option<u8> {
        let mut code = 0;
        for (first, count, place) in codes.lengths {
            code = code << 1 | self.next()?;
            if let Some(index) = code.checked_sub(first).filter(|index| *index < count) {
                return codes.values.get(place + index as usize).copied();
            }
        }
        None
    }

    fn block(&mut self, dc: &Codes, ac: &Codes) -> Option<()> {
        let size = self.value(dc)?;
        self.skip(size)?;
        let mut place = 1;
        while place < 64 {
            let value = self.value(ac)?;
            match (value >> 4, value & 15) {
                (15, 0) => place += 16,
                (_, 0) => return Some(()),
                (zeros, size) => {
                    place += usize::from(zeros) + 1;
                    self.skip(size)?;
                }
            }
        }
        Some(())
    }

    /// Goes on behind the next restart marker.
    fn restart(&mut self) -> Option<()> {
        let marker = super::jpeg_markers::next_marker(self.bytes, self.at)?;
        if !(0xd0..=0xd7).contains(&self.bytes[marker]) {
            return None;
        }
        (self.at, self.count) = (marker + 1, 0);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::gradient;
    use crate::vips::Call;

    fn jpeg(progressive: bool, subsample: &str, restart: u32) -> Vec<u8> {
        let image = gradient(100, 70, 3);
        let saver = Call::new("jpegsave_buffer").image("in", image.first());
        let saver = saver.flag("interlace", progressive).text("subsample-mode", subsample);
        saver.number("restart-interval", restart).buffer().unwrap()
    }

    #[test]
    fn whole_pictures_are_told_from_those_that_lack_a_byte() {
        for (subsample, restart) in [("on", 0), ("off", 0), ("on", 3), ("off", 5)] {
            let whole = jpeg(false, subsample, restart);
            assert_eq!(count(&whole), Count::Complete);
            let end = whole.len() - 2;
            for missing in [3, 8, 40, end / 4] {
                let short = [&whole[..end - missing], b"\xff\xd9"].concat();
                assert_eq!(count(&short), Count::Missing, "{subsample} {restart} {missing}");
            }
        }
        assert_eq!(count(&jpeg(true, "on", 0)), Count::OtherKind);
    }

    #[test]
    fn broken_pictures_end_the_count() {
        let whole = jpeg(false, "on", 3);
        for at in 0..whole.len().min(700) {
            let mut broken = whole.clone();
            broken[at] = 0xfe;
            let _survives = (count(&broken), count(&whole[..at]));
        }
    }
}
