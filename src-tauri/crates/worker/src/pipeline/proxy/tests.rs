use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs::File,
    io::{Seek as _, Write as _},
    os::fd::OwnedFd,
};

use cropmark_rules::{
    ContentHash, Encoding, Format, FormatRule, Limits, Operation, SourceRules, geometry::Size,
    protocol::Job, protocol::VariantOrder,
};
use serde_json::{Value, json};

use super::{Proxies, Shelf};
use crate::{
    canvas::Canvas,
    decode::open_bytes,
    ops::testing,
    pipeline::{self, Context},
    vips::{Call, Image, Library},
};

/// A picture of this shade of grey, with a lighter half so that there is something to see.
fn picture(shade: u8, frames: u32) -> Vec<u8> {
    Library::start().unwrap();
    let (width, height) = (800, 600 * frames);
    let pixels: Vec<u8> = (0..width * height)
        .flat_map(|place| {
            let frame = u8::try_from(place / width / 600).unwrap();
            let lighter = if place % width < 300 { 0 } else { 40 };
            [shade + frame * 30 + lighter; 3]
        })
        .collect();
    let image = Image::from_pixels(&pixels, width, height, 3).unwrap();
    let image = Call::new("copy").image("in", &image).text("interpretation", "srgb").output();
    let image = image.unwrap().edit(|editor| {
        if frames > 1 {
            editor.set_integer("page-height", 600);
        }
    });
    let saver = if frames > 1 { "gifsave_buffer" } else { "jpegsave_buffer" };
    Call::new(saver).image("in", &image.unwrap()).buffer().unwrap()
}

fn order(operations: &Value, quality: u8) -> VariantOrder {
    let operations: Vec<Operation> = serde_json::from_value(operations.clone()).unwrap();
    let encoding =
        Encoding { quality: Some(quality), ..Encoding::new(FormatRule::Named(Format::Jpeg)) };
    VariantOrder { operations, encoding, target: Some(0) }
}

fn job(proxy: Option<&str>, variants: Vec<VariantOrder>) -> Job {
    Job {
        id: 1,
        source: 0,
        arrival: None,
        rules: SourceRules::default(),
        focal: None,
        faces: None,
        limits: Limits::default(),
        proxy: proxy.map(|name| ContentHash::of(name.as_bytes())),
        files: BTreeMap::new(),
        variants,
    }
}

/// Renders a job's variants from a source of these bytes.
fn rendered(bytes: &[u8], job: &Job, files: &[OwnedFd], kept: &RefCell<Proxies>) -> Vec<Vec<u8>> {
    let opened = open_bytes(bytes).unwrap();
    let context = Context::new(job, files).with_proxies(kept);
    let mut results = vec![Vec::new(); job.variants.len()];
    pipeline::render(&opened, job, &context, &mut |index, outcome| {
        results[index] = outcome.unwrap().encoded.bytes;
    });
    results
}

fn one(bytes: &[u8], proxy: Option<&str>, order: VariantOrder, kept: &RefCell<Proxies>) -> Vec<u8> {
    rendered(bytes, &job(proxy, vec![order]), &[], kept).remove(0)
}

/// The level in the middle of the left part.
fn shade(bytes: &[u8]) -> u8 {
    let image = open_bytes(bytes).unwrap();
    let reduction = crate::decode::Reduction { shrink: 1, density: 1.0, random: true };
    let canvas = image.load(&SourceRules::default(), reduction).unwrap();
    testing::pixel(&canvas, canvas.size().width / 6, canvas.size().height / 2)[0]
}

fn resized(width: u32) -> Value {
    json!({ "op": "resize", "width": width })
}

/// What is asked for first, then what is changed: served from another picture under the same
/// identity, so that it shows whether that was decoded.
#[test]
fn what_is_kept_is_not_decoded_again() {
    let (truth, other) = (picture(60, 1), picture(160, 1));
    let blurred = |sigma: f64| json!([resized(200), { "op": "blur", "sigma": sigma }]);
    let chains = [
        ("the quality", json!([resized(200)]), json!([resized(200)])),
        ("the quality after more", blurred(2.0), blurred(2.0)),
        ("the last operation", blurred(2.0), blurred(4.0)),
        ("the last operation taken away", blurred(2.0), json!([resized(200)])),
        ("the size", json!([resized(200)]), json!([resized(150)])),
        (
            "a crop before",
            json!([resized(200)]),
            json!([{ "op": "crop", "width": 400 }, resized(100)]),
        ),
    ];
    for (what, before, after) in chains {
        let kept = RefCell::default();
        one(&truth, Some("a"), order(&before, 80), &kept);
        let fresh = one(&truth, None, order(&after, 60), &RefCell::default());
        let changed = one(&other, Some("a"), order(&after, 60), &kept);
        assert_eq!(changed, fresh, "{what}");
        let decoded = one(&other, Some("b"), order(&after, 60), &kept);
        assert!(shade(&decoded).abs_diff(160) < 8, "{what}: another identity is another source");
    }
}

