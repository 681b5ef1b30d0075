//! Chooses the worker for a job where several are idle: previews of one source go to the worker
//! that keeps its pixels. Pure; [`crate::core::queue::policy`] decides about the turns.

use cropmark_rules::ContentHash;

use crate::core::queue::policy::{Holder, WorkerKind};

/// What the choice depends on, of one worker.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) kind: WorkerKind,
    pub(super) activity: Activity,
    /// The sources of which it keeps pixels.
    pub(super) kept: &'a [ContentHash],
}

/// What a worker does, as far as the choice depends on it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Activity {
    Idle,
    /// Rendering a preview of this source.
    Preview(ContentHash),
    Other,
}

/// Returns which worker keeps a source's pixels, or will in a moment.
pub(super) fn holder<'a>(workers: impl Iterator<Item = View<'a>>, source: ContentHash) -> Holder {
    let mut found = Holder::None;
    for worker in workers {
        let keeps = worker.kept.contains(&source);
        found = match worker.activity {
            Activity::Idle if keeps => match found {
                Holder::Idle(WorkerKind::Reserved) => found,
                _ => Holder::Idle(worker.kind),
            },
            Activity::Preview(current) if current == source && found == Holder::None => {
                Holder::Busy
            }
            _ => found,
        };
    }
    found
}

/// Returns the best of several idle workers, each with the sources of which it keeps pixels: one
/// that keeps this source's, else the one that keeps the fewest, so that the others stay free for
/// their own sources.
pub(super) fn best<'a>(
    idle: impl Iterator<Item = (usize, &'a [ContentHash])>,
    source: Option<ContentHash>,
) -> Option<usize> {
    let rank = |kept: &[ContentHash]| {
        let strange = source.is_none_or(|source| kept.iter().all(|kept| *kept != source));
        (strange, kept.len())
    };
    idle.min_by_key(|(_, kept)| rank(kept)).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A worker of this kind that does this and keeps the pixels of these sources.
    type Worker = (WorkerKind, Activity, &'static str);

    fn hash(name: &str) -> ContentHash {
        ContentHash::of(name.as_bytes())
    }

    fn hashes(words: &str) -> Vec<ContentHash> {
        words.split_whitespace().map(hash).collect()
    }

    #[test]
    fn holders_as_a_table() {
        use Activity::{Idle, Other, Preview};
        let (kept, shared) = (WorkerKind::Reserved, WorkerKind::Shared);
        let (a, b) = (hash("a"), hash("b"));
        let table: [(&str, &[Worker], Holder); 8] = [
            ("nobody knows it", &[(kept, Idle, ""), (shared, Idle, "b c")], Holder::None),
            ("an idle one", &[(kept, Idle, ""), (shared, Idle, "b a")], Holder::Idle(shared)),
            (
                "the reserved worker first",
                &[(kept, Idle, "a"), (shared, Idle, "a")],
                Holder::Idle(kept),
            ),
            ("in any order", &[(shared, Idle, "a"), (kept, Idle, "a")], Holder::Idle(kept)),
            ("about to have it", &[(kept, Preview(a), "")], Holder::Busy),
            (
                "an idle one is better than a busy one",
                &[(kept, Preview(a), "a"), (shared, Idle, "a")],
                Holder::Idle(shared),
            ),
            ("busy with another", &[(kept, Preview(b), "a b")], Holder::None),
            ("busy with a batch", &[(shared, Other, "a")], Holder::None),
        ];
        for (name, workers, expected) in table {
            let lists: Vec<Vec<ContentHash>> =
                workers.iter().map(|(.., held)| hashes(held)).collect();
            let views = workers.iter().zip(&lists).map(|((kind, activity, _), kept)| View {
                kind: *kind,
                activity: *activity,
                kept,
            });
            assert_eq!(holder(views, a), expected, "{name}");
        }
    }

    #[test]
    fn choices_as_a_table() {
        let table = [
            ("nobody is free", Vec::<&str>::new(), Some("a"), None),
            ("the one that keeps it", vec!["", "b", "b a"], Some("a"), Some(2)),
            ("one that keeps nothing", vec!["b", "", "c"], Some("a"), Some(1)),
            ("the fewest", vec!["b c", "d", "e f g"], Some("a"), Some(1)),
            ("work without a proxy spares them", vec!["a", ""], None, Some(1)),
            ("the first of equals", vec!["", ""], None, Some(0)),
        ];
        for (name, workers, source, expected) in table {
            let lists: Vec<Vec<ContentHash>> = workers.iter().map(|held| hashes(held)).collect();
            let idle = lists.iter().map(Vec::as_slice).enumerate();
            assert_eq!(best(idle, source.map(hash)), expected, "{name}");
        }
    }
}
