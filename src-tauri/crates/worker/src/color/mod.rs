//! From the source's colours to those that operations and encoders work in: eight-bit grey or
//! RGB, with or without alpha, in sRGB, Display P3 or the source's own space. Encoders of deeper
//! formats get sixteen bits, where no operation has worked with eight before.

mod profile;
mod stated;

use cropmark_rules::{ColorSpace, Encoding, Fault, FormatRule};

pub(crate) use profile::{Known, Model, Profile, read as read_profile};
pub(crate) use stated::{Cicp, PngColors, Stated, display_p3};

use crate::{
    canvas::{Canvas, Space, fault},
    vips::{Band, Call, Image, Result},
};

/// The name of the field that holds an image's profile.
pub(crate) const PROFILE: &str = "icc-profile-data";

/// Bits of a level in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bits {
    Eight,
    Sixteen,
}

/// Converts a canvas to eight-bit grey or RGB of the wanted space; unchanged where it is that already.
pub(crate) fn to_working(canvas: Canvas, space: ColorSpace) -> std::result::Result<Canvas, Fault> {
    converted_to(canvas, space, Bits::Eight)
}

fn converted_to(
    mut canvas: Canvas,
    space: ColorSpace,
    bits: Bits,
) -> std::result::Result<Canvas, Fault> {
    if canvas.space == Space::Source {
        for frame in &mut canvas.frames {
            *frame = working(frame, space, bits).map_err(fault)?;
        }
        canvas.space = Space::Working(space);
    }
    Ok(canvas)
}

/// Converts a canvas to the colours that it is encoded in: to the working space, except that a CMYK
/// source stays CMYK where no operation changed its colours, they are to be kept, and the format can
/// hold them. `source_depth`: bits of a level that the source has.
pub(crate) fn to_encode(
    canvas: Canvas,
    encoding: &Encoding,
    source_depth: u32,
) -> std::result::Result<Canvas, Fault> {
    let holds_cmyk = matches!(encoding.format, FormatRule::Named(format) if format.facts().cmyk);
    let stays = canvas.space == Space::Source
        && encoding.color == ColorSpace::Keep
        && holds_cmyk
        && canvas.first().band() == Band::Byte
        && canvas.first().bands() == 4
        && canvas.first().interpretation() == "cmyk";
    if stays {
        return Ok(canvas);
    }
    let is_deep = matches!(
        encoding.format,
        FormatRule::Named(format) if encoding.bits(format, source_depth) > 8
    );
    if !is_deep {
        return to_working(canvas, encoding.color);
    }
    let was_eight = canvas.space != Space::Source && source_depth > 8;
    let mut canvas = converted_to(canvas, encoding.color, Bits::Sixteen)?;
    for frame in &mut canvas.frames {
        *frame = sixteen_bits(frame).map_err(fault)?;
    }
    if was_eight {
        canvas.notes.push(
            "An operation works with 8 bits a level: the result has more, and holds no finer steps."
                .to_owned(),
        );
    }
    Ok(canvas)
}

/// Converts working colours to sRGB, for formats that hold no profile.
pub(crate) fn to_srgb(
    mut canvas: Canvas,
    profile: Option<&[u8]>,
) -> std::result::Result<Canvas, Fault> {
    let attach = match canvas.space {
        Space::Working(ColorSpace::P3) => Some(display_p3()),
        Space::Working(ColorSpace::Keep) => profile.map(<[u8]>::to_vec),
        _ => None,
    };
    for frame in &mut canvas.frames {
        if let Some(profile) = &attach {
            *frame = frame.edit(|editor| editor.set_blob(PROFILE, profile)).map_err(fault)?;
        }
        *frame = working(frame, ColorSpace::Srgb, Bits::Eight).map_err(fault)?;
    }
    canvas.space = Space::Working(ColorSpace::Srgb);
    Ok(canvas)
}

/// Returns the colour model of an image by libvips' name of it.
pub(crate) fn model(image: &Image) -> Model {
    match image.interpretation().as_str() {
        "srgb" | "rgb" | "rgb16" | "scrgb" => Model::Rgb,
        "b-w" | "grey16" => Model::Grey,
        "cmyk" => Model::Cmyk,
        "multiband" if image.bands() <= 2 => Model::Grey,
        "multiband" if image.bands() <= 4 => Model::Rgb,
        _ => Model::Other,
    }
}

