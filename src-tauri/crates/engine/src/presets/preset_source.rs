//! Preset files, read from the disk, with the files that their overlays use.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use cropmark_rules::{
    ContentHash, Fault, FaultCode, Operation,
    preset::{BaseFile, OverlayFile, Parsed, Preset, Problem, Warning, parse_bytes_with},
};

use super::{
    overlay_file::{OpenFile, OpenOverlay, OverlayOrigin},
    preset_file::{base_reader, base_text, read_bounded},
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
    origin: OverlayOrigin,
    text: String,
    preset: Preset,
    problems: Vec<Problem>,
    warnings: Vec<Warning>,
    overlays: Vec<OverlayFile>,
    bases: Vec<BaseFile>,
    files: Mutex<OpenFiles>,
}

/// The files that overlays use, by the names that the preset gives.
#[derive(Debug, Default)]
struct OpenFiles {
    open: HashMap<String, OpenOverlay>,
    /// The hashes that some must have.
    expected: HashMap<String, ContentHash>,
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

    /// Takes a preset file's content that does not lie on the disk, such as that of a revision.
    /// `path` is what messages call it; `open` opens the files of its overlays.
    #[must_use]
    pub fn from_elsewhere(path: &Path, bytes: &[u8], open: OpenFile) -> Self {
        let origin = OverlayOrigin::Elsewhere(open);
        let parsed = parse_bytes_with(bytes, &mut |base| base_text(&origin, base));
        let text = String::from_utf8_lossy(bytes).into_owned();
        Self { origin, ..Self::from_parsed(path, text, parsed) }
    }

    /// Takes a preset's text with those of the files that it extends, as they are, or were.
    #[must_use]
    pub fn from_texts(path: &Path, text: &str, bases: &[BaseFile]) -> Self {
        let read = |wanted: &str| {
            let base = bases.iter().find(|base| base.path == wanted);
            base.map(|base| base.text.clone()).ok_or_else(|| "the file is missing".to_owned())
        };
        let parsed = parse_bytes_with(text.as_bytes(), &mut { read });
        Self::from_parsed(path, text.to_owned(), parsed)
    }

    fn from_bytes(path: &Path, bytes: &[u8]) -> Self {
        let parsed = parse_bytes_with(bytes, &mut base_reader(path));
        Self::from_parsed(path, String::from_utf8_lossy(bytes).into_owned(), parsed)
    }

    /// Takes a preset's text that was parsed already.
    #[must_use]
    pub fn from_parsed(path: &Path, text: String, parsed: Parsed) -> Self {
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Self {
            path: path.to_owned(),
            origin: OverlayOrigin::Folder(folder.clone()),
            folder,
            text,
            preset: parsed.preset,
            problems: parsed.problems,
            warnings: parsed.warnings,
            overlays: parsed.overlays,
            bases: parsed.bases,
            files: Mutex::default(),
        }
    }

    /// The same with these generators only.
    #[must_use]
    pub fn only(mut self, generators: &[String]) -> Self {
        self.preset.generators.retain(|generator| generators.contains(&generator.name));
        self
    }

    /// Leaves out the generators for which `is_left_out` is true.
    pub(super) fn leave_out(&mut self, is_left_out: impl Fn(&Self, &str) -> bool) {
        let generators = std::mem::take(&mut self.preset.generators);
        self.preset.generators.clone_from(&generators);
        let kept = generators.into_iter().filter(|it| !is_left_out(self, &it.name));
        self.preset.generators = kept.collect();
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

    /// What it says and surely does not mean, in the order of the file.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The files that it extends, as they were when it was read.
    #[must_use]
    pub fn bases(&self) -> &[BaseFile] {
        &self.bases
    }

    /// Where the files are that it extends.
    pub fn base_paths(&self) -> impl Iterator<Item = PathBuf> {
        self.bases.iter().map(|base| self.folder.join(&base.path))
    }

    /// The preset file itself, those that it extends, and the files that its overlays name.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let images = self.images().map(|image| self.folder.join(image));
        std::iter::once(self.path.clone()).chain(self.base_paths()).chain(images).collect()
    }

    /// The files that overlays name, as they name them.
    pub(crate) fn images(&self) -> impl Iterator<Item = &str> {
        let steps = self.preset.generators.iter().flat_map(|generator| &generator.operations);
        steps.filter_map(|step| match &step.operation {
            Operation::Overlay(overlay) => Some(overlay.image.as_str()),
            _ => None,
        })
    }

