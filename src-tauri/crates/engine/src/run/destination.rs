//! Where results go: the folder, their names, and what happens where a name is taken.

use std::{
    collections::HashSet,
    fs::{self, File},
    io,
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use cropmark_rules::{
    FormatRule,
    geometry::Size,
    naming::{NameFacts, NameTemplate, numbered},
    plan::PlannedVariant,
    protocol::Rendered,
};
use cropmark_store::atomic::{
    Conflict, Originals, Root, TemporaryFile, WriteError, create_folders, sweep,
};

use crate::source::open;

/// The most numbered names that are compared with a new file before it gets the next number.
const COMPARED: u32 = 100;

/// Where results go.
#[derive(Debug)]
pub struct Destination {
    /// The folder.
    pub folder: PathBuf,
    /// The names below it.
    pub names: NameTemplate,
    /// What happens where a name is taken.
    pub conflict: Conflict,
    /// What is never written to.
    pub originals: Originals,
    /// Folders that were made, or found, and swept of what a killed run left.
    ready: Mutex<HashSet<PathBuf>>,
}

/// A result on the way to its place.
pub(super) enum Placement {
    /// Nothing is to be written: this file stays as it is.
    There(PathBuf),
    /// This file is complete, and is to get its name.
    New(TemporaryFile),
}

impl Destination {
    /// A destination without originals.
    #[must_use]
    pub fn new(folder: PathBuf, names: NameTemplate, conflict: Conflict) -> Self {
        let originals = Originals::new();
        Self { folder, names, conflict, originals, ready: Mutex::default() }
    }

    /// A variant's name below the folder, where it follows from the plan: not where only the
    /// result has the format (`smallest`) or the size that the name is made of.
    pub(super) fn planned_name(&self, variant: &PlannedVariant, asset: &str) -> Option<String> {
        let FormatRule::Named(format) = variant.encoding.format else { return None };
        let named = |width| {
            let size = Size { width, height: width };
            self.names.path(&facts(variant, asset, format, size))
        };
        let name = named(1);
        (name == named(2)).then_some(name)
    }

    /// The name that a variant is expected to get, for a dry run.
    pub(super) fn expected_name(&self, variant: &PlannedVariant, asset: &str) -> Option<String> {
        let FormatRule::Named(format) = variant.encoding.format else { return None };
        let size = variant.size?;
        Some(self.names.path(&facts(variant, asset, format, size)))
    }

    /// A variant's name once it is rendered.
    pub(super) fn final_name(
        &self,
        variant: &PlannedVariant,
        asset: &str,
        rendered: &Rendered,
    ) -> String {
        let size = Size { width: rendered.width, height: rendered.height };
        self.names.path(&facts(variant, asset, rendered.format, size))
    }

    /// The path of a name below the folder.
    ///
    /// # Errors
    /// Where the name leads elsewhere: it is absolute, empty, or has `..` in it.
    pub(super) fn path(&self, name: &str) -> Result<PathBuf, WriteError> {
        let mut components = Path::new(name).components();
        let is_below = components.all(|component| matches!(component, Component::Normal(_)));
        if is_below && !name.is_empty() {
            return Ok(self.folder.join(name));
        }
        let source = io::Error::new(io::ErrorKind::InvalidFilename, "it is no name below a folder");
        Err(WriteError::Other { path: PathBuf::from(name), source })
    }

    /// An empty temporary for a result with this name, or of a name not known yet.
    pub(super) fn temporary(&self, name: Option<&str>) -> Result<TemporaryFile, WriteError> {
        let Some(name) = name else {
            self.prepare(&self.folder)?;
            return TemporaryFile::within(&self.folder, &self.folder);
        };
        let path = self.path(name)?;
        self.prepare(&self.folder)?;
        self.prepare(path.parent().unwrap_or(&self.folder))?;
        TemporaryFile::below(&self.root()?, &path)
    }

    /// The folder, which no link below it leads out of. It is opened for each file: it may have been
    /// moved, and another may stand there.
    fn root(&self) -> Result<Arc<Root>, WriteError> {
        let opened = Root::open(&self.folder).map(Arc::new);
        opened.map_err(|error| WriteError::at(&self.folder, error))
    }

    /// Whether something else stands where the folder was.
    pub(super) fn is_a_file(&self) -> bool {
        fs::metadata(&self.folder).is_ok_and(|found| !found.is_dir())
    }

    /// Checks folders again before the next file: after a pause they may have gone.
    pub(super) fn forget_folders(&self) {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Makes a folder, once, and clears it of temporaries whose process was killed.
    fn prepare(&self, folder: &Path) -> Result<(), WriteError> {
        let locked = || self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if locked().contains(folder) {
            return Ok(());
        }
        if folder == self.folder {
            create_folders(folder)?;
        } else {
            self.root()?.create_folders(folder)?;
        }
        match sweep(folder) {
            Ok(0) => {}
            Ok(swept) => {
                tracing::info!(folder = %folder.display(), swept, "removed what a killed run left");
            }
            // Write permission without read permission is enough to go on.
            Err(error) => tracing::debug!(folder = %folder.display(), %error, "not swept"),
        }
        locked().insert(folder.to_owned());
        Ok(())
    }

    /// Whether the result need not even be made: the name is taken, and what is there stays.
    pub(super) fn is_kept(&self, name: &str) -> Option<PathBuf> {
        let path = self.path(name).ok()?;
        (self.conflict == Conflict::Skip && fs::symlink_metadata(&path).is_ok()).then_some(path)
    }

    /// Makes a rendered file ready to get its name.
    pub(super) fn place(
        &self,
        temporary: TemporaryFile,
        name: &str,
        rendered: &Rendered,
    ) -> Result<Placement, WriteError> {
        if let Some(path) = self.same_content_there(name, rendered) {
            return Ok(Placement::There(path));
        }
        // A temporary made before its name was known lies in another folder.
        if temporary.destination() != self.path(name)? {
            return self.copy(temporary.file(), name);
        }
        Ok(Placement::New(temporary))
    }

    /// Makes a copy of a kept variant, which is compared with what was kept while it is copied;
    /// `None`: its bytes are others. A name that is known is given.
    pub(super) fn place_kept(
        &self,
        kept: &File,
        name: Option<&str>,
        rendered: &Rendered,
    ) -> Result<Option<Placement>, WriteError> {
        if let Some(path) = name.and_then(|name| self.same_content_there(name, rendered)) {
            return Ok(Some(Placement::There(path)));
        }
        let copy = self.temporary(name)?;
        let is_whole = copy.fill_checked(kept, rendered.bytes, rendered.hash)?;
        Ok(is_whole.then_some(Placement::New(copy)))
    }

    /// Makes a copy of a file ready to get its name, as [`Destination::place`] does.
    pub(super) fn place_copy(
        &self,
        content: &File,
        name: &str,
        rendered: &Rendered,
    ) -> Result<Placement, WriteError> {
        match self.is_kept(name).or_else(|| self.same_content_there(name, rendered)) {
            Some(path) => Ok(Placement::There(path)),
            None => self.copy(content, name),
        }
    }

    fn copy(&self, content: &File, name: &str) -> Result<Placement, WriteError> {
        let copy = self.temporary(Some(name))?;
        copy.fill_from(content)?;
        Ok(Placement::New(copy))
    }

    /// The file that has these bytes already and may stay as it is. With unique names, it may be
    /// a numbered one: doing the same again makes no `-2`.
    fn same_content_there(&self, name: &str, rendered: &Rendered) -> Option<PathBuf> {
        let compared = match self.conflict {
            Conflict::Unique => COMPARED,
            Conflict::IfChanged => 1,
            Conflict::Overwrite | Conflict::Skip => return None,
        };
        for number in 1..=compared {
            let numbered = if number == 1 { name.to_owned() } else { numbered(name, number) };
            let path = self.path(&numbered).ok()?;
            let metadata = fs::metadata(&path).ok()?;
            if metadata.is_file() && metadata.len() == rendered.bytes {
                let hash = open::open_regular(&path).ok().and_then(|file| open::hash(&file).ok());
                if hash == Some(rendered.hash) {
                    return Some(path);
                }
            }
        }
        None
    }
}

fn facts<'a>(
    variant: &'a PlannedVariant,
    asset: &'a str,
    format: cropmark_rules::Format,
    size: Size,
) -> NameFacts<'a> {
    NameFacts {
        generator: &variant.generator,
        theme: variant.theme.as_deref(),
        variation: variant.variation.as_deref(),
        path: asset,
        format,
        size,
        key: variant.key,
        parameters: &variant.parameters,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_have_no_path() {
        let names = NameTemplate::parse("{stem}.{ext}", &[]).unwrap();
        let destination = Destination::new("out".into(), names, Conflict::Overwrite);
        assert_eq!(destination.path("a/b.jpg").unwrap(), Path::new("out/a/b.jpg"));
        for name in ["", "/etc/passwd", "../a.jpg", "a/../../b.jpg", "..", "./a.jpg"] {
            assert!(destination.path(name).is_err(), "{name}");
            assert!(destination.temporary(Some(name)).is_err(), "{name}");
            assert_eq!(destination.is_kept(name), None, "{name}");
        }
    }
}
