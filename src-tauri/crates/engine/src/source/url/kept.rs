//! Downloads that are kept, so that a later run asks the server only whether they have changed.
//!
//! They lie in a folder of the user's cache, which nobody else writes to, never in a workspace: a
//! workspace that came from elsewhere could pass off any picture as the content of an address.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use cropmark_rules::ContentHash;
use cropmark_store::atomic::create_folders;
use reqwest::header::{HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::location::RemoteUrl;
use crate::source::open;

/// Bytes of downloads that are kept; beyond, the oldest go.
const KEPT_BYTES: u64 = 1 << 30;

/// How old a file without its final name must be to belong to no process.
const LEFT_OVER: Duration = Duration::from_hours(24);

/// By what a server recognises the content that it sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Validators {
    pub(super) etag: Option<String>,
    pub(super) modified: Option<String>,
}

impl Validators {
    /// The one that stands for the very same bytes, as a resumed download needs.
    pub(super) fn strong(&self) -> Option<HeaderValue> {
        let etag = self.etag.as_ref().filter(|etag| etag.starts_with('"'));
        let of = if self.etag.is_some() { etag } else { self.modified.as_ref() };
        HeaderValue::from_str(of?).ok()
    }

    /// The headers that ask for the content only if it is another one.
    pub(super) fn conditions(&self) -> HeaderMap {
        let conditions = [(IF_NONE_MATCH, &self.etag), (IF_MODIFIED_SINCE, &self.modified)];
        let conditions = conditions
            .into_iter()
            .filter_map(|(name, value)| Some((name, HeaderValue::from_str(value.as_ref()?).ok()?)));
        conditions.collect()
    }
}

/// What stands beside a kept download.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    validators: Validators,
    hash: ContentHash,
}

/// A kept download whose bytes are those that came.
#[derive(Debug)]
pub(super) struct KeptFile {
    pub(super) file: File,
    pub(super) validators: Validators,
}

/// The folder of kept downloads.
#[derive(Debug, Clone)]
pub(super) struct KeptFiles {
    folder: Arc<Path>,
}

impl KeptFiles {
    /// Opens the folder, makes it if need be, and removes the oldest of too many downloads.
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        create_folders(&folder).map_err(io::Error::other)?;
        tidy(&folder, SystemTime::now(), KEPT_BYTES)?;
        Ok(Self { folder: folder.into() })
    }

    /// Returns the kept download of a URL. One whose bytes are not those that came is none.
    pub(super) fn find(&self, url: &RemoteUrl) -> Option<KeptFile> {
        let record: Record =
            serde_json::from_slice(&fs::read(self.path(url, "json")).ok()?).ok()?;
        let file = File::open(self.path(url, "body")).ok()?;
        let is_whole = open::hash(&file).is_ok_and(|hash| hash == record.hash);
        is_whole.then_some(KeptFile { file, validators: record.validators })
    }

    /// A file for a download.
    pub(super) fn begin(&self) -> io::Result<NamedTempFile> {
        NamedTempFile::new_in(&self.folder)
    }

    /// Keeps a finished download, if the server can tell later whether it has changed. Where it
    /// cannot be kept, it is fetched again the next time.
    pub(super) fn keep(
        &self,
        url: &RemoteUrl,
        file: NamedTempFile,
        validators: &Validators,
        hash: ContentHash,
    ) {
        if *validators == Validators::default() {
            return;
        }
        let kept = file.persist(self.path(url, "body")).map_err(io::Error::from).and_then(|_| {
            let mut record = self.begin()?;
            serde_json::to_writer(&mut record, &Record { validators: validators.clone(), hash })?;
            record.persist(self.path(url, "json"))?;
            Ok(())
        });
        if let Err(error) = kept {
            tracing::debug!(%error, "a download is not kept");
        }
    }

    fn path(&self, url: &RemoteUrl, extension: &str) -> PathBuf {
        let name = blake3::hash(url.url().as_str().as_bytes()).to_hex();
        self.folder.join(format!("{name}.{extension}"))
    }
}

/// Removes what interrupted processes left, and the oldest downloads beyond so many bytes.
fn tidy(folder: &Path, now: SystemTime, most: u64) -> io::Result<()> {
    let mut bodies = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, metadata) = (entry.path(), entry.metadata()?);
        let modified = metadata.modified()?;
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("body") => bodies.push((modified, metadata.len(), path)),
            Some("json") => {}
            _ => {
                if now.duration_since(modified).is_ok_and(|age| age > LEFT_OVER) {
                    let _ = fs::remove_file(path);
                }
            }
        }
    }
    bodies.sort_by_key(|body| std::cmp::Reverse(body.0));
    let mut bytes = 0;
    for (_, length, path) in bodies {
        bytes += length;
        if bytes > most {
            let _ = fs::remove_file(path.with_extension("json"));
            let _ = fs::remove_file(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn validators() -> Validators {
        Validators { etag: Some("\"1\"".to_owned()), modified: None }
    }

    fn keep(kept: &KeptFiles, url: &RemoteUrl, bytes: &[u8]) {
        let mut file = kept.begin().unwrap();
        file.write_all(bytes).unwrap();
        kept.keep(url, file, &validators(), ContentHash::of(bytes));
    }

    #[test]
    fn a_kept_download_is_found_and_one_with_other_bytes_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let kept = KeptFiles::open(folder.path().join("spool")).unwrap();
        let url = RemoteUrl::parse("https://h/a?token=1").unwrap();
        assert!(kept.find(&url).is_none());
        keep(&kept, &url, b"bytes");
        assert_eq!(kept.find(&url).unwrap().validators, validators());
        assert!(kept.find(&RemoteUrl::parse("https://h/a?token=2").unwrap()).is_none());
        fs::write(kept.path(&url, "body"), b"other").unwrap();
        assert!(kept.find(&url).is_none());
    }

    #[test]
    fn the_oldest_go_and_what_was_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let kept = KeptFiles::open(folder.path().to_owned()).unwrap();
        let now = SystemTime::now();
        let urls = ["https://h/a", "https://h/b", "https://h/c"];
        let urls = urls.map(|url| RemoteUrl::parse(url).unwrap());
        for (age, url) in (0..).zip(&urls) {
            keep(&kept, url, b"1234");
            let file = File::options().write(true).open(kept.path(url, "body")).unwrap();
            file.set_modified(now - Duration::from_secs(age)).unwrap();
        }
        fs::write(folder.path().join(".tmpold"), "").unwrap();
        tidy(folder.path(), now, 8).unwrap();
        assert!(kept.find(&urls[1]).is_some() && kept.find(&urls[2]).is_none());
        assert!(folder.path().join(".tmpold").exists());
        tidy(folder.path(), now + LEFT_OVER * 2, 8).unwrap();
        assert!(!folder.path().join(".tmpold").exists());
    }

    #[test]
    fn only_a_strong_validator_resumes() {
        let strong = |etag: Option<&str>, modified: Option<&str>| {
            let owned = |text: Option<&str>| text.map(str::to_owned);
            let validators = Validators { etag: owned(etag), modified: owned(modified) };
            validators.strong().map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(strong(Some("\"a\""), Some("date")).as_deref(), Some("\"a\""));
        assert_eq!(strong(Some("W/\"a\""), Some("date")), None);
        assert_eq!(strong(None, Some("date")).as_deref(), Some("date"));
        assert_eq!(strong(None, None), None);
        assert_eq!(validators().conditions().len(), 1);
    }
}
