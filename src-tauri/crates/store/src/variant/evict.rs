//! Making room: the variants not used for longest go, rows first, then files.

use std::sync::atomic::Ordering;

use crate::{Store, StoreError, database::Durability, table::variant};

impl Store {
    /// Removes variants until a tenth of the limit is free again, so that not every further
    /// insertion has to. Nothing happens below the limit. Returns how many went.
    ///
    /// # Errors
    /// Where the index cannot be written.
    pub(crate) fn evict(&self) -> Result<u64, StoreError> {
        self.flush()?;
        let limit = self.settings().variant_bytes;
        let variants = self.variants();
        let removed = self.write(Durability::Process, move |connection| {
            // The true sum, counted on the connection that writes, so that it cannot change meanwhile.
            let (_, bytes) = variant::totals(connection)?;
            if bytes <= limit {
                return Ok((Vec::new(), bytes));
            }
            let oldest = variant::oldest(connection, bytes - limit / 10 * 9)?;
            for (key, ..) in &oldest {
                variant::remove(connection, *key)?;
            }
            let freed: u64 = oldest.iter().map(|(.., bytes)| bytes).sum();
            Ok((oldest, bytes - freed))
        });
        let (removed, bytes) = removed?;
        variants.bytes.store(bytes, Ordering::Relaxed);
        for (key, extension, _) in &removed {
            variants.hot().remove(*key);
            variants.listening.report(*key, None);
            if let Ok(path) = self.layout().variant(*key, extension) {
                let _ = self.variants_root().and_then(|root| root.remove_file(&path));
            }
        }
        tracing::debug!(removed = removed.len(), bytes, "evicted variants");
        Ok(removed.len() as u64)
    }
}
