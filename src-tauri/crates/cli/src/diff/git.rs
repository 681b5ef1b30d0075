//! Reads preset files and the images of their overlays from revisions, with the program `git`.
//!
//! Only what looks nothing up elsewhere and runs no other program is asked of it: no pager, no text
//! conversion, no filter, no fetching of what a partial clone lacks.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    io::{self, Read, Write as _},
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use cropmark_engine::render::Target;
use cropmark_rules::{Fault, FaultCode, without_error_numbers};

use crate::status::Failure;

/// The most bytes of a list of files: about a million names.
const MOST_LIST: u64 = 128 << 20;

/// The most bytes of a file.
const MOST_FILE: u64 = 256 << 20;

/// The most bytes of an answer that is a name.
const MOST_NAME: u64 = 64 << 10;

/// The longest time that git may take for an answer.
const MOST_TIME: Duration = Duration::from_mins(2);

/// The most links that are followed to a file.
const MOST_LINKS: usize = 8;

/// How the place holder of a file begins that Git LFS keeps elsewhere.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/";

/// The files of a commit below the current folder, by their paths from there.
#[derive(Debug)]
pub(super) struct Tree(BTreeMap<PathBuf, Entry>);

#[derive(Debug, Clone)]
struct Entry {
    id: OsString,
    length: u64,
    is_link: bool,
}

/// Finds the commit that a revision names.
pub(super) fn commit(revision: &str) -> Result<String, Failure> {
    let wanted = format!("{revision}^{{commit}}");
    let words = ["rev-parse", "--verify", "--end-of-options", &wanted];
    answer(&words, revision)
}

/// Finds the commit where the histories of two commits part.
pub(super) fn merge_base(old: &str, new: &str) -> Result<String, Failure> {
    answer(&["merge-base", "--end-of-options", old, new], &format!("{old}...{new}"))
}

fn answer(words: &[&str], revision: &str) -> Result<String, Failure> {
    let words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
    let output = git(&words, MOST_NAME).map_err(|reason| {
        let known = "it is neither a file, a folder nor a revision that git knows here";
        Failure::Usage(format!("{revision}: {known} ({reason})"))
    })?;
    Ok(String::from_utf8_lossy(&output).trim().to_owned())
}

impl Tree {
    /// Lists the files of a commit.
    pub(super) fn of(commit: &str) -> Result<Self, Failure> {
        let words = ["ls-tree", "-r", "-l", "-z", "--end-of-options", commit];
        let words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
        let output = git(&words, MOST_LIST)
            .map_err(|reason| Failure::Usage(format!("{commit} cannot be listed: {reason}")))?;
        Ok(Self(output.split(|byte| *byte == 0).filter_map(entry).collect()))
    }

    /// The paths of the files.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.keys().map(PathBuf::as_path)
    }

    /// Reads a file, through links that stay in the tree.
    ///
    /// # Errors
    /// Where there is none, or it cannot be read.
    pub(super) fn read(&self, path: &Path) -> Result<Vec<u8>, Fault> {
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            let entry = self.0.get(&path).ok_or_else(|| missing(&path))?;
            if entry.length > MOST_FILE {
                let message =
                    format!("{} has more than 256 MiB. Choose a smaller file.", path.display());
                return Err(Fault::new(FaultCode::TooLarge, message));
            }
            let words = ["cat-file", "blob"].map(OsStr::new);
            let words = [&words[..], &[entry.id.as_os_str()]].concat();
            let content = git(&words, MOST_FILE).map_err(|reason| {
                let message = format!("{} cannot be read from git ({reason}).", path.display());
                Fault::new(FaultCode::Unreadable, message)
            })?;
            if content.starts_with(LFS) {
                let message = format!(
                    "{} is kept by Git LFS, so that git itself does not have it. Compare folders: \
                     check the revision out with `git worktree add`.",
                    path.display()
                );
                return Err(Fault::new(FaultCode::Unsupported, message));
            }
            if !entry.is_link {
                return Ok(content);
            }
            path = linked(&path, Path::new(OsStr::from_bytes(&content)))
                .ok_or_else(|| missing(&path))?;
        }
        Err(missing(&path))
    }

    /// Reads a file into one without a name.
    ///
    /// # Errors
    /// As of [`Self::read`], and where no such file can be made.
    pub(super) fn open(&self, path: &Path) -> Result<std::fs::File, Fault> {
        let content = self.read(path)?;
        let target = Target::unnamed()?;
        let failed = |error: io::Error| {
            let message = format!("{} cannot be copied from git ({error}).", path.display());
            Fault::new(FaultCode::DiskFull, message)
        };
        target.file().as_ref().write_all(&content).map_err(failed)?;
        target.file().try_clone().map_err(failed)
    }
}

