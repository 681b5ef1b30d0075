//! What the tests of the operations share: small drawn canvases, and a way to look at them.

use std::sync::OnceLock;

use cropmark_rules::{
    ColorSpace, Limits, SourceRules,
    geometry::Size,
    protocol::Job,
    value::{Color, Point},
};

use crate::{
    canvas::{Canvas, Space},
    pipeline::Context,
    vips::{Band, Call, Image, Library},
};

/// A frame of 1–4 bands, drawn by a function of the place.
pub(super) fn frame(
    width: u32,
    height: u32,
    bands: u32,
    draw: impl Fn(u32, u32) -> [u8; 4],
) -> Image {
    Library::start().unwrap();
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels: Vec<u8> =
        places.flat_map(|(x, y)| draw(x, y).into_iter().take(bands as usize)).collect();
    let image = Image::from_pixels(&pixels, width, height, bands).unwrap();
    let interpretation = if bands < 3 { "b-w" } else { "srgb" };
    Call::new("copy").image("in", &image).text("interpretation", interpretation).output().unwrap()
}

/// A canvas of these frames, in sRGB.
pub(super) fn canvas(frames: Vec<Image>) -> Canvas {
    let nominal = Size { width: frames[0].width(), height: frames[0].height() };
    let delays = if frames.len() > 1 { vec![100; frames.len()] } else { Vec::new() };
    Canvas {
        frames,
        nominal,
        delays,
        repeats: None,
        focal: None,
        faces: Vec::new(),
        windows: Vec::new(),
        space: Space::Working(ColorSpace::Srgb),
        notes: Vec::new(),
    }
}

/// A canvas of one drawn frame.
pub(super) fn drawn(
    width: u32,
    height: u32,
    bands: u32,
    draw: impl Fn(u32, u32) -> [u8; 4],
) -> Canvas {
    canvas(vec![frame(width, height, bands, draw)])
}

/// A canvas of one colour, with alpha where the colour is not solid.
pub(super) fn plain(width: u32, height: u32, color: Color) -> Canvas {
    let bands = if color.is_solid() { 3 } else { 4 };
    drawn(width, height, bands, |_, _| [color.red, color.green, color.blue, color.alpha])
}

/// A canvas on which every pixel is told from its neighbours: a gradient, `bands` of it.
pub(crate) fn gradient(width: u32, height: u32, bands: u32) -> Canvas {
    drawn(width, height, bands, gradient_level)
}

/// What [`gradient`] draws.
#[expect(clippy::cast_possible_truncation, reason = "wraps, as it should")]
pub(super) fn gradient_level(x: u32, y: u32) -> [u8; 4] {
    [(x * 7) as u8, (y * 11) as u8, (x * 3 + y * 5 + 40) as u8, (511 - (x + y) % 256) as u8]
}

/// The same canvas three times, each frame a little lighter.
pub(super) fn animated(width: u32, height: u32, bands: u32) -> Canvas {
    let step = |index: u8| {
        frame(width, height, bands, move |x, y| {
            gradient_level(x, y).map(|level| level.saturating_add(index * 10))
        })
    };
    canvas(vec![step(0), step(1), step(2)])
}

/// A pixel of a canvas's first frame.
pub(crate) fn pixel(canvas: &Canvas, x: u32, y: u32) -> Vec<u8> {
    pixel_of(canvas.first(), x, y)
}

/// A pixel of an image.
pub(super) fn pixel_of(image: &Image, x: u32, y: u32) -> Vec<u8> {
    let bands = image.bands() as usize;
    let start = (y * image.width() + x) as usize * bands;
    image.to_bytes().unwrap()[start..start + bands].to_vec()
}

/// All bytes of a canvas's first frame.
pub(super) fn bytes(canvas: &Canvas) -> Vec<u8> {
    canvas.first().to_bytes().unwrap()
}

/// Gives a test a context without files, with the default limits.
pub(super) fn context() -> Context<'static> {
    static JOB: OnceLock<Job> = OnceLock::new();
    let job = JOB.get_or_init(|| Job {
        id: 1,
        source: 0,
        arrival: None,
        rules: SourceRules::default(),
        focal: None,
        faces: None,
        limits: Limits::default(),
        proxy: None,
        files: std::collections::BTreeMap::new(),
        variants: Vec::new(),
    });
    Context::new(job, &[])
}

/// With a focal point, to see it move.
pub(super) fn focused(mut canvas: Canvas, x: f64, y: f64) -> Canvas {
    canvas.focal = Some(Point { x, y });
    canvas
}

/// Where the focal point is, in pixels.
pub(super) fn focal_pixels(canvas: &Canvas) -> (f64, f64) {
    let (point, size) = (canvas.focal.unwrap(), canvas.size());
    (point.x * f64::from(size.width), point.y * f64::from(size.height))
}

/// What every operation promises: bytes, one to four bands, grey or RGB, all frames alike.
pub(super) fn assert_sound(canvas: &Canvas, frames: usize) {
    assert_eq!(canvas.frames.len(), frames);
    assert_eq!(canvas.nominal, canvas.size());
    for frame in &canvas.frames {
        assert_eq!(frame.band(), Band::Byte);
        let expected = if frame.bands() < 3 { "b-w" } else { "srgb" };
        assert_eq!(frame.interpretation(), expected);
        assert_eq!(frame.has_alpha(), frame.bands() % 2 == 0);
        assert_eq!((frame.width(), frame.height()), (canvas.size().width, canvas.size().height));
        assert_eq!(frame.bands(), canvas.first().bands());
    }
}
