//! An image with other metadata: a copy that shares the pixels.

use super::{Call, Editor, Image, Result};

/// libvips' mark of an image whose rows come in order only.
const SEQUENTIAL: &str = "vips-sequential";

impl Image {
    /// The same pixels with metadata changed; the original stays as it is.
    pub(crate) fn edit(&self, change: impl FnOnce(&mut Editor<'_>)) -> Result<Self> {
        let copy = Call::new("copy").image("in", self).output()?;
        change(&mut Editor::new(&copy));
        Ok(copy)
    }

    /// Whether the image is marked as one whose rows come in order only.
    pub(crate) fn is_sequential(&self) -> bool {
        self.has_field(SEQUENTIAL)
    }

    /// Sets or removes the mark that the rows come in order only, on an image that nothing else reads.
    pub(crate) fn mark_sequential(&self, sequential: bool) {
        let mut editor = Editor::new(self);
        if sequential {
            editor.set_integer(SEQUENTIAL, 1);
        } else {
            editor.remove(SEQUENTIAL);
        }
    }

    /// The same with or without the mark that its rows come in order only: operations that look
    /// at several rows keep copies of them for an image with that mark. Without is for what is
    /// read in order in any case.
    pub(crate) fn sequential(&self, sequential: bool) -> Result<Self> {
        if self.is_sequential() == sequential {
            return Ok(self.clone());
        }
        let copy = self.edit(|_| ())?;
        copy.mark_sequential(sequential);
        Ok(copy)
    }
}
