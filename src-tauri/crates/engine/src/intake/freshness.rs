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
    /// Cannot be decided: the file's time lies in the future, or beyond what a fingerprint holds
    /// (1677 to 2262).
    Future,
}

impl Freshness {
    /// Tells how fresh a file with this fingerprint is.
    #[must_use]
    pub fn of(fingerprint: &Fingerprint, now: SystemTime) -> Self {
        // Two different times beyond the range have one fingerprint.
        if matches!(fingerprint.mtime_ns, i64::MIN | i64::MAX) {
            return Self::Future;
        }
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

    #[test]
    fn times_before_1970_are_settled_and_those_beyond_the_range_never() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
        let far = SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365 * 400);
        for (mtime_ns, now, expected) in [
            (-1, now, Freshness::Settled),
            (i64::MIN + 1, now, Freshness::Settled),
            (i64::MIN, now, Freshness::Future),
            (i64::MAX, now, Freshness::Future),
            (i64::MAX, far, Freshness::Future),
        ] {
            let fingerprint = Fingerprint { path: "a".into(), size: 1, mtime_ns, inode: 1 };
            assert_eq!(Freshness::of(&fingerprint, now), expected, "{mtime_ns}");
        }
    }
}