    /// Expects these hashes of overlays' files from now on: another content is a fault.
    pub(crate) fn expect_files(&self, expected: HashMap<String, ContentHash>) {
        self.open_files().expected = expected;
    }

    /// Takes overlays' files as they are from now on.
    pub(crate) fn accept_files(&self) {
        *self.open_files() = OpenFiles::default();
    }

    fn open_files(&self) -> MutexGuard<'_, OpenFiles> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a file that an overlay uses: opened and hashed once, and again where somebody has
    /// written to it since.
    pub(crate) fn file(&self, name: &str) -> Result<OpenOverlay, Fault> {
        let kept = self.open_files().open.get(name).cloned();
        if let Some(file) = kept.filter(|file| file.unchanged().is_ok()) {
            return Ok(file);
        }
        let file = OpenOverlay::open(&self.origin, name)?;
        let mut files = self.open_files();
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
        self.check_files(&mut OverlayFaults::new())
    }

    /// As [`Self::file_problems`], but opens no file that is in `known`; adds those that it opens,
    /// and removes those that no overlay names.
    pub fn check_files(&self, known: &mut OverlayFaults) -> Vec<Problem> {
        let named: HashSet<&str> = self.overlays.iter().map(|file| file.image.as_str()).collect();
        known.retain(|image, _| named.contains(image.as_str()));
        let problem = |file: &OverlayFile| {
            let fault = known.entry(file.image.clone()).or_insert_with(|| {
                let fault = self.origin.open(&file.image).err()?;
                Some(format!("image: {}", fault.message))
            });
            Some(Problem {
                line: file.line,
                column: file.column,
                length: None,
                message: fault.clone()?,
                generator: Some(file.generator.clone()),
            })
        };
        self.overlays.iter().filter_map(problem).collect()
    }
}

/// The files of overlays that were checked, by the names that the preset gives, each with its
/// fault.
pub type OverlayFaults = HashMap<String, Option<String>>;

/// A file of an overlay has another content than the run was planned with.
pub(crate) fn not_as_planned(name: &str) -> Fault {
    let message = format!(
        "{name}, which an overlay uses, is not what it was when the run was planned. Try again to \
         take it as it is now."
    );
    Fault::new(FaultCode::SourceChanged, message)
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write as _};

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
        let known = [("logo.png", Some("gone")), ("missing.png", None), ("other.png", None)];
        let mut known: OverlayFaults =
            known.map(|(name, fault)| (name.to_owned(), fault.map(str::to_owned))).into();
        let problems = preset.check_files(&mut known);
        assert_eq!(problems[0].message, "gone", "no file is opened that is known");
        assert_eq!((problems.len(), known.len()), (1, 2), "{known:?}");
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
        let preset = PresetSource::from_text(&path, PRESET);
        preset.expect_files(planned);
        assert_eq!(preset.file("logo.png").unwrap_err().code, FaultCode::SourceChanged);
        fs::write(&logo, "logo").unwrap();
        assert_eq!(preset.file("logo.png").unwrap().hash, before.hash, "it is back");
        fs::write(&logo, "another logo").unwrap();
        preset.accept_files();
        assert_eq!(preset.file("logo.png").unwrap().hash, now.hash);
    }

    #[test]
    fn overlays_of_a_preset_from_elsewhere_are_opened_there_and_only_by_inner_paths() {
        let open: OpenFile = Box::new(|name| {
            assert_eq!(name, "logo.png");
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(b"logo").unwrap();
            Ok(file)
        });
        let path = Path::new("main:a.preset.toml");
        let preset = PresetSource::from_elsewhere(path, PRESET.as_bytes(), open);
        assert_eq!(preset.problems(), []);
        assert_eq!(preset.file("logo.png").unwrap().hash, ContentHash::of(b"logo"));
        assert_eq!(preset.file("../logo.png").unwrap_err().code, FaultCode::Invalid);
    }

    #[test]
    fn a_missing_preset_file_is_named() {
        let error = PresetSource::read(Path::new("/nowhere/a.preset.toml")).unwrap_err();
        assert!(error.to_string().starts_with("/nowhere/a.preset.toml: There is no such file"));
    }
}
