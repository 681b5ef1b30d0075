//! Gathers finished work into groups, so that the disk is waited for once a group and not once a
//! result.

use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

/// The most results of a group. Each has a file or two open.
pub(crate) const LARGEST: usize = 256;

/// Receives the next group: all that comes until this time, or at least what is there. Returns
/// `false` once nothing more comes. Safe to drop half-way.
pub(crate) async fn gather<T>(
    received: &mut mpsc::Receiver<T>,
    group: &mut Vec<T>,
    until: Instant,
) -> bool {
    if received.recv_many(group, LARGEST).await == 0 {
        return false;
    }
    while group.len() < LARGEST && Instant::now() < until {
        let more = received.recv_many(group, LARGEST - group.len());
        match timeout_at(until, more).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_group_ends_with_its_time_its_size_or_its_senders() {
        let now = Instant::now();
        let later = now + Duration::from_hours(1);
        let (sender, mut received) = mpsc::channel(LARGEST + 8);
        let mut group = Vec::new();
        sender.try_send(0).unwrap();
        assert!(gather(&mut received, &mut group, now).await);
        assert_eq!(group, [0], "its time is over");
        (1..260).for_each(|number| sender.try_send(number).unwrap());
        group.clear();
        assert!(gather(&mut received, &mut group, later).await);
        assert_eq!(group.len(), LARGEST, "it is full");
        drop(sender);
        group.clear();
        assert!(gather(&mut received, &mut group, later).await);
        assert_eq!(group, [257, 258, 259], "nothing more can come");
        assert!(!gather(&mut received, &mut group, later).await);
    }
}
