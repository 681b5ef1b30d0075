//! Coalescing, promotion, cancellation as tables; and random histories of many jobs.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};

use cropmark_rules::{Encoding, Fault, FaultCode, Format, FormatRule, SourceRules};
use proptest::prelude::*;
use tokio::sync::mpsc;

use super::{
    policy::{Decision, Head, Place, Situation, Turns, decide},
    *,
};

const BATCH: BatchId = BatchId(1);

/// A queue, the time, and somebody who runs what is next.
struct Bench {
    queue: Queue,
    now: Instant,
    file: Arc<File>,
    tickets: u64,
    answers: Answers,
}

impl Bench {
    fn new() -> Self {
        let (sender, _) = mpsc::unbounded_channel();
        Self {
            queue: Queue::default(),
            now: Instant::now(),
            file: Arc::new(File::open("/dev/null").unwrap()),
            tickets: 0,
            answers: Answers::Rendered(sender),
        }
    }

    fn ask(&mut self, class: Class, keys: &str) -> TicketId {
        self.ask_in(None, class, keys, None)
    }

    /// Asks for variants with these letters as keys.
    fn ask_in(
        &mut self,
        batch: Option<BatchId>,
        class: Class,
        keys: &str,
        expires: Option<Instant>,
    ) -> TicketId {
        self.tickets += 1;
        let ticket = TicketId(self.tickets);
        let asker = Asker { ticket, class, batch, answers: self.answers.clone(), expires };
        let encoding = Encoding::new(FormatRule::Named(Format::Jpeg));
        let sheet = Sheet {
            source: Arc::clone(&self.file),
            rules: SourceRules::default(),
            focal: None,
            files: BTreeMap::new(),
            variants: keys.chars().map(|_| (Vec::new(), encoding.clone())).collect(),
        };
        let wish = |(slot, letter): (usize, char)| Wish {
            slot,
            key: Key::from(letter.to_string()),
            target: Arc::clone(&self.file),
        };
        let wishes = keys.chars().enumerate().map(wish).collect();
        self.queue.render(asker, sheet, wishes, 249, 1, self.now);
        ticket
    }

    /// The keys of the next job of a class, which runs from now on.
    fn run(&mut self, class: Class) -> Option<(JobId, String)> {
        let (id, _) = self.queue.head(class)?;
        let job = self.queue.take(id).unwrap();
        Some((id, keys(job)))
    }

    /// The keys of all pending jobs, in the order in which their class is served.
    fn line(&mut self, class: Class) -> Vec<String> {
        let ids: Vec<JobId> = match class {
            Class::OnDemand => self.queue.on_demand.iter().rev().map(|(_, id)| *id).collect(),
            Class::Eager => self.queue.eager.iter().map(|(_, id)| *id).collect(),
        };
        ids.into_iter().map(|id| keys(self.queue.job(id).unwrap())).collect()
    }

    fn is_empty(&self) -> bool {
        let queue = &self.queue;
        queue.jobs.is_empty()
            && queue.live.is_empty()
            && queue.tickets.is_empty()
            && queue.batches.is_empty()
            && queue.on_demand.is_empty()
            && queue.eager.is_empty()
            && queue.expiries.is_empty()
            && queue.held == 0
    }
}

fn keys(job: &Job) -> String {
    let letter = |wanted: &Wanted| match &wanted.subject {
        Subject::Variant(key) => key.as_str().to_owned(),
        Subject::Header(_) => "header".to_owned(),
    };
    let mut letters: Vec<String> = job.wanted.iter().map(letter).collect();
    letters.sort();
    letters.concat()
}

fn failed() -> Outcome {
    Outcome::Failed(Fault::new(FaultCode::Invalid, "test"))
}

const PERSON: Class = Class::OnDemand;
const EXPORT: Class = Class::Eager;

