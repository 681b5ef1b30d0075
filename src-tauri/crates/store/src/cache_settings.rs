//! How variants are kept.

/// How variants are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheSettings {
    /// The most bytes of variants on the disk; those not used for longest go first. Default:
    /// 10 GiB.
    pub variant_bytes: u64,
    /// The most bytes of variants in memory. Default: 64 MiB.
    pub hot_bytes: usize,
    /// A variant of more bytes is not kept in memory. Default: 512 KiB.
    pub hot_variant_bytes: usize,
    /// Whether finished variants are kept on the disk at all. Default: yes.
    pub store_generated: bool,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self {
            variant_bytes: 10 << 30,
            hot_bytes: 64 << 20,
            hot_variant_bytes: 512 << 10,
            store_generated: true,
        }
    }
}
