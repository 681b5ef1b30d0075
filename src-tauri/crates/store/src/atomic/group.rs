//! Many finished files put under their names together, so that the disk is waited for once a
//! group and not several times a file.
//!
//! The order is that of a single file: all data synced, the names announced, the files renamed,
//! their folders synced, and only then is anything reported. Files of the workspace's own come before
//! the others, and are recorded when the others get their names. For a group, one `syncfs` takes the
//! place of an `fsync` a file, where it is known to tell of data that could not be written (it
//! also waits for what others have written to that disk just before). Where it is not, or where
//! it fails, each file is synced by itself, so that only those fail that the disk has lost.

use std::{
    collections::{BTreeMap, HashSet},
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Committed, Conflict, Originals, Outcome, TemporaryFile, WriteError, content::same_content,
    folder, name::numbered,
};
use crate::os;

/// So many files, and so many folders, of one file system are synced each by itself.
const FEW_FILES: usize = 3;
const FEW_FOLDERS: usize = 1;

/// Finished files that get their names together.
#[derive(Debug, Default)]
pub struct Group {
    members: Vec<Member>,
    /// Those of the workspace, which get their names first.
    own: Vec<Member>,
}

/// The name that a file of a group is about to get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// Which file: what [`Group::add`] returned.
    pub member: usize,
    /// The name.
    pub path: PathBuf,
}

#[derive(Debug)]
struct Member {
    temporary: TemporaryFile,
    conflict: Conflict,
    /// Whether its name may lead to an original.
    is_guarded: bool,
    /// Whether its folder is to be synced into the one above it.
    is_in_new_folder: bool,
    /// The number of the last name that was tried, for [`Conflict::Unique`].
    tried: u32,
    /// The name that it is about to get.
    name: PathBuf,
    /// Whether a file with the same content has its name already.
    is_unchanged: bool,
    result: Option<Result<Committed, WriteError>>,
}

impl Group {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file whose content is complete. Returns its number: its result comes at that
    /// place.
    pub fn add(&mut self, temporary: TemporaryFile, conflict: Conflict) -> usize {
        self.members.push(Member::new(temporary, conflict, true));
        self.members.len() - 1
    }

    /// Adds a file that replaces what has its name, in a folder where no originals are, and which may
    /// not be synced into the folder above it yet.
    pub(crate) fn add_own(&mut self, temporary: TemporaryFile, is_in_new_folder: bool) {
        let member = Member::new(temporary, Conflict::Overwrite, false);
        self.own.push(Member { is_in_new_folder, ..member });
    }

    /// How many files it has, without those of the workspace.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it has no such file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Puts the files under their names and returns what became of each, in the order in which
    /// they were added. One that fails does not concern the others: its temporary is gone, and
    /// what had its name before is untouched.
    ///
    /// `announce` is called with all names before any file gets its own; where it fails, none does.
    /// It is called again for files whose name another program took meanwhile.
    pub fn commit(
        self,
        originals: &Originals,
        announce: impl FnMut(&[Announced]) -> io::Result<()>,
    ) -> Vec<Result<Committed, WriteError>> {
        self.commit_after(originals, |_| (), announce)
    }

    /// As [`Group::commit`]; what became of the workspace's own files goes to `record` before any
    /// other file is announced. A file with its final name thus never lacks the variant that it
    /// was made of.
    pub(crate) fn commit_after(
        mut self,
        originals: &Originals,
        record: impl FnOnce(Vec<Result<Committed, WriteError>>),
        announce: impl FnMut(&[Announced]) -> io::Result<()>,
    ) -> Vec<Result<Committed, WriteError>> {
        for member in &mut self.members {
            if member.replaces() && member.is_guarded {
                member.end_on_error(originals.guard(&member.temporary.destination));
            }
            let (old, new) = (&member.temporary.destination, &member.temporary.file);
            member.is_unchanged = member.conflict == Conflict::IfChanged && same_content(new, old);
        }
        sync_content(self.members.iter_mut().chain(&mut self.own));
        if !self.own.is_empty() {
            record(place(self.own, |_| Ok(())));
        }
        place(self.members, announce)
    }
}

/// Gives files their names, whose content is durable, and makes the names durable.
fn place(
    mut members: Vec<Member>,
    mut announce: impl FnMut(&[Announced]) -> io::Result<()>,
) -> Vec<Result<Committed, WriteError>> {
    let mut named = Vec::new();
    loop {
        let announced = choose_names(&mut members);
        if announced.is_empty() {
            break;
        }
        let noted = announce(&announced);
        for Announced { member: number, .. } in announced {
            let member = &mut members[number];
            if let Err(error) = &noted {
                member.fail(copy_of(error));
            } else if member.is_unchanged {
                member.end(Outcome::Unchanged);
            } else if member.rename() {
                named.push(number);
            }
        }
    }
    sync_folders(&mut members, &named);
    members.into_iter().map(Member::into_result).collect()
}

