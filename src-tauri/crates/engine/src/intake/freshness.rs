//! When a file's fingerprint can be relied on.

use std::time::{Duration, SystemTime};

use cropmark_store::Fingerprint;

/// A file that was written to within this time may be written to again without its time changing:
/// disks count time in steps of up to two seconds.
pub const TOO_FRESH: Duration = Duration::from_secs(3);

/// Whether a write to a file would show in its fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// A later write would change the fingerprint.
    Settled,
    /// A later write might not change it: the file was written to within [`TOO_FRESH`].
    Recent,
    /// Cannot be decided: the file's time lies in the future.
    Future,
}

impl Freshness {
    /// Tells how fresh a file with this fingerprint is.
    #[must_use]
    pub fn of(fingerprint: &Fingerprint, now: SystemTime) -> Self {
        let modified = Duration::from_nanos(u64::try_from(fingerprint.mtime_ns).unwrap_or(0));
        match now.duration_since(SystemTime::UNIX_EPOCH + modified) {
            Ok(age) if age > TOO_FRESH => Self::Settled,
            Ok(_) => Self::Recent,
            Err(_) => Self::Future,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_settled_three_seconds_after_it_was_written_to() {
        let fingerprint =
            Fingerprint { path: "a".into(), size: 1, mtime_ns: 10_000_000_000, inode: 1 };
        let at = |milliseconds| {
            let now = SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds);
            Freshness::of(&fingerprint, now)
        };
        assert_eq!(at(9_999), Freshness::Future);
        assert_eq!(at(10_000), Freshness::Recent);
        assert_eq!(at(13_000), Freshness::Recent);
        assert_eq!(at(13_001), Freshness::Settled);
    }
}
