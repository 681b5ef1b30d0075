//! Reads and writes preset files.

use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use cropmark_engine::source::is_preset_name;
use cropmark_rules::preset::MAX_BYTES;
use cropmark_store::atomic::{Conflict, Originals, Outcome, TemporaryFile};
use rustix::{
    fs::{Access, access},
    io::Errno,
};

use super::DocumentError;

/// The ending of preset files' names.
pub(super) const ENDING: &str = ".preset.toml";

/// The content of a preset file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// The text of the file.
    Text(String),
    /// There is no file of this name.
    Nothing,
    /// The reason why the file cannot be read as text, and the remedy.
    Trouble(String),
}

/// Looks at a file. Never waits for a pipe, and reads no more than a preset may have.
pub(super) fn read(path: &Path) -> Found {
    match read_bytes(path) {
        Ok(bytes) if bytes.len() > MAX_BYTES => Found::Trouble(format!(
            "The file has more than the {MAX_BYTES} bytes that a preset may have. Is it one?"
        )),
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Found::Text(text),
            Err(_) => Found::Trouble(
                "The file is not UTF-8 text. Save it with the encoding UTF-8.".to_owned(),
            ),
        },
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                // A link without a target is reported, because the user can see it in the folder.
                match fs::symlink_metadata(path) {
                    Ok(_) => Found::Trouble(
                        "The file is a link to one that is not there. Fix or remove it.".to_owned(),
                    ),
                    Err(_) => Found::Nothing,
                }
            }
            io::ErrorKind::PermissionDenied => Found::Trouble(
                "There is no permission to read the file. Change its permissions.".to_owned(),
            ),
            _ if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => {
                Found::Trouble("The file is a link that leads back to itself.".to_owned())
            }
            io::ErrorKind::InvalidInput => Found::Trouble(error.to_string()),
            _ => Found::Trouble(format!("The file cannot be read ({error}).")),
        },
    }
}

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "This is no file: a folder or something else has its name. Rename or remove that.",
        ));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a text to a file that may be there already: whole or not at all, with the permissions
/// it has; a link stays one, and what it leads to is written. `root` is the workspace.
pub(super) fn write(root: &Path, path: &Path, text: &str) -> Result<(), DocumentError> {
    let Some((target, permissions)) = target(root, path)? else {
        return write_new(path, text).and_then(|is_new| {
            if is_new { Ok(()) } else { Err(DocumentError::ChangedOnDisk { path: path.into() }) }
        });
    };
    check_folder(&target)?;
    let temporary = filled(&target, text)?;
    temporary
        .file()
        .set_permissions(permissions)
        .map_err(|source| DocumentError::Write { path: path.into(), source })?;
    temporary.commit(Conflict::Overwrite, &Originals::new())?;
    Ok(())
}

/// Checks whether [`write`] may write a file, without writing it.
pub(super) fn check_writable(root: &Path, path: &Path) -> Result<(), DocumentError> {
    match target(root, path)? {
        Some((target, _)) => check_folder(&target),
        None => check_folder(path),
    }
}

/// Finds the file that a path leads to, and its permissions; `None`: there is none yet.
fn target(root: &Path, path: &Path) -> Result<Option<(PathBuf, Permissions)>, DocumentError> {
    let target = match path.canonicalize() {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(DocumentError::Write { path: path.into(), source }),
    };
    let name = target.file_name().unwrap_or(OsStr::new(""));
    if !target.starts_with(root) && !is_preset_name(name) {
        return Err(DocumentError::LeadsOut { path: path.into(), target });
    }
    let metadata = fs::metadata(&target)
        .map_err(|source| DocumentError::Write { path: path.into(), source })?;
    if metadata.permissions().readonly() {
        return Err(DocumentError::Protected { path: path.into() });
    }
    Ok(Some((target, metadata.permissions())))
}

/// Checks whether a file may be put beside this one, as saving does; where its folder is not there
/// yet, whether that can be made.
fn check_folder(path: &Path) -> Result<(), DocumentError> {
    let folder = path.ancestors().skip(1).find(|folder| folder.exists());
    let folder = folder.unwrap_or(Path::new("/"));
    access(folder, Access::WRITE_OK | Access::EXEC_OK).map_err(|error| match error {
        Errno::ACCESS | Errno::PERM | Errno::ROFS => {
            DocumentError::ReadOnlyFolder { path: path.into(), folder: folder.into() }
        }
        _ => DocumentError::Write { path: path.into(), source: error.into() },
    })
}

/// Writes a copy of a preset where the user wants it, and returns its path. A name without the
/// ending of preset files gets it, and then replaces no file.
pub(super) fn write_copy(to: &Path, text: &str) -> Result<PathBuf, DocumentError> {
    let name = to.file_name().unwrap_or_default();
    if is_preset_name(name) {
        filled(to, text)?.commit(Conflict::Overwrite, &Originals::new())?;
        return Ok(to.to_owned());
    }
    let mut name = name.to_owned();
    name.push(ENDING);
    let path = to.with_file_name(&name);
    if write_new(&path, text)? {
        Ok(path)
    } else {
        Err(DocumentError::Exists { file: name.to_string_lossy().into_owned() })
    }
}

/// Creates a file with a text; returns `false` where the file exists.
pub(super) fn write_new(path: &Path, text: &str) -> Result<bool, DocumentError> {
    let committed = filled(path, text)?.commit(Conflict::Skip, &Originals::new())?;
    Ok(committed.outcome == Outcome::Created)
}

fn filled(path: &Path, text: &str) -> Result<TemporaryFile, DocumentError> {
    let temporary = TemporaryFile::beside(path)?;
    let mut file: &File = temporary.file();
    file.write_all(text.as_bytes())
        .map_err(|source| DocumentError::Write { path: PathBuf::from(path), source })?;
    Ok(temporary)
}
