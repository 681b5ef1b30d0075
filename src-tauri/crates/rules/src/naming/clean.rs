//! Cleans names so that every file system accepts them.

use unicode_normalization::UnicodeNormalization;

/// The most bytes of a name in a path.
const MAX_COMPONENT: usize = 255;
/// The most bytes of a whole path.
const MAX_PATH: usize = 1000;

/// Cleans every part of a path. The result is relative, has forward slashes, never leads upwards
/// and has at most 1,000 bytes. Cleaning a clean path changes nothing.
#[must_use]
pub fn clean_path(path: &str) -> String {
    let parts: Vec<String> =
        path.split('/').map(clean_component).filter(|part| !part.is_empty()).collect();
    let whole = parts.join("/");
    if whole.is_empty() {
        return "unnamed".to_owned();
    }
    if whole.len() <= MAX_PATH {
        return whole;
    }
    // The folders beyond the limit become one, named by a digest of them.
    let (file, folders) = parts.split_last().map_or(("", &[][..]), |(file, rest)| (file, rest));
    let digest = digest(&folders.join("/"));
    let room = MAX_PATH - file.len() - digest.len() - 2;
    let mut kept = String::new();
    for folder in folders {
        if kept.len() + folder.len() + 1 > room {
            break;
        }
        kept.push_str(folder);
        kept.push('/');
    }
    format!("{kept}{digest}/{file}")
}

/// Removes what some file system refuses or hides from a name: separators, control characters,
/// characters and names that Windows reserves, dots and spaces at the end, bytes beyond 255. The
/// result is in Unicode's composed form, and empty only for an empty name.
#[must_use]
pub fn clean_component(name: &str) -> String {
    let mut clean: String =
        name.nfc().map(|letter| if refused(letter) { '_' } else { letter }).collect();
    let kept = clean.trim_end_matches(['.', ' ']).len();
    let ending = clean[kept..].len();
    clean.truncate(kept);
    clean.extend(std::iter::repeat_n('_', ending));
    if is_reserved(&clean) {
        let base = clean.find('.').unwrap_or(clean.len());
        clean.insert(base, '_');
    }
    if clean.len() <= MAX_COMPONENT { clean } else { shortened(&clean) }
}

/// Puts a number before a path's extension, for the second file of that name: `a/b.jpg` becomes
/// `a/b-2.jpg`.
#[must_use]
pub fn numbered(path: &str, number: u32) -> String {
    let (folder, file) = match path.rsplit_once('/') {
        Some((folder, file)) => (Some(folder), file),
        None => (None, path),
    };
    let (stem, extension) = split_extension(file);
    let file = clean_component(&format!("{stem}-{number}{extension}"));
    match folder {
        Some(folder) => clean_path(&format!("{folder}/{file}")),
        None => clean_path(&file),
    }
}

fn refused(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '/' | '\\' | '<' | '>' | ':' | '"' | '|' | '?' | '*')
        // Marks that change the direction of writing can make a name look like a different one.
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Whether Windows treats the name as a device, whatever its extension.
fn is_reserved(name: &str) -> bool {
    let base = name.split('.').next().unwrap_or(name).trim_end();
    let upper = base.to_ascii_uppercase();
    if matches!(upper.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let digit = upper.strip_prefix("COM").or_else(|| upper.strip_prefix("LPT"));
    let mut digit = digit.unwrap_or_default().chars();
    let is_one = matches!(digit.next(), Some('0'..='9' | '¹' | '²' | '³'));
    is_one && digit.next().is_none()
}

/// Splits a name from its extension with the dot, which has at most 16 bytes.
fn split_extension(file: &str) -> (&str, &str) {
    match file.rfind('.') {
        Some(dot) if dot > 0 && file.len() - dot <= 17 => file.split_at(dot),
        _ => (file, ""),
    }
}

/// Shortens a name to its beginning, a digest of the whole, and its extension.
fn shortened(name: &str) -> String {
    let (stem, extension) = split_extension(name);
    let digest = digest(name);
    let mut end = MAX_COMPONENT - extension.len() - digest.len() - 1;
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}-{digest}{extension}", &stem[..end])
}

fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
}

#[cfg(test)]
pub(super) mod tests;
