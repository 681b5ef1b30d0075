//! What holds for all operations together.

use std::{collections::BTreeSet, sync::Arc};

use cropmark_rules::Operation;

use super::{apply, is_geometry, testing};
use crate::{
    canvas::Canvas,
    vips::{Call, Image, Source},
};

/// One of each operation but the overlay, which needs a file; some in several kinds.
fn examples() -> Vec<Operation> {
    let json = r##"[
        {"op": "trim"},
        {"op": "crop", "width": 50, "gravity": "smart"},
        {"op": "crop", "width": 50, "height": 40, "gravity": "entropy"},
        {"op": "resize", "width": 40},
        {"op": "resize", "width": 40, "height": 40, "fit": "cover", "gravity": "smart"},
        {"op": "resize", "width": 40, "height": 40, "fit": "contain"},
        {"op": "extend", "aspect": "1:1"},
        {"op": "pad", "all": 7, "background": "#ff000080"},
        {"op": "rotate", "angle": 90},
        {"op": "rotate", "angle": 180},
        {"op": "rotate", "angle": -13},
        {"op": "flip"},
        {"op": "flip", "direction": "both"},
        {"op": "flatten"},
        {"op": "text", "text": "Hello", "size": 20, "background": "navy", "padding": 4},
        {"op": "blur", "sigma": 2},
        {"op": "blur", "sigma": 40},
        {"op": "sharpen"},
        {"op": "pixelate", "size": 7},
        {"op": "brightness", "amount": 10},
        {"op": "contrast", "amount": 10},
        {"op": "saturation", "amount": 10},
        {"op": "gamma", "value": 1.5},
        {"op": "grayscale"},
        {"op": "grayscale", "amount": 50},
        {"op": "sepia"},
        {"op": "duotone", "shadows": "navy"},
        {"op": "colorize", "color": "red"},
        {"op": "invert"},
        {"op": "round_corners"},
        {"op": "round_corners", "radius": "50%", "background": "red"}
    ]"##;
    serde_json::from_str(json).unwrap()
}

/// A drawing in a file, in as many bands.
fn file(bands: u32) -> Arc<Vec<u8>> {
    let drawing = testing::frame(300, 420, bands, |x, y| {
        let [red, green, blue, alpha] = testing::gradient_level(x / 9, y / 7);
        let framed = x < 12 || y < 9 || x > 280 || y > 400;
        if framed { [250, 250, 250, 255] } else { [red, green, blue, alpha | 15] }
    });
    Arc::new(Call::new("pngsave_buffer").image("in", &drawing).buffer().unwrap())
}

fn opened(file: &Arc<Vec<u8>>, access: &str) -> Image {
    let source = Source::from_shared(Arc::clone(file)).unwrap();
    Call::new("pngload_source").source("source", &source).text("access", access).output().unwrap()
}

/// The canvas as it stands after a chain's first resize, not computed yet.
fn resized(image: &Image) -> Canvas {
    let resize = serde_json::from_str(r#"{"op": "resize", "width": 150}"#).unwrap();
    apply(&resize, testing::canvas(vec![image.clone()]), &testing::context()).unwrap()
}

#[test]
fn the_examples_leave_nothing_out() {
    let examples = examples();
    let mut found: BTreeSet<&str> = examples.iter().map(Operation::op).collect();
    found.insert("overlay");
    assert_eq!(found, Operation::NAMES.into_iter().collect());
}

/// A source may be read in rows, once, top to bottom. An operation that looks back fails here,
/// or gives other pixels.
#[test]
fn rows_may_come_one_after_another() {
    for bands in 1..=4 {
        let file = file(bands);
        for operation in examples() {
            let run = |access: &str| {
                let canvas = resized(&opened(&file, access));
                let canvas = apply(&operation, canvas, &testing::context()).unwrap();
                testing::assert_sound(&canvas, 1);
                testing::bytes(&canvas)
            };
            assert!(run("sequential") == run("random"), "{operation:?}, {bands} bands");
        }
    }
}

#[test]
fn the_same_comes_out_every_time() {
    let image = opened(&file(4), "random");
    for operation in examples() {
        let run = || {
            let canvas = apply(&operation, resized(&image), &testing::context()).unwrap();
            testing::bytes(&canvas)
        };
        assert!(run() == run(), "{operation:?}");
    }
}

/// What runs in the source's own colours keeps them, at any depth.
#[test]
fn geometry_runs_in_any_colours() {
    let small = testing::gradient(60, 90, 3);
    for space in ["rgb16", "cmyk", "lab", "scrgb"] {
        let call = Call::new("colourspace").image("in", small.first()).text("space", space);
        let image = call.output().unwrap();
        let wanted = (image.interpretation(), image.depth(), image.bands());
        for operation in examples().into_iter().filter(is_geometry) {
            let mut canvas = testing::canvas(vec![image.clone()]);
            canvas.space = crate::canvas::Space::Source;
            let canvas = apply(&operation, canvas, &testing::context()).unwrap();
            let frame = canvas.first();
            let found = (frame.interpretation(), frame.depth(), frame.bands());
            assert_eq!(found, wanted, "{operation:?}");
            assert!(!frame.to_bytes().unwrap().is_empty());
        }
    }
}
