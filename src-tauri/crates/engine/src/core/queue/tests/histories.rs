//! Random histories of many jobs: whatever happens in whatever order, each request hears of each
//! variant exactly once, no key is worked on twice at once, turns are exact, and nothing is
//! left behind.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Duration,
};

use cropmark_rules::{Fault, FaultCode, protocol::Rendered};
use proptest::prelude::*;
use tokio::sync::mpsc;

use super::{
    super::policy::{Decision, Head, Holder, Situation, Turns, WorkerKind, decide},
    Bench, failed, *,
};

/// Workers of the bench.
const WORKERS: usize = 4;

/// A step of a history. Numbers choose among what there is.
#[derive(Debug, Clone)]
enum Step {
    Ask { class: Class, keys: Vec<u16>, batch: Option<u64>, patient: bool },
    Leave(usize),
    Command(u64, BatchCommand),
    Answer(usize),
    Lose(usize, Loss),
    Pass(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let class = prop_oneof![Just(Class::OnDemand), Just(Class::Eager)];
    let keys = prop::collection::vec(0..4000_u16, 1..6);
    let batch = prop::option::weighted(0.3, 0..3_u64);
    let command = prop_oneof![
        Just(BatchCommand::Pause),
        Just(BatchCommand::Resume),
        Just(BatchCommand::Cancel)
    ];
    let loss = prop_oneof![Just(Loss::Crash), Just(Loss::Timeout), Just(Loss::Memory)];
    prop_oneof![
        8 => (class, keys, batch, any::<bool>())
            .prop_map(|(class, keys, batch, patient)| Step::Ask { class, keys, batch, patient }),
        2 => any::<usize>().prop_map(Step::Leave),
        1 => (0..3_u64, command).prop_map(|(batch, command)| Step::Command(batch, command)),
        10 => any::<usize>().prop_map(Step::Answer),
        1 => (any::<usize>(), loss).prop_map(|(job, loss)| Step::Lose(job, loss)),
        1 => (0..50_u16).prop_map(Step::Pass),
    ]
}

type Inbox = mpsc::UnboundedReceiver<(usize, Result<Rendered, Fault>)>;

/// A history as it goes.
struct History {
    bench: Bench,
    /// Slots that have not been told, by the ticket; emptied in the end from the inboxes.
    open: HashMap<TicketId, HashSet<usize>>,
    inboxes: HashMap<TicketId, Inbox>,
    askers: Vec<TicketId>,
    cancelled: HashSet<TicketId>,
    running: Vec<JobId>,
    jobs: usize,
    share: u8,
    turns: Turns,
    /// The last hundred turns: whether they were on-demand.
    recent: VecDeque<bool>,
}

impl History {
    fn new(share: u8) -> Self {
        Self {
            bench: Bench::new(),
            open: HashMap::new(),
            inboxes: HashMap::new(),
            askers: Vec::new(),
            cancelled: HashSet::new(),
            running: Vec::new(),
            jobs: 0,
            share,
            turns: Turns::new(share),
            recent: VecDeque::new(),
        }
    }

    fn step(&mut self, step: Step) {
        let now = self.bench.now;
        match step {
            Step::Ask { class, keys, batch, patient } => self.ask(class, &keys, batch, patient),
            Step::Leave(which) if !self.askers.is_empty() => {
                let ticket = self.askers.swap_remove(which % self.askers.len());
                self.inboxes.remove(&ticket);
                self.open.remove(&ticket);
                let stopped = self.bench.queue.leave(ticket, now);
                self.running.retain(|job| !stopped.contains(job));
            }
            Step::Command(batch, command) => {
                let batch = BatchId(batch);
                if command == BatchCommand::Cancel {
                    let tickets = self.bench.queue.batches.get(&batch);
                    self.cancelled.extend(tickets.into_iter().flatten());
                }
                let stopped = self.bench.queue.command(batch, command, now);
                self.running.retain(|job| !stopped.contains(job));
            }
            Step::Answer(which) if !self.running.is_empty() => {
                let place = which % self.running.len();
                let id = self.running[place];
                let job = self.bench.queue.job(id).unwrap();
                match job.pending.first().map(|pending| pending.index) {
                    Some(index) => deliver(self.bench.queue.answer(id, index, &failed())),
                    None => self.bench.queue.finish(self.running.swap_remove(place)),
                }
            }
            Step::Lose(which, loss) if !self.running.is_empty() => {
                let job = self.running.swap_remove(which % self.running.len());
                let fault = Fault::new(FaultCode::Crashed, "");
                deliver(self.bench.queue.worker_lost(job, loss, true, &fault, now).0);
            }
            Step::Pass(milliseconds) => {
                self.bench.now += Duration::from_millis(u64::from(milliseconds));
                deliver(self.bench.queue.expire(self.bench.now));
            }
            Step::Leave(_) | Step::Answer(_) | Step::Lose(..) => {}
        }
    }

