//! Applies options, one after the other.

use cropmark_rules::{
    operation::{Kernel, Trim},
    value::{Color, Gravity},
};

use super::{
    answer::AnswerRules,
    arguments::{
        Placement, Refused, between, color, compass, expected, flag, number, placement, positive,
        whole,
    },
    given::{Given, Presets},
    output,
    state::{Area, Options, ResizingType, Watermark},
    without::reason,
};
use crate::notes::{Notes, shown};

/// The most options that are applied for one file, presets that refer to presets included.
const MAX_APPLIED: usize = 200_000;

/// Applies options, and those of the presets that they refer to.
pub(super) struct Applied<'p, 't> {
    presets: &'p Presets<'t>,
    used: Vec<&'t str>,
    count: usize,
    /// What options say about an answer; `None` where rules are translated, which are for none.
    answer: Option<AnswerRules>,
}

impl<'p, 't> Applied<'p, 't> {
    pub(super) fn new(presets: &'p Presets<'t>) -> Self {
        Self { presets, used: Vec::new(), count: 0, answer: None }
    }

    /// Applies options of a request, which say something about its answer too.
    pub(super) fn for_request(presets: &'p Presets<'t>) -> Self {
        Self { answer: Some(AnswerRules::default()), ..Self::new(presets) }
    }

    /// What the options say about the answer.
    pub(super) fn answer(self) -> AnswerRules {
        self.answer.unwrap_or_default()
    }

    /// Applies a preset of the file; none is applied within itself.
    pub(super) fn preset(
        &mut self,
        options: &mut Options,
        name: &str,
        line: usize,
        notes: &mut Notes,
    ) {
        let Some((name, given)) = self.presets.get_key_value(name) else {
            if name != "default" {
                notes.add(line, format!("preset: the file has no preset {}", shown(name)));
            }
            return;
        };
        if self.used.contains(name) {
            notes.add(line, format!("preset: {} refers to itself", shown(name)));
            return;
        }
        self.used.push(name);
        self.all(options, given, notes);
        self.used.pop();
    }

