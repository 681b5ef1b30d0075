//! Files that overlays use: opened below the preset's own folder and nowhere else, whatever links
//! say.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use cropmark_rules::{ContentHash, Fault, FaultCode, plan::check_inner_path};

use crate::source::open::{self, Source};

/// Opens a file that an overlay uses, by its path below the preset's folder.
pub type OpenFile = Box<dyn Fn(&str) -> Result<File, Fault> + Send + Sync>;

/// Where the files of overlays are.
pub(crate) enum OverlayOrigin {
    /// Below this folder.
    Folder(PathBuf),
    /// Where this function finds them, such as in a revision of a repository.
    Elsewhere(OpenFile),
}

impl fmt::Debug for OverlayOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => formatter.debug_tuple("Folder").field(folder).finish(),
            Self::Elsewhere(_) => formatter.write_str("Elsewhere"),
        }
    }
}

impl OverlayOrigin {
    /// Opens a file by the path that the preset gives.
    ///
    /// # Errors
    /// Where there is no such file, it is not a regular one, or the path leads out of the folder.
    pub(crate) fn open(&self, name: &str) -> Result<Source, Fault> {
        match self {
            Self::Folder(folder) => open_inside(folder, name),
            Self::Elsewhere(open) => {
                check_inner_path(name).map_err(invalid)?;
                Source::from_file(open(name)?).map(|(source, _)| source)
            }
        }
    }
}

/// A file that an overlay uses. A clone is the same open file.
#[derive(Debug, Clone)]
pub(crate) struct OpenOverlay {
    /// As the preset names it.
    name: String,
    source: Source,
    pub(crate) hash: ContentHash,
}

impl OpenOverlay {
    /// Opens and hashes a file by the path that the preset gives.
    ///
    /// # Errors
    /// As of [`OverlayOrigin::open`].
    pub(crate) fn open(origin: &OverlayOrigin, name: &str) -> Result<Self, Fault> {
        let source = origin.open(name)?;
        let hash = source.hash()?;
        Ok(Self { name: name.to_owned(), source, hash })
    }

    /// Checks that nobody has written to it since it was hashed.
    ///
    /// # Errors
    /// With [`FaultCode::SourceChanged`].
    pub(crate) fn unchanged(&self) -> Result<(), Fault> {
        self.source.unchanged().map_err(|fault| {
            let message = format!("{}, which an overlay uses: {}", self.name, fault.message);
            Fault::new(fault.code, message)
        })
    }
}

/// The open files that variants of a plan use, by their content. A clone is the same open files.
#[derive(Debug, Clone, Default)]
pub struct OverlayFiles(HashMap<ContentHash, OpenOverlay>);

impl OverlayFiles {
    pub(crate) fn insert(&mut self, file: OpenOverlay) {
        self.0.insert(file.hash, file);
    }

    pub(crate) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Returns the open files with these contents, by the names that operations give.
    #[must_use]
    pub fn named(&self, files: &BTreeMap<String, ContentHash>) -> BTreeMap<String, Arc<File>> {
        let files = files.iter().filter_map(|(name, hash)| {
            Some((name.clone(), Arc::clone(&self.0.get(hash)?.source.file)))
        });
        files.collect()
    }

    /// Checks that nobody has written to one of them since it was hashed.
    ///
    /// # Errors
    /// With [`FaultCode::SourceChanged`].
    pub fn unchanged(&self) -> Result<(), Fault> {
        self.0.values().try_for_each(OpenOverlay::unchanged)
    }
}

/// Opens a file by its path below `folder`.
///
/// # Errors
/// Where there is no such file, it is not a regular one, or a link leads out of the folder.
pub(crate) fn open_inside(folder: &Path, path: &str) -> Result<Source, Fault> {
    check_inner_path(path).map_err(invalid)?;
    let file = open_beneath(folder, path).map_err(|error| fault(path, &error))?;
    let source = Source::from_file(file).map(|(source, _)| source);
    source.map_err(|fault| Fault::new(fault.code, format!("{path}: {}", fault.message)))
}

/// The kernel follows links, and fails with `EXDEV` where one leads out.
#[cfg(target_os = "linux")]
fn open_beneath(folder: &Path, path: &str) -> io::Result<File> {
    use rustix::{
        fs::{Mode, OFlags, ResolveFlags, open, openat2},
        io::Errno,
    };
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let folder_descriptor = open(effective(folder), flags | OFlags::DIRECTORY, Mode::empty())?;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    // A pipe must not make the opening wait.
    let opened =
        openat2(&folder_descriptor, path, flags | OFlags::NONBLOCK, Mode::empty(), resolve);
    match opened {
        Ok(descriptor) => Ok(File::from(descriptor)),
        // Kernels before 5.6, and containers that do not know the call.
        Err(Errno::NOSYS | Errno::PERM) => open_resolved(folder, path),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn open_beneath(folder: &Path, path: &str) -> io::Result<File> {
    open_resolved(folder, path)
}

/// Resolves all links first and looks where they lead.
fn open_resolved(folder: &Path, path: &str) -> io::Result<File> {
    let folder = effective(folder).canonicalize()?;
    let resolved: PathBuf = folder.join(path).canonicalize()?;
    if !resolved.starts_with(&folder) {
        return Err(io::ErrorKind::CrossesDevices.into());
    }
    open::open_nonblocking(&resolved)
}

/// The folder of a bare file name is the current one.
fn effective(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

fn fault(path: &str, error: &io::Error) -> Fault {
    match error.kind() {
        // As of a source that is gone: it can be put there, and the variant be tried again.
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Fault::new(
            FaultCode::Unreadable,
            format!("There is no file {path} in the preset file's folder."),
        ),
        io::ErrorKind::CrossesDevices => invalid(format!(
            "{path} is a link that leads out of the preset file's folder. Copy the file there."
        )),
        io::ErrorKind::PermissionDenied => {
            Fault::new(FaultCode::Denied, format!("There is no permission to read {path}."))
        }
        _ => Fault::new(FaultCode::Unreadable, format!("{path} cannot be opened ({error}).")),
    }
}

fn invalid(message: String) -> Fault {
    Fault::new(FaultCode::Invalid, message)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn only_what_lies_inside_is_opened() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("presets");
        fs::create_dir_all(folder.join("brand")).unwrap();
        fs::write(root.path().join("secret"), "secret").unwrap();
        fs::write(folder.join("brand/logo.png"), "logo").unwrap();
        symlink("logo.png", folder.join("brand/inside")).unwrap();
        symlink("../../secret", folder.join("brand/outside")).unwrap();
        symlink(root.path().join("secret"), folder.join("absolute")).unwrap();
        symlink("/proc/self/exe", folder.join("magic")).unwrap();
        for path in ["brand/logo.png", "brand/inside"] {
            open_inside(&folder, path).unwrap();
            open_resolved(&folder, path).unwrap();
        }
        for path in ["brand/outside", "absolute", "magic", "missing", "brand"] {
            assert!(open_inside(&folder, path).is_err(), "{path}");
        }
        for path in ["brand/outside", "absolute", "magic", "missing"] {
            assert!(open_resolved(&folder, path).is_err(), "{path}");
        }
        assert_eq!(open_inside(&folder, "missing").unwrap_err().code, FaultCode::Unreadable);
        for path in ["../secret", "/etc/passwd", "brand/../../secret", ""] {
            assert_eq!(open_inside(&folder, path).unwrap_err().code, FaultCode::Invalid, "{path}");
        }
    }
}
