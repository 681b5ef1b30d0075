//! Which fonts there are differs between computers: these tests look at where ink is, not at
//! its shapes.

use super::*;
use crate::ops::testing::{
    animated, assert_sound, bytes, context, drawn, focused, gradient, pixel, plain,
};
use cropmark_rules::value::{Gravity, Length, Point};

const RED: Color = Color::solid(255, 0, 0);

fn rule(text: &str, size: f64, gravity: Gravity) -> Text {
    Text {
        text: text.to_owned(),
        size: Length::Pixels(size),
        gravity,
        color: RED,
        ..Text::default()
    }
}

fn white(width: u32, height: u32) -> Canvas {
    plain(width, height, Color::WHITE)
}

fn write(rule: &Text, canvas: Canvas) -> Canvas {
    apply(rule, canvas, &context()).unwrap()
}

/// The first and last column and row that the text has changed on white.
fn inked(canvas: &Canvas) -> Option<(u32, u32, u32, u32)> {
    let width = canvas.size().width;
    let bands = canvas.first().bands() as usize;
    let mut found: Option<(u32, u32, u32, u32)> = None;
    for (place, pixel) in (0_u32..).zip(bytes(canvas).chunks_exact(bands)) {
        if pixel[bands.min(3) - 1] < 200 {
            let (x, y) = (place % width, place / width);
            let (left, top, right, bottom) = found.unwrap_or((x, y, x, y));
            found = Some((left.min(x), top.min(y), right.max(x), bottom.max(y)));
        }
    }
    found
}

fn ink_of(rule: &Text, canvas: Canvas) -> (u32, u32, u32, u32) {
    inked(&write(rule, canvas)).expect("a font is installed")
}

#[test]
fn letters_have_the_colour_and_stand_at_their_gravity() {
    let (left, top, right, bottom) =
        ink_of(&rule("HHH", 40.0, Gravity::NorthWest), white(300, 200));
    assert!(left <= 8 && right < 150 && top < 30 && bottom < 60, "{left} {top} {right} {bottom}");
    let (left, top, right, bottom) =
        ink_of(&rule("HHH", 40.0, Gravity::SouthEast), white(300, 200));
    assert!(left > 150 && right >= 292 && top > 140 && bottom > 170);
    let result = write(&rule("█", 100.0, Gravity::Center), white(300, 200));
    assert_eq!(pixel(&result, 150, 100), [255, 0, 0]);
    assert_sound(&result, 1);
}

#[test]
fn the_size_is_the_ems() {
    let height = |size: f64| {
        let (_, top, _, bottom) = ink_of(&rule("H", size, Gravity::Center), white(600, 600));
        f64::from(bottom - top + 1)
    };
    // Capitals are 0.66–0.76 of the em in all common fonts.
    for size in [50.0, 200.0] {
        assert!((0.62..0.80).contains(&(height(size) / size)), "{size}: {}", height(size));
    }
    let share = Text { size: Length::Percent(25.0), ..rule("H", 0.0, Gravity::Center) };
    let (_, top, _, bottom) = ink_of(&share, white(600, 400));
    assert!((62..80).contains(&(bottom - top + 1)));
}

#[test]
fn descenders_do_not_move_the_line() {
    let top = |text: &str| ink_of(&rule(text, 60.0, Gravity::SouthWest), white(500, 200)).1;
    assert_eq!(top("Hace"), top("Hagp"));
    // Neither does where the box stands depend on it, with several lines.
    assert_eq!(top("Hace\nxxx"), top("Hagp\nxgx"));
}

#[test]
fn lines_are_broken_at_the_width() {
    let long = "many words that do not fit on a single line of this image";
    let free = rule(long, 30.0, Gravity::NorthWest);
    let (_, _, right, bottom) = ink_of(&free, white(300, 400));
    assert!(right < 300 && bottom > 60);
    let narrow = Text { width: Some(Length::Percent(40.0)), ..free.clone() };
    let (_, _, right, lower) = ink_of(&narrow, white(300, 400));
    assert!(right <= 125 && lower > bottom, "{right} {lower}");
    let margin = Text { x: Length::Pixels(60.0), ..free };
    let (left, _, right, _) = ink_of(&margin, white(300, 400));
    assert!(left >= 58 && right <= 242, "{left} {right}");
    let word = rule("unbreakablewordthatislongerthantheimage", 30.0, Gravity::NorthWest);
    assert!(ink_of(&word, white(200, 300)).3 > 60);
}

#[test]
fn lines_stand_apart_and_in_line() {
    let two = rule("H\nH", 30.0, Gravity::NorthWest);
    let (_, _, _, tight) = ink_of(&two, white(200, 300));
    let (_, _, _, loose) = ink_of(&Text { line_spacing: 25.0, ..two }, white(200, 300));
    assert_eq!(loose - tight, 25);
    let uneven = rule("HHHHHH\nH", 30.0, Gravity::NorthWest);
    let last = |align| {
        let result = write(&Text { align, ..uneven.clone() }, white(300, 100));
        let (_, _, _, bottom) = inked(&result).unwrap();
        (0..300).find(|x| pixel(&result, *x, bottom - 3)[1] < 100).unwrap()
    };
    assert!(last(Align::Left) < last(Align::Center) && last(Align::Center) < last(Align::Right));
}

#[test]
fn markup_is_shown_and_not_obeyed() {
    for text in
        ["<b>&amp;</b>", "a < b && c > d", "<span size='900000'>x</span>", "&#0;", "\u{1}\0"]
    {
        write(&rule(text, 20.0, Gravity::Center), white(300, 100));
    }
    let shown = ink_of(&rule("<b>HH</b>", 20.0, Gravity::NorthWest), white(300, 100)).2;
    let plain = ink_of(&rule("HH", 20.0, Gravity::NorthWest), white(300, 100)).2;
    assert!(shown > plain * 2, "{shown} {plain}");
}

