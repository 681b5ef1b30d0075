//! Estimates against the peaks of new workers, measured with `load memory` on Linux with
//! libvips 8.18 (glibc, one job a worker, a photograph enlarged and reduced). A worker that has
//! done other jobs may hold more, but never for this job.

use cropmark_rules::{operation::Resize, value::Length};

use super::{super::*, order};

/// A row: the source (format, sides, frames, bands), MiB of its file, MiB that its decoder
/// buffers, the job, and the measured peak in MiB.
type Row = (Format, u32, u32, u32, u32, f64, u64, Job, u32);

#[derive(Debug, Clone, Copy)]
enum Job {
    /// A box of so many pixels.
    Fit(u32, Format),
    /// 2048 pixels as WebP; 1280, 640, 320 and a square of 240 as JPEG.
    Five,
    AsIs(Format),
}

use Format::{Avif, Gif, Jpeg, Png, Tiff, Webp};
use Job::{AsIs, Fit, Five};

const MEASURED: [Row; 60] = [
    (Jpeg, 800, 533, 1, 3, 0.1, 0, Fit(230, Jpeg), 17),
    (Jpeg, 800, 533, 1, 3, 0.1, 0, Five, 20),
    (Jpeg, 800, 533, 1, 3, 0.1, 0, AsIs(Jpeg), 17),
    (Jpeg, 800, 533, 1, 3, 0.1, 0, AsIs(Webp), 19),
    (Jpeg, 800, 533, 1, 3, 0.1, 0, Fit(1600, Avif), 29),
    (Jpeg, 2400, 1600, 1, 3, 0.3, 0, Fit(230, Jpeg), 19),
    (Jpeg, 2400, 1600, 1, 3, 0.3, 0, Five, 41),
    (Jpeg, 2400, 1600, 1, 3, 0.3, 0, AsIs(Jpeg), 31),
    (Jpeg, 2400, 1600, 1, 3, 0.3, 0, AsIs(Webp), 48),
    (Jpeg, 2400, 1600, 1, 3, 0.3, 0, Fit(1600, Avif), 62),
    (Jpeg, 2400, 1600, 1, 3, 0.3, 0, Fit(1600, Png), 28),
    (Jpeg, 2400, 1600, 1, 3, 0.3, 11, Fit(230, Jpeg), 30),
    (Jpeg, 2400, 1600, 1, 3, 0.3, 11, Five, 44),
    (Jpeg, 2400, 1600, 1, 3, 0.3, 11, Fit(1600, Avif), 74),
    (Jpeg, 6000, 4000, 1, 3, 2.2, 0, Fit(230, Jpeg), 19),
    (Jpeg, 6000, 4000, 1, 3, 2.2, 0, Five, 58),
    (Jpeg, 6000, 4000, 1, 3, 2.2, 0, AsIs(Jpeg), 104),
    (Jpeg, 6000, 4000, 1, 3, 2.2, 0, AsIs(Webp), 206),
    (Jpeg, 6000, 4000, 1, 3, 2.2, 0, Fit(1600, Avif), 66),
    (Jpeg, 6000, 4000, 1, 3, 2.2, 0, Fit(1600, Png), 49),
    (Jpeg, 6000, 4000, 1, 3, 2.0, 69, Fit(230, Jpeg), 87),
    (Jpeg, 6000, 4000, 1, 3, 2.0, 69, Five, 114),
    (Jpeg, 6000, 4000, 1, 3, 2.0, 69, AsIs(Jpeg), 163),
    (Jpeg, 6000, 4000, 1, 3, 2.0, 69, Fit(1600, Avif), 142),
    (Jpeg, 6000, 4000, 1, 3, 2.0, 69, Fit(1600, Png), 117),
    (Png, 800, 533, 1, 3, 0.5, 0, Fit(230, Jpeg), 17),
    (Png, 2400, 1600, 1, 3, 4.0, 0, Fit(230, Jpeg), 30),
    (Png, 2400, 1600, 1, 3, 4.6, 11, Fit(230, Jpeg), 38),
    (Png, 6000, 4000, 1, 3, 17.4, 0, Fit(230, Jpeg), 54),
    (Png, 6000, 4000, 1, 3, 17.4, 0, Five, 72),
    (Png, 6000, 4000, 1, 3, 17.4, 0, AsIs(Jpeg), 114),
    (Png, 6000, 4000, 1, 3, 17.4, 0, Fit(1600, Png), 63),
    (Png, 6000, 4000, 1, 3, 22.6, 69, Fit(230, Jpeg), 119),
    (Png, 6000, 4000, 1, 3, 22.6, 69, Fit(1600, Avif), 151),
    (Webp, 800, 533, 1, 3, 0.1, 0, Fit(230, Jpeg), 20),
    (Webp, 2400, 1600, 1, 3, 0.2, 0, Fit(230, Jpeg), 27),
    (Webp, 2400, 1600, 1, 3, 0.2, 0, Five, 65),
    (Webp, 2400, 1600, 1, 3, 0.2, 0, AsIs(Webp), 81),
    (Webp, 6000, 4000, 1, 3, 1.5, 0, Fit(230, Jpeg), 22),
    (Webp, 6000, 4000, 1, 3, 1.5, 0, Five, 283),
    (Webp, 6000, 4000, 1, 3, 1.5, 0, AsIs(Webp), 429),
    (Webp, 6000, 4000, 1, 3, 1.5, 0, Fit(1600, Png), 275),
    (Tiff, 2400, 1600, 1, 3, 4.1, 0, Fit(230, Jpeg), 31),
    (Tiff, 6000, 4000, 1, 3, 19.3, 0, Fit(230, Jpeg), 58),
    (Tiff, 6000, 4000, 1, 3, 19.3, 0, Five, 73),
    (Tiff, 6000, 4000, 1, 3, 19.3, 0, AsIs(Webp), 219),
    (Avif, 800, 533, 1, 3, 0.1, 0, Fit(230, Jpeg), 26),
    (Avif, 2400, 1600, 1, 3, 0.2, 0, Fit(230, Jpeg), 80),
    (Avif, 6000, 4000, 1, 3, 1.3, 0, Fit(230, Jpeg), 377),
    (Avif, 6000, 4000, 1, 3, 1.3, 0, Five, 388),
    (Avif, 6000, 4000, 1, 3, 1.3, 0, AsIs(Jpeg), 441),
    (Gif, 400, 400, 30, 4, 0.1, 0, Fit(200, Gif), 95),
    (Gif, 400, 400, 30, 4, 0.1, 0, AsIs(Webp), 40),
    (Gif, 1200, 1200, 30, 4, 0.2, 0, Fit(600, Gif), 375),
    (Gif, 1200, 1200, 30, 4, 0.2, 0, Fit(600, Webp), 370),
    (Gif, 1200, 1200, 30, 4, 0.2, 0, AsIs(Webp), 225),
    (Webp, 400, 400, 9, 4, 0.1, 0, Fit(200, Gif), 44),
    (Webp, 1200, 1200, 9, 4, 0.1, 0, Fit(600, Gif), 145),
    (Webp, 1200, 1200, 9, 4, 0.1, 0, Fit(600, Webp), 143),
    (Webp, 1200, 1200, 9, 4, 0.1, 0, AsIs(Webp), 127),
];