/// Returns the image's profile where it can be read and is made for such pixels.
pub(crate) fn fitting_profile(image: &Image) -> Option<(Vec<u8>, Profile)> {
    let bytes = image.blob(PROFILE)?;
    let profile = read_profile(&bytes)?;
    (profile.model == model(image)).then_some((bytes, profile))
}

fn working(image: &Image, space: ColorSpace, bits: Bits) -> Result<Image> {
    let profile = fitting_profile(image).map(|(_, profile)| profile);
    let known = profile.as_ref().and_then(|profile| profile.known);
    let plain = profile.is_none();
    let done = match (model(image), space) {
        (Model::Rgb | Model::Grey, ColorSpace::Keep) => return in_bits(image, bits),
        (Model::Rgb, ColorSpace::Srgb) if plain || known == Some(Known::Srgb) => {
            in_bits(image, bits)?
        }
        (Model::Rgb, ColorSpace::P3) if known == Some(Known::DisplayP3) => in_bits(image, bits)?,
        (Model::Rgb, ColorSpace::P3) if image.interpretation() == "scrgb" => {
            // Colours beyond sRGB's are there: by way of the space that profiles connect in.
            transformed(&from_light(image)?, "p3", bits)?
        }
        (Model::Rgb, _) => converted(image, space, "srgb", bits)?,
        (Model::Grey, _) if plain || known == Some(Known::Grey) => in_bits(image, bits)?,
        (Model::Grey, _) => {
            let colored = converted(image, ColorSpace::Srgb, "srgb", bits)?;
            let grey = if bits == Bits::Eight { "b-w" } else { "grey16" };
            Call::new("colourspace").image("in", &colored).text("space", grey).output()?
        }
        (Model::Cmyk, _) => converted(image, space, "cmyk", bits)?,
        (Model::Other, ColorSpace::P3) => transformed(image, "p3", bits)?,
        (Model::Other, _) => srgb(image, bits)?,
    };
    let done = if bits == Bits::Eight { bytes(done)? } else { done };
    if done.has_field(PROFILE) { done.edit(|editor| editor.remove(PROFILE)) } else { Ok(done) }
}

/// Converts by the embedded profile or, where that is missing or of no use, by the one that libvips
/// has built in under the name of `fallback`.
fn converted(image: &Image, space: ColorSpace, fallback: &str, bits: Bits) -> Result<Image> {
    let transform = |image: &Image, embedded: bool| {
        Call::new("icc_transform")
            .image("in", image)
            .text("output-profile", if space == ColorSpace::P3 { "p3" } else { "srgb" })
            .text("input-profile", fallback)
            .flag("embedded", embedded)
            .text("intent", "relative")
            .flag("black-point-compensation", true)
            .number("depth", bits.number())
            .output()
    };
    if fitting_profile(image).is_some()
        && let Ok(done) = transform(image, true)
    {
        return Ok(done);
    }
    match model(image) {
        Model::Rgb if space != ColorSpace::P3 => in_bits(image, bits),
        Model::Grey => in_bits(image, bits),
        // A profile that is none would be taken all the same.
        _ => transform(&image.edit(|editor| editor.remove(PROFILE))?, false),
    }
}

/// Converts a space without a device (Lab, XYZ) to a profile's.
fn transformed(image: &Image, profile: &str, bits: Bits) -> Result<Image> {
    let lab = Call::new("colourspace").image("in", image).text("space", "lab").output()?;
    Call::new("icc_export")
        .image("in", &lab)
        .text("output-profile", profile)
        .text("intent", "relative")
        .number("depth", bits.number())
        .output()
}

impl Bits {
    fn number(self) -> u32 {
        if self == Self::Eight { 8 } else { 16 }
    }
}

fn from_light(image: &Image) -> Result<Image> {
    Call::new("colourspace").image("in", image).text("space", "xyz").output()
}

fn srgb(image: &Image, bits: Bits) -> Result<Image> {
    let name = if bits == Bits::Eight { "srgb" } else { "rgb16" };
    let space = Call::new("colourspace").image("in", image).text("space", name).output();
    // Pixels of no known meaning: the first three bands are taken as they are.
    let Err(error) = space else { return space };
    if image.bands() < 3 {
        return Err(error);
    }
    let first = Call::new("extract_band").image("in", image).number("band", 0).number("n", 3);
    Call::new("copy").image("in", &first.output()?).text("interpretation", "srgb").output()
}

