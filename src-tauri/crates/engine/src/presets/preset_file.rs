//! Reads preset files, and those that they extend, up to the size that they may have.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt as _,
    path::Path,
};

use cropmark_rules::{Fault, preset::MAX_BYTES};

use super::overlay_file::OverlayOrigin;
use crate::source::{is_preset_name, open};

/// Reads the files that a preset at this path extends.
pub fn base_reader(path: &Path) -> impl FnMut(&str) -> Result<String, String> + use<> {
    let origin = OverlayOrigin::Folder(path.parent().map(Path::to_owned).unwrap_or_default());
    move |base| base_text(&origin, base)
}

/// Reads a file that a preset extends: a preset file, below the folder of the first one.
pub(super) fn base_text(origin: &OverlayOrigin, path: &str) -> Result<String, String> {
    if !Path::new(path).file_name().is_some_and(is_preset_name) {
        return Err("name a preset file, which ends in .preset.toml".to_owned());
    }
    let file = origin.open(path).map_err(|fault| fault.message)?.file;
    let bytes = read_open(&file).map_err(|error| open::reading(&error).message)?;
    String::from_utf8(bytes)
        .map_err(|_| "this is not UTF-8 text; save the file with the encoding UTF-8".to_owned())
}

/// A file's content, up to one byte more than a preset file may have, so that the reader of
/// presets refuses the rest in its own words.
pub(super) fn read_bounded(path: &Path) -> Result<Vec<u8>, Fault> {
    let file = open::open_regular(path)?;
    match read_open(&file) {
        Ok(content) => Ok(content),
        // It became shorter between the two calls: the next reading sees it whole.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            fs::read(path).map_err(|error| open::reading(&error))
        }
        Err(error) => Err(open::reading(&error)),
    }
}

fn read_open(file: &File) -> io::Result<Vec<u8>> {
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let mut content = vec![0; length.min(MAX_BYTES + 1)];
    file.read_exact_at(&mut content, 0)?;
    Ok(content)
}
