//! What is written: formats, qualities, metadata.

use cropmark_rules::{
    ColorSpace, Format, FormatRule, Frames, Metadata, SourceRules,
    preset::{ByFormat, OneOrMany, OutputRules},
};

use super::{
    arguments::{Refused, between, expected, flag, whole},
    state::Options,
};

/// Sets what an option about reading or writing files says; `None` where it is not one.
pub(super) fn apply(
    o: &mut Options,
    name: &str,
    arguments: &[&str],
) -> Option<Result<(), Refused>> {
    let first = arguments.first().copied().unwrap_or_default();
    let mut switch = |set: fn(&mut Options, bool)| {
        set(o, flag(first));
        Ok(())
    };
    Some(match name {
        "strip_metadata" | "sm" => switch(|o, on| o.strip_metadata = Some(on)),
        "keep_copyright" | "kcr" => switch(|o, on| o.keep_copyright = Some(on)),
        "strip_color_profile" | "scp" => switch(|o, on| o.strip_color_profile = Some(on)),
        "disable_animation" | "da" => switch(|o, on| o.still = on),
        "quality" | "q" => quality(first).map(|quality| o.quality = quality),
        "format_quality" | "fq" => format_qualities(o, arguments),
        "max_bytes" | "mb" => whole(first).map(|bytes| o.max_bytes = bytes),
        "format" | "f" | "ext" => format(first).map(|format| o.format = Some(format)),
        "page" | "pg" => whole(first).map(|page| o.page = page),
        "dpi" => whole(first).map(|density| o.density = density),
        "skip_processing" | "skp" => {
            Err("passing formats through untouched has no counterpart; match says which files a \
             generator takes"
                .to_owned())
        }
        "raw" => Err("passing files through untouched has no counterpart".to_owned()),
        _ => return None,
    })
}

/// Reads a quality; 0 leaves it to the server.
fn quality(text: &str) -> Result<Option<f64>, Refused> {
    let quality = between(text, 0.0, 100.0)?;
    Ok((quality > 0.0).then_some(quality))
}

fn format_qualities(o: &mut Options, arguments: &[&str]) -> Result<(), Refused> {
    for pair in arguments.chunks(2) {
        let [name, given] = pair else {
            return Err(format!("the quality of {} is missing", crate::notes::shown(pair[0])));
        };
        let FormatRule::Named(format) = format(name)? else {
            return Err(expected("a format", name));
        };
        if let Some(given) = quality(given)? {
            o.format_quality.insert(format, given);
        }
    }
    Ok(())
}

fn format(name: &str) -> Result<FormatRule, Refused> {
    Ok(FormatRule::Named(match name {
        "jpg" | "jpeg" => Format::Jpeg,
        "tif" | "tiff" => Format::Tiff,
        "best" => return Ok(FormatRule::Smallest),
        "svg" | "pdf" | "psd" | "mp4" => {
            return Err(format!("{name} files are not written"));
        }
        _ => Format::named(name).ok_or_else(|| expected("a format", name))?,
    }))
}

pub(super) fn source(o: &Options, source: &mut SourceRules) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let page = o.page as u32;
    source.page = page;
    if o.still || page > 0 {
        source.frames = Frames::Count(1);
    }
}

pub(super) fn rules(o: &Options) -> OutputRules {
    let whole = |quality: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 100")]
        let quality = quality.round() as u8;
        quality
    };
    let by_format = || {
        let table = o.format_quality.iter().map(|(format, quality)| (*format, whole(*quality)));
        (!o.format_quality.is_empty()).then(|| ByFormat::Each(table.collect()))
    };
    let metadata = match (o.strip_metadata, o.keep_copyright) {
        (None, None) => None,
        (Some(false), _) => Some(Metadata::Keep),
        (_, Some(false)) => Some(Metadata::Strip),
        _ => Some(Metadata::Copyright),
    };
    let color = o
        .strip_color_profile
        .map(|strips| if strips { ColorSpace::Srgb } else { ColorSpace::Keep });
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let bytes = (o.max_bytes > 0.0).then_some(ByFormat::All(o.max_bytes as u64));
    OutputRules {
        format: o.format.map(OneOrMany::One),
        quality: o.quality.map(|quality| ByFormat::All(whole(quality))).or_else(by_format),
        max_bytes: bytes,
        metadata,
        color,
        density: (o.density > 0.0).then_some(o.density),
        ..OutputRules::default()
    }
}