#[test]
fn the_newest_preview_and_the_oldest_export_come_first() {
    let mut bench = Bench::new();
    for key in ["a", "b", "c"] {
        bench.ask(PERSON, key);
    }
    for key in ["x", "y", "z"] {
        bench.ask(EXPORT, key);
    }
    assert_eq!(bench.line(PERSON), ["c", "b", "a"]);
    assert_eq!(bench.line(EXPORT), ["x", "y", "z"]);
    // Asked for again, it is new again.
    bench.ask(PERSON, "a");
    assert_eq!(bench.line(PERSON), ["a", "c", "b"]);
}

#[test]
fn asking_as_a_table() {
    // What is pending, what is asked for then, and the lines of both classes after it.
    type Row<'a> = (&'a [(Class, &'a str)], (Class, &'a str), &'a [&'a str], &'a [&'a str]);
    let table: [Row; 9] = [
        (&[(PERSON, "a")], (PERSON, "a"), &["a"], &[]),
        (&[(EXPORT, "a")], (EXPORT, "a"), &[], &["a"]),
        (&[(PERSON, "a")], (EXPORT, "a"), &["a"], &[]),
        // Promotion: the variant leaves the eager queue, its siblings stay.
        (&[(EXPORT, "a")], (PERSON, "a"), &["a"], &[]),
        (&[(EXPORT, "abc")], (PERSON, "b"), &["b"], &["ac"]),
        (&[(EXPORT, "abc"), (EXPORT, "d")], (PERSON, "bd"), &["bd"], &["ac"]),
        (&[(EXPORT, "ab")], (PERSON, "bcc"), &["bc"], &["a"]),
        (&[(PERSON, "ab")], (PERSON, "bc"), &["c", "ab"], &[]),
        (&[(EXPORT, "ab")], (EXPORT, "bc"), &[], &["ab", "c"]),
    ];
    for (pending, (class, asked), on_demand, eager) in table {
        let mut bench = Bench::new();
        for (class, keys) in pending {
            bench.ask(*class, keys);
        }
        bench.ask(class, asked);
        assert_eq!(bench.line(PERSON), on_demand, "{pending:?} then {asked}");
        assert_eq!(bench.line(EXPORT), eager, "{pending:?} then {asked}");
        // Everybody is answered once, whoever did the work.
        let mut answered = 0;
        while let Some((id, _)) = bench.run(PERSON).or_else(|| bench.run(EXPORT)) {
            let indices: Vec<usize> =
                bench.queue.job(id).unwrap().wanted.iter().map(|wanted| wanted.index).collect();
            for index in indices {
                answered += bench.queue.answer(id, index, &failed()).len();
            }
            bench.queue.finish(id);
        }
        let slots: usize = pending.iter().map(|(_, keys)| keys.len()).sum();
        assert_eq!(answered, slots + asked.len(), "{pending:?} then {asked}");
        assert!(bench.is_empty(), "{:?}", bench.queue);
    }
}

