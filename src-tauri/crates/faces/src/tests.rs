#![expect(clippy::cast_precision_loss, reason = "sides of small pictures")]

use super::*;

/// A drawn face of so many pixels of width in the middle of a grey picture; everything is counted
/// in hundredths of half its width.
fn drawn(side: usize, width: f32) -> Vec<u8> {
    let unit = width / 120.0;
    let middle = side as f32 / 2.0;
    let mut pixels = Vec::with_capacity(side * side * 3);
    for row in 0..side {
        for column in 0..side {
            let (x, y) = ((column as f32 - middle) / unit, (row as f32 - middle) / unit);
            pixels.extend(color(x, y));
        }
    }
    pixels
}

fn color(x: f32, y: f32) -> [u8; 3] {
    let ellipse = |left: f32, top: f32, across: f32, down: f32| {
        ((x - left) / across).powi(2) + ((y - top) / down).powi(2) <= 1.0
    };
    let beside = x.abs();
    let eye = ((beside - 24.0) / 13.0).powi(2) + ((y + 15.0) / 7.0).powi(2) <= 1.0;
    let iris = (beside - 24.0).hypot(y + 15.0) <= 6.0;
    match () {
        () if iris => [40, 30, 25],
        () if eye => [255, 255, 255],
        () if (10.0..=40.0).contains(&beside) && (-37.0..=-30.0).contains(&y) => [60, 40, 30],
        () if (-10.0..=22.0).contains(&y) && beside <= 2.0 + (y + 10.0) * 0.3 => [205, 155, 125],
        () if ellipse(0.0, 45.0, 24.0, 1.5) => [110, 40, 40],
        () if ellipse(0.0, 45.0, 24.0, 8.0) => [180, 80, 80],
        () if ellipse(0.0, 0.0, 60.0, 80.0) => [224, 180, 150],
        () if ellipse(0.0, -25.0, 75.0, 90.0) => [60, 40, 30],
        () if beside <= 25.0 && (60.0..=120.0).contains(&y) => [200, 150, 120],
        () if ellipse(0.0, 150.0, 110.0, 60.0) => [60, 80, 140],
        () => [150, 170, 190],
    }
}

#[test]
fn drawn_faces_are_found_where_they_are() {
    for (side, width) in [(200, 40.0), (400, 80.0), (400, 200.0), (640, 300.0)] {
        let found = find(&drawn(side, width), side, side);
        let [face] = found[..] else { panic!("{side}, {width}: {found:?}") };
        let middle = side as f32 / 2.0;
        let across = face.x + face.width / 2.0 - middle;
        let down = face.y + face.height / 2.0 - middle;
        assert!(across.abs() < width / 10.0 && down.abs() < width / 4.0, "{face:?}");
        assert!((0.7..1.3).contains(&(face.width / width)), "{width}: {face:?}");
        assert!(face.score > 0.7, "{face:?}");
    }
}

#[test]
fn the_same_picture_has_the_same_faces() {
    let picture = drawn(300, 90.0);
    assert_eq!(find(&picture, 300, 300), find(&picture, 300, 300));
}

#[test]
fn no_face_is_found_in_noise_or_in_one_colour() {
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_le_bytes()[3]
    };
    let pixels: Vec<u8> = (0..320 * 200 * 3).map(|_| noise()).collect();
    assert_eq!(find(&pixels, 320, 200), []);
    for level in [0, 128, 255] {
        assert_eq!(find(&vec![level; 320 * 200 * 3], 320, 200), []);
    }
}

#[test]
fn pictures_of_any_size_are_looked_at() {
    for (width, height) in [(1, 1), (1, 640), (640, 1), (2, 3), (31, 17), (161, 163), (639, 33)] {
        assert_eq!(find(&vec![90; width * height * 3], width, height), []);
    }
}
