//! What comes out of the encoders, read back.

use cropmark_rules::{
    Chroma, ColorSpace, Encoding, FaultCode, Format, FormatRule, Metadata, MetadataKind, Operation,
    SourceRules,
    geometry::Size,
    operation::{Blur, Fit, Resize},
    protocol::VariantOrder,
    value::{Color, Length},
};

use super::{Encoded, encode, original::may_stand};
use crate::{
    canvas::{Canvas, Space},
    color,
    decode::{Opened, Reduction, open_bytes},
    vips::{Call, Image, Library},
};

const WHOLE: Reduction = Reduction { shrink: 1, density: 1.0, random: true };

fn encoding(format: Format) -> Encoding {
    Encoding { effort: Some(0), ..Encoding::new(FormatRule::Named(format)) }
}

/// Waves and noise: something that quality shows in.
fn picture(width: u32, height: u32, bands: u32) -> Image {
    Library::start().unwrap();
    let mut noise = 12_345u32;
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let values = [x * 200 / width, y * 200 / height, (x * 3 + y * 5) % 200, 100];
            let grain = (noise >> 24) / 6;
            let values = values.map(|value| u8::try_from((value + grain).min(255)).unwrap());
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

/// A source that is this image, and its canvas as it is before encoding.
fn source(image: &Image) -> (Opened, Canvas) {
    opened(&saved("pngsave_buffer", image), ColorSpace::Srgb)
}

fn opened(bytes: &[u8], space: ColorSpace) -> (Opened, Canvas) {
    let source = open_bytes(bytes).unwrap();
    let canvas = source.load(&SourceRules::default(), WHOLE).unwrap();
    (source, color::to_working(canvas, space).unwrap())
}

fn canvas(frames: Vec<Image>) -> Canvas {
    Canvas {
        nominal: Size::new(frames[0].width(), frames[0].height()),
        frames,
        delays: vec![50, 70, 90],
        repeats: Some(2),
        focal: None,
        faces: Vec::new(),
        windows: Vec::new(),
        space: Space::Working(ColorSpace::Srgb),
        notes: Vec::new(),
    }
}

fn reopened(encoded: &Encoded) -> Opened {
    let opened = open_bytes(&encoded.bytes).unwrap();
    assert_eq!(opened.format, encoded.format);
    opened
}

#[test]
fn every_format_holds_what_it_says() {
    for bands in [1, 2, 3, 4] {
        let (source, canvas) = source(&picture(40, 30, bands));
        for format in [
            Format::Jpeg,
            Format::Png,
            Format::Webp,
            Format::Avif,
            Format::Gif,
            Format::Tiff,
            Format::Bmp,
            Format::Jxl,
        ] {
            let encoded = encode(&canvas, &encoding(format), &source, false).unwrap();
            assert_eq!((encoded.width, encoded.height, encoded.frames), (40, 30, 1));
            let back = reopened(&encoded);
            assert_eq!((back.header.width, back.header.height), (40, 30), "{format:?}");
            let (has, can) = (bands % 2 == 0, format.has_alpha());
            if has {
                assert_eq!(back.header.alpha, can, "{format:?} of {bands} bands");
            }
            assert_eq!(encoded.quality.is_some(), encoding(format).has_quality(format));
            let pixels = back.load(&SourceRules::default(), WHOLE).unwrap();
            assert!(pixels.materialize().is_ok());
        }
    }
    let (source, canvas) = source(&picture(8, 8, 3));
    for format in [Format::Svg, Format::Heic] {
        let fault = encode(&canvas, &encoding(format), &source, false).unwrap_err();
        assert_eq!(fault.code, FaultCode::Unsupported);
    }
}

#[test]
fn an_icon_holds_its_smaller_sizes_and_nothing_larger_than_256_pixels() {
    for bands in [1, 2, 3, 4] {
        let (source, canvas) = source(&picture(48, 36, bands));
        let sizes = vec![48, 32, 16, 64];
        let wanted = Encoding { sizes, ..encoding(Format::Ico) };
        let encoded = encode(&canvas, &wanted, &source, false).unwrap();
        assert_eq!((encoded.width, encoded.height, encoded.frames), (48, 36, 1));
        let icon = open_bytes(&encoded.bytes).unwrap();
        assert_eq!((icon.header.frames, icon.header.alpha), (3, true), "{bands}");
        for (page, size) in [(0, (48, 36)), (1, (32, 24)), (2, (16, 12))] {
            let rules = SourceRules { page, ..SourceRules::default() };
            let image = icon.load(&rules, WHOLE).unwrap();
            assert_eq!((image.first().width(), image.first().height()), size);
            if page == 0 {
                // PNG within keeps every pixel.
                let pixels = image.first().to_bytes().unwrap();
                let color = |at: usize| canvas.first().to_bytes().unwrap()[at * bands as usize];
                assert_eq!((pixels[0], pixels[4 * 700]), (color(0), color(700)), "{bands}");
            }
        }
    }
    let (source, canvas) = source(&picture(257, 20, 3));
    let fault = encode(&canvas, &encoding(Format::Ico), &source, false).unwrap_err();
    assert_eq!(fault.code, FaultCode::TooLarge);
}

#[test]
fn transparency_goes_on_white_where_it_cannot_stay() {
    let clear = Image::from_pixels(&[10, 20, 30, 0].repeat(256), 16, 16, 4).unwrap();
    let clear = Call::new("copy").image("in", &clear).text("interpretation", "srgb");
    let (source, canvas) = source(&clear.output().unwrap());
    for format in [Format::Jpeg, Format::Bmp] {
        let encoded = encode(&canvas, &encoding(format), &source, false).unwrap();
        assert!(encoded.notes[0].contains("filled with white"), "{:?}", encoded.notes);
        let back = reopened(&encoded).load(&SourceRules::default(), WHOLE).unwrap();
        assert!(back.first().to_bytes().unwrap().iter().all(|value| *value > 252));
    }
}

#[test]
fn lossless_is_lossless() {
    let image = picture(33, 21, 3);
    let (source, canvas) = source(&image);
    for format in [Format::Webp, Format::Avif, Format::Png, Format::Tiff, Format::Jxl] {
        let encoding = Encoding { lossless: true, ..encoding(format) };
        let encoded = encode(&canvas, &encoding, &source, false).unwrap();
        let back = reopened(&encoded).load(&SourceRules::default(), WHOLE).unwrap();
        let found = back.first().to_bytes().unwrap();
        let bands = back.first().bands() as usize;
        let found: Vec<u8> = found.chunks(bands).flat_map(|pixel| pixel[..3].to_vec()).collect();
        assert!(found == image.to_bytes().unwrap(), "{format:?}");
        assert_eq!(encoded.quality, None);
    }
}

#[test]
fn options_reach_the_encoders() {
    let (source, canvas) = source(&picture(64, 64, 3));
    let bytes = |change: &dyn Fn(&mut Encoding), format| {
        let mut encoding = encoding(format);
        change(&mut encoding);
        encode(&canvas, &encoding, &source, false).unwrap().bytes
    };
    let size = |change: &dyn Fn(&mut Encoding), format| bytes(change, format).len();
    for format in [Format::Jpeg, Format::Webp, Format::Avif, Format::Jxl] {
        let low = size(&|encoding| encoding.quality = Some(20), format);
        let high = size(&|encoding| encoding.quality = Some(95), format);
        assert!(low * 3 < high * 2, "{format:?}: {low} {high}");
    }
    // The frame header's marker says how, its sampling factors say how much colour.
    let frame = |change: &dyn Fn(&mut Encoding)| {
        let bytes = bytes(change, Format::Jpeg);
        let at = bytes.windows(2).position(|pair| matches!(pair, [0xff, 0xc0 | 0xc2])).unwrap();
        (bytes[at + 1], bytes[at + 11])
    };
    assert_eq!(frame(&|_| {}), (0xc0, 0x22));
    assert_eq!(frame(&|encoding| encoding.progressive = Some(true)), (0xc2, 0x22));
    assert_eq!(frame(&|encoding| encoding.chroma = Some(Chroma::Full)), (0xc0, 0x11));
    assert_eq!(frame(&|encoding| encoding.effort = Some(9)).0, 0xc2);
    let at = |effort| size(&|encoding| encoding.effort = effort, Format::Jpeg);
    assert!(at(Some(2)) < at(Some(1)));
    assert_eq!(at(None), at(Some(1)));
    assert_ne!(at(Some(0)), at(Some(1)));
    let palette = size(&|encoding| encoding.palette = true, Format::Png);
    assert!(palette < size(&|_| {}, Format::Png));
}

#[test]
fn animations_keep_frames_times_and_repeats() {
    let (source, _) = source(&picture(20, 10, 3));
    let frames: Vec<Image> = [[200, 0, 0], [0, 200, 0], [0, 0, 200]]
        .iter()
        .map(|color| {
            let image = Image::from_pixels(&color.repeat(200), 20, 10, 3).unwrap();
            let call = Call::new("copy").image("in", &image).text("interpretation", "srgb");
            call.output().unwrap()
        })
        .collect();
    let canvas = canvas(frames);
    for format in [Format::Gif, Format::Webp, Format::Jxl] {
        let encoded = encode(&canvas, &encoding(format), &source, false).unwrap();
        assert_eq!((encoded.frames, encoded.height), (3, 10));
        let header = reopened(&encoded).header;
        assert_eq!((header.frames, header.height), (3, 10), "{format:?}");
        assert_eq!(header.delays, [50, 70, 90]);
        assert_eq!(header.repeats, Some(2), "{format:?}");
    }
    for format in [Format::Jpeg, Format::Avif] {
        let encoded = encode(&canvas, &encoding(format), &source, false).unwrap();
        assert_eq!((encoded.frames, encoded.height), (1, 10));
        assert!(encoded.notes[0].contains("one frame"), "{:?}", encoded.notes);
    }
    // Equal frames may be joined by the encoder, and a reader is told the truth.
    let still = self::canvas(vec![picture(20, 10, 3); 3]);
    for format in [Format::Gif, Format::Webp, Format::Jxl] {
        let encoded = encode(&still, &encoding(format), &source, false).unwrap();
        assert_eq!(encoded.frames, reopened(&encoded).header.frames, "{format:?}");
    }
}

/// A JPEG with camera data, a place, press data and Adobe's.
fn marked() -> Vec<u8> {
    let records = |pairs: &[(u8, &[u8])]| {
        let mut block = Vec::new();
        for (number, value) in pairs {
            block.extend([0x1c, 2, *number]);
            block.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
            block.extend(*value);
        }
        block
    };
    let press = records(&[(80, b"Ada"), (90, b"Rome"), (116, b"(c) Ada")]);
    let mut block = b"Photoshop 3.0\x008BIM\x04\x04\0\0".to_vec();
    block.extend(u32::try_from(press.len()).unwrap().to_be_bytes());
    block.extend(&press);
    block.extend(vec![0; press.len() % 2]);
    let packet = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF \
        xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description \
        xmlns:tiff='http://ns.adobe.com/tiff/1.0/' xmlns:exif='http://ns.adobe.com/exif/1.0/' \
        xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/' \
        tiff:Orientation=\"6\" exif:GPSLatitude=\"1,2N\" xmp:Rating=\"5\"><dc:rights><rdf:Alt>\
        <rdf:li xml:lang='x-default'>(c) Ada XMP</rdf:li></rdf:Alt></dc:rights>\
        </rdf:Description></rdf:RDF></x:xmpmeta>";
    let image = picture(24, 16, 3).edit(|editor| {
        editor.set_text("exif-ifd0-Artist", "Ada (Rome) ()");
        editor.set_text("exif-ifd0-Copyright", "(c) Ada ()");
        editor.set_text("exif-ifd0-Model", "Camera ()");
        editor.set_text("exif-ifd2-UserComment", "secret ()");
        editor.set_text("exif-ifd3-GPSLatitudeRef", "N ()");
        editor.set_integer("orientation", 6);
        editor.set_blob("iptc-data", &block);
        editor.set_blob("xmp-data", packet.as_bytes());
    });
    saved("jpegsave_buffer", &image.unwrap())
}

fn kept(policy: Metadata, format: Format) -> std::collections::BTreeMap<String, String> {
    let (source, canvas) = opened(&marked(), ColorSpace::Srgb);
    assert_eq!(source.header.orientation, 6);
    let encoding = Encoding { metadata: policy, ..encoding(format) };
    let encoded = encode(&canvas, &encoding, &source, false).unwrap();
    let header = reopened(&encoded).header;
    assert_eq!(header.orientation, 1, "{format:?}");
    header.metadata
}

fn names(found: &std::collections::BTreeMap<String, String>, among: &[&str]) -> Vec<String> {
    among.iter().filter(|name| found.contains_key(**name)).map(|name| (*name).to_owned()).collect()
}

const LOOKED_FOR: [&str; 8] = [
    "exif.Artist",
    "exif.Copyright",
    "exif.Model",
    "exif.GPSLatitudeRef",
    "iptc.byline",
    "iptc.city",
    "xmp.rights",
    "xmp.rating",
];

#[test]
fn nothing_is_kept_when_nothing_is_to_be() {
    for format in [
        Format::Jpeg,
        Format::Png,
        Format::Webp,
        Format::Avif,
        Format::Tiff,
        Format::Gif,
        Format::Jxl,
    ] {
        let found = kept(Metadata::Strip, format);
        assert!(names(&found, &LOOKED_FOR).is_empty(), "{format:?}: {found:?}");
    }
}

#[test]
fn copyright_is_kept_and_the_place_is_not() {
    for format in [Format::Jpeg, Format::Png, Format::Webp, Format::Avif, Format::Jxl] {
        let found = kept(Metadata::Copyright, format);
        assert_eq!(found["exif.Artist"], "Ada (Rome)", "{format:?}");
        assert_eq!(found["exif.Copyright"], "(c) Ada");
        assert_eq!(found["xmp.rights"], "(c) Ada XMP");
        assert!(
            names(&found, &["exif.Model", "exif.GPSLatitudeRef", "iptc.city", "xmp.rating"])
                .is_empty()
        );
        assert_eq!(found.contains_key("iptc.byline"), format == Format::Jpeg);
    }
    let found = kept(Metadata::Copyright, Format::Tiff);
    assert_eq!(found["xmp.creator"], "Ada (Rome)");
    assert_eq!(found["iptc.copyright"], "(c) Ada");
}

#[test]
fn everything_is_kept_but_the_way_up() {
    for format in [Format::Jpeg, Format::Png, Format::Webp, Format::Avif, Format::Jxl] {
        let found = kept(Metadata::Keep, format);
        let press = format == Format::Jpeg;
        let missing: Vec<&&str> =
            LOOKED_FOR.iter().filter(|name| !found.contains_key(**name)).collect();
        let iptc = missing.iter().filter(|name| name.starts_with("iptc")).count();
        assert_eq!((missing.len(), iptc), if press { (0, 0) } else { (2, 2) }, "{format:?}");
        assert_eq!(found["exif.Artist"], "Ada (Rome)");
        assert!(!found["xmp"].is_empty());
    }
}

#[test]
fn what_a_format_cannot_keep_is_noted() {
    let (source, canvas) = opened(&marked(), ColorSpace::Srgb);
    let notes = |metadata: Metadata, format| {
        let encoding = Encoding { metadata, ..encoding(format) };
        encode(&canvas, &encoding, &source, false).unwrap().notes.concat()
    };
    assert_eq!(notes(Metadata::Keep, Format::Jpeg), "");
    assert_eq!(notes(Metadata::Copyright, Format::Gif), "");
    assert!(notes(Metadata::Keep, Format::Webp).contains("press data"));
    assert!(notes(Metadata::Keep, Format::Tiff).contains("camera data"));
    assert!(notes(Metadata::Keep, Format::Gif).contains("XMP"));
}

#[test]
fn kinds_are_kept_as_listed() {
    use MetadataKind::{Exif, Gps, Iptc, Xmp};
    let kinds = |kinds: &[MetadataKind]| kept(Metadata::Kinds(kinds.to_vec()), Format::Jpeg);
    let found = kinds(&[Exif]);
    assert_eq!(names(&found, &LOOKED_FOR), ["exif.Artist", "exif.Copyright", "exif.Model"]);
    assert!(kinds(&[Exif, Gps]).contains_key("exif.GPSLatitudeRef"));
    assert!(names(&kinds(&[Gps]), &LOOKED_FOR).is_empty());
    assert_eq!(names(&kinds(&[Iptc]), &LOOKED_FOR), ["iptc.byline", "iptc.city"]);
    assert_eq!(names(&kinds(&[Xmp]), &LOOKED_FOR), ["xmp.rights", "xmp.rating"]);
}

#[test]
fn profiles_go_with_the_colours() {
    let wide = picture(16, 16, 3)
        .edit(|editor| editor.set_blob("icc-profile-data", &color::display_p3()))
        .unwrap();
    let bytes = saved("pngsave_buffer", &wide);
    for (space, profile) in [
        (ColorSpace::Srgb, None),
        (ColorSpace::P3, Some("Display P3")),
        (ColorSpace::Keep, Some("Display P3")),
    ] {
        let (source, canvas) = opened(&bytes, space);
        for format in
            [Format::Jpeg, Format::Png, Format::Webp, Format::Avif, Format::Tiff, Format::Jxl]
        {
            let encoding = Encoding { color: space, ..encoding(format) };
            let encoded = encode(&canvas, &encoding, &source, false).unwrap();
            assert_eq!(reopened(&encoded).header.profile.as_deref(), profile, "{format:?}");
        }
        let encoding = Encoding { color: space, ..encoding(Format::Bmp) };
        let encoded = encode(&canvas, &encoding, &source, false).unwrap();
        let pixels = |opened: &Opened| {
            opened.load(&SourceRules::default(), WHOLE).unwrap().first().to_bytes().unwrap()
        };
        let srgb = opened(&bytes, ColorSpace::Srgb).1.first().to_bytes().unwrap();
        let found = pixels(&reopened(&encoded));
        let near = found.iter().zip(&srgb).filter(|(a, b)| a.abs_diff(**b) > 3).count();
        assert_eq!(near, 0, "{space:?}");
    }
}

#[test]
fn ink_is_kept_in_jpeg_and_tiff() {
    Library::start().unwrap();
    let ink = Image::from_pixels(&[200, 10, 60, 5].repeat(256), 16, 16, 4).unwrap();
    let ink = Call::new("copy").image("in", &ink).text("interpretation", "cmyk");
    let bytes = saved("jpegsave_buffer", &ink.output().unwrap());
    let source = open_bytes(&bytes).unwrap();
    assert_eq!(source.header.space, "cmyk");
    for (format, space) in [(Format::Jpeg, "cmyk"), (Format::Tiff, "cmyk"), (Format::Png, "srgb")] {
        let encoding = Encoding { color: ColorSpace::Keep, ..encoding(format) };
        let canvas = source.load(&SourceRules::default(), WHOLE).unwrap();
        let canvas = color::to_encode(canvas, &encoding, 8).unwrap();
        let encoded = encode(&canvas, &encoding, &source, false).unwrap();
        let back = reopened(&encoded);
        assert_eq!(back.header.space, space);
        if space == "cmyk" {
            let pixels = back.load(&SourceRules::default(), WHOLE).unwrap();
            let found = pixels.first().to_bytes().unwrap();
            let near = found[..4].iter().zip([200u8, 10, 60, 5]).all(|(a, b)| a.abs_diff(b) < 6);
            assert!(near, "{format:?} {:?}", &found[..4]);
        }
    }
}

#[test]
fn bytes_are_kept_to() {
    let (source, canvas) = source(&picture(96, 64, 3));
    for format in [Format::Jpeg, Format::Webp, Format::Avif, Format::Jxl] {
        let free = encode(&canvas, &encoding(format), &source, false).unwrap().bytes.len() as u64;
        for most in [free, free * 3 / 4, free / 2] {
            let encoding = Encoding { max_bytes: Some(most), ..encoding(format) };
            let encoded = encode(&canvas, &encoding, &source, false).unwrap();
            let bytes = encoded.bytes.len() as u64;
            assert!(bytes <= most && bytes * 100 > most * 85, "{format:?}: {bytes} of {most}");
        }
    }
    let tight = |format| Encoding { max_bytes: Some(300), ..encoding(format) };
    for format in [Format::Jpeg, Format::Png, Format::Gif] {
        let fault = encode(&canvas, &tight(format), &source, false).unwrap_err();
        assert_eq!(fault.code, FaultCode::Invalid);
        assert!(fault.message.contains("at most 300"), "{}", fault.message);
    }
}

#[test]
fn scores_are_reached_with_the_lowest_quality() {
    let (source, canvas) = source(&picture(64, 64, 3));
    for format in [Format::Jpeg, Format::Webp, Format::Jxl] {
        let scored = |target: f64| {
            let encoding = Encoding { target_score: Some(target), ..encoding(format) };
            encode(&canvas, &encoding, &source, false).unwrap()
        };
        let (low, high) = (scored(25.0), scored(45.0));
        assert!(low.score.unwrap() >= 25.0 && high.score.unwrap() >= 45.0, "{format:?}");
        assert!(low.quality < high.quality && low.bytes.len() < high.bytes.len());
    }
    let encoding = Encoding { target_score: Some(99.9), ..encoding(Format::Jpeg) };
    let encoded = encode(&canvas, &encoding, &source, false).unwrap();
    assert_eq!(encoded.quality, Some(100));
    assert!(encoded.notes[0].contains("No quality reaches"), "{:?}", encoded.notes);
    let both = Encoding {
        target_score: Some(70.0),
        max_bytes: Some(encoded.bytes.len() as u64 / 4),
        ..self::encoding(Format::Jpeg)
    };
    let encoded = encode(&canvas, &both, &source, false).unwrap();
    assert!(encoded.bytes.len() as u64 <= both.max_bytes.unwrap());
    assert!(encoded.score.is_some());
    let (source, canvas) = self::source(&picture(7, 20, 3));
    let encoded = encode(&canvas, &encoding, &source, false).unwrap();
    assert!(encoded.notes[0].contains("too small"), "{:?}", encoded.notes);
}

#[test]
fn the_smallest_format_is_kept() {
    let smallest = |image: &Image, lossless: bool| {
        let (source, canvas) = source(image);
        let mut encoding = Encoding::new(FormatRule::Smallest);
        (encoding.effort, encoding.lossless) = (Some(0), lossless);
        let encoded = encode(&canvas, &encoding, &source, false).unwrap();
        let others: &[Format] = if lossless {
            &[Format::Webp, Format::Avif, Format::Png]
        } else {
            &[Format::Webp, Format::Avif, Format::Jpeg]
        };
        for format in others {
            let one = Encoding { format: FormatRule::Named(*format), ..encoding.clone() };
            let other = encode(&canvas, &one, &source, false).unwrap();
            assert!(encoded.bytes.len() <= other.bytes.len(), "{format:?}");
        }
        assert!(others.contains(&encoded.format));
    };
    smallest(&picture(64, 48, 3), false);
    smallest(&picture(64, 48, 3), true);
    let (source, _) = source(&picture(20, 10, 3));
    let encoding = Encoding::new(FormatRule::Smallest);
    let encoded = encode(&canvas(vec![picture(20, 10, 3); 3]), &encoding, &source, false).unwrap();
    assert!(encoded.format.has_frames());
}

#[test]
fn the_original_stands_in_only_where_nothing_changes() {
    let image = picture(64, 48, 3);
    let plain = Call::new("jpegsave_buffer").image("in", &image).text("keep", "none");
    let plain = plain.buffer().unwrap();
    let never_larger = |format| Encoding { never_larger: true, ..encoding(format) };
    let order = |operations: Vec<Operation>, encoding: Encoding| VariantOrder {
        operations,
        encoding,
        target: None,
    };
    let stands = |bytes: &[u8], order: &VariantOrder| {
        may_stand(order, &open_bytes(bytes).unwrap(), &SourceRules::default(), None)
    };
    let width = |pixels: f64| {
        Operation::Resize(Resize { width: Some(Length::Pixels(pixels)), ..Resize::default() })
    };
    assert!(stands(&plain, &order(vec![], never_larger(Format::Jpeg))));
    assert!(stands(&plain, &order(vec![width(500.0)], never_larger(Format::Jpeg))));
    assert!(!stands(&plain, &order(vec![], encoding(Format::Jpeg))));
    assert!(!stands(&plain, &order(vec![], never_larger(Format::Webp))));
    assert!(!stands(&plain, &order(vec![width(50.0)], never_larger(Format::Jpeg))));
    let blur = Operation::Blur(Blur::default());
    assert!(!stands(&plain, &order(vec![blur], never_larger(Format::Jpeg))));
    assert!(!stands(&marked(), &order(vec![], never_larger(Format::Jpeg))));

    // A box of the same size, with something behind the image.
    let boxed = |background| {
        Operation::Resize(Resize {
            fit: Fit::Contain,
            width: Some(Length::Pixels(200.0)),
            height: Some(Length::Pixels(150.0)),
            background,
            ..Resize::default()
        })
    };
    let bare = |bands| {
        let call = Call::new("pngsave_buffer").image("in", &picture(200, 150, bands));
        call.text("keep", "none").buffer().unwrap()
    };
    let clear = bare(4);
    let in_box = |background| order(vec![boxed(background)], never_larger(Format::Png));
    assert!(stands(&clear, &in_box(None)));
    assert!(!stands(&clear, &in_box(Some(Color::WHITE))));
    assert!(stands(&bare(3), &in_box(Some(Color::WHITE))));

    let (source, canvas) = opened(&plain, ColorSpace::Srgb);
    let large = Encoding { quality: Some(100), ..never_larger(Format::Jpeg) };
    let encoded = encode(&canvas, &large, &source, true).unwrap();
    assert_eq!(encoded.bytes, plain);
    assert!(encoded.notes[0].contains("Original kept"));
    assert_ne!(encode(&canvas, &large, &source, false).unwrap().bytes, plain);
    let small = Encoding { quality: Some(10), ..never_larger(Format::Jpeg) };
    assert!(encode(&canvas, &small, &source, true).unwrap().bytes.len() < plain.len());
}

#[test]
fn an_untouched_jpeg_becomes_a_jpeg_xl_that_holds_its_data() {
    let call = Call::new("jpegsave_buffer").image("in", &picture(200, 150, 3));
    let jpeg = call.number("Q", 90).text("keep", "none").buffer().unwrap();
    let (source, canvas) = opened(&jpeg, ColorSpace::Srgb);
    let lossless = Encoding { lossless: true, ..encoding(Format::Jxl) };
    let stands = |bytes: &[u8], encoding: &Encoding| {
        let order =
            VariantOrder { operations: Vec::new(), encoding: encoding.clone(), target: None };
        may_stand(&order, &open_bytes(bytes).unwrap(), &SourceRules::default(), None)
    };
    assert!(stands(&jpeg, &lossless));
    assert!(!stands(&marked(), &lossless) && !stands(&jpeg, &encoding(Format::Jxl)));

    let packed = encode(&canvas, &lossless, &source, true).unwrap();
    assert!(packed.bytes.len() < jpeg.len() * 9 / 10, "{} of {}", packed.bytes.len(), jpeg.len());
    assert!(packed.notes[0].contains("same JPEG"), "{:?}", packed.notes);
    let pixels = |opened: &Opened| {
        opened.load(&SourceRules::default(), WHOLE).unwrap().first().to_bytes().unwrap()
    };
    let (found, wanted) = (pixels(&reopened(&packed)), pixels(&source));
    let far = found.iter().zip(&wanted).filter(|(one, other)| one.abs_diff(**other) > 4).count();
    assert!(far * 100 < wanted.len(), "{far} of {}", wanted.len());

    // Without that data the pixels take more, and what is smaller still is taken.
    assert!(encode(&canvas, &lossless, &source, false).unwrap().bytes.len() > jpeg.len());
    let never_larger =
        |quality| Encoding { never_larger: true, quality: Some(quality), ..encoding(Format::Jxl) };
    let large = encode(&canvas, &never_larger(100), &source, true).unwrap();
    assert_eq!(large.bytes, packed.bytes);
    let small = encode(&canvas, &never_larger(20), &source, true).unwrap();
    assert!(small.bytes.len() < packed.bytes.len() && small.quality == Some(20));
}

#[test]
fn what_a_format_cannot_hold_is_said() {
    let (source, _) = source(&picture(8, 8, 3));
    let long = Call::new("black").number("width", 16_384).number("height", 1).output().unwrap();
    let fault = encode(&canvas(vec![long]), &encoding(Format::Webp), &source, false).unwrap_err();
    assert_eq!(fault.code, FaultCode::TooLarge);
    assert!(fault.message.contains("WebP holds at most 16383"), "{}", fault.message);
}