fn estimated(&(format, width, height, frames, bands, file, buffer, job, _): &Row) -> f64 {
    let mut order = order(format, width, height, 1);
    (order.header.frames, order.header.bands) = (frames, bands);
    order.header.buffer_bytes = buffer << 20;
    let fit = |side: u32, format: Format| {
        let side = Some(Length::Pixels(f64::from(side)));
        let rule = Resize { width: side, height: side, ..Resize::default() };
        (vec![Operation::Resize(rule)], format)
    };
    let wishes = match job {
        Fit(side, format) => vec![fit(side, format)],
        AsIs(format) => vec![(Vec::new(), format)],
        Five => {
            let jpegs = [1280, 640, 320, 240].map(|side| fit(side, Jpeg));
            [vec![fit(2048, Webp)], jpegs.to_vec()].concat()
        }
    };
    let variant = |(operations, format): (Vec<Operation>, Format)| OrderedVariant {
        key: [0; 32].into(),
        operations,
        encoding: Encoding::new(FormatRule::Named(format)),
        target: None,
    };
    order.variants = wishes.into_iter().map(variant).collect();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "small numbers of a table"
    )]
    let mebibytes =
        |order| estimate(order, (file * f64::from(1 << 20)) as u64, 0) as f64 / f64::from(1 << 20);
    mebibytes(&order)
}

#[test]
fn estimates_are_near_the_measured_peaks() {
    let mut wrong = Vec::new();
    for row in &MEASURED {
        let (estimated, measured) = (estimated(row), f64::from(row.8));
        let ratio = estimated / measured;
        if !(0.9..=2.5).contains(&ratio) {
            wrong.push(format!("{ratio:.2}: {estimated:.0} MiB for {row:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
