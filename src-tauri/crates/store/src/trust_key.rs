//! The user's secret key. It authenticates what Cropmark wrote, so that rows that came along with a
//! folder are not taken for it.

use std::{
    fmt, fs,
    io::{self, Read as _, Write as _},
    path::Path,
};

use crate::{
    StoreError,
    atomic::{create_folders, sync_folder},
    os,
};

/// Bytes of a key.
const LENGTH: usize = 32;

/// A secret of the user, with which the rows of an index are authenticated.
#[derive(Clone)]
pub struct TrustKey([u8; LENGTH]);

impl fmt::Debug for TrustKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TrustKey")
    }
}

impl From<[u8; LENGTH]> for TrustKey {
    fn from(bytes: [u8; LENGTH]) -> Self {
        Self(bytes)
    }
}

impl TrustKey {
    /// Reads the user's key from this file, or makes the file with a random key.
    ///
    /// # Errors
    /// [`StoreError::Key`] where the file is a link, belongs to another user, can be read by
    /// others or is no key, and where it cannot be made.
    pub fn load(path: &Path) -> Result<Self, StoreError> {
        let refused = |source| StoreError::Key { path: path.to_path_buf(), source };
        match read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if let Some(folder) = path.parent() {
                    create_folders(folder)?;
                }
                make(path).and_then(|()| read(path)).map_err(refused)
            }
            other => other.map_err(refused),
        }
    }

    /// Makes a key that no file holds: what is written with it is not known again.
    ///
    /// # Errors
    /// Where the system has no random bytes.
    pub fn of_this_process() -> io::Result<Self> {
        os::random().map(Self)
    }

    pub(crate) fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

fn read(path: &Path) -> io::Result<TrustKey> {
    let file = os::open_regular(path)?;
    if !os::is_private(&file)? {
        return Err(io::Error::other("other users may read or replace it"));
    }
    let mut bytes = Vec::with_capacity(LENGTH + 1);
    file.take(LENGTH as u64 + 1).read_to_end(&mut bytes)?;
    let bytes = bytes.try_into().map_err(|_| io::Error::other("it is not 32 bytes long"))?;
    Ok(TrustKey(bytes))
}

/// Writes a new key beside its place and gives it its name, unless another process was faster.
fn make(path: &Path) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let suffix = u64::from_le_bytes(std::array::from_fn({
        let random = os::random()?;
        move |index| random[index]
    }));
    let beside = folder.join(format!(".trust-{suffix:016x}.part"));
    let written = os::create_private(&beside).and_then(|mut file| {
        file.write_all(&os::random()?)?;
        file.sync_all()?;
        os::rename_to_free_name_at(os::HERE, &beside, os::HERE, path)
    });
    match written {
        Ok(()) => sync_folder(folder),
        Err(error) => {
            let _ = fs::remove_file(&beside);
            if error.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_for_its_user() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/trust.key");
        let keys: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| TrustKey::load(&path))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap().unwrap().0).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0] && *key != [0; LENGTH]));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_that_others_know_or_that_lies_elsewhere_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("trust.key"), folder.path().join("other"));
        TrustKey::load(&other).unwrap();
        symlink(&other, &path).unwrap();
        let refused = |detail: &str| {
            let text = TrustKey::load(&path).unwrap_err().to_string();
            assert!(text.contains("trust.key") && text.contains(detail), "{text}");
            fs::remove_file(&path).unwrap();
        };
        refused("remove it");
        TrustKey::load(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        refused("other users may read");
        os::create_private(&path).unwrap().write_all(b"short").unwrap();
        refused("32 bytes");
    }
}