/// Brings the levels to so many bits; their meaning stays.
fn in_bits(image: &Image, bits: Bits) -> Result<Image> {
    if bits == Bits::Eight { eight_bits(image) } else { sixteen_bits(image) }
}

/// Raises the levels to sixteen bits, or brings light and other numbers to them.
fn sixteen_bits(image: &Image) -> Result<Image> {
    let interpretation = image.interpretation();
    if image.band() == Band::Short && matches!(interpretation.as_str(), "rgb16" | "grey16") {
        return Ok(image.clone());
    }
    if interpretation == "scrgb" {
        return Call::new("colourspace").image("in", image).text("space", "rgb16").output();
    }
    // 255 becomes 65535.
    let factor = if image.band() == Band::Byte { 257.0 } else { 1.0 };
    let scaled = Call::new("linear").image("in", image).numbers("a", &[factor]);
    let scaled = scaled.numbers("b", &[0.0]).output()?;
    let levels = Call::new("cast").image("in", &scaled).text("format", "ushort").output()?;
    let grey = image.bands() < 3;
    let interpretation = if grey { "grey16" } else { "rgb16" };
    Call::new("copy").image("in", &levels).text("interpretation", interpretation).output()
}

/// Reduces the bands to eight bits.
fn eight_bits(image: &Image) -> Result<Image> {
    let interpretation = image.interpretation();
    if image.band() == Band::Byte && matches!(interpretation.as_str(), "srgb" | "b-w") {
        return Ok(image.clone());
    }
    let grey = model(image) == Model::Grey;
    if matches!(interpretation.as_str(), "rgb16" | "grey16" | "scrgb") {
        // By way of sRGB: the direct way to grey loses a step of alpha.
        let colored = Call::new("colourspace").image("in", image).text("space", "srgb").output()?;
        if !grey {
            return bytes(colored);
        }
        let has_alpha = image.has_alpha();
        let first = Call::new("extract_band").image("in", &colored).number("band", 0).output()?;
        let first = Call::new("copy").image("in", &first).text("interpretation", "b-w").output()?;
        if !has_alpha {
            return bytes(first);
        }
        let alpha = Call::new("extract_band")
            .image("in", &colored)
            .number("band", f64::from(colored.bands() - 1))
            .output()?;
        return bytes(Call::new("bandjoin").images("in", &[first, alpha]).output()?);
    }
    let image = bytes(image.clone())?;
    let interpretation = if grey { "b-w" } else { "srgb" };
    Call::new("copy").image("in", &image).text("interpretation", interpretation).output()
}

fn bytes(image: Image) -> Result<Image> {
    if image.band() == Band::Byte {
        return Ok(image);
    }
    Call::new("cast").image("in", &image).text("format", "uchar").output()
}

#[cfg(test)]
mod tests {
    use cropmark_rules::{Format, geometry::Size};

    use super::*;
    use crate::vips::Library;

    /// An image of one colour.
    fn flat(values: &[f64], format: &str, interpretation: &str) -> Image {
        Library::start().unwrap();
        let black = Call::new("black").number("width", 4).number("height", 4);
        let black = black.number("bands", u32::try_from(values.len()).unwrap()).output().unwrap();
        let ones = vec![1.0; values.len()];
        let filled = Call::new("linear").image("in", &black).numbers("a", &ones);
        let filled = filled.numbers("b", values).output().unwrap();
        let cast = Call::new("cast").image("in", &filled).text("format", format).output().unwrap();
        let named = Call::new("copy").image("in", &cast).text("interpretation", interpretation);
        named.output().unwrap()
    }

    fn with_profile(image: &Image, profile: &[u8]) -> Image {
        image.edit(|editor| editor.set_blob(PROFILE, profile)).unwrap()
    }

    fn built_in(name: &str) -> Vec<u8> {
        Library::start().unwrap();
        Call::new("profile_load").text("name", name).run().unwrap().bytes("profile").unwrap()
    }