#[test]
fn every_script_is_taken() {
    for text in ["שלום עולם", "مرحبا بالعالم", "你好，世界", "नमस्ते", "👩‍👩‍👧 🎉", "\u{200b}", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L"]
    {
        for bands in [1, 4] {
            let result = write(&rule(text, 30.0, Gravity::Center), gradient(200, 100, bands));
            assert_sound(&result, 1);
        }
    }
}

#[test]
fn a_font_that_is_not_there_is_replaced() {
    let unknown = Text {
        font: "No Such Family 77 Bold, @, \"'<&>".to_owned(),
        ..rule("HH", 30.0, Gravity::Center)
    };
    assert!(inked(&write(&unknown, white(200, 100))).is_some());
}

#[test]
fn a_box_goes_around_the_lines() {
    let blue = Color { red: 0, green: 0, blue: 200, alpha: 255 };
    let boxed = Text {
        background: Some(blue),
        padding: 10.0,
        color: Color::WHITE,
        ..rule("H", 40.0, Gravity::NorthWest)
    };
    let result = write(&boxed, white(200, 150));
    assert_eq!(pixel(&result, 0, 0), [0, 0, 200]);
    assert_eq!(pixel(&result, 9, 9), [0, 0, 200]);
    assert_eq!(pixel(&result, 199, 0), [255; 3]);
    let half = Text { opacity: 0.5, ..boxed };
    assert_eq!(pixel(&write(&half, white(200, 150)), 0, 0), [127, 127, 227]);
}

#[test]
fn on_a_point_it_stays_inside() {
    let corner = Gravity::Point(Point { x: 1.0, y: 1.0 });
    let (_, _, right, bottom) = ink_of(&rule("HHH", 30.0, corner), white(200, 100));
    assert!((185..200).contains(&right) && bottom < 100);
    let focal = rule("HHH", 30.0, Gravity::Focal);
    let (left, ..) = ink_of(&focal, focused(white(400, 100), 0.75, 0.5));
    assert!(left > 230, "{left}");
}

#[test]
fn alpha_and_opacity_make_letters_fainter() {
    let faint = Text { opacity: 0.4, ..rule("█", 80.0, Gravity::Center) };
    assert_eq!(pixel(&write(&faint, white(200, 100)), 100, 50), [255, 153, 153]);
    let clear = Text { color: Color { alpha: 102, ..RED }, opacity: 1.0, ..faint };
    assert_eq!(pixel(&write(&clear, white(200, 100)), 100, 50), [255, 153, 153]);
    let none = drawn(200, 100, 4, |_, _| [0; 4]);
    assert_eq!(pixel(&write(&clear, none), 100, 50), [255, 0, 0, 102]);
}

#[test]
fn nothing_to_write_changes_nothing() {
    let canvas = gradient(50, 40, 3);
    for text in ["", "  \n\t ", "\u{200b}", "\u{0}\u{7}"] {
        let result = write(&rule(text, 20.0, Gravity::Center), canvas.clone());
        assert_eq!(bytes(&result), bytes(&canvas), "{text:?}");
    }
    let unseen = Text { opacity: 0.0, ..rule("H", 20.0, Gravity::Center) };
    assert_eq!(bytes(&write(&unseen, canvas.clone())), bytes(&canvas));
    let away = Text { x: Length::Pixels(-9000.0), ..rule("H", 20.0, Gravity::NorthWest) };
    assert_eq!(bytes(&write(&away, canvas.clone())), bytes(&canvas));
}

#[test]
fn too_much_text_is_refused_before_it_is_drawn() {
    let canvas = || white(200, 100);
    for (text, size) in
        [("H".to_owned(), 90_000.0), ("word ".repeat(2000), 300.0), ("x\n".repeat(5000), 20.0)]
    {
        let fault = apply(&rule(&text, size, Gravity::Center), canvas(), &context()).unwrap_err();
        assert_eq!(fault.code, FaultCode::TooLarge);
        assert!(fault.message.contains("smaller"), "{fault}");
    }
    // Much, but not too much.
    write(&rule(&"word ".repeat(200), 12.0, Gravity::Center), canvas());
}

#[test]
fn all_kinds_of_canvases_are_kept() {
    for bands in 1..=4 {
        let result = write(&rule("Hi", 12.0, Gravity::Center), animated(40, 30, bands));
        assert_sound(&result, 3);
        assert_eq!(result.has_alpha(), bands % 2 == 0);
        let grey = Text { color: Color::BLACK, ..rule("Hi", 12.0, Gravity::Center) };
        assert_eq!(write(&grey, animated(40, 30, bands)).first().bands(), bands);
    }
}

#[test]
fn a_font_that_is_not_installed_is_noted_once_or_refused() {
    let missing =
        Text { font: "No Such Font Bold".to_owned(), ..rule("Hi", 12.0, Gravity::Center) };
    let written = write(&missing, write(&missing, white(60, 30)));
    assert_eq!(written.notes, ["Font “No Such Font” is not installed; Inter was used."]);
    let strict = Text { on_missing_font: MissingFont::Fail, ..missing };
    let fault = apply(&strict, white(60, 30), &context()).unwrap_err();
    assert_eq!(fault.code, FaultCode::Invalid);
    assert!(fault.message.contains("No Such Font"), "{fault}");
    let strict = Text { font: "Sans Bold".to_owned(), ..strict };
    assert_eq!(write(&strict, white(60, 30)).notes, [""; 0]);
}
