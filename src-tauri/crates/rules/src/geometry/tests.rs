//! Tables for the arithmetic of sizes and places.

use super::*;

const PHOTO: Size = Size { width: 6000, height: 4000 };

fn size(width: u32, height: u32) -> Size {
    Size { width, height }
}

fn boxed(fit: Fit, width: f64, height: f64) -> Resize {
    Resize {
        fit,
        width: Some(Length::Pixels(width)),
        height: Some(Length::Pixels(height)),
        ..Resize::default()
    }
}

#[test]
fn every_fit_gives_its_sizes() {
    let cases = [
        (boxed(Fit::Inside, 230.0, 230.0), PHOTO, size(230, 153), None, None),
        (boxed(Fit::Cover, 240.0, 240.0), PHOTO, size(360, 240), Some(size(240, 240)), None),
        (boxed(Fit::Contain, 300.0, 300.0), PHOTO, size(300, 200), None, Some(size(300, 300))),
        (boxed(Fit::Fill, 100.0, 300.0), PHOTO, size(100, 300), None, None),
        (boxed(Fit::Outside, 240.0, 240.0), PHOTO, size(360, 240), None, None),
        (boxed(Fit::Auto, 400.0, 300.0), PHOTO, size(450, 300), Some(size(400, 300)), None),
        (boxed(Fit::Auto, 300.0, 400.0), PHOTO, size(300, 200), None, None),
        // Small sources are not enlarged.
        (boxed(Fit::Inside, 230.0, 230.0), size(100, 50), size(100, 50), None, None),
        (boxed(Fit::Cover, 240.0, 240.0), size(120, 90), size(120, 90), Some(size(90, 90)), None),
        (boxed(Fit::Contain, 300.0, 300.0), size(30, 20), size(30, 20), None, Some(size(300, 300))),
        (boxed(Fit::Fill, 100.0, 300.0), size(200, 200), size(100, 200), None, None),
        // Extreme ratios keep a pixel.
        (boxed(Fit::Inside, 10.0, 10.0), size(10_000, 2), size(10, 1), None, None),
    ];
    for (rule, from, scaled, cropped, padded) in cases {
        assert_eq!(
            resize(&rule, from),
            Resized { scaled, cropped, padded },
            "{rule:?} of {from:?}"
        );
    }
}

#[test]
fn a_box_that_is_too_large_keeps_its_ratio_or_its_sides() {
    let of = |fit, undersized, (width, height), from| {
        let rule = Resize { undersized, ..boxed(fit, width, height) };
        resize(&rule, from).result()
    };
    let (ratio, sides) = (Some(Undersized::Ratio), Some(Undersized::Sides));
    for (fit, undersized, target, from, result) in [
        (Fit::Cover, ratio, (200.0, 150.0), size(300, 100), size(133, 100)),
        (Fit::Cover, sides, (200.0, 150.0), size(300, 100), size(200, 100)),
        (Fit::Cover, sides, (200.0, 200.0), size(100, 50), size(100, 50)),
        (Fit::Cover, sides, (200.0, 200.0), size(600, 400), size(200, 200)),
        (Fit::Auto, sides, (200.0, 150.0), size(300, 100), size(200, 100)),
        (Fit::Fill, sides, (200.0, 50.0), size(100, 100), size(100, 50)),
        (Fit::Fill, ratio, (200.0, 50.0), size(100, 100), size(100, 25)),
        (Fit::Fill, ratio, (80.0, 50.0), size(100, 100), size(80, 50)),
    ] {
        assert_eq!(of(fit, undersized, target, from), result, "{fit:?} {undersized:?} {from:?}");
    }
}

#[test]
fn a_solid_background_asks_for_a_canvas_of_any_size() {
    let on = |background| Resize { background, ..boxed(Fit::Contain, 300.0, 200.0) };
    let canvas = |rule: &Resize| resize(rule, PHOTO).padded;
    assert_eq!(canvas(&on(None)), None);
    assert_eq!(canvas(&on(Some(Color { alpha: 100, ..Color::WHITE }))), None);
    assert_eq!(canvas(&on(Some(Color::WHITE))), Some(size(300, 200)));
}