#[test]
fn what_serves_is_told_and_the_rest_is_not_kept() {
    let (truth, other) = (picture(60, 1), picture(160, 1));
    let chain = json!([resized(200)]);
    let kept = RefCell::default();
    one(&truth, None, order(&chain, 80), &kept);
    assert_eq!((kept.borrow().sources(), kept.borrow().bytes()), (Vec::new(), 0));

    one(&truth, Some("a"), order(&chain, 80), &kept);
    assert_eq!(kept.borrow().sources(), [ContentHash::of(b"a")]);
    // A source that is read otherwise is another one.
    let mut turned = job(Some("a"), vec![order(&chain, 80)]);
    turned.rules.auto_orient = false;
    assert!(shade(&rendered(&other, &turned, &[], &kept)[0]).abs_diff(160) < 8);
    // A larger picture than was decoded is not made of what is there.
    let large = one(&other, Some("a"), order(&json!([resized(700)]), 80), &kept);
    assert!(shade(&large).abs_diff(160) < 8);

    let kept = RefCell::default();
    one(&picture(60, 3), Some("a"), order(&chain, 80), &kept);
    assert_eq!(kept.borrow().bytes(), 0, "an animation is not kept");
}

#[test]
fn variants_that_share_a_source_come_from_what_is_there() {
    let (truth, other) = (picture(60, 1), picture(160, 1));
    let orders = || {
        vec![
            order(&json!([resized(200)]), 80),
            order(&json!([resized(100), { "op": "invert" }]), 80),
            order(&json!([resized(200), { "op": "invert" }]), 80),
        ]
    };
    let kept = RefCell::default();
    one(&truth, Some("a"), order(&json!([resized(200)]), 50), &kept);
    let fresh = rendered(&truth, &job(None, orders()), &[], &RefCell::default());
    let made = rendered(&other, &job(Some("a"), orders()), &[], &kept);
    for (fresh, made) in fresh.iter().zip(&made) {
        assert!(shade(fresh).abs_diff(shade(made)) <= 2);
    }
}

#[test]
fn an_overlay_that_has_changed_is_seen() {
    let logo = |shade: u8| -> OwnedFd {
        let memory = rustix::fs::memfd_create("logo", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
        let mut file = File::from(memory);
        file.write_all(&picture(shade, 1)).unwrap();
        file.rewind().unwrap();
        file.into()
    };
    let chain = json!([resized(200), { "op": "overlay", "image": "logo.jpg", "scale": 1.0 }]);
    let mut job = job(Some("a"), vec![order(&chain, 80)]);
    job.files.insert("logo.jpg".to_owned(), 0);
    let (kept, source) = (RefCell::default(), picture(60, 1));
    let (dark, light) = ([logo(10)], [logo(200)]);
    let first = rendered(&source, &job, &dark, &kept);
    assert_eq!(rendered(&source, &job, &dark, &kept), first);
    assert!(shade(&rendered(&source, &job, &light, &kept)[0]) > shade(&first[0]) + 100);
}

#[test]
fn a_shelf_keeps_what_was_used_last() {
    let canvas = || -> Canvas { testing::gradient(10, 10, 3) };
    let mut shelf = Shelf::new(900);
    for key in ["a", "b", "c"] {
        shelf.put(key, &canvas());
    }
    assert!(shelf.take(&"a").is_some());
    shelf.put("d", &canvas());
    assert!(shelf.take(&"b").is_none());
    assert!(["a", "c", "d"].iter().all(|key| shelf.take(key).is_some()));
    shelf.put("a", &canvas());
    assert_eq!(shelf.bytes(), 900);
    shelf.put("huge", &testing::gradient(100, 100, 3));
    assert_eq!((shelf.bytes(), shelf.take(&"huge").is_none()), (900, true));
}

#[test]
fn a_larger_decode_serves_a_smaller_and_the_nearest_is_taken() {
    let kept = RefCell::default();
    let job = job(Some("a"), Vec::new());
    let context = Context::new(&job, &[]).with_proxies(&kept);
    let proxy = context.proxy().unwrap();
    let reduction = |shrink, density| crate::decode::Reduction { shrink, density, random: true };
    for (shrink, side) in [(1, 80), (4, 20)] {
        proxy.keep_base(Format::Jpeg, reduction(shrink, 0.1), &testing::gradient(side, side, 3));
    }
    let size = |format, shrink, density| {
        proxy.base(format, reduction(shrink, density)).map(|canvas| canvas.size())
    };
    let found = [1, 2, 4, 8].map(|shrink| size(Format::Jpeg, shrink, 0.3));
    let sides = [80, 80, 20, 20].map(|side| Some(Size::new(side, side)));
    assert_eq!(found, sides);
    // A vector is drawn for the density that is asked for.
    proxy.keep_base(Format::Svg, reduction(1, 2.0), &testing::gradient(160, 160, 3));
    assert_eq!(size(Format::Svg, 1, 2.0), Some(Size::new(160, 160)));
    assert_eq!(size(Format::Svg, 1, 2.5), None);
}