    fn canvas(image: Image) -> Canvas {
        let nominal = Size::new(image.width(), image.height());
        Canvas {
            frames: vec![image],
            nominal,
            delays: Vec::new(),
            repeats: None,
            focal: None,
            faces: Vec::new(),
            windows: Vec::new(),
            space: Space::Source,
            notes: Vec::new(),
        }
    }

    fn pixel(image: Image, space: ColorSpace) -> Vec<u8> {
        let done = to_working(canvas(image), space).unwrap();
        assert_eq!(done.first().band(), Band::Byte);
        let bands = done.first().bands() as usize;
        done.first().to_bytes().unwrap()[..bands].to_vec()
    }

    fn assert_near(found: &[u8], wanted: &[u8], bound: u8) {
        assert_eq!(found.len(), wanted.len(), "{found:?} {wanted:?}");
        let near = found.iter().zip(wanted).all(|(a, b)| a.abs_diff(*b) <= bound);
        assert!(near, "{found:?} is not near {wanted:?}");
    }

    #[test]
    fn plain_and_srgb_bytes_stay_as_they_are() {
        let image = flat(&[10.0, 200.0, 30.0, 128.0], "uchar", "srgb");
        assert_eq!(pixel(image.clone(), ColorSpace::Srgb), [10, 200, 30, 128]);
        let marked = with_profile(&image, &built_in("srgb"));
        let done = to_working(canvas(marked), ColorSpace::Srgb).unwrap();
        assert!(!done.first().has_field(PROFILE));
        assert_eq!(pixel(flat(&[77.0], "uchar", "b-w"), ColorSpace::P3), [77]);
    }

    #[test]
    fn display_p3_becomes_srgb_and_back() {
        let red = with_profile(&flat(&[255.0, 0.0, 0.0], "uchar", "srgb"), &display_p3());
        assert_near(&pixel(red.clone(), ColorSpace::Srgb), &[255, 0, 0], 1);
        assert_eq!(pixel(red.clone(), ColorSpace::P3), [255, 0, 0]);
        assert_eq!(pixel(red, ColorSpace::Keep), [255, 0, 0]);
        // sRGB's red in Display P3, by the matrices.
        let srgb = flat(&[255.0, 0.0, 0.0, 99.0], "uchar", "srgb");
        assert_near(&pixel(srgb, ColorSpace::P3), &[234, 51, 35, 99], 1);
    }

    #[test]
    fn code_points_are_as_good_as_a_profile() {
        let Some(Stated::Profile(wide)) = Cicp { primaries: 9, transfer: 1 }.stated() else {
            panic!("Rec. 2020 has a profile")
        };
        let green = with_profile(&flat(&[120.0, 180.0, 120.0], "uchar", "srgb"), &wide);
        let found = pixel(green, ColorSpace::Srgb);
        assert!(found[1] >= 182 && found[0] < 110, "{found:?}");
    }

    #[test]
    fn cmyk_is_converted_with_and_without_a_profile() {
        for profile in [None, Some(built_in("cmyk")), Some(b"broken".to_vec())] {
            let ink = |values: &[f64]| {
                let image = flat(values, "uchar", "cmyk");
                profile.as_ref().map_or(image.clone(), |profile| with_profile(&image, profile))
            };
            assert_near(&pixel(ink(&[0.0; 4]), ColorSpace::Srgb), &[255; 3], 1);
            let black = pixel(ink(&[0.0, 0.0, 0.0, 255.0]), ColorSpace::Keep);
            assert!(black.iter().all(|value| *value < 60), "{black:?}");
            let cyan = pixel(ink(&[255.0, 0.0, 0.0, 0.0]), ColorSpace::P3);
            assert!(cyan[0] < 100 && cyan[2] > 180, "{cyan:?}");
        }
    }

    #[test]
    fn lab_light_and_sixteen_bits_are_converted() {
        // CIE Lab (50, 50, 0) is about this in sRGB (D65 white assumed for Lab by libvips).
        let lab = flat(&[50.0, 50.0, 0.0], "float", "lab");
        assert_near(&pixel(lab.clone(), ColorSpace::Srgb), &[194, 78, 121], 6);
        let wide = pixel(lab, ColorSpace::P3);
        assert_near(&wide, &[180, 85, 121], 8);
        let light = flat(&[1.0, 0.214, 0.0], "float", "scrgb");
        assert_near(&pixel(light, ColorSpace::Srgb), &[255, 127, 0], 1);
        let deep = flat(&[65_535.0, 32_896.0, 0.0, 32_768.0], "ushort", "rgb16");
        assert_near(&pixel(deep, ColorSpace::Srgb), &[255, 128, 0, 128], 0);
        let grey = flat(&[32_896.0, 65_535.0], "ushort", "grey16");
        assert_near(&pixel(grey, ColorSpace::Srgb), &[128, 255], 0);
    }

