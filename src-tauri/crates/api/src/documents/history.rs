//! The steps that can be undone and redone: one history for the texts of preset files, focal
//! points, crops and marks of a workspace.
//!
//! Pure: it keeps two stacks and says what to do; whoever holds it does it. A text's entry is the
//! one range in which two texts differ. The oldest entries go when all together have more than a
//! number of bytes.

use std::collections::VecDeque;

use super::difference::Difference;
use crate::model::{self, FocalPoint};
use cropmark_rules::{
    AssetTexts,
    value::{CropFrame, FaceBox},
};

/// The most bytes of text that entries keep.
const MAX_BYTES: usize = 32 << 20;

/// The most entries that are kept.
const MAX_ENTRIES: usize = 1000;

/// A step of the history.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HistoryEntry {
    /// The words for 'Undo …', such as `Change quality`.
    pub(crate) label: String,
    /// The values before and after the step.
    pub(crate) change: Change,
}

/// The values before and after a step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    /// A document's text.
    Text {
        file: String,
        /// The difference of the two texts.
        difference: Difference,
    },
    /// An asset's focal point.
    Focal { asset: u32, before: Option<FocalPoint>, after: Option<FocalPoint> },
    /// An asset's crop by hand for a generator.
    Crop { asset: u32, generator: String, before: Option<CropFrame>, after: Option<CropFrame> },
    /// An asset's faces as the user has set them.
    Faces { asset: u32, before: Option<Vec<FaceBox>>, after: Option<Vec<FaceBox>> },
    /// The marks of some assets.
    Marks(Vec<MarksChange>),
    /// An asset's title and alt text.
    Texts { asset: u32, before: AssetTexts, after: AssetTexts },
}

/// All marks of one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MarksChange {
    pub(crate) asset: u32,
    pub(crate) before: Vec<String>,
    pub(crate) after: Vec<String>,
}

impl Change {
    /// Whether the values before and after are equal.
    fn is_nothing(&self) -> bool {
        match self {
            Self::Text { difference, .. } => difference.is_empty(),
            Self::Focal { before, after, .. } => before == after,
            Self::Crop { before, after, .. } => before == after,
            Self::Texts { before, after, .. } => before == after,
            Self::Faces { before, after, .. } => before == after,
            Self::Marks(changes) => changes.iter().all(|change| change.before == change.after),
        }
    }

    /// Lets a change begin where a former one of the same thing has begun. Returns whether it is of
    /// the same thing.
    fn begins_as(&mut self, former: &Self) -> bool {
        match (self, former) {
            (Self::Focal { asset, before, .. }, Self::Focal { asset: same, before: first, .. })
                if asset == same =>
            {
                *before = *first;
            }
            (
                Self::Crop { asset, generator, before, .. },
                Self::Crop { asset: same, generator: equal, before: first, .. },
            ) if asset == same && generator == equal => {
                *before = *first;
            }
            (Self::Texts { asset, before, .. }, Self::Texts { asset: same, before: first, .. })
                if asset == same =>
            {
                before.clone_from(first);
            }
            _ => return false,
        }
        true
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Text { difference, .. } => difference.bytes(),
            Self::Texts { before, after, .. } => {
                [before, after].iter().map(|texts| texts.title.len() + texts.alt.len()).sum()
            }
            Self::Focal { .. } | Self::Crop { .. } | Self::Faces { .. } | Self::Marks(_) => 0,
        }
    }

    fn is_of(&self, path: &str) -> bool {
        matches!(self, Self::Text { file, .. } if file == path)
    }
}

impl HistoryEntry {
    /// Returns the answer for the window when this is undone or redone.
    pub(crate) fn undone(&self) -> model::Undone {
        let (file, assets) = match &self.change {
            Change::Text { file, .. } => (Some(file.clone()), Vec::new()),
            Change::Focal { asset, .. }
            | Change::Crop { asset, .. }
            | Change::Texts { asset, .. }
            | Change::Faces { asset, .. } => (None, vec![*asset]),
            Change::Marks(changes) => (None, changes.iter().map(|change| change.asset).collect()),
        };
        model::Undone { label: Some(self.label.clone()), file, assets }
    }
}

