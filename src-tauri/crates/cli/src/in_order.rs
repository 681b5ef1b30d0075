//! Works on many things at once, and takes the results in their order.

use std::collections::VecDeque;

use tokio::task::JoinHandle;

use crate::interrupt::Interrupt;

/// Begins the work on each item, so many at once, and gives the results to `take` in the order of
/// the items. Returns whether it came to the end; where it was interrupted, what runs is ended.
pub(crate) async fn in_order<T, R>(
    items: impl IntoIterator<Item = T>,
    at_once: usize,
    interrupt: &mut Interrupt,
    begin: impl Fn(T) -> JoinHandle<R>,
    mut take: impl FnMut(R),
) -> bool {
    let (mut items, mut running) = (items.into_iter(), VecDeque::<JoinHandle<R>>::new());
    loop {
        while running.len() < at_once
            && let Some(item) = items.next()
        {
            running.push_back(begin(item));
        }
        let Some(mut first) = running.pop_front() else { return true };
        let ended = tokio::select! {
            biased;
            _ = interrupt.stop.wait_for(|stop| *stop) => {
                running.iter().chain([&first]).for_each(JoinHandle::abort);
                return false;
            }
            ended = &mut first => ended,
        };
        take(ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())));
    }
}