    fn ask(&mut self, class: Class, keys: &[u16], batch: Option<u64>, patient: bool) {
        let (sender, inbox) = mpsc::unbounded_channel();
        self.bench.results = ResultSender::Rendered(sender);
        let expires = (!patient && class == Class::OnDemand)
            .then(|| self.bench.now + Duration::from_millis(30));
        let letter = |key: &u16| char::from_u32(0x4e00 + u32::from(*key));
        let letters: String = keys.iter().filter_map(letter).collect();
        let ticket = self.bench.ask_in(batch.map(BatchId), class, &letters, expires);
        self.open.insert(ticket, (0..keys.len()).collect());
        self.askers.push(ticket);
        self.inboxes.insert(ticket, inbox);
    }

    /// Gives every free worker what the policy says.
    fn fill(&mut self) -> Result<(), TestCaseError> {
        while self.running.len() < WORKERS {
            let head = |class| {
                let (id, job) = self.bench.queue.head(class)?;
                Some(Head { job: id, estimate: job.estimate })
            };
            let situation = Situation {
                on_demand: head(Class::OnDemand),
                eager: head(Class::Eager),
                // Every other preview finds its pixels here: that changes no turn.
                holder: if self.recent.len().is_multiple_of(2) {
                    Holder::Idle(WorkerKind::Shared)
                } else {
                    Holder::None
                },
                reserved_idle: false,
                shared_idle: true,
                free_memory: 10,
                free_requests: 1,
                waiting: None,
            };
            let decision = decide(&situation, self.turns);
            let Decision::Grant { class, turn, kind: WorkerKind::Shared } = decision else { break };
            if turn {
                self.turns.take();
                self.recent.push_back(class == Class::OnDemand);
                if self.recent.len() > 100 {
                    self.recent.pop_front();
                }
                let got = self.recent.iter().filter(|&&on_demand| on_demand).count();
                prop_assert!(self.recent.len() < 100 || got == usize::from(self.share));
            }
            let (job, _) = self.bench.run(class).unwrap();
            self.running.push(job);
            self.jobs += 1;
        }
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let queue = &self.bench.queue;
        let mut seen = HashSet::new();
        for job in queue.jobs.values() {
            prop_assert!(job.stage != Stage::Detached);
            prop_assert!(job.stage == Stage::Running || !job.pending.is_empty());
            for pending in &job.pending {
                prop_assert!(seen.insert(&pending.key), "worked on twice at once");
            }
        }
        prop_assert_eq!(seen.len(), queue.active.len());
        Ok(())
    }

    /// Checks that everybody has been told, and that nothing is left.
    fn end(mut self) -> Result<usize, TestCaseError> {
        for (ticket, mut inbox) in self.inboxes {
            while let Ok((slot, _)) = inbox.try_recv() {
                let told = self.open.get_mut(&ticket).is_some_and(|slots| slots.remove(&slot));
                prop_assert!(told, "told twice");
            }
        }
        let cancelled = &self.cancelled;
        self.open.retain(|ticket, slots| !slots.is_empty() && !cancelled.contains(ticket));
        prop_assert!(self.open.is_empty(), "never told: {:?}", self.open);
        prop_assert!(self.bench.is_empty(), "{:?}", self.bench.queue);
        Ok(self.jobs)
    }
}

fn deliver(deliveries: Vec<Delivery>) {
    for delivery in deliveries {
        if let ResultSender::Rendered(results) = delivery.results {
            let _ = results.send((delivery.slot, Err(Fault::new(FaultCode::Invalid, ""))));
        }
    }
}

/// Plays a history to its end. Returns how many jobs ran.
fn play(steps: &[Step], share: u8) -> Result<usize, TestCaseError> {
    let mut history = History::new(share);
    for (number, step) in steps.iter().enumerate() {
        history.step(step.clone());
        history.fill()?;
        if steps.len() < 1000 || number % 512 == 0 {
            history.check()?;
        }
    }
    for batch in 0..3 {
        history.step(Step::Command(batch, BatchCommand::Resume));
    }
    history.fill()?;
    while !history.running.is_empty() {
        history.step(Step::Answer(0));
        history.fill()?;
    }
    history.end()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn short_histories_leave_nothing_behind(
        steps in prop::collection::vec(step(), 0..120),
        share in 0..=100_u8,
    ) {
        play(&steps, share)?;
    }
}

proptest! {
    // A history of this length cannot be shrunk in time; the short ones find the small reasons.
    #![proptest_config(ProptestConfig { cases: 1, max_shrink_iters: 0, ..ProptestConfig::default() })]
    #[test]
    fn twenty_thousand_jobs_leave_nothing_behind(
        steps in prop::collection::vec(step(), 120_000),
    ) {
        let jobs = play(&steps, 80)?;
        prop_assert!(jobs >= 20_000, "{jobs} jobs");
    }
}