#[test]
fn one_side_minima_and_density() {
    let width = |width: f64| Resize { width: Some(Length::Pixels(width)), ..Resize::default() };
    assert_eq!(resize(&width(2048.0), PHOTO).scaled, size(2048, 1365));
    let retina = Resize { dpr: 2.0, ..width(320.0) };
    assert_eq!(resize(&retina, PHOTO).scaled, size(640, 427));
    let percent = Resize { width: Some(Length::Percent(50.0)), ..Resize::default() };
    assert_eq!(resize(&percent, PHOTO).scaled, size(3000, 2000));
    let minimum = Resize { min_height: Some(Length::Pixels(400.0)), ..width(300.0) };
    assert_eq!(resize(&minimum, PHOTO).scaled, size(600, 400));
    let enlarged = Resize { enlarge: true, ..width(200.0) };
    assert_eq!(resize(&enlarged, size(100, 50)).scaled, size(200, 100));
}

#[test]
fn crops_stay_inside_and_obey_gravity() {
    let crop_of = |aspect: &str, gravity| Crop {
        aspect: Some(aspect.parse().unwrap()),
        gravity,
        ..Crop::default()
    };
    let focal = Some(Point { x: 0.9, y: 0.1 });
    let wide = crop(&crop_of("16:9", Gravity::Focal), PHOTO, focal).unwrap();
    assert_eq!(wide, Rect { x: 0, y: 0, size: size(6000, 3375) });
    let square = crop(&crop_of("1:1", Gravity::Focal), PHOTO, focal).unwrap();
    assert_eq!(square, Rect { x: 2000, y: 0, size: size(4000, 4000) });
    let middle = crop(&crop_of("1:1", Gravity::Center), PHOTO, None).unwrap();
    assert_eq!((middle.x, middle.y), (1000, 0));
    assert_eq!(crop(&crop_of("1:1", Gravity::Smart), PHOTO, None), None);
    let corner = Crop {
        width: Some(Length::Pixels(100.0)),
        height: Some(Length::Percent(10.0)),
        gravity: Gravity::SouthEast,
        x: Length::Pixels(30.0),
        y: Length::Percent(1.0),
        ..Crop::default()
    };
    let part = crop(&corner, PHOTO, None).unwrap();
    assert_eq!(part, Rect { x: 5870, y: 3560, size: size(100, 400) });
}

#[test]
fn borders_and_canvases_only_grow() {
    let square = Extend { aspect: Some("1:1".parse().unwrap()), ..Extend::default() };
    assert_eq!(extend_size(&square, size(300, 200)), size(300, 300));
    let small = Extend { width: Some(Length::Pixels(10.0)), ..Extend::default() };
    assert_eq!(extend_size(&small, size(300, 200)), size(300, 200));
    let border = Pad {
        all: Length::Pixels(5.0),
        top: Some(Length::Percent(10.0)),
        left: Some(Length::ZERO),
        ..Pad::default()
    };
    assert_eq!(pad(&border, size(100, 50)), (size(105, 60), (0, 5)));
}

#[test]
fn a_turned_image_fits_its_canvas() {
    let of = |angle| rotated(&Rotate { angle, background: None }, size(300, 200));
    for angle in [0.0, 180.0, -180.0, 360.0] {
        assert_eq!(of(angle), size(300, 200), "{angle}");
    }
    for angle in [90.0, -90.0, 270.0] {
        assert_eq!(of(angle), size(200, 300), "{angle}");
    }
    // 300 cos 30 + 200 sin 30 = 359.8; 300 sin 30 + 200 cos 30 = 323.2.
    assert_eq!(of(30.0), size(360, 324));
    assert_eq!(of(-30.0), of(30.0));
    assert_eq!(Rotate { angle: -90.0, background: None }.quarter_turns(), Some(3));
    assert_eq!(Rotate { angle: 90.1, background: None }.quarter_turns(), None);
}
