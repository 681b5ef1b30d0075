//! `cropmark workspace merge`: takes in what other workspaces of the same user have.

use std::fs;

use super::{
    arguments::MergeArguments,
    open::{Need, failed, open, open_new},
    progress::Progress,
};
use crate::{
    status::{Failure, Status},
    terminal::{self, Lines},
};

pub(super) fn merge(arguments: &MergeArguments) -> Result<Status, Failure> {
    let MergeArguments { workspace, others } = arguments;
    let store = open_new(workspace)?;
    let real = |path| fs::canonicalize(path).ok();
    for other in others {
        if real(other) == real(workspace) {
            let name = other.display();
            return Err(Failure::Usage(format!("{name} cannot be merged into itself")));
        }
        let from = open(other, Need::Check)?;
        let progress = Progress::new(false);
        let merged = store.merge(&from, &mut |done, total| progress.show(done, total));
        drop(progress);
        let merged = merged.map_err(|error| failed(workspace, &error))?;
        let (variants, bytes) =
            (terminal::count(merged.variants, "variant", "variants"), merged.bytes);
        let images = terminal::count(merged.annotations, "image", "images");
        Lines::new().line(&terminal::plain(&format!(
            "{}: {variants} taken in ({}), {} known already; focal points and marks of {images}",
            other.display(),
            terminal::size(bytes),
            merged.known,
        )));
        if merged.left_out > 0 {
            let variants = terminal::count(merged.left_out, "variant", "variants");
            terminal::complain(&format!(
                "{}: {variants} of another user, gone or damaged are left out; they are rendered \
                 again where they are wanted",
                other.display()
            ));
        }
    }
    Ok(Status::Done)
}
