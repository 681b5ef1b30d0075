//! `cropmark workspace gc` and `rebuild`: removes files that are not needed, and makes the index
//! agree with the files.

use cropmark_store::maintenance::Collected;

use super::{
    arguments::{FolderArguments, GcArguments},
    open::{Need, failed, open, open_with},
    progress::Progress,
};
use crate::{
    setup,
    status::{Failure, Status},
    terminal::{self, Lines},
};

pub(super) fn collect(arguments: &GcArguments) -> Result<Status, Failure> {
    let workspace = &arguments.place.workspace;
    let limit = match arguments.max_bytes {
        Some(bytes) => bytes,
        None => setup::cache_settings()?.variant_bytes,
    };
    let store = open_with(workspace, Need::Write, limit)?;
    let failed = |error| failed(workspace, &error);
    let collected = store.collect().map_err(failed)?;
    let statistics = store.statistics().map_err(failed)?;
    let mut output = Lines::new();
    for line in removed(&collected) {
        output.line(&format!("removed  {line}"));
    }
    let variants = terminal::count(statistics.variants, "variant", "variants");
    output.line(&format!("{variants} kept, {}", terminal::size(statistics.variant_bytes)));
    Ok(Status::Done)
}

fn removed(collected: &Collected) -> Vec<String> {
    let Collected { unknown_files, unknown_bytes, rows, temporaries, evicted, old_indexes } =
        *collected;
    let unknown = format!(
        "{} that the index does not know, {}",
        terminal::count(unknown_files, "file", "files"),
        terminal::size(unknown_bytes)
    );
    [
        (evicted, terminal::count(evicted, "variant", "variants") + " over the limit"),
        (unknown_files, unknown),
        (rows, terminal::count(rows, "entry", "entries") + " whose file is gone"),
        (temporaries, terminal::count(temporaries, "unfinished file", "unfinished files")),
        (old_indexes, terminal::count(old_indexes, "old damaged index", "old damaged indexes")),
    ]
    .into_iter()
    .filter_map(|(number, line)| (number > 0).then_some(line))
    .collect()
}

pub(super) fn rebuild(arguments: &FolderArguments) -> Result<Status, Failure> {
    let store = open(&arguments.workspace, Need::Write)?;
    let progress = Progress::new(false);
    let rebuilt = store.rebuild(&mut |done, total| progress.show(done, total));
    drop(progress);
    let rebuilt = rebuilt.map_err(|error| failed(&arguments.workspace, &error))?;
    Lines::new().line(&format!(
        "The index agrees with the files: {} kept, {} taken in, {} removed.",
        terminal::count(rebuilt.kept, "variant", "variants"),
        rebuilt.adopted,
        rebuilt.removed
    ));
    Ok(Status::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_went_is_told() {
        assert!(removed(&Collected::default()).is_empty());
        let collected =
            Collected { evicted: 2, unknown_files: 1, unknown_bytes: 5, ..Collected::default() };
        let expected = ["2 variants over the limit", "1 file that the index does not know, 5 B"];
        assert_eq!(removed(&collected), expected);
    }
}
