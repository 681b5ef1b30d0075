//! `cropmark workspace verify`: reads every byte of every variant and the whole index, and prints
//! what is damaged.

use std::path::Path;

use cropmark_rules::Key;
use cropmark_store::{Access, maintenance::Verified};
use serde::Serialize;

use super::{
    arguments::OutputArguments,
    open::{Need, failed, open},
    progress::Progress,
};
use crate::{
    status::{Failure, Status},
    terminal::{self, Lines},
};

/// One fault's line of `--json`.
#[derive(Debug, Serialize)]
struct Line<'a> {
    /// `variant` or `index`.
    fault_in: &'static str,
    /// The variant's key.
    key: Option<Key>,
    /// `missing`, `damaged`, or what is wrong with the index.
    detail: &'a str,
    repaired: bool,
}

/// The last line of `--json`.
#[derive(Debug, Serialize)]
struct Last {
    summary: Summary,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Summary {
    sound: u64,
    missing: usize,
    damaged: usize,
    unreadable_rows: u64,
    unknown_files: u64,
    index_faults: usize,
    /// Whether the workspace is whole now, all faults being repaired.
    repaired: bool,
}

pub(super) fn run(arguments: &OutputArguments) -> Result<Status, Failure> {
    let workspace = &arguments.place.workspace;
    let store = open(workspace, Need::Check)?;
    let may_write = *store.access() == Access::Full;
    let progress = Progress::new(arguments.json);
    let verified = store.verify(&mut |done, total| progress.show(done, total));
    drop(progress);
    drop(store);
    let verified = verified.map_err(|error| failed(workspace, &error))?;
    // A damaged index is noted, and rebuilt when it is opened next; the notice lists what was kept.
    if !verified.index.is_empty() && may_write {
        drop(open(workspace, Need::Write)?);
    }
    let summary = summary(&verified, may_write);
    if arguments.json {
        tell_json(&verified, summary, may_write);
    } else {
        print(&verified, summary, may_write, workspace);
    }
    Ok(if summary.repaired { Status::Done } else { Status::SomeFailed })
}

/// Counts what was found. Unreadable rows are repaired only where the index was rebuilt.
fn summary(verified: &Verified, may_write: bool) -> Summary {
    let index_is_new = may_write && !verified.index.is_empty();
    let rows_are_right = verified.unreadable_rows == 0 || index_is_new;
    Summary {
        sound: verified.sound,
        missing: verified.missing.len(),
        damaged: verified.damaged.len(),
        unreadable_rows: verified.unreadable_rows,
        unknown_files: verified.unknown_files,
        index_faults: verified.index.len(),
        repaired: verified.is_sound() || (may_write && rows_are_right),
    }
}

fn tell_json(verified: &Verified, summary: Summary, may_write: bool) {
    let variant = |key, detail| Line {
        fault_in: "variant",
        key: Some(key),
        detail,
        repaired: verified.repaired,
    };
    let missing = verified.missing.iter().map(|key| variant(*key, "missing"));
    let damaged = verified.damaged.iter().map(|key| variant(*key, "damaged"));
    let index = verified.index.iter().map(|detail| Line {
        fault_in: "index",
        key: None,
        detail,
        repaired: may_write,
    });
    let unreadable = unreadable(verified);
    let rows = (verified.unreadable_rows > 0).then(|| Line {
        fault_in: "index",
        key: None,
        detail: &unreadable,
        repaired: summary.repaired,
    });
    let mut output = Lines::new();
    for line in missing.chain(damaged).chain(index).chain(rows) {
        if let Ok(line) = terminal::json(&line) {
            output.line(&line);
        }
    }
    if let Ok(line) = terminal::json(&Last { summary }) {
        output.line(&line);
    }
}

fn unreadable(verified: &Verified) -> String {
    let entries = terminal::count(verified.unreadable_rows, "entry makes", "entries make");
    format!("{entries} no sense")
}

fn print(verified: &Verified, summary: Summary, may_write: bool, workspace: &Path) {
    let mut output = Lines::new();
    let workspace = terminal::plain(&workspace.display().to_string());
    let (missing, damaged) = (output.red("missing"), output.red("damaged"));
    let remedy = if verified.repaired {
        "removed from the index; it is rendered again when it is next needed"
    } else {
        "not repaired: the folder is read-only; make it writable and verify again"
    };
    for key in &verified.missing {
        output.line(&format!("{missing}  variant {key}: its file is gone; {remedy}"));
    }
    for key in &verified.damaged {
        output.line(&format!("{damaged}  variant {key}: its bytes have changed; {remedy}"));
    }
    let remedy = if may_write { "the index was rebuilt" } else { remedy };
    for detail in &verified.index {
        output.line(&format!("{damaged}  index: {}; {remedy}", terminal::plain(detail)));
    }
    if verified.unreadable_rows > 0 && !(may_write && summary.index_faults > 0) {
        let entries = unreadable(verified);
        output.line(&format!(
            "{damaged}  index: {entries}; \
             `cropmark workspace rebuild {workspace}` removes them"
        ));
    }
    if verified.unknown_files > 0 {
        let files = terminal::count(verified.unknown_files, "file", "files");
        output.line(&format!(
            "note  the index does not know {files} among the variants; \
             `cropmark workspace rebuild {workspace}` takes them in, `gc` removes them"
        ));
    }
    let whole = terminal::count(summary.sound, "variant is", "variants are");
    let faults =
        (summary.missing + summary.damaged + summary.index_faults) as u64 + summary.unreadable_rows;
    output.line(&match (faults, summary.repaired) {
        (0, _) => format!("{whole} whole, and so is the index."),
        (_, true) => {
            format!("{whole} whole; {} repaired.", terminal::count(faults, "fault", "faults"))
        }
        (_, false) => {
            let faults = terminal::count(faults, "fault", "faults");
            format!("{whole} whole; {faults} found, and not all could be repaired.")
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repaired_is_what_is_right_afterwards() {
        let is_repaired = |verified: &Verified, may_write| summary(verified, may_write).repaired;
        let mut verified = Verified::default();
        assert!(is_repaired(&verified, false), "nothing was wrong");
        verified.damaged.push([0; 32].into());
        assert!(is_repaired(&verified, true) && !is_repaired(&verified, false));
        verified.unreadable_rows = 1;
        assert!(!is_repaired(&verified, true), "the row stays");
        verified.index.push("page 3".to_owned());
        assert!(is_repaired(&verified, true), "the index is made anew");
    }
}
