//! Reading what libvips itself has written, whole and broken.

mod arriving;

use std::{io::Seek as _, os::fd::AsFd as _};

use cropmark_rules::{FaultCode, Format, Frames, Limits, SourceRules, Subsample, geometry::Size};

use super::{Checked, Content, Reduction, file_of, inspect, open_bytes, open_bytes_within};
use crate::{
    canvas::Canvas,
    vips::{Call, Image, Library},
};

const WHOLE: Reduction = Reduction { shrink: 1, density: 1.0, random: true };

/// A picture with some detail.
fn picture(width: u32, height: u32, bands: u32) -> Image {
    Library::start().unwrap();
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let values = [x * 255 / width, y * 255 / height, (x * y) % 251, 255 - (x % 64)];
            let values = values.map(|value| u8::try_from(value).unwrap());
            pixels.extend(&values[..bands as usize]);
        }
    }
    let image = Image::from_pixels(&pixels, width, height, bands).unwrap();
    let interpretation = if bands >= 3 { "srgb" } else { "b-w" };
    let call = Call::new("copy").image("in", &image).text("interpretation", interpretation);
    call.output().unwrap()
}

fn saved(saver: &str, image: &Image) -> Vec<u8> {
    Call::new(saver).image("in", image).buffer().unwrap()
}

fn samples() -> Vec<(Format, Vec<u8>)> {
    let image = picture(60, 40, 3);
    let save = |saver: &str| saved(saver, &image);
    let avif = Call::new("heifsave_buffer").image("in", &image).text("compression", "av1");
    let mut bitmap = Vec::new();
    image::codecs::bmp::BmpEncoder::new(&mut bitmap)
        .encode(&image.to_bytes().unwrap(), 60, 40, image::ExtendedColorType::Rgb8)
        .unwrap();
    vec![
        (Format::Jpeg, save("jpegsave_buffer")),
        (Format::Png, save("pngsave_buffer")),
        (Format::Webp, save("webpsave_buffer")),
        (Format::Gif, save("gifsave_buffer")),
        (Format::Tiff, save("tiffsave_buffer")),
        (Format::Avif, avif.number("effort", 0).buffer().unwrap()),
        (Format::Bmp, bitmap),
        (Format::Svg, svg("width='60' height='40'", "<rect width='30' height='40'/>")),
    ]
}

fn svg(size: &str, inside: &str) -> Vec<u8> {
    format!("<svg xmlns='http://www.w3.org/2000/svg' {size}>{inside}</svg>").into_bytes()
}

/// Three frames of 20 x 10 in red, green and blue.
fn animation(saver: &str) -> Vec<u8> {
    Library::start().unwrap();
    let mut pixels = Vec::new();
    for color in [[255, 0, 0], [0, 255, 0], [0, 0, 255]] {
        for _ in 0..200 {
            pixels.extend(color);
        }
    }
    let image = Image::from_pixels(&pixels, 20, 30, 3).unwrap();
    let call = Call::new("copy").image("in", &image).text("interpretation", "srgb");
    let image = call.output().unwrap().edit(|editor| {
        editor.set_integer("page-height", 10);
        editor.set_integers("delay", &[100, 200, 300]);
        editor.set_integer("loop", 4);
    });
    saved(saver, &image.unwrap())
}

fn read(bytes: &[u8], rules: &SourceRules) -> Result<Canvas, cropmark_rules::Fault> {
    let opened = open_bytes(bytes)?;
    let canvas = opened.load(rules, WHOLE)?.materialize()?;
    assert_eq!(canvas.nominal, opened.stored(rules));
    Ok(canvas)
}

fn pixel(image: &Image, x: u32, y: u32) -> Vec<u8> {
    let bands = image.bands() as usize;
    let at = (y * image.width() + x) as usize * bands;
    image.to_bytes().unwrap()[at..at + bands].to_vec()
}

