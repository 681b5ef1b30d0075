//! What the tests of the store share.

use std::{
    env,
    io::Write as _,
    path::Path,
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use cropmark_rules::{ContentHash, Format, Key, protocol::Rendered};
use cropmark_store::{CacheSettings, Inserted, NewVariant, Opened, Store, StoreError, TrustKey};
use tempfile::TempDir;

pub(crate) fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_000_000 + seconds)
}

/// A folder in memory where there is one: these tests are about order, not about disks.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

pub(crate) fn key() -> TrustKey {
    [7; 32].into()
}

pub(crate) fn key_of(number: u64) -> Key {
    blake3::hash(&number.to_le_bytes()).into()
}

pub(crate) fn content_of(number: u64) -> Vec<u8> {
    number.to_le_bytes().repeat(500)
}

pub(crate) fn rendered(content: &[u8]) -> Rendered {
    Rendered {
        format: Format::Jpeg,
        width: 230,
        height: 153,
        frames: 1,
        bytes: content.len() as u64,
        hash: ContentHash::of(content),
        quality: Some(80),
        score: None,
        milliseconds: 1.5,
        notes: Vec::new(),
        windows: Vec::new(),
        faces: None,
        steps: Vec::new(),
    }
}

pub(crate) fn open(workspace: &Path) -> Opened {
    Store::open(workspace, CacheSettings::default(), &key(), at(0)).unwrap()
}

pub(crate) fn insert(store: &Store, number: u64) -> Result<Inserted, StoreError> {
    let (key, content) = (key_of(number), content_of(number));
    let temporary = store.temporary(key, "jpg")?;
    temporary.file().as_ref().write_all(&content).map_err(|error| {
        StoreError::from(cropmark_store::atomic::WriteError::at(temporary.destination(), error))
    })?;
    let rendered = rendered(&content);
    store.insert(NewVariant { temporary, key, rendered, is_look: false }, at(number))
}

/// This test program again, to run one ignored test in a folder.
pub(crate) fn child(test: &str, folder: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture", "--quiet"]);
    command.env("CROPMARK_TEST_FOLDER", folder);
    command
}

/// The folder that [`child`] was given; `None` where somebody runs all ignored tests by hand.
pub(crate) fn child_folder() -> Option<std::path::PathBuf> {
    env::var_os("CROPMARK_TEST_FOLDER").map(Into::into)
}

/// Numbers without a pattern, the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }
}
