//! Which characters of a text no font has.
//!
//! libvips does not say it, but Pango draws such a character as a box with the digits of its number,
//! and the box alone tells it: its frame is that of a number that can never be a character.

use std::{cell::RefCell, collections::HashMap};

use crate::vips::{self, Call, Image};

/// Characters of a text that are looked at, and characters that are remembered.
const MOST_LOOKED_AT: usize = 500;
const MOST_REMEMBERED: usize = 10_000;

/// Characters that are named in a note.
const MOST_NAMED: usize = 20;

/// The size at which they are drawn, in pixels: the digits within the box can be told apart.
const SIZE: u32 = 32;

/// Numbers that Unicode will never give to a character, of four and of six digits.
const NONE_OF_FOUR: char = '\u{fdd0}';
const NONE_OF_SIX: char = '\u{10fffe}';
const NONE_OF_FIVE: char = '\u{1fffe}';

thread_local! {
    static KNOWN: RefCell<HashMap<(String, char), bool>> = RefCell::default();
}

/// The characters that no font has, each once, in the text's order. The fonts that come along have
/// all of ASCII.
pub(super) fn missing(text: &str, font: &str) -> vips::Result<Vec<char>> {
    let mut missing = Vec::new();
    let mut looked_at = 0;
    for sign in text.chars().filter(|sign| has_shape(*sign)) {
        if missing.contains(&sign) || looked_at >= MOST_LOOKED_AT {
            continue;
        }
        looked_at += 1;
        if is_missing(sign, font)? {
            missing.push(sign);
        }
    }
    Ok(missing)
}

/// The characters with their numbers, as a note names them.
pub(super) fn named(missing: &[char]) -> String {
    let name = |sign: &char| format!("{sign} (U+{:04X})", u32::from(*sign));
    let mut names: Vec<String> = missing.iter().take(MOST_NAMED).map(name).collect();
    if missing.len() > MOST_NAMED {
        names.push(format!("and {} more", missing.len() - MOST_NAMED));
    }
    names.join(", ")
}

/// Whether a character is one that is drawn by itself: no space, no control, nothing that only
/// changes its neighbours.
fn has_shape(sign: char) -> bool {
    let changes_others = matches!(
        sign,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}'
    );
    !sign.is_ascii() && !sign.is_whitespace() && !sign.is_control() && !changes_others
}

fn is_missing(sign: char, font: &str) -> vips::Result<bool> {
    let key = (font.to_owned(), sign);
    if let Some(known) = KNOWN.with_borrow(|known| known.get(&key).copied()) {
        return Ok(known);
    }
    let none = match u32::from(sign) {
        0..=0xffff => NONE_OF_FOUR,
        0x1_0000..=0xf_ffff => NONE_OF_FIVE,
        _ => NONE_OF_SIX,
    };
    let missing = match (frame(sign, font)?, frame(none, font)?) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    };
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        known.insert(key, missing);
    });
    Ok(missing)
}

/// The size of a character and its outermost rows and columns; `None` where there is no ink.
fn frame(sign: char, font: &str) -> vips::Result<Option<(u32, u32, Vec<u8>)>> {
    let drawn = Call::new("text")
        .text("text", &super::escaped(&sign.to_string()))
        .text("font", &format!("{font} {SIZE}px"))
        .number("dpi", 72)
        .output();
    let mask: Image = match drawn {
        Ok(mask) => mask,
        Err(error) if error.0.contains("no text to render") => return Ok(None),
        Err(error) => return Err(error),
    };
    let width = mask.width() as usize;
    let levels = mask.to_bytes()?;
    let rows = levels.chunks_exact(width.max(1));
    let inner = rows.clone().flat_map(|row| [row[0], row[width - 1]]);
    let outer = rows.clone().next().into_iter().chain(rows.last()).flatten().copied();
    Ok(Some((mask.width(), mask.height(), outer.chain(inner).collect())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_without_a_glyph_are_found_and_others_are_not() {
        crate::vips::Library::start().unwrap();
        // A number of each length that no font has: they are set aside for private use or never
        // given.
        let nowhere = "\u{fdd1}\u{2fffe}\u{10ffff}";
        let found = missing(&format!("Grüße, Ωμέγα – жук {nowhere}{nowhere}□\u{200d}"), "Sans");
        assert_eq!(found.unwrap(), nowhere.chars().collect::<Vec<_>>());
        assert_eq!(named(&['日', 'é']), "日 (U+65E5), é (U+00E9)");
        assert!(named(&['x'; 25]).ends_with(", and 5 more"));
    }
}