/// Makes the content of all files durable that are to be renamed.
fn sync_content<'m>(members: impl Iterator<Item = &'m mut Member>) {
    let mut on_disk: BTreeMap<u64, Vec<&mut Member>> = BTreeMap::new();
    for member in members.filter(|member| member.result.is_none() && !member.is_unchanged) {
        match os::file_id(&member.temporary.file) {
            Ok(id) => on_disk.entry(id.device()).or_default().push(member),
            Err(error) => member.fail(error),
        }
    }
    for members in on_disk.into_values() {
        // Of the oldest, because it knows of all errors since its opening.
        let oldest = members.iter().map(|member| &member.temporary);
        let oldest = oldest.min_by_key(|temporary| temporary.number);
        let synced = oldest.filter(|_| members.len() > FEW_FILES);
        if synced.is_some_and(|oldest| matches!(os::sync_file_system(&oldest.file), Ok(true))) {
            continue;
        }
        for member in members {
            if let Err(error) = member.temporary.file.sync_data() {
                member.fail(error);
            }
        }
    }
}

/// The next name of each member that has no end yet; no two get the same.
fn choose_names(members: &mut [Member]) -> Vec<Announced> {
    let mut chosen = HashSet::new();
    let mut announced = Vec::new();
    for (number, member) in members.iter_mut().enumerate() {
        if member.result.is_none() && member.next_name(&chosen) {
            chosen.insert(member.name.clone());
            announced.push(Announced { member: number, path: member.name.clone() });
        }
    }
    announced
}

/// Folders, each with the members whose names in it are to be made durable.
type Folders = Vec<(PathBuf, Vec<usize>)>;

/// Makes the new names durable.
fn sync_folders(members: &mut [Member], named: &[usize]) {
    let mut folders: BTreeMap<&Path, Vec<usize>> = BTreeMap::new();
    for &number in named {
        let folder = folder::parent(&members[number].name);
        folders.entry(folder).or_default().push(number);
        if members[number].is_in_new_folder {
            folders.entry(folder::parent(folder)).or_default().push(number);
        }
    }
    // One file stands for its folder's disk.
    let mut on_disk: BTreeMap<u64, (Arc<File>, Folders)> = BTreeMap::new();
    for (folder, numbers) in folders {
        let file = &members[numbers[0]].temporary.file;
        let device = os::file_id(file).map_or(0, os::FileId::device);
        let (_, folders) =
            on_disk.entry(device).or_insert_with(|| (Arc::clone(file), Folders::new()));
        folders.push((folder.to_path_buf(), numbers));
    }
    for (file, folders) in on_disk.into_values() {
        if folders.len() > FEW_FOLDERS && matches!(os::sync_file_system(&file), Ok(true)) {
            continue;
        }
        for (folder, numbers) in folders {
            let Err(error) = folder::sync_folder(&folder) else { continue };
            for number in numbers {
                members[number].fail(copy_of(&error));
            }
        }
    }
}

impl Member {
    fn new(temporary: TemporaryFile, conflict: Conflict, is_guarded: bool) -> Self {
        let (name, is_unchanged) = (temporary.destination.clone(), false);
        Self {
            temporary,
            conflict,
            is_guarded,
            is_in_new_folder: false,
            tried: 0,
            name,
            is_unchanged,
            result: None,
        }
    }

    /// Every member has a result once no name is left to try.
    fn into_result(self) -> Result<Committed, WriteError> {
        let unfinished = || Err(WriteError::at(&self.name, io::ErrorKind::Interrupted.into()));
        self.result.unwrap_or_else(unfinished)
    }

    fn replaces(&self) -> bool {
        matches!(self.conflict, Conflict::Overwrite | Conflict::IfChanged)
    }

    fn fail(&mut self, error: io::Error) {
        self.result = Some(Err(WriteError::at(&self.name, error)));
    }

    fn end_on_error(&mut self, result: Result<(), WriteError>) {
        self.result = result.err().map(Err);
    }

    fn end(&mut self, outcome: Outcome) {
        self.result = Some(Ok(Committed { path: self.name.clone(), outcome }));
    }

    /// Chooses the name to try next. `false`: there is none, and the member has its end.
    fn next_name(&mut self, chosen: &HashSet<PathBuf>) -> bool {
        if self.conflict != Conflict::Unique {
            return true;
        }
        while self.tried < u32::MAX {
            self.tried += 1;
            self.name = numbered(&self.temporary.destination, self.tried);
            // Spares the announcement of names that are plainly taken.
            if !chosen.contains(&self.name) && fs::symlink_metadata(&self.name).is_err() {
                return true;
            }
        }
        self.fail(io::ErrorKind::AlreadyExists.into());
        false
    }

    /// Gives the file its name. `false`: it did not get it; without an end, another is tried.
    fn rename(&mut self) -> bool {
        let is_replaced = self.replaces() && fs::symlink_metadata(&self.name).is_ok();
        let outcome = if is_replaced { Outcome::Replaced } else { Outcome::Created };
        match self.temporary.rename(&self.name, self.replaces()) {
            Ok(()) => {
                self.temporary.pending = false;
                self.end(outcome);
                true
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                match self.conflict {
                    Conflict::Skip => self.end(Outcome::Skipped),
                    Conflict::Unique => {}
                    Conflict::Overwrite | Conflict::IfChanged => self.fail(error),
                }
                false
            }
            Err(error) => {
                self.fail(error);
                false
            }
        }
    }
}

/// The system's errors cannot be cloned; each member of a group gets its own.
fn copy_of(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

#[cfg(test)]
mod tests;