#[test]
fn a_header_is_the_same_whether_the_pixels_are_wanted_or_not() {
    for (format, bytes) in samples() {
        let mut file = file_of(&bytes);
        let header = inspect(file.as_fd(), &Limits::default()).unwrap();
        assert_eq!(header, open_bytes(&bytes).unwrap().header, "{format:?}");
        let few = Limits { source_pixels: 2399, ..Limits::default() };
        file.rewind().unwrap();
        assert_eq!(inspect(file.as_fd(), &few).unwrap_err().code, FaultCode::TooLarge);
    }
}

/// Bytes that this thread has read so far, where the system counts them.
fn bytes_read() -> Option<u64> {
    let counters = std::fs::read_to_string("/proc/thread-self/io").ok()?;
    counters.lines().find_map(|line| line.strip_prefix("rchar: "))?.trim().parse().ok()
}

#[test]
fn of_a_photograph_only_the_header_is_read_for_it() {
    for saver in ["jpegsave_buffer", "pngsave_buffer"] {
        let mut bytes = saved(saver, &picture(60, 40, 3));
        bytes.resize(4 << 20, 0);
        let file = file_of(&bytes);
        let Some(before) = bytes_read() else { return };
        inspect(file.as_fd(), &Limits::default()).unwrap();
        let read = bytes_read().unwrap() - before;
        assert!((100..1 << 20).contains(&read), "{saver}: {read}");
    }
}

#[test]
fn every_format_is_read_as_it_was_written() {
    for (format, bytes) in samples() {
        let opened = open_bytes(&bytes).unwrap();
        let header = &opened.header;
        assert_eq!((header.format, header.width, header.height), (format, 60, 40));
        assert_eq!((header.frames, header.depth, header.orientation), (1, 8, 1), "{format:?}");
        assert_eq!(header.space, "srgb", "{format:?}");
        assert_eq!(opened.bytes(), bytes.len() as u64);
        for random in [false, true] {
            let canvas = opened.load(&SourceRules::default(), Reduction { random, ..WHOLE });
            let canvas = canvas.unwrap();
            assert_eq!(canvas.size(), Size::new(60, 40), "{format:?}");
            if format != Format::Svg {
                let found = canvas.first().to_bytes().unwrap();
                let bands = canvas.first().bands() as usize;
                let wanted = picture(60, 40, 3).to_bytes().unwrap();
                let difference: u32 = wanted
                    .chunks(3)
                    .zip(found.chunks(bands))
                    .map(|(a, b)| u32::from(a[0].abs_diff(b[0])) + u32::from(a[1].abs_diff(b[1])))
                    .sum();
                assert!(difference / 2400 < 14, "{format:?}: {}", difference / 2400);
            }
        }
    }
}

#[test]
fn a_file_cut_short_is_never_half_a_picture() {
    for (format, bytes) in samples() {
        for percent in [1, 20, 50, 80, 95] {
            let part = &bytes[..bytes.len() * percent / 100];
            let Err(fault) = read(part, &SourceRules::default()) else {
                panic!("{percent} % of a {format:?} were read");
            };
            assert_eq!(fault.code, FaultCode::Unreadable, "{format:?}: {}", fault.message);
        }
        if format != Format::Svg {
            let longer = [&bytes[..], &[b'x'; 1000]].concat();
            assert!(read(&longer, &SourceRules::default()).is_ok(), "{format:?} with more after");
        }
    }
    for saver in ["gifsave_buffer", "webpsave_buffer"] {
        let bytes = animation(saver);
        let part = &bytes[..bytes.len() * 3 / 4];
        assert_eq!(read(part, &SourceRules::default()).unwrap_err().code, FaultCode::Unreadable);
    }
}

#[test]
fn broken_bytes_are_a_fault_or_a_picture_and_nothing_worse() {
    for (_, bytes) in samples() {
        for step in 0..60 {
            let mut broken = bytes.clone();
            let at = step * broken.len() / 60;
            broken[at] ^= 0x55;
            let _survives = read(&broken, &SourceRules::default());
        }
    }
}

