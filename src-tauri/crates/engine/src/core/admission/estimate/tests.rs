mod measured;

use std::{collections::BTreeMap, fs::File, sync::Arc};

use cropmark_rules::{
    Subsample,
    operation::{Crop, Resize},
    value::{FaceBox, Gravity, Length},
};

use super::*;
use crate::{Class, Fidelity};

const MIB: u64 = 1 << 20;

/// An order of one JPEG of this width.
pub(super) fn order(format: Format, width: u32, height: u32, to: u32) -> RenderOrder {
    let resize = Resize { width: Some(Length::Pixels(f64::from(to))), ..Resize::default() };
    RenderOrder {
        class: Class::Eager,
        batch: None,
        source: Arc::new(File::open("/dev/null").unwrap()),
        arrival: None,
        header: Header::plain(format, width, height),
        rules: SourceRules::default(),
        proxy: None,
        fidelity: Fidelity::Exact,
        focal: None,
        faces: None,
        files: BTreeMap::new(),
        variants: vec![OrderedVariant {
            key: [0; 32].into(),
            operations: vec![Operation::Resize(resize)],
            encoding: Encoding::new(FormatRule::Named(Format::Jpeg)),
            target: None,
        }],
    }
}

fn bytes(order: &RenderOrder) -> u64 {
    estimate(order, 0, 0)
}

#[test]
fn shrinking_on_load_and_reading_rows_save_memory() {
    let jpeg = bytes(&order(Format::Jpeg, 6000, 4000, 320));
    let png = bytes(&order(Format::Png, 6000, 4000, 320));
    // 6000 x 4000 x 3 is 69 MiB; at an eighth of the sides it is 1 MiB.
    assert!(jpeg < 24 * MIB, "{jpeg}");
    assert!((35 * MIB..50 * MIB).contains(&png), "{png}");
    let kept = RenderOrder { proxy: Some([0; 32].into()), ..order(Format::Png, 6000, 4000, 2900) };
    assert!(bytes(&kept) > 69 * MIB + bytes(&order(Format::Png, 3000, 2000, 320)));
}

#[test]
fn finding_faces_takes_memory_unless_they_are_given() {
    let cut = |gravity: Gravity, faces: Option<Vec<FaceBox>>| {
        let mut order = order(Format::Jpeg, 6000, 4000, 320);
        let crop = Crop { aspect: "1:1".parse().ok(), gravity, ..Crop::default() };
        order.variants[0].operations.insert(0, Operation::Crop(crop));
        bytes(&RenderOrder { faces, ..order })
    };
    let without = cut(Gravity::Smart, None);
    assert!(cut(Gravity::Face, None) > without + 32 * MIB);
    assert_eq!(cut(Gravity::Face, Some(Vec::new())), without);
}

#[test]
fn frames_depth_files_and_subsampling_count() {
    let plain = order(Format::Gif, 2000, 2000, 400);
    let more = |change: fn(&mut RenderOrder)| {
        let mut order = plain.clone();
        change(&mut order);
        bytes(&order)
    };
    let one = bytes(&plain);
    assert!(more(|order| order.header.depth = 16) > one + 6 * MIB);
    assert!(more(|order| order.header.frames = 30) > one * 5);
    assert!(
        more(|order| {
            order.header.frames = 30;
            order.rules.frames = Frames::Count(1);
        }) == one
    );
    assert_eq!(more(|order| order.header.buffer_bytes = 7 * MIB), one + 7 * MIB);
    assert_eq!(estimate(&plain, 5 * MIB, MIB), one + 13 * MIB);
    assert_eq!(estimate(&plain, 500 * MIB, 0), one + WHOLE_FILE_BYTES, "it is read in parts");
    let subsampled = more(|order| {
        order.variants[0].operations.clear();
        order.rules.subsample = Some(Subsample { width: Some(500), ..Subsample::default() });
    });
    let whole = more(|order| order.variants[0].operations.clear());
    assert!(subsampled + 10 * MIB < whole, "{subsampled} {whole}");
}

#[test]
fn pages_that_are_read_one_at_a_time_count_once() {
    let mut tiff = order(Format::Tiff, 2000, 2000, 400);
    let one = bytes(&tiff);
    tiff.header.frames = 500;
    assert_eq!(bytes(&tiff), one);
}

#[test]
fn boxes_around_turned_pictures() {
    let table = [(0.0, (300, 200)), (90.0, (200, 300)), (180.0, (300, 200)), (45.0, (354, 354))];
    for (angle, (width, height)) in table {
        let found = turned(Size::new(300, 200), angle);
        let near = found.width.abs_diff(width).max(found.height.abs_diff(height));
        assert!(near <= 1, "{angle}: {found:?}");
    }
}

#[test]
fn absurd_sizes_do_not_overflow() {
    let mut order = order(Format::Svg, u32::MAX, u32::MAX, 65_535);
    order.rules.density = 2400.0;
    order.header.frames = u32::MAX;
    order.header.depth = 64;
    order.header.buffer_bytes = u64::MAX;
    assert!(estimate(&order, u64::MAX, u64::MAX) > 1 << 50);
}
