//! Preset files, read from the disk, with the files that their overlays use.

use std::{
    collections::HashMap,
    fs, io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use cropmark_rules::{
    ContentHash, Fault, FaultCode, Operation,
    parameters::Template,
    preset::{MAX_BYTES, Preset, Problem, parse_bytes},
};

use super::{
    inner::open_inside,
    source::{self, Source},
};

/// Overlay files that are kept open; a preset that takes a file of its own for every asset must
/// not use up the descriptors.
const KEPT_OPEN: usize = 128;

/// Why a preset file could not be read at all.
#[derive(Debug, thiserror::Error)]
#[error("{}: {fault}", path.display())]
pub struct PresetError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub fault: Fault,
}

/// A preset file that was read: what works of it, and what is wrong with it.
#[derive(Debug)]
pub struct PresetSource {
    path: PathBuf,
    folder: PathBuf,
    text: String,
    preset: Preset,
    problems: Vec<Problem>,
    files: Mutex<Files>,
}

/// The files that overlays use, by the names that the preset gives.
#[derive(Debug, Default)]
struct Files {
    open: HashMap<String, InnerFile>,
    /// The hashes that some must have.
    expected: HashMap<String, ContentHash>,
}

/// A file that an overlay uses.
#[derive(Debug, Clone)]
pub(super) struct InnerFile {
    name: String,
    pub(super) source: Source,
    pub(super) hash: ContentHash,
}

impl InnerFile {
    /// Fails where somebody has written to it since it was hashed.
    pub(super) fn unchanged(&self) -> Result<(), Fault> {
        self.source.unchanged().map_err(|fault| {
            let message = format!("{}, which an overlay uses: {}", self.name, fault.message);
            Fault::new(fault.code, message)
        })
    }
}

impl PresetSource {
    /// Reads a preset file. Faults in what it says are [`PresetSource::problems`].
    ///
    /// # Errors
    /// Where the file itself cannot be read.
    pub fn read(path: &Path) -> Result<Self, PresetError> {
        let bytes =
            read_bounded(path).map_err(|fault| PresetError { path: path.to_owned(), fault })?;
        Ok(Self::from_bytes(path, &bytes))
    }

    /// Takes a preset's text as it is, or was, at this path.
    #[must_use]
    pub fn from_text(path: &Path, text: &str) -> Self {
        Self::from_bytes(path, text.as_bytes())
    }

    fn from_bytes(path: &Path, bytes: &[u8]) -> Self {
        let parsed = parse_bytes(bytes);
        Self {
            path: path.to_owned(),
            folder: path.parent().map(Path::to_owned).unwrap_or_default(),
            text: String::from_utf8_lossy(bytes).into_owned(),
            preset: parsed.preset,
            problems: parsed.problems,
            files: Mutex::default(),
        }
    }

    /// The same with these generators only.
    #[must_use]
    pub fn only(mut self, generators: &[String]) -> Self {
        self.preset.generators.retain(|generator| generators.contains(&generator.name));
        self
    }

    /// What stands in the file; what is not Unicode in it is replaced.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What works of it.
    #[must_use]
    pub fn preset(&self) -> &Preset {
        &self.preset
    }

    /// What is wrong with what it says, in the order of the file.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The preset file itself, and the files that its overlays name.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let images = self.images().map(|image| self.folder.join(image));
        std::iter::once(self.path.clone()).chain(images).collect()
    }

    /// The files that overlays name, as they name them.
    pub(super) fn images(&self) -> impl Iterator<Item = &str> {
        let steps = self.preset.generators.iter().flat_map(|generator| &generator.operations);
        steps.filter_map(|step| match &step.operation {
            Operation::Overlay(overlay) => Some(overlay.image.as_str()),
            _ => None,
        })
    }

    /// The same with these hashes for files of overlays: another content is a fault.
    pub(super) fn expecting(self, expected: HashMap<String, ContentHash>) -> Self {
        self.held().expected = expected;
        self
    }

    /// From now on files of overlays are taken as they are.
    pub(super) fn accept_files(&self) {
        *self.held() = Files::default();
    }

    fn held(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A file that an overlay uses: opened and hashed once, and anew where somebody has written
    /// to it since.
    pub(super) fn file(&self, name: &str) -> Result<InnerFile, Fault> {
        let kept = self.held().open.get(name).cloned();
        if let Some(file) = kept.filter(|file| file.source.unchanged().is_ok()) {
            return Ok(file);
        }
        let source = open_inside(&self.folder, name)?;
        let hash = source.hash()?;
        let file = InnerFile { name: name.to_owned(), source, hash };
        let mut files = self.held();
        if files.expected.get(name).is_some_and(|expected| *expected != file.hash) {
            return Err(not_as_planned(name));
        }
        if files.open.len() >= KEPT_OPEN {
            files.open.clear();
        }
        files.open.insert(name.to_owned(), file.clone());
        Ok(file)
    }

    /// What is wrong with the files that overlays name: those that are not there, or lie
    /// outside the preset file's folder. A name with values in it is known only when an asset
    /// is rendered, and is not looked at.
    #[must_use]
    pub fn file_problems(&self) -> Vec<Problem> {
        let text = &self.text;
        let named = named_images(text);
        let plain = named.into_iter().filter(|named| {
            Template::parse(&named.image).is_ok_and(|image| image.names().next().is_none())
        });
        let works = plain.filter(|named| self.preset.generator(&named.generator).is_some());
        works
            .filter_map(|named| {
                let fault = open_inside(&self.folder, &named.image).err()?;
                let (line, column) = place(text, named.start);
                Some(Problem {
                    line,
                    column,
                    length: None,
                    message: format!("image: {}", fault.message),
                    generator: Some(named.generator),
                })
            })
            .collect()
    }
}