#[test]
fn decoding_smaller_covers_everything() {
    for (format, bytes) in samples() {
        let opened = open_bytes(&bytes).unwrap();
        let reduction = Reduction { shrink: 8, density: 1.0 / 16.0, random: false };
        let canvas = opened.load(&SourceRules::default(), reduction).unwrap();
        let size = match format {
            Format::Svg => Size::new(4, 3),
            // libvips leaves out what a JPEG's own reduction has beyond whole pixels.
            Format::Jpeg => Size::new(7, 5),
            _ => Size::new(8, 5),
        };
        assert_eq!(canvas.size(), size, "{format:?}");
        assert_eq!(canvas.nominal, Size::new(60, 40));
        if format != Format::Svg {
            let first = canvas.first().materialize().unwrap();
            let wanted = [(3 + 4 + 5 + 6) * 255 / 60 / 4, 3 * 255 / 40];
            let found = pixel(&first, 0, 0);
            for (found, wanted) in found.iter().zip(wanted) {
                assert!(u32::from(*found).abs_diff(wanted) < 16, "{format:?}: {found} {wanted}");
            }
        }
    }
}

#[test]
fn what_cannot_be_seen_does_not_bleed_when_decoding_smaller() {
    let mut pixels = Vec::new();
    for index in 0..64 {
        pixels.extend(if index % 2 == 0 { [0, 200, 0, 255] } else { [255, 0, 0, 0] });
    }
    let image = Image::from_pixels(&pixels, 8, 8, 4).unwrap();
    let call = Call::new("copy").image("in", &image).text("interpretation", "srgb");
    let image = call.output().unwrap();
    let webp = Call::new("webpsave_buffer").image("in", &image).flag("lossless", true);
    let webp = webp.flag_where_known("exact", true).buffer().unwrap();
    for bytes in [saved("pngsave_buffer", &image), webp] {
        let opened = open_bytes(&bytes).unwrap();
        let reduction = Reduction { shrink: 2, density: 0.25, random: true };
        let canvas = opened.load(&SourceRules::default(), reduction).unwrap();
        let found = pixel(canvas.first(), 1, 1);
        assert!(found[0] <= 1 && found[1].abs_diff(200) <= 1, "{found:?}");
        assert!(found[3].abs_diff(128) <= 1, "{found:?}");
    }
}

#[test]
fn frames_come_with_their_times() {
    for saver in ["gifsave_buffer", "webpsave_buffer"] {
        let bytes = animation(saver);
        let opened = open_bytes(&bytes).unwrap();
        assert_eq!((opened.header.width, opened.header.height), (20, 10));
        assert_eq!((opened.header.frames, opened.header.repeats), (3, Some(4)), "{saver}");
        assert_eq!(opened.header.delays, [100, 200, 300]);
        let canvas = read(&bytes, &SourceRules::default()).unwrap();
        assert_eq!((canvas.frames.len(), canvas.repeats), (3, Some(4)));
        assert_eq!(canvas.delays, [100, 200, 300]);
        for (frame, band) in canvas.frames.iter().zip(0..) {
            let found = pixel(frame, 5, 5);
            let brightest = (0..3).max_by_key(|band: &usize| found[*band]);
            assert_eq!(brightest, Some(band), "{saver}");
        }
        let rules = |page, frames| SourceRules { page, frames, ..SourceRules::default() };
        let canvas = read(&bytes, &rules(1, Frames::All)).unwrap();
        assert_eq!((canvas.frames.len(), &canvas.delays[..]), (2, &[200, 300][..]));
        let canvas = read(&bytes, &rules(2, Frames::Count(1))).unwrap();
        assert_eq!((canvas.frames.len(), canvas.delays.len(), canvas.repeats), (1, 0, None));
        assert!(pixel(canvas.first(), 5, 5)[2] > 200);
        let fault = read(&bytes, &rules(3, Frames::All)).unwrap_err();
        assert_eq!(fault.code, FaultCode::Invalid);
        assert!(fault.message.contains("3 pages"), "{}", fault.message);
    }
}

