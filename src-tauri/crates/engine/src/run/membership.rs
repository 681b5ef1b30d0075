//! Which sources of a run are in its shard.

use cropmark_rules::ContentHash;

use super::context::RunContext;
use crate::{
    intake::cache::ResolvedFolders,
    source::{Found, asset_text, open::Source},
};

impl RunContext {
    /// Which of these sources are in the run's shard. Reads those whose content is not known; one
    /// that cannot be read, or is named by a URL, is in a shard by its path. May wait for the disk.
    pub(super) fn in_shard(&self, sources: &[Found]) -> Vec<bool> {
        let Some(shard) = self.shard else { return vec![true; sources.len()] };
        let mut folders = ResolvedFolders::new();
        let mut takes = |found: &Found| {
            let content = self.content_of(found, &mut folders);
            shard.takes(
                content.unwrap_or_else(|| ContentHash::of(asset_text(&found.relative).as_bytes())),
            )
        };
        sources.iter().map(&mut takes).collect()
    }

    fn content_of(&self, found: &Found, folders: &mut ResolvedFolders) -> Option<ContentHash> {
        if found.fault.is_some() || found.remote.is_some() {
            return None;
        }
        let source = Source::open(&found.path).ok()?;
        let known = self.cache.as_ref().and_then(|cache| {
            let path = cache.path_below(&found.path, folders)?;
            cache.known(path, &source.file.metadata().ok()?).unchanged
        });
        known.map(|(content, _)| content).or_else(|| source.hash().ok())
    }
}