    pub(super) fn all(&mut self, options: &mut Options, given: &[Given<'_>], notes: &mut Notes) {
        for it in given {
            self.count += 1;
            if self.count > MAX_APPLIED || self.used.len() > 100 {
                notes.add(it.line, "presets refer to presets too often; the rest is left out");
                return;
            }
            if matches!(it.name, "preset" | "pr") {
                for name in &it.arguments {
                    self.preset(options, name, it.line, notes);
                }
                continue;
            }
            let answer = self.answer.as_mut();
            let of_answer = answer.and_then(|answer| answer.apply(it.name, &it.arguments));
            let applied = of_answer.unwrap_or_else(|| apply(options, it.name, &it.arguments));
            if let Err(reason) = applied {
                notes.add(it.line, format!("{}: {reason}", name(it.name)));
            }
        }
    }
}

fn name(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let is_plain = name.len() < 40 && !name.is_empty() && name.bytes().all(plain);
    if is_plain { name.to_owned() } else { shown(name).to_string() }
}

/// Sets what an option says.
fn apply(o: &mut Options, name: &str, arguments: &[&str]) -> Result<(), Refused> {
    let at = |index: usize| arguments.get(index).copied().unwrap_or_default();
    let first = at(0);
    let most = |most: usize| {
        let fits = arguments.len() <= most;
        if fits { Ok(()) } else { Err(format!("it takes at most {most} arguments")) }
    };
    match name {
        "resize" | "rs" => {
            most(8)?;
            if !first.is_empty() {
                o.resizing_type = resizing_type(first)?;
            }
            size(o, &arguments[1..])?;
        }
        "size" | "s" => {
            most(7)?;
            size(o, arguments)?;
        }
        "resizing_type" | "rt" => o.resizing_type = resizing_type(first)?,
        "width" | "w" => o.width = whole(first)?,
        "height" | "h" => o.height = whole(first)?,
        "min-width" | "min_width" | "mw" => o.min_width = whole(first)?,
        "min-height" | "min_height" | "mh" => o.min_height = whole(first)?,
        "zoom" | "z" => {
            most(2)?;
            let across = positive(first)?;
            o.zoom = (across, if arguments.len() > 1 { positive(at(1))? } else { across });
        }
        "dpr" => o.dpr = positive(first)?,
        "enlarge" | "el" => o.enlarge = flag(first),
        "extend" | "ex" => o.extend = extension(arguments)?,
        "extend_aspect_ratio" | "extend_ar" | "exar" => o.extend_ratio = extension(arguments)?,
        "gravity" | "g" => o.gravity = placement(arguments, true)?,
        "crop" | "c" => o.crop = crop(arguments)?,
        "trim" | "t" => {
            most(4)?;
            o.trim = trim(arguments)?;
            if flag(at(2)) || flag(at(3)) {
                return Err("equal sides have no counterpart; each side is cut by itself".into());
            }
        }
        "padding" | "pd" => {
            most(4)?;
            o.padding = Some(padding(o.padding.unwrap_or_default(), arguments)?);
        }
        "auto_rotate" | "ar" => o.auto_rotate = flag(first),
        "rotate" | "rot" => {
            let angle = number(first)?;
            if angle % 90.0 != 0.0 {
                return Err(expected("a multiple of 90", first));
            }
            o.rotate = angle.rem_euclid(360.0);
        }
        "flip" | "fl" => {
            most(2)?;
            o.flip.0 = if first.is_empty() { o.flip.0 } else { flag(first) };
            o.flip.1 = if at(1).is_empty() { o.flip.1 } else { flag(at(1)) };
        }
        "background" | "bg" => o.background = background(arguments)?,
        "blur" | "bl" => o.blur = Some(positive(first)?),
        "sharpen" | "sh" => o.sharpen = Some(positive(first)?),
        "pixelate" | "pix" => o.pixelate = whole(first)?,
        "watermark" | "wm" => {
            most(7)?;
            o.watermark = watermark(arguments)?;
            if at(1) == "re" && (!at(2).is_empty() || !at(3).is_empty()) {
                return Err("the space between tiles has no counterpart".into());
            }
        }
        "resizing_algorithm" | "ra" => o.kernel = kernel(first)?,
        _ => return output::apply(o, name, arguments).unwrap_or_else(|| Err(reason(name))),
    }
    Ok(())
}

fn resizing_type(text: &str) -> Result<ResizingType, Refused> {
    Ok(match text {
        "fit" => ResizingType::Fit,
        "fill" => ResizingType::Fill,
        "fill-down" => ResizingType::FillDown,
        "force" => ResizingType::Force,
        "auto" => ResizingType::Auto,
        _ => return Err(expected("a resizing type", text)),
    })
}

/// Reads `width:height:enlarge:extend`, of which each may be left out.
fn size(o: &mut Options, arguments: &[&str]) -> Result<(), Refused> {
    let at = |index: usize| arguments.get(index).copied().unwrap_or_default();
    if !at(0).is_empty() {
        o.width = whole(at(0))?;
    }
    if !at(1).is_empty() {
        o.height = whole(at(1))?;
    }
    if !at(2).is_empty() {
        o.enlarge = flag(at(2));
    }
    if !at(3).is_empty() {
        o.extend = extension(&arguments[3..])?;
    }
    Ok(())
}

fn extension(arguments: &[&str]) -> Result<Option<Placement>, Refused> {
    let place = match arguments {
        [_, rest @ ..] if !rest.is_empty() => placement(rest, false)?,
        _ => Placement::default(),
    };
    Ok(flag(arguments[0]).then_some(place))
}

fn crop(arguments: &[&str]) -> Result<Option<Area>, Refused> {
    let side = |index: usize| match arguments.get(index) {
        None | Some(&"") => Ok(0.0),
        Some(text) => {
            let number = number(text)?;
            if number < 0.0 { Err(expected("a number from 0", text)) } else { Ok(number) }
        }
    };
    let (width, height) = (side(0)?, side(1)?);
    let placement = match arguments.get(2..) {
        Some(rest) if !rest.is_empty() => Some(placement(rest, true)?),
        _ => None,
    };
    Ok((width > 0.0 || height > 0.0).then_some(Area { width, height, placement }))
}

fn trim(arguments: &[&str]) -> Result<Option<Trim>, Refused> {
    let Some(threshold) = arguments.first().filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let background = match arguments.get(1) {
        None | Some(&"") => None,
        // The key that stands for transparency there; the top left pixel is transparent then.
        Some(text) if text.eq_ignore_ascii_case("ff00ff") => None,
        Some(text) => Some(color(text)?),
    };
    Ok(Some(Trim { threshold: number(threshold)?, background }))
}

/// Reads the widths of borders as CSS does: above, right, below, left.
fn padding(now: [f64; 4], arguments: &[&str]) -> Result<[f64; 4], Refused> {
    let side = |index: usize, other: f64| match arguments.get(index) {
        None | Some(&"") => Ok(other),
        Some(text) => whole(text),
    };
    let top = side(0, now[0])?;
    let right = side(1, top)?;
    Ok([top, right, side(2, top)?, side(3, right)?])
}

fn background(arguments: &[&str]) -> Result<Option<Color>, Refused> {
    match arguments {
        [""] => Ok(None),
        [hex] => color(hex).map(Some),
        [red, green, blue] => {
            let level =
                |text: &str| text.parse::<u8>().map_err(|_| expected("from 0 to 255", text));
            Ok(Some(Color::solid(level(red)?, level(green)?, level(blue)?)))
        }
        _ => Err("it takes a colour, or red, green and blue".to_owned()),
    }
}

fn watermark(arguments: &[&str]) -> Result<Option<Watermark>, Refused> {
    let at = |index: usize| arguments.get(index).copied().unwrap_or_default();
    let value = |text: &str| if text.is_empty() { Ok(0.0) } else { number(text) };
    let opacity = between(at(0), 0.0, 1.0)?;
    let tile = at(1) == "re";
    let gravity = match at(1) {
        "" | "re" => Gravity::Center,
        "ch" => return Err("the chessboard order is of imgproxy Pro".to_owned()),
        name => compass(name)?,
    };
    let placement = if tile {
        Placement::default()
    } else {
        Placement { gravity, x: value(at(2))?, y: value(at(3))? }
    };
    let watermark = Watermark { opacity, placement, tile, scale: value(at(4))? };
    Ok((opacity > 0.0).then_some(watermark))
}

fn kernel(text: &str) -> Result<Kernel, Refused> {
    Ok(match text {
        "nearest" => Kernel::Nearest,
        "linear" => Kernel::Linear,
        "cubic" => Kernel::Cubic,
        "lanczos2" => Kernel::Lanczos2,
        "lanczos3" => Kernel::Lanczos3,
        _ => return Err(expected("a resizing algorithm", text)),
    })
}
