//! Press data: IPTC's information interchange model (IIM 4.2), a row of records, bare in TIFF
//! and inside Photoshop's resource blocks in JPEG.

use std::collections::BTreeMap;

/// The most records read.
const MOST_RECORDS: usize = 2000;

/// The identity of the resource that holds the records.
const RESOURCE: u16 = 0x0404;

/// Datasets of the second record, by the names that parameters use.
const NAMES: [(u8, &str); 21] = [
    (5, "title"),
    (15, "category"),
    (25, "keywords"),
    (40, "instructions"),
    (55, "date_created"),
    (80, "byline"),
    (85, "byline_title"),
    (90, "city"),
    (92, "sublocation"),
    (95, "state"),
    (100, "country_code"),
    (101, "country"),
    (103, "reference"),
    (105, "headline"),
    (110, "credit"),
    (115, "source"),
    (116, "copyright"),
    (118, "contact"),
    (120, "caption"),
    (122, "caption_writer"),
    (135, "language"),
];

/// Who made it and who owns it: byline, its title, credit, source, copyright, contact.
const RIGHTS: [u8; 6] = [80, 85, 110, 115, 116, 118];

/// A value of a record's dataset.
struct Dataset<'a> {
    record: u8,
    number: u8,
    value: &'a [u8],
}

/// The datasets by name; several of one kind are joined by commas.
pub(crate) fn names(block: &[u8]) -> BTreeMap<String, String> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for dataset in datasets(find_records(block)) {
        let known = NAMES.iter().find(|(number, _)| *number == dataset.number);
        let Some((_, name)) = known.filter(|_| dataset.record == 2) else { continue };
        let value = crate::text::clean(&crate::text::decoded(dataset.value));
        if value.is_empty() {
            continue;
        }
        let joined = names.entry(format!("iptc.{name}")).or_default();
        if !joined.is_empty() {
            joined.push_str(", ");
        }
        joined.push_str(&value);
    }
    names
}

/// All records without Photoshop's blocks around them; `None` where there are none.
pub(super) fn records(block: &[u8]) -> Option<Vec<u8>> {
    joined(find_records(block), |_| true)
}

/// The records that say who made it and who owns it.
pub(super) fn copyright(block: &[u8]) -> Option<Vec<u8>> {
    let records = find_records(block);
    let rights = |dataset: &Dataset<'_>| {
        (dataset.record == 2 && RIGHTS.contains(&dataset.number))
            || (dataset.record == 1 && dataset.number == 90)
    };
    datasets(records).any(|dataset| dataset.record == 2 && rights(&dataset)).then_some(())?;
    joined(records, rights)
}

fn joined(records: &[u8], stays: impl Fn(&Dataset<'_>) -> bool) -> Option<Vec<u8>> {
    let mut joined = Vec::new();
    for dataset in datasets(records).filter(stays) {
        let length = u16::try_from(dataset.value.len()).ok()?;
        joined.extend([0x1c, dataset.record, dataset.number]);
        joined.extend(length.to_be_bytes());
        joined.extend(dataset.value);
    }
    (!joined.is_empty()).then_some(joined)
}

/// Photoshop's blocks with nothing but the records in them, as JPEG has them.
pub(super) fn photoshop_block(records: &[u8]) -> Vec<u8> {
    [&b"Photoshop 3.0\0"[..], &resource_block(records)].concat()
}

/// The resource that holds the records, as TIFF has it.
pub(super) fn resource_block(records: &[u8]) -> Vec<u8> {
    let mut block = b"8BIM".to_vec();
    block.extend(RESOURCE.to_be_bytes());
    block.extend([0, 0]);
    block.extend(u32::try_from(records.len()).unwrap_or(0).to_be_bytes());
    block.extend(records);
    if records.len() % 2 == 1 {
        block.push(0);
    }
    block
}

fn find_records(block: &[u8]) -> &[u8] {
    if block.first() == Some(&0x1c) {
        return block;
    }
    let mut rest = block.strip_prefix(b"Photoshop 3.0\0").unwrap_or(block);
    while let Some((id, data, after)) = resource(rest) {
        if id == RESOURCE {
            return data;
        }
        rest = after;
    }
    &[]
}

/// A resource block: its identity, its content, and what comes after it.
fn resource(rest: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let rest = rest.strip_prefix(b"8BIM")?;
    let id = u16::from_be_bytes(rest.get(..2)?.try_into().ok()?);
    let name = (usize::from(*rest.get(2)?) + 1).next_multiple_of(2);
    let rest = rest.get(2 + name..)?;
    let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
    let data = rest.get(4..4usize.checked_add(length)?)?;
    let after = rest.get(4usize.checked_add(length.checked_next_multiple_of(2)?)?..);
    Some((id, data, after.unwrap_or_default()))
}

fn datasets(records: &[u8]) -> impl Iterator<Item = Dataset<'_>> {
    let mut rest = records;
    std::iter::from_fn(move || {
        let [0x1c, record, number, high, low, after @ ..] = rest else { return None };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        // The highest bit stands for a longer length field, which nobody writes.
        let value = after.get(..length).filter(|_| high & 0x80 == 0)?;
        rest = &after[length..];
        Some(Dataset { record: *record, number: *number, value })
    })
    .take(MOST_RECORDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(number: u8, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        [&[0x1c, 2, number][..], &length, value].concat()
    }

    fn sample() -> Vec<u8> {
        let utf8 = [&[0x1c, 1, 90, 0, 3][..], b"\x1b%G"].concat();
        let city = record(90, "Köln".as_bytes());
        let keywords = [record(25, b"sea"), record(25, b"sky")].concat();
        [utf8, record(80, b"Ada"), city, keywords, record(116, b"(c) \xe9 me")].concat()
    }

    #[test]
    fn records_are_named_bare_and_in_photoshops_blocks() {
        let other = b"Photoshop 3.0\x008BIM\x03\xed\x03abc\0\0\0\x03xyz\0".to_vec();
        let wrapped = [other, photoshop_block(&sample())[14..].to_vec()].concat();
        for block in [sample(), wrapped] {
            let names = names(&block);
            assert_eq!(names["iptc.byline"], "Ada");
            assert_eq!(names["iptc.city"], "Köln");
            assert_eq!(names["iptc.keywords"], "sea, sky");
            assert_eq!(names["iptc.copyright"], "(c) é me");
            assert_eq!(records(&block), Some(sample()));
        }
    }

    #[test]
    fn copyright_keeps_nothing_else() {
        let kept = copyright(&sample()).unwrap();
        assert_eq!(names(&kept).keys().collect::<Vec<_>>(), ["iptc.byline", "iptc.copyright"]);
        assert_eq!(copyright(&record(90, b"Rome")), None);
    }

    #[test]
    fn broken_blocks_end_the_reading() {
        let whole = photoshop_block(&sample());
        for length in 0..whole.len() {
            let _survives = names(&whole[..length]);
        }
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] = 0xff;
            let _survives = (names(&broken), copyright(&broken));
        }
        assert!(names(b"\x1c\x02\x50\xff\xff").is_empty());
    }
}
