//! The files that overlays name, with their positions in the preset file.

use std::{collections::HashSet, ops::Range};

use toml::de::DeTable;

use crate::{
    parameters::Template,
    preset::{Preset, position::TextPosition},
};

/// A file that an overlay names, without values to be put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverlayFile {
    /// The generator, which has no fault.
    pub generator: String,
    /// The file's path as it is written, below the preset file's folder.
    pub image: String,
    /// The line of the path, from 1.
    pub line: u32,
    /// The column of the path, from 1, in characters.
    pub column: u32,
}

/// Lists the files that overlays of working generators name. A name with values in it is known
/// only when an asset is rendered, and is left out.
pub(super) fn overlay_files(
    root: &DeTable<'_>,
    preset: &Preset,
    position: impl Fn(Range<usize>) -> TextPosition,
) -> Vec<OverlayFile> {
    let working: HashSet<&str> = preset.generators.iter().map(|it| it.name.as_str()).collect();
    let mut files = Vec::new();
    let generators = root.get("generators").and_then(|value| value.get_ref().as_table());
    for (generator, value) in generators.into_iter().flatten() {
        let generator = generator.get_ref().as_ref();
        if !working.contains(generator) {
            continue;
        }
        let operations = value.get_ref().get("operations");
        let operations = operations.and_then(|operations| operations.get_ref().as_array());
        for operation in operations.into_iter().flatten() {
            let key = |name| operation.get_ref().get(name);
            let is_on = key("enabled").and_then(|on| on.get_ref().as_bool()) != Some(false);
            let is_overlay = key("op").and_then(|op| op.get_ref().as_str()) == Some("overlay");
            let image = key("image").filter(|_| is_on && is_overlay);
            let Some((value, image)) = image.and_then(|it| Some((it, it.get_ref().as_str()?)))
            else {
                continue;
            };
            let is_fixed = Template::parse(image).is_ok_and(|it| it.names().next().is_none());
            if is_fixed {
                let place = position(value.span());
                files.push(OverlayFile {
                    generator: generator.to_owned(),
                    image: image.to_owned(),
                    line: place.line,
                    column: place.column,
                });
            }
        }
    }
    files
}
