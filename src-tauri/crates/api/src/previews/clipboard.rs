//! A variant for the clipboard: its own bytes, and a PNG for programs that cannot read them.

use cropmark_rules::Format;

use super::Previews;
use crate::{ApiError, Picture, model::PreviewArguments};

impl Previews {
    /// Returns the pictures of a variant, the most faithful first: its own bytes, and, for another format,
    /// a PNG of them (of an animation, the first frame). Renders what is not there.
    pub(crate) async fn for_clipboard(
        &self,
        arguments: PreviewArguments,
    ) -> Result<Vec<Picture>, ApiError> {
        let (resolved, finished) = self.finished(&arguments).await?;
        let format = finished.rendered.format;
        let picture = |mime, bytes| Picture { mime, bytes, immutable: true };
        let own = picture(format.facts().media_type, finished.bytes.clone());
        if format == Format::Png {
            return Ok(vec![own]);
        }
        let file = self.write_copy(&resolved, finished).await?;
        let png = self.inner.library.as_png(&file).await?;
        Ok(vec![own, picture(Format::Png.facts().media_type, png)])
    }
}