/// The two stacks.
#[derive(Debug, Default)]
pub(super) struct History {
    done: VecDeque<HistoryEntry>,
    undone: Vec<HistoryEntry>,
    /// The gesture that the newest entry belongs to, while it goes on.
    gesture: Option<String>,
    bytes: usize,
}

impl History {
    /// Adds a change of one or several assets. What was undone cannot be redone any more.
    ///
    /// An entry of a focal point or a crop joins the newest one where both belong to one gesture.
    pub(super) fn record(&mut self, mut entry: HistoryEntry, gesture: Option<&str>) {
        if self.ongoing(gesture).is_some_and(|newest| entry.change.begins_as(&newest.change)) {
            self.forget_newest();
        }
        self.add(entry, gesture);
    }

    /// Adds a change of a document's text. It joins the newest entry where both belong
    /// to one gesture. What was undone cannot be redone any more.
    pub(super) fn record_text(
        &mut self,
        label: String,
        file: &str,
        (before, after): (&str, &str),
        gesture: Option<&str>,
    ) {
        let first = self.ongoing(gesture).and_then(|newest| match &newest.change {
            Change::Text { file: same, difference } if same == file => difference.revert(before),
            _ => None,
        });
        let difference = Difference::between(first.as_deref().unwrap_or(before), after);
        if first.is_some() {
            self.forget_newest();
        }
        self.add(
            HistoryEntry { label, change: Change::Text { file: file.to_owned(), difference } },
            gesture,
        );
    }

    /// Returns the newest entry, if the gesture that made it still goes on.
    fn ongoing(&self, gesture: Option<&str>) -> Option<&HistoryEntry> {
        let goes_on = gesture.is_some() && self.gesture.as_deref() == gesture;
        self.done.back().filter(|_| goes_on)
    }

    fn forget_newest(&mut self) {
        self.bytes -= self.done.pop_back().map_or(0, |newest| newest.change.bytes());
    }

    fn add(&mut self, entry: HistoryEntry, gesture: Option<&str>) {
        self.undone.clear();
        self.gesture = None;
        // A slider that is back where it was: as if it had not been touched.
        if entry.change.is_nothing() {
            return;
        }
        self.push(entry);
        self.gesture = gesture.map(str::to_owned);
        while self.bytes > MAX_BYTES || self.done.len() > MAX_ENTRIES {
            let Some(oldest) = self.done.pop_front() else { break };
            self.bytes -= oldest.change.bytes();
        }
    }

    fn push(&mut self, entry: HistoryEntry) {
        self.bytes += entry.change.bytes();
        self.done.push_back(entry);
    }

    /// Ends the gesture: the next change begins a new entry.
    pub(super) fn end_gesture(&mut self) {
        self.gesture = None;
    }

    /// Moves the newest entry to those that can be redone.
    pub(super) fn undo(&mut self) -> Option<HistoryEntry> {
        self.gesture = None;
        let entry = self.done.pop_back()?;
        self.bytes -= entry.change.bytes();
        self.undone.push(entry.clone());
        Some(entry)
    }

    /// Moves the entry that was undone last back.
    pub(super) fn redo(&mut self) -> Option<HistoryEntry> {
        self.gesture = None;
        let entry = self.undone.pop()?;
        self.push(entry.clone());
        Some(entry)
    }

    /// Drops all entries of a document that was removed.
    pub(super) fn forget(&mut self, file: &str) {
        self.done.retain(|entry| !entry.change.is_of(file));
        self.undone.retain(|entry| !entry.change.is_of(file));
        self.bytes = self.done.iter().map(|entry| entry.change.bytes()).sum();
        self.gesture = None;
    }

    /// Drops the entry that was just undone, because that was not possible.
    pub(super) fn drop_undone(&mut self, entry: &HistoryEntry) {
        if self.undone.last() == Some(entry) {
            self.undone.pop();
        }
    }

    /// Drops the entry that was just redone, because that was not possible.
    pub(super) fn drop_redone(&mut self, entry: &HistoryEntry) {
        if self.done.back() == Some(entry) {
            self.forget_newest();
        }
    }

    /// Returns the labels of the next steps, for the window.
    pub(super) fn labels(&self) -> model::History {
        model::History {
            undo: self.done.back().map(|entry| entry.label.clone()),
            redo: self.undone.last().map(|entry| entry.label.clone()),
        }
    }
}

#[cfg(test)]
mod tests;