#[test]
fn leaving_as_a_table() {
    let mut bench = Bench::new();
    // Pending, alone: gone.
    let alone = bench.ask(PERSON, "a");
    assert_eq!(bench.queue.leave(alone, bench.now), []);
    assert!(bench.is_empty());

    // Pending, not alone: it stays for the other.
    let (first, second) = (bench.ask(PERSON, "a"), bench.ask(PERSON, "a"));
    assert_eq!(bench.queue.leave(first, bench.now), []);
    assert_eq!(bench.line(PERSON), ["a"]);
    assert_eq!(bench.queue.leave(second, bench.now), []);
    assert!(bench.is_empty());

    // Promoted and left by the person: an export again, in its old place.
    let exports = [bench.ask(EXPORT, "a"), bench.ask(EXPORT, "b")];
    let person = bench.ask(PERSON, "a");
    assert_eq!((bench.line(PERSON), bench.line(EXPORT)), (vec!["a".into()], vec!["b".into()]));
    bench.queue.leave(person, bench.now);
    assert_eq!((bench.line(PERSON).len(), bench.line(EXPORT)), (0, vec!["a".into(), "b".into()]));
    for export in exports {
        bench.queue.leave(export, bench.now);
    }
    assert!(bench.is_empty());

    // A part of a pending job: the rest stays.
    let (whole, part) = (bench.ask(EXPORT, "ab"), bench.ask(EXPORT, "b"));
    bench.queue.leave(whole, bench.now);
    assert_eq!(bench.line(EXPORT), ["b"]);
    bench.queue.leave(part, bench.now);
    assert!(bench.is_empty());

    // Running: stopped when the last one leaves, not before.
    let (first, second) = (bench.ask(PERSON, "ab"), bench.ask(EXPORT, "b"));
    let (running, _) = bench.run(PERSON).unwrap();
    assert_eq!(bench.queue.leave(first, bench.now), []);
    assert_eq!(bench.queue.leave(second, bench.now), [running]);
    assert!(bench.is_empty());

    // Running and all answered: it ends by itself.
    let ticket = bench.ask(PERSON, "ab");
    let (running, _) = bench.run(PERSON).unwrap();
    assert_eq!(bench.queue.answer(running, 0, &failed()).len(), 1);
    assert_eq!(bench.queue.answer(running, 1, &failed()).len(), 1);
    assert_eq!(bench.queue.leave(ticket, bench.now), []);
    bench.queue.finish(running);
    assert!(bench.is_empty());

    // Running, left, and asked for again before it ended: a new job.
    let ticket = bench.ask(PERSON, "a");
    let (running, _) = bench.run(PERSON).unwrap();
    assert_eq!(bench.queue.leave(ticket, bench.now), [running]);
    bench.ask(PERSON, "a");
    assert!(bench.queue.answer(running, 0, &failed()).is_empty());
    assert_eq!(bench.line(PERSON), ["a"]);
}

#[test]
fn a_running_job_gains_a_waiter() {
    let mut bench = Bench::new();
    bench.ask(EXPORT, "a");
    let (running, _) = bench.run(EXPORT).unwrap();
    bench.ask(PERSON, "a");
    assert_eq!(bench.line(PERSON).len(), 0);
    assert_eq!(bench.queue.answer(running, 0, &failed()).len(), 2);
    bench.queue.finish(running);
    assert!(bench.is_empty());
}

#[test]
fn batches_pause_resume_and_cancel() {
    let mut bench = Bench::new();
    let none: [String; 0] = [];
    bench.ask_in(Some(BATCH), EXPORT, "ab", None);
    bench.ask_in(Some(BATCH), EXPORT, "c", None);
    bench.ask(EXPORT, "d");
    let (running, _) = bench.run(EXPORT).unwrap();
    bench.queue.command(BATCH, BatchCommand::Pause, bench.now);
    assert_eq!((bench.line(EXPORT), bench.queue.held()), (vec!["d".into()], 1));
    // What is added to a paused batch is held too; what somebody else wants is not.
    bench.ask_in(Some(BATCH), EXPORT, "de", None);
    assert_eq!((bench.line(EXPORT), bench.queue.held()), (vec!["d".into()], 2));
    let person = bench.ask(PERSON, "c");
    assert_eq!(bench.line(PERSON), ["c"]);
    bench.queue.leave(person, bench.now);
    assert_eq!((bench.line(PERSON), bench.queue.held()), (none.to_vec(), 2));
    bench.queue.command(BATCH, BatchCommand::Resume, bench.now);
    assert_eq!(bench.line(EXPORT), ["c", "d", "e"]);
    let stopped = bench.queue.command(BATCH, BatchCommand::Cancel, bench.now);
    assert_eq!(stopped, [running]);
    assert_eq!((bench.line(EXPORT), bench.queue.held()), (vec!["d".into()], 0));
}

