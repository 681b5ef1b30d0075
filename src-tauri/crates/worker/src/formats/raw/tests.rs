use std::io::Cursor;

use proptest::prelude::*;

use super::*;

/// The start of a JPEG of this size, up to its frame.
fn jpeg(width: u16, height: u16, frame: u8) -> Vec<u8> {
    let mut jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff".to_vec();
    jpeg.extend([frame, 0, 17, 8]);
    jpeg.extend(height.to_be_bytes());
    jpeg.extend(width.to_be_bytes());
    jpeg.extend([3; 10]);
    jpeg
}

/// A TIFF file of directories, whose values are of four bytes; data stand behind them.
fn directories(list: &[&[(u16, u32)]], data: &[&[u8]]) -> Vec<u8> {
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    for (index, entries) in list.iter().enumerate() {
        file.extend(u16::try_from(entries.len()).unwrap().to_le_bytes());
        for (tag, value) in *entries {
            file.extend(tag.to_le_bytes());
            file.extend([4, 0, 1, 0, 0, 0]);
            file.extend(value.to_le_bytes());
        }
        let next = if index + 1 < list.len() { file.len() + 4 } else { 0 };
        file.extend(u32::try_from(next).unwrap().to_le_bytes());
    }
    assert!(file.len() <= 400);
    file.resize(400, 0);
    for part in data {
        file.extend(*part);
    }
    file
}

fn found(file: &[u8]) -> Found {
    find(&mut BufReader::new(Cursor::new(file)), file.len() as u64)
}

fn size(found: &Found) -> Option<(u32, u32)> {
    found.largest().map(|preview| (preview.width, preview.height))
}

/// A file with a thumbnail, what the sensor has seen as lossless JPEG, and a preview.
fn raw() -> Vec<u8> {
    let [small, lossless, large] =
        [jpeg(160, 120, 0xc0), jpeg(6000, 4000, 0xc3), jpeg(1620, 1080, 0xc2)];
    let bytes = u32::try_from(small.len()).unwrap();
    let place = |index: u32| 400 + index * bytes;
    directories(
        &[
            &[(256, 160), (257, 120), (274, 6), (513, place(0)), (514, bytes)],
            &[(256, 6000), (257, 4000), (259, 7), (273, place(1)), (279, bytes)],
            &[(259, 6), (273, place(2)), (279, bytes)],
        ],
        &[&small, &lossless, &large],
    )
}

#[test]
fn the_largest_jpeg_is_found_and_what_the_sensor_has_seen_is_not_taken_for_one() {
    let found = found(&raw());
    assert_eq!((size(&found), found.sensor), (Some((1620, 1080)), (6000, 4000)));
    let jpeg = found::bytes(&mut Cursor::new(raw()), found.largest().unwrap()).unwrap();
    let content = Content::Memory(Arc::new(with_camera_data(&jpeg, &found)));
    assert_eq!(sensor(&content), Some((6000, 4000)));
    let exif = Exif::of(&content.start(200)[6..]).unwrap();
    assert_eq!(exif.number(ORIENTATION), Some(6));
}

#[test]
fn a_preview_that_a_header_or_a_box_names_is_found() {
    let picture = jpeg(1920, 1280, 0xc0);
    let mut raf = b"FUJIFILMCCD-RAW 0201".to_vec();
    raf.resize(84, 0);
    raf.extend(200u32.to_be_bytes());
    raf.extend(u32::try_from(picture.len()).unwrap().to_be_bytes());
    raf.resize(200, 0);
    raf.extend(&picture);
    assert_eq!(size(&found(&raf)), Some((1920, 1280)));

    let boxed = |kind: &[u8; 4], inside: &[u8]| {
        let length = u32::try_from(8 + inside.len()).unwrap();
        [&length.to_be_bytes()[..], kind, inside].concat()
    };
    let preview = boxed(b"PRVW", &[&[0; 16][..], &picture].concat());
    let mark = b"\xea\xf4\x2b\x5e\x1c\x98\x4b\x88\xb9\xfb\xb7\xdc\x40\x6e\x4d\x16";
    let preview = boxed(b"uuid", &[&mark[..], &[0; 8], &preview].concat());
    let camera = boxed(b"CMT1", &directories(&[&[(256, 6000), (257, 4000), (274, 8)]], &[]));
    let mark = b"\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48";
    let movie = boxed(b"moov", &boxed(b"uuid", &[&mark[..], &camera].concat()));
    let file = [boxed(b"ftyp", b"crx \0\0\0\x01"), movie, preview].concat();
    let found = found(&file);
    assert_eq!((size(&found), found.sensor), (Some((1920, 1280)), (6000, 4000)));
    assert_eq!(found.exif.unwrap().number(ORIENTATION), Some(8));
}

#[test]
fn directories_in_a_circle_and_lengths_beyond_the_end_end_the_search() {
    let picture = jpeg(800, 600, 0xc0);
    let mut circle = directories(&[&[(330, 8), (513, 400), (514, u32::MAX)]], &[&picture]);
    let found = found(&circle);
    assert_eq!(size(&found), Some((800, 600)));
    circle[34..38].copy_from_slice(&u32::MAX.to_le_bytes());
    let _ended = super::find(&mut BufReader::new(Cursor::new(&circle)), circle.len() as u64);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn broken_files_end_the_walk(
        kind in 0..4usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..40),
        rest in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let mut file = match kind {
            0 => raw(),
            1 => [b"\0\0\0\x10ftypcrx \0\0\0\x01".to_vec(), rest].concat(),
            2 => [b"FUJIFILMCCD-RAW".to_vec(), rest].concat(),
            _ => [b"MMOR\0\0\0\x08".to_vec(), rest].concat(),
        };
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let found = found(&file);
        if let Some(preview) = found.largest() {
            let jpeg = found::bytes(&mut Cursor::new(&file), preview).unwrap();
            prop_assert!(jpeg.len() <= file.len());
            let _made = with_camera_data(&jpeg, &found);
        }
    }
}