#[test]
fn pages_are_read_one_at_a_time() {
    let image = picture(20, 30, 3).edit(|editor| editor.set_integer("page-height", 10)).unwrap();
    let bytes = saved("tiffsave_buffer", &image);
    let opened = open_bytes(&bytes).unwrap();
    assert_eq!((opened.header.frames, opened.header.height), (3, 10));
    let page = |page| SourceRules { page, ..SourceRules::default() };
    assert_eq!(read(&bytes, &page(0)).unwrap().frames.len(), 1);
    let last = read(&bytes, &page(2)).unwrap();
    assert_eq!(pixel(last.first(), 4, 3), pixel(&picture(20, 30, 3), 4, 23));
    assert_eq!(opened.nominal(&page(2)), Size::new(20, 10));
    assert_eq!(read(&bytes, &page(3)).unwrap_err().code, FaultCode::Invalid);
}

fn subsample(width: Option<u32>, memory: Option<u64>) -> SourceRules {
    let subsample = Subsample { width, memory, ..Subsample::default() };
    SourceRules { subsample: Some(subsample), ..SourceRules::default() }
}

#[test]
fn every_nth_pixel_of_a_giant_is_taken_at_the_promised_size() {
    Library::start().unwrap();
    let giant = Call::new("black").number("width", 10_315).number("height", 7049);
    let save = Call::new("pngsave_buffer").image("in", &giant.output().unwrap());
    let bytes = save.number("compression", 1).buffer().unwrap();
    let size = |rules: &SourceRules| read(&bytes, rules).unwrap().size();
    assert_eq!(size(&subsample(Some(240), None)), Size::new(240, 164));
    assert_eq!(size(&subsample(None, Some(20_000_000))), Size::new(3123, 2134));
}

#[test]
fn subsampling_takes_pixels_as_they_are_and_counts_upright() {
    let image = picture(60, 40, 3);
    let turned = image.edit(|editor| editor.set_integer("orientation", 6)).unwrap();
    let save = Call::new("jpegsave_buffer").image("in", &turned).number("Q", 90);
    let bytes = save.buffer().unwrap();
    let rules = subsample(Some(10), None);
    let opened = open_bytes(&bytes).unwrap();
    assert_eq!(opened.header.orientation, 6);
    assert_eq!(opened.header.upright_size(), (40, 60));
    assert_eq!(opened.nominal(&rules), Size::new(10, 15));
    assert_eq!(read(&bytes, &rules).unwrap().size(), Size::new(15, 10));

    let bytes = saved("pngsave_buffer", &image);
    let taken = read(&bytes, &subsample(Some(15), None)).unwrap();
    let whole = image.to_bytes().unwrap();
    let exact = taken.first().to_bytes().unwrap();
    assert!(exact.chunks(3).all(|pixel| whole.chunks(3).any(|other| other == pixel)));

    for (format, bytes) in samples() {
        let refused = matches!(format, Format::Webp | Format::Avif | Format::Svg);
        let outcome = read(&bytes, &subsample(Some(15), None));
        if !refused {
            assert_eq!(outcome.unwrap().size(), Size::new(15, 10), "{format:?}");
            continue;
        }
        assert_eq!(outcome.unwrap_err().code, FaultCode::Unsupported);
        let mut rules = subsample(Some(15), None);
        rules.subsample.as_mut().unwrap().fail_if_unsupported = false;
        assert_eq!(read(&bytes, &rules).unwrap().size(), Size::new(60, 40));
    }
    let frames = read(&animation("gifsave_buffer"), &subsample(Some(10), None)).unwrap();
    assert_eq!((frames.frames.len(), frames.size()), (3, Size::new(10, 5)));
}

#[test]
fn vectors_are_drawn_at_the_density_and_the_size_that_is_needed() {
    let bytes = svg("width='100' height='50'", "<rect width='50' height='50' fill='red'/>");
    let opened = open_bytes(&bytes).unwrap();
    let rules = SourceRules { density: 144.0, ..SourceRules::default() };
    assert_eq!(opened.nominal(&rules), Size::new(200, 100));
    let drawn = |density| {
        let reduction = Reduction { shrink: 1, density, random: true };
        opened.load(&rules, reduction).unwrap()
    };
    assert_eq!(drawn(1.0).size(), Size::new(200, 100));
    assert_eq!(drawn(0.5).size(), Size::new(100, 50));
    assert_eq!(drawn(4.0).size(), Size::new(800, 400));
    assert_eq!(drawn(4.0).nominal, Size::new(200, 100));
    assert_eq!(pixel(drawn(4.0).first(), 399, 200), [255, 0, 0, 255]);
    assert_eq!(pixel(drawn(4.0).first(), 400, 200), [0, 0, 0, 0]);
    assert!(drawn(1e9).size().pixels() <= 65_000_000);
    assert!(drawn(1e-9).size().pixels() >= 1);
}