    #[test]
    fn a_profile_for_other_pixels_is_not_used() {
        let grey = with_profile(&flat(&[128.0], "uchar", "b-w"), &built_in("cmyk"));
        assert_eq!(pixel(grey, ColorSpace::Srgb), [128]);
        let rgb = with_profile(&flat(&[128.0, 1.0, 2.0], "uchar", "srgb"), b"nothing");
        assert_eq!(pixel(rgb, ColorSpace::Srgb), [128, 1, 2]);
    }

    #[test]
    fn cmyk_is_kept_where_only_pixels_moved() {
        let mut encoding = Encoding::new(FormatRule::Named(Format::Tiff));
        let ink = canvas(flat(&[1.0, 2.0, 3.0, 4.0], "uchar", "cmyk"));
        let encodable = |encoding: &Encoding| to_encode(ink.clone(), encoding, 8).unwrap();
        assert_eq!(encodable(&encoding).first().bands(), 3);
        encoding.color = ColorSpace::Keep;
        assert_eq!(encodable(&encoding).first().bands(), 4);
        encoding.format = FormatRule::Named(Format::Webp);
        assert_eq!(encodable(&encoding).first().bands(), 3);
    }

    #[test]
    fn sixteen_bits_stay_where_the_format_holds_them() {
        let deep = Encoding {
            depth: Some(cropmark_rules::Depth::Source),
            ..Encoding::new(FormatRule::Named(Format::Png))
        };
        let levels = |image: Image, encoding: &Encoding, source_depth: u32| {
            let done = to_encode(canvas(image), encoding, source_depth).unwrap();
            let bands = done.first().bands() as usize;
            assert_eq!(done.first().band(), Band::Short);
            let bytes = done.first().to_bytes().unwrap();
            let levels = bytes.chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]]));
            levels.take(bands).collect::<Vec<_>>()
        };
        let color = flat(&[65_535.0, 32_897.0, 1.0, 40_000.0], "ushort", "rgb16");
        assert_eq!(levels(color.clone(), &deep, 16), [65_535, 32_897, 1, 40_000]);
        let grey = flat(&[32_897.0, 513.0], "ushort", "grey16");
        assert_eq!(levels(grey, &deep, 16), [32_897, 513]);
        // A conversion between profiles keeps the steps and the alpha.
        let wide = with_profile(&color, &display_p3());
        let found = levels(wide.clone(), &deep, 16);
        assert_eq!((found[0], found[3]), (65_535, 40_000), "{found:?}");
        let p3 = Encoding { color: ColorSpace::P3, ..deep.clone() };
        assert_eq!(levels(wide, &p3, 16), [65_535, 32_897, 1, 40_000]);
        // More bits than the source has, and as few as it has.
        let asked = Encoding { depth: Some(cropmark_rules::Depth::Bits(16)), ..deep.clone() };
        let byte = flat(&[255.0, 128.0, 0.0], "uchar", "srgb");
        assert_eq!(levels(byte.clone(), &asked, 8), [65_535, 32_896, 0]);
        assert_eq!(to_encode(canvas(byte), &deep, 8).unwrap().first().band(), Band::Byte);
        // An operation has made eight bits of sixteen.
        let worked = to_working(canvas(color), ColorSpace::Srgb).unwrap();
        let done = to_encode(worked, &deep, 16).unwrap();
        assert_eq!(done.first().band(), Band::Short);
        assert!(done.notes[0].contains("8 bits"), "{:?}", done.notes);
    }

    #[test]
    fn formats_without_profiles_get_srgb() {
        let red = with_profile(&flat(&[255.0, 0.0, 0.0], "uchar", "srgb"), &display_p3());
        let wide = to_working(canvas(red), ColorSpace::P3).unwrap();
        let plain = to_srgb(wide, None).unwrap();
        assert_near(&plain.first().to_bytes().unwrap()[..3], &[255, 0, 0], 1);
    }
}