/// A file of an overlay has another content than the run was planned with.
pub(super) fn not_as_planned(name: &str) -> Fault {
    let message = format!(
        "{name}, which an overlay uses, is not what it was when the run was planned. Try again to \
         take it as it is now."
    );
    Fault::new(FaultCode::SourceChanged, message)
}

/// An overlay's image, as the text of a preset file names it.
struct NamedImage {
    generator: String,
    image: String,
    /// The byte at which the value begins.
    start: usize,
}

/// The images of all enabled overlays.
fn named_images(text: &str) -> Vec<NamedImage> {
    let (root, _) = toml::de::DeTable::parse_recoverable(text);
    let mut images = Vec::new();
    let generators = root.get_ref().get("generators").and_then(|value| value.get_ref().as_table());
    for (generator, value) in generators.into_iter().flatten() {
        let operations = value.get_ref().get("operations");
        let operations = operations.and_then(|operations| operations.get_ref().as_array());
        for operation in operations.into_iter().flatten() {
            let key = |name| operation.get_ref().get(name);
            let is_on = key("enabled").and_then(|on| on.get_ref().as_bool()) != Some(false);
            let is_overlay = key("op").and_then(|op| op.get_ref().as_str()) == Some("overlay");
            let image = key("image").filter(|_| is_on && is_overlay);
            if let Some((value, image)) =
                image.and_then(|value| Some((value, value.get_ref().as_str()?)))
            {
                images.push(NamedImage {
                    generator: generator.get_ref().to_string(),
                    image: image.to_owned(),
                    start: value.span().start,
                });
            }
        }
    }
    images
}

/// Line and column of a byte, both from 1, the column in characters.
fn place(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

/// A file's content, up to one byte more than a preset file may have, so that the reader of
/// presets refuses the rest in its own words.
fn read_bounded(path: &Path) -> Result<Vec<u8>, Fault> {
    let file = source::open_regular(path)?;
    let length = file.metadata().map_err(|error| source::reading(&error))?.len();
    let length = usize::try_from(length).unwrap_or(usize::MAX).min(MAX_BYTES + 1);
    let mut content = vec![0; length];
    match file.read_exact_at(&mut content, 0) {
        Ok(()) => Ok(content),
        // It became shorter between the two calls: the next reading sees it whole.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            fs::read(path).map_err(|error| source::reading(&error))
        }
        Err(error) => Err(source::reading(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRESET: &str = r#"version = 1
[generators.a]
operations = [
  { op = "overlay", image = "logo.png" },
  { op = "overlay", image = "missing.png" },
  { op = "overlay", image = "off.png", enabled = false },
  { op = "overlay", image = "{asset.stem}.png" },
]
output = { format = "png" }
"#;

    #[test]
    fn files_of_overlays_are_found_and_missing_ones_have_a_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.preset.toml");
        fs::write(&path, PRESET).unwrap();
        fs::write(folder.path().join("logo.png"), "logo").unwrap();
        let preset = PresetSource::read(&path).unwrap();
        assert_eq!(preset.problems(), []);
        let problems = preset.file_problems();
        let places: Vec<_> =
            problems.iter().map(|problem| (problem.line, problem.column)).collect();
        assert_eq!(places, [(5, 29)], "{problems:?}");
        assert!(problems[0].message.contains("missing.png"));
        let logo = preset.file("logo.png").unwrap();
        assert_eq!(logo.hash, ContentHash::of(b"logo"));
        assert!(preset.file("missing.png").is_err());
    }

    #[test]
    fn an_overlay_that_was_written_to_is_read_anew_and_refused_where_another_was_planned() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.preset.toml");
        let logo = folder.path().join("logo.png");
        fs::write(&logo, "logo").unwrap();
        let preset = PresetSource::from_text(&path, PRESET);
        let before = preset.file("logo.png").unwrap();
        fs::write(&logo, "another logo").unwrap();
        assert!(before.unchanged().unwrap_err().message.starts_with("logo.png, which"));
        let now = preset.file("logo.png").unwrap();
        assert_ne!(now.hash, before.hash);
        now.unchanged().unwrap();

        let planned = HashMap::from([("logo.png".to_owned(), before.hash)]);
        let preset = PresetSource::from_text(&path, PRESET).expecting(planned);
        assert_eq!(preset.file("logo.png").unwrap_err().code, FaultCode::SourceChanged);
        fs::write(&logo, "logo").unwrap();
        assert_eq!(preset.file("logo.png").unwrap().hash, before.hash, "it is back");
        fs::write(&logo, "another logo").unwrap();
        preset.accept_files();
        assert_eq!(preset.file("logo.png").unwrap().hash, now.hash);
    }

    #[test]
    fn a_missing_preset_file_is_named() {
        let error = PresetSource::read(Path::new("/nowhere/a.preset.toml")).unwrap_err();
        assert!(error.to_string().starts_with("/nowhere/a.preset.toml: There is no such file"));
    }
}