#[test]
fn what_waits_too_long_is_told_so() {
    let mut bench = Bench::new();
    let soon = bench.now + Duration::from_secs(1);
    bench.ask_in(None, PERSON, "a", Some(soon));
    bench.ask_in(None, PERSON, "bc", Some(soon + Duration::from_secs(1)));
    bench.ask(EXPORT, "c");
    let (running, _) = bench.run(PERSON).unwrap();
    assert_eq!(bench.queue.next_expiry(), Some(soon));
    assert_eq!(bench.queue.expire(bench.now).len(), 0);
    // The running ones are in time, whatever it takes.
    let busy = bench.queue.expire(soon + Duration::from_secs(1));
    assert_eq!(busy.len(), 1);
    assert!(matches!(&busy[0].outcome, Outcome::Failed(fault) if fault.code == FaultCode::Busy));
    assert_eq!(bench.queue.next_expiry(), None);
    assert_eq!(bench.queue.answer(running, 0, &failed()).len(), 1);
    assert_eq!(bench.queue.answer(running, 1, &failed()).len(), 2);
    bench.queue.finish(running);
    assert!(bench.is_empty());
}

/// A step of a random history.
#[derive(Debug, Clone)]
enum Step {
    Ask { class: Class, keys: Vec<u16>, batch: Option<u64>, patient: bool },
    Leave(usize),
    Command(u64, u8),
    Answer(usize),
    Lose(usize, u8),
    Pass(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let class = prop_oneof![Just(Class::OnDemand), Just(Class::Eager)];
    let keys = prop::collection::vec(0..4000_u16, 1..6);
    let batch = prop::option::weighted(0.3, 0..3_u64);
    prop_oneof![
        8 => (class, keys, batch, any::<bool>())
            .prop_map(|(class, keys, batch, patient)| Step::Ask { class, keys, batch, patient }),
        2 => any::<usize>().prop_map(Step::Leave),
        1 => (0..3_u64, 0..3_u8).prop_map(|(batch, command)| Step::Command(batch, command)),
        10 => any::<usize>().prop_map(Step::Answer),
        1 => (any::<usize>(), 0..3_u8).prop_map(|(job, loss)| Step::Lose(job, loss)),
        1 => (0..50_u16).prop_map(Step::Pass),
    ]
}

/// Plays a history with four workers and checks that each asker hears of each variant exactly
/// once, that no key is worked on twice at once, and that nothing is left in the end. Returns how many
/// jobs ran.
fn play(steps: &[Step], share: u8) -> Result<usize, TestCaseError> {
    let mut bench = Bench::new();
    let mut open: HashMap<TicketId, HashSet<usize>> = HashMap::new();
    let mut askers: Vec<TicketId> = Vec::new();
    let mut cancelled: HashSet<TicketId> = HashSet::new();
    let mut running: Vec<JobId> = Vec::new();
    let mut jobs = 0;
    let mut turns = Turns::new(share);
    let mut recent: VecDeque<bool> = VecDeque::new();
    // Deliveries do not say to whom they go, so each ticket gets a channel that does.
    let mut inboxes: HashMap<TicketId, mpsc::UnboundedReceiver<_>> = HashMap::new();
    let tell = |deliveries: Vec<Delivery>| {
        for delivery in deliveries {
            if let Answers::Rendered(results) = delivery.answers {
                let _ = results.send((delivery.slot, Err(Fault::new(FaultCode::Invalid, ""))));
            }
        }
    };
    let ends = (0..3).map(|batch| Step::Command(batch, 1));
    let drain = std::iter::repeat_n(Step::Answer(0), 200_000);
    for (number, step) in steps.iter().cloned().chain(ends).chain(drain).enumerate() {
        if number >= steps.len() + 3 && bench.queue.jobs.is_empty() {
            break;
        }
        let now = bench.now;
        match step {
            Step::Ask { class, keys, batch, patient } => {
                let (sender, inbox) = mpsc::unbounded_channel();
                bench.answers = Answers::Rendered(sender);
                let expires =
                    (!patient && class == Class::OnDemand).then(|| now + Duration::from_millis(30));
                let letters: String = keys
                    .iter()
                    .filter_map(|key| char::from_u32(0x4e00 + u32::from(*key)))
                    .collect();
                let ticket = bench.ask_in(batch.map(BatchId), class, &letters, expires);
                open.insert(ticket, (0..keys.len()).collect());
                askers.push(ticket);
                inboxes.insert(ticket, inbox);
            }
            Step::Leave(which) => {
                if askers.is_empty() {
                    continue;
                }
                let ticket = askers.swap_remove(which % askers.len());
                inboxes.remove(&ticket);
                open.remove(&ticket);
                let stopped = bench.queue.leave(ticket, now);
                running.retain(|job| !stopped.contains(job));
            }
            Step::Command(batch, command) => {
                let command = [BatchCommand::Pause, BatchCommand::Resume, BatchCommand::Cancel]
                    [usize::from(command)];
                let batch = BatchId(batch);
                if command == BatchCommand::Cancel {
                    cancelled.extend(bench.queue.batches.get(&batch).into_iter().flatten());
                }
                let stopped = bench.queue.command(batch, command, now);
                running.retain(|job| !stopped.contains(job));
            }
            Step::Answer(which) if !running.is_empty() => {
                let place = which % running.len();
                let job = bench.queue.job(running[place]).unwrap();
                match job.wanted.first().map(|wanted| wanted.index) {
                    Some(index) => tell(bench.queue.answer(running[place], index, &failed())),
                    None => bench.queue.finish(running.swap_remove(place)),
                }
            }
            Step::Lose(which, loss) if !running.is_empty() => {
                let job = running.swap_remove(which % running.len());
                let loss = [Loss::Crash, Loss::Timeout, Loss::Memory][usize::from(loss)];
                let fault = Fault::new(FaultCode::Crashed, "");
                tell(bench.queue.lose(job, loss, true, &fault, now).0);
            }
            Step::Pass(milliseconds) => {
                bench.now += Duration::from_millis(u64::from(milliseconds));
                let now = bench.now;
                tell(bench.queue.expire(now));
            }
            Step::Answer(_) | Step::Lose(..) => {}
        }

        while running.len() < 4 {
            let head = |class| {
                let (id, job) = bench.queue.head(class)?;
                Some(Head { job: id, estimate: job.estimate })
            };
            let situation = Situation {
                on_demand: head(Class::OnDemand),
                eager: head(Class::Eager),
                kept_idle: false,
                shared_idle: true,
                free_memory: 10,
                free_requests: 1,
                waiting: None,
            };
            let Decision::Grant { class, turn, place: Place::Shared } = decide(&situation, turns)
            else {
                break;
            };
            if turn {
                turns.take();
                recent.push_back(class == Class::OnDemand);
                if recent.len() > 100 {
                    recent.pop_front();
                }
                let got = recent.iter().filter(|&&on_demand| on_demand).count();
                prop_assert!(recent.len() < 100 || got == usize::from(share));
            }
            let (job, _) = bench.run(class).unwrap();
            running.push(job);
            jobs += 1;
        }

        let mut seen = HashSet::new();
        if number % 512 == 0 || steps.len() < 1000 {
            for job in bench.queue.jobs.values() {
                prop_assert!(job.stage == Stage::Running || !job.wanted.is_empty());
                for wanted in &job.wanted {
                    prop_assert!(seen.insert(wanted.subject.clone()), "worked on twice at once");
                }
            }
            prop_assert_eq!(seen.len(), bench.queue.live.len());
        }
    }

    for (ticket, mut inbox) in inboxes {
        while let Ok((slot, _)) = inbox.try_recv() {
            let told = open.get_mut(&ticket).is_some_and(|slots| slots.remove(&slot));
            prop_assert!(told, "told twice");
        }
    }
    open.retain(|ticket, slots| !slots.is_empty() && !cancelled.contains(ticket));
    prop_assert!(open.is_empty(), "never told: {open:?}");
    prop_assert!(bench.is_empty(), "{:?}", bench.queue);
    Ok(jobs)
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
    #![proptest_config(ProptestConfig { cases: 1, max_shrink_iters: 0, ..ProptestConfig::default() })]
    #[test]
    fn twenty_thousand_jobs_leave_nothing_behind(
        steps in prop::collection::vec(step(), 120_000),
    ) {
        let jobs = play(&steps, 80)?;
        prop_assert!(jobs >= 20_000, "{jobs} jobs");
    }
}