#[test]
fn vectors_read_nothing_else() {
    let secret = std::env::temp_dir().join(format!("cropmark-{}.svg", std::process::id()));
    std::fs::write(&secret, svg("width='9' height='9'", "<rect width='9' height='9'/>")).unwrap();
    let place = secret.display();
    let bytes = svg(
        "width='9' height='9' xmlns:xlink='http://www.w3.org/1999/xlink'",
        &format!("<image width='9' height='9' xlink:href='file://{place}' href='{place}'/>"),
    );
    let canvas = read(&bytes, &SourceRules::default()).unwrap();
    assert!(canvas.first().to_bytes().unwrap().iter().all(|value| *value == 0));
    std::fs::remove_file(secret).unwrap();
    let huge = svg("width='1000000' height='1000000'", "");
    assert!(matches!(
        open_bytes(&huge).err().map(|fault| fault.code),
        Some(FaultCode::TooLarge | FaultCode::Unreadable)
    ));
}

#[test]
fn headers_tell_names_profiles_and_depths() {
    let marked = picture(16, 16, 3).edit(|editor| {
        editor.set_text("exif-ifd0-Artist", "Ada, of (Rome) ()");
        editor.set_text("exif-ifd2-ISOSpeedRatings", "200");
        editor.set_text("exif-ifd3-GPSLatitudeRef", "N");
        editor.set_blob("icc-profile-data", &crate::color::display_p3());
    });
    let save = Call::new("jpegsave_buffer").image("in", &marked.unwrap());
    let header = open_bytes(&save.buffer().unwrap()).unwrap().header;
    assert_eq!(header.metadata["exif.Artist"], "Ada, of (Rome)");
    assert_eq!(header.metadata["exif.ISOSpeedRatings"], "200");
    assert_eq!(header.metadata["exif.GPSLatitudeRef"], "N");
    assert_eq!(header.profile.as_deref(), Some("Display P3"));

    let deep = Call::new("colourspace").image("in", &picture(16, 16, 4)).text("space", "rgb16");
    let save = Call::new("pngsave_buffer").image("in", &deep.output().unwrap());
    let header = open_bytes(&save.number("bitdepth", 16).buffer().unwrap()).unwrap().header;
    assert_eq!((header.depth, header.alpha, header.bands), (16, true, 4));

    let broken = picture(16, 16, 3).edit(|editor| editor.set_blob("icc-profile-data", b"no"));
    let save = Call::new("pngsave_buffer").image("in", &broken.unwrap());
    if let Ok(bytes) = save.buffer() {
        let opened = open_bytes(&bytes).unwrap();
        assert!(opened.header.profile.is_none() || !opened.notes().is_empty());
    }
}

#[test]
fn wide_colours_by_code_points_are_converted() {
    let red = Image::from_pixels(&[200, 100, 100].repeat(64), 8, 8, 3).unwrap();
    let red = Call::new("copy").image("in", &red).text("interpretation", "srgb");
    let mut bytes = saved("pngsave_buffer", &red.output().unwrap());
    // Display P3 with sRGB's curve, behind the header chunk.
    bytes.splice(33..33, *b"\0\0\0\x04cICP\x0c\x0d\0\x01\x6e\x03\xe3\xef");
    let canvas = read(&bytes, &SourceRules::default()).unwrap();
    let done = crate::color::to_working(canvas, cropmark_rules::ColorSpace::Srgb).unwrap();
    let found = pixel(done.first(), 3, 3);
    assert!(found[0] > 210 && found[1] < 97, "{found:?}");
}

