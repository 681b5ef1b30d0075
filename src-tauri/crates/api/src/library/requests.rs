//! The queue of thumbnail requests. Pure.
//!
//! Assets on the screen come first, in the window's order; then the oldest request. A request whose
//! asset leaves the screen before it is started is dropped at once.

use std::collections::{HashMap, HashSet};

use tokio::{sync::oneshot, task::AbortHandle};

use crate::{Picture, PictureError};

/// The answer to a request.
pub(super) type Answer = Result<Picture, PictureError>;

/// One thumbnail.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Request {
    pub(super) asset: u32,
    pub(super) version: String,
    pub(super) pixels: u32,
}

#[derive(Debug)]
struct Pending {
    arrived: u64,
    waiters: Vec<oneshot::Sender<Answer>>,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Queued,
    /// It was taken; with the handle that stops it, once it runs.
    Running(Option<AbortHandle>),
}

impl Pending {
    fn is_waited_for(&self) -> bool {
        self.waiters.iter().any(|waiter| !waiter.is_closed())
    }
}

/// All requests that are not answered yet.
#[derive(Debug, Default)]
pub(super) struct Requests {
    entries: HashMap<Request, Pending>,
    /// The ranks of the assets on the screen; empty until the window has set them.
    ranks: HashMap<u32, usize>,
    /// How often the assets on the screen were set.
    screens: u64,
    arrivals: u64,
}

impl Requests {
    /// How often the assets on the screen were set.
    pub(super) fn screens(&self) -> u64 {
        self.screens
    }

    /// Adds a request, or a waiter to an equal one. It ends as `Gone` at once where its asset has
    /// left the screen since the window sent it, when `screens` was as given.
    pub(super) fn add(&mut self, request: Request, screens: u64, waiter: oneshot::Sender<Answer>) {
        if screens != self.screens && !self.ranks.contains_key(&request.asset) {
            let _ = waiter.send(Err(PictureError::Gone));
            return;
        }
        self.arrivals += 1;
        let arrived = self.arrivals;
        let new = || Pending { arrived, waiters: Vec::new(), stage: Stage::Queued };
        self.entries.entry(request).or_insert_with(new).waiters.push(waiter);
    }

    /// Takes the next request; it counts as running from then on.
    pub(super) fn take_next(&mut self) -> Option<Request> {
        // Requests whose waiters are all gone.
        self.entries
            .retain(|_, entry| !matches!(entry.stage, Stage::Queued) || entry.is_waited_for());
        let queued = self.entries.iter_mut();
        let queued = queued.filter(|(_, entry)| matches!(entry.stage, Stage::Queued));
        let rank = |asset: u32| self.ranks.get(&asset).copied().unwrap_or(usize::MAX);
        let (request, entry) =
            queued.min_by_key(|(request, entry)| (rank(request.asset), entry.arrived))?;
        entry.stage = Stage::Running(None);
        Some(request.clone())
    }

    /// Sets the handle that stops a running request.
    pub(super) fn started(&mut self, request: &Request, abort: AbortHandle) {
        if let Some(entry) = self.entries.get_mut(request) {
            entry.stage = Stage::Running(Some(abort));
        }
    }

    /// Answers all waiters of a request.
    pub(super) fn finish(&mut self, request: &Request, outcome: &Answer) {
        for waiter in self.entries.remove(request).into_iter().flat_map(|entry| entry.waiters) {
            let _ = waiter.send(outcome.clone());
        }
    }

    /// Sets the assets on the screen. Requests for other assets end as `Gone`; those that are running
    /// are returned, to be stopped unless they are requested again.
    pub(super) fn show(&mut self, visible: &[u32]) -> Vec<Request> {
        self.screens += 1;
        self.ranks = visible.iter().enumerate().map(|(rank, asset)| (*asset, rank)).collect();
        let mut running = Vec::new();
        let hidden: HashSet<Request> =
            self.entries.keys().filter(|it| !self.ranks.contains_key(&it.asset)).cloned().collect();
        for request in hidden {
            let Some(entry) = self.entries.get_mut(&request) else { continue };
            for waiter in entry.waiters.drain(..) {
                let _ = waiter.send(Err(PictureError::Gone));
            }
            if matches!(entry.stage, Stage::Queued) {
                self.entries.remove(&request);
            } else {
                running.push(request);
            }
        }
        running
    }

    /// Stops those of these running requests that have no waiter.
    pub(super) fn stop_abandoned(&mut self, requests: &[Request]) {
        for request in requests {
            let Some(entry) = self.entries.get(request) else { continue };
            // One that is taken but does not run yet ends by itself.
            if let (false, Stage::Running(Some(abort))) = (entry.is_waited_for(), &entry.stage) {
                abort.abort();
                self.entries.remove(request);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(asset: u32) -> Request {
        Request { asset, version: "v".into(), pixels: 100 }
    }

    fn asking(requests: &mut Requests, asset: u32) -> oneshot::Receiver<Answer> {
        let (waiter, answer) = oneshot::channel();
        requests.add(request(asset), requests.screens(), waiter);
        answer
    }

    fn order(requests: &mut Requests) -> Vec<u32> {
        std::iter::from_fn(|| requests.take_next().map(|request| request.asset)).collect()
    }

    #[test]
    fn those_on_the_screen_come_first_in_its_order() {
        let mut requests = Requests::default();
        let _answers: Vec<_> = (1..=4).map(|asset| asking(&mut requests, asset)).collect();
        assert!(requests.show(&[3, 1, 2, 4]).is_empty());
        let _later = asking(&mut requests, 9);
        assert_eq!(order(&mut requests), [3, 1, 2, 4, 9]);
    }

    #[test]
    fn what_leaves_the_screen_is_given_up_and_equal_requests_are_one() {
        let mut requests = Requests::default();
        let (mut one, mut same) = (asking(&mut requests, 1), asking(&mut requests, 1));
        let (mut two, mut three) = (asking(&mut requests, 2), asking(&mut requests, 3));
        assert_eq!(requests.take_next(), Some(request(1)));
        let running = requests.show(&[3]);
        assert_eq!(running, [request(1)]);
        for gone in [&mut one, &mut same, &mut two] {
            assert_eq!(gone.try_recv().unwrap().unwrap_err(), PictureError::Gone);
        }
        assert!(three.try_recv().is_err(), "it still waits");
        // Asked for again while it is made: the same work.
        let mut again = asking(&mut requests, 1);
        requests.stop_abandoned(&running);
        assert_eq!(order(&mut requests), [3]);
        requests.finish(&request(1), &Err(PictureError::NotFound));
        assert_eq!(again.try_recv().unwrap().unwrap_err(), PictureError::NotFound);
    }

    #[test]
    fn a_request_whose_asset_left_the_screen_on_its_way_ends_at_once() {
        let mut requests = Requests::default();
        let sent = requests.screens();
        requests.show(&[2]);
        let mut answers = [1, 2].map(|asset| {
            let (waiter, answer) = oneshot::channel();
            requests.add(request(asset), sent, waiter);
            answer
        });
        assert_eq!(answers[0].try_recv().unwrap().unwrap_err(), PictureError::Gone);
        assert!(answers[1].try_recv().is_err(), "it waits");
        let _later = asking(&mut requests, 1);
        assert_eq!(order(&mut requests), [2, 1]);
    }

    #[test]
    fn who_went_without_a_word_is_not_served() {
        let mut requests = Requests::default();
        drop(asking(&mut requests, 1));
        let _two = asking(&mut requests, 2);
        assert_eq!(order(&mut requests), [2]);
    }
}