fn missing(path: &Path) -> Fault {
    let message = format!("There is no file {} in that revision.", path.display());
    Fault::new(FaultCode::Unreadable, message)
}

/// Where a link leads, within the tree.
fn linked(link: &Path, target: &Path) -> Option<PathBuf> {
    use std::path::Component;
    let mut path = link.parent()?.to_owned();
    for part in target.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(name) => path.push(name),
            Component::ParentDir if path.pop() => {}
            _ => return None,
        }
    }
    Some(path)
}

/// Reads a line of `ls-tree -l -z`: mode, type, object and length, a tab, the path.
fn entry(line: &[u8]) -> Option<(PathBuf, Entry)> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let facts = std::str::from_utf8(&line[..tab]).ok()?;
    let mut facts = facts.split_ascii_whitespace();
    let (mode, kind, id, length) = (facts.next()?, facts.next()?, facts.next()?, facts.next()?);
    let is_known = kind == "blob" && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let path = PathBuf::from(OsString::from_vec(line[tab + 1..].to_vec()));
    let entry = Entry { id: id.into(), length: length.parse().ok()?, is_link: mode == "120000" };
    is_known.then_some((path, entry))
}

/// Runs git in the current folder, and returns at most so many bytes of its output.
///
/// # Errors
/// What git says, or why it cannot be run.
fn git(words: &[&OsStr], most: u64) -> Result<Vec<u8>, String> {
    let mut command = Command::new("git");
    command
        .args(["--no-pager", "-c", "core.fsmonitor=false", "-c", "protocol.allow=never"])
        .args(words)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        // Unlike `protocol.allow`, no configuration of a repository overrides this.
        .env("GIT_ALLOW_PROTOCOL", "")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            "git is not installed; install it, or name files or folders".to_owned()
        }
        _ => without_error_numbers(format!("git cannot be started: {error}")),
    })?;
    let complaint =
        child.stderr.take().map(|stderr| thread::spawn(move || read(stderr, MOST_NAME)));
    let (sender, received) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        thread::spawn(move || sender.send(read(stdout, most + 1)));
    }
    let answer = received.recv_timeout(MOST_TIME);
    let is_whole = answer.as_ref().is_ok_and(|output| output.len() as u64 <= most);
    if !is_whole {
        // It waits: for its output to be read, or for what its configuration names.
        let _ = child.kill();
    }
    let status = child.wait().map_err(|error| format!("git cannot be waited for: {error}"))?;
    let complaint = complaint.and_then(|reading| reading.join().ok()).unwrap_or_default();
    match answer {
        Err(_) => {
            let seconds = MOST_TIME.as_secs();
            return Err(format!(
                "git does not answer within {seconds} s; its configuration may include a pipe"
            ));
        }
        Ok(_) if !is_whole => return Err(format!("git answers with more than {most} bytes")),
        Ok(output) if status.success() => return Ok(output),
        Ok(_) => {}
    }
    let complaint = String::from_utf8_lossy(&complaint).trim().replace('\n', "; ");
    Err(if complaint.is_empty() { format!("git ended with {status}") } else { complaint })
}

fn read(from: impl Read, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What was read until an error is what there is; git's status tells of the rest.
    let _ = from.take(most).read_to_end(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_listing_are_read_and_nothing_else() {
        let (path, file) = entry(b"100644 blob 00ff      12\ta b/\xff.toml").unwrap();
        assert_eq!(path.as_os_str().as_bytes(), b"a b/\xff.toml");
        assert_eq!((file.id.to_str(), file.length, file.is_link), (Some("00ff"), 12, false));
        assert!(entry(b"120000 blob 00ff 12\ta").unwrap().1.is_link);
        for line in ["", "160000 commit 00ff -\tsub", "100644 blob --x 1\ta", "100644 blob 00ff"] {
            assert!(entry(line.as_bytes()).is_none(), "{line}");
        }
    }

    #[test]
    fn links_stay_in_the_tree() {
        let to = |link: &str, target: &str| linked(Path::new(link), Path::new(target));
        assert_eq!(to("a/b/link", "../c.png"), Some("a/c.png".into()));
        assert_eq!(to("link", "./c.png"), Some("c.png".into()));
        assert_eq!(to("a/link", "../../etc/passwd"), None);
        assert_eq!(to("a/link", "/etc/passwd"), None);
    }
}