#[test]
fn a_file_that_cannot_be_mapped_is_refused_in_words() {
    let jpeg = saved("jpegsave_buffer", &picture(20, 10, 3));
    for bytes in [jpeg, animation("gifsave_buffer"), animation("webpsave_buffer")] {
        let file = file_of(&bytes);
        file.set_len(10 << 30).unwrap();
        let fault = inspect(file.as_fd(), &Limits::default()).unwrap_err();
        assert_eq!(fault.code, FaultCode::TooLarge, "{}", fault.message);
        assert!(fault.message.contains("10240 MiB"), "{}", fault.message);
    }
}

#[test]
fn limits_are_kept() {
    let open = |bytes: &[u8], limits: Limits| {
        open_bytes_within(bytes, &limits).err().map(|fault| fault.code)
    };
    for (format, bytes) in samples() {
        let small = Limits { side: 59, ..Limits::default() };
        assert_eq!(open(&bytes, small), Some(FaultCode::TooLarge), "{format:?}");
        let few = Limits { source_pixels: 2399, ..Limits::default() };
        assert_eq!(open(&bytes, few), Some(FaultCode::TooLarge), "{format:?}");
    }
    for saver in ["gifsave_buffer", "webpsave_buffer"] {
        let few = Limits { frames: 2, ..Limits::default() };
        assert_eq!(open(&animation(saver), few), Some(FaultCode::TooLarge));
        let pixels = Limits { source_pixels: 599, ..Limits::default() };
        assert_eq!(open(&animation(saver), pixels), Some(FaultCode::TooLarge));
    }
}

fn plain_header(bytes: &[u8]) -> Option<cropmark_rules::protocol::Header> {
    let content = Content::Memory(std::sync::Arc::new(bytes.to_vec()));
    let checked = Checked::new(content, Format::Jpeg, &Limits::default()).unwrap();
    checked.module.plain_header(&checked.content, &checked.facts)
}

#[test]
fn the_header_of_a_plain_jpeg_is_what_the_decoder_says() {
    for (bands, progressive, chroma) in [(1, false, "on"), (3, false, "off"), (3, true, "on")] {
        let call = Call::new("jpegsave_buffer").image("in", &picture(61, 40, bands));
        let call = call.flag("interlace", progressive).text("subsample-mode", chroma);
        let bytes = call.text("keep", "none").buffer().unwrap();
        let header = plain_header(&bytes);
        assert_eq!(header.as_ref(), Some(&open_bytes(&bytes).unwrap().header), "{bands} bands");
        assert_eq!(inspect(file_of(&bytes).as_fd(), &Limits::default()).ok(), header);
        let scan = bytes.windows(2).position(|two| two == b"\xff\xda").unwrap();
        for length in 0..scan {
            assert_eq!(plain_header(&bytes[..length]), None, "{length} bytes");
        }
    }
}

#[test]
fn a_jpeg_with_anything_beside_its_picture_is_left_to_the_decoder() {
    let plain = Call::new("jpegsave_buffer").image("in", &picture(61, 40, 3)).text("keep", "none");
    let plain = plain.buffer().unwrap();
    // Camera data, a profile, Adobe's colours, a comment, a segment that is not JFIF's.
    for marker in [0xe1, 0xe2, 0xee, 0xfe, 0xe0] {
        let mut file = plain[..2].to_vec();
        file.extend([0xff, marker, 0, 9]);
        file.extend(b"a text.");
        file.extend(&plain[2..]);
        assert_eq!(plain_header(&file), None, "{marker:x}");
        assert!(inspect(file_of(&file).as_fd(), &Limits::default()).is_ok(), "{marker:x}");
    }
    let ink = Call::new("copy").image("in", &picture(61, 40, 4)).text("interpretation", "cmyk");
    let ink = saved("jpegsave_buffer", &ink.output().unwrap());
    assert_eq!(plain_header(&ink), None);
}

#[test]
fn a_picture_that_was_opened_can_be_decoded_more_than_once() {
    for (format, bytes) in samples() {
        let opened = open_bytes(&bytes).unwrap();
        let pixels = || {
            let canvas = opened.load(&SourceRules::default(), WHOLE).unwrap();
            canvas.first().to_bytes().unwrap()
        };
        assert_eq!(pixels(), pixels(), "{format:?}");
    }
}
