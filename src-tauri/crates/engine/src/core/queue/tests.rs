//! Coalescing, promotion and cancellation as tables.

mod histories;

use std::{collections::BTreeMap, time::Duration};

use cropmark_rules::{
    Encoding, Fault, FaultCode, Format, FormatRule, SourceRules, protocol::Header,
};
use tokio::sync::mpsc;

use super::*;
use crate::core::bounds::ResultBounds;

const BATCH: BatchId = BatchId(1);

/// A queue, the time, and somebody who runs what is next.
pub(super) struct Bench {
    pub(super) queue: Queue,
    pub(super) now: Instant,
    file: Arc<File>,
    tickets: u64,
    fidelity: Fidelity,
    pub(super) results: ResultSender,
}

impl Bench {
    pub(super) fn new() -> Self {
        let (sender, _) = mpsc::unbounded_channel();
        Self {
            queue: Queue::default(),
            now: Instant::now(),
            file: Arc::new(File::open("/dev/null").unwrap()),
            tickets: 0,
            fidelity: Fidelity::Exact,
            results: ResultSender::Rendered(sender),
        }
    }

    fn ask(&mut self, class: Class, keys: &str) -> TicketId {
        self.ask_in(None, class, keys, None)
    }

    /// As [`Bench::ask`], for previews.
    fn preview(&mut self, keys: &str) -> TicketId {
        self.fidelity = Fidelity::Preview;
        let ticket = self.ask(PERSON, keys);
        self.fidelity = Fidelity::Exact;
        ticket
    }

    /// Asks for variants with these letters as keys.
    pub(super) fn ask_in(
        &mut self,
        batch: Option<BatchId>,
        class: Class,
        keys: &str,
        expires: Option<Instant>,
    ) -> TicketId {
        self.tickets += 1;
        let ticket = TicketId(self.tickets);
        let request = Request { ticket, class, batch, results: self.results.clone(), expires };
        let encoding = Encoding::new(FormatRule::Named(Format::Jpeg));
        let bounds = ResultBounds::default();
        let variant = SpecVariant { operations: Vec::new(), encoding, bounds };
        let spec = RenderSpec {
            arrival: None,
            source: Arc::clone(&self.file),
            rules: SourceRules::default(),
            focal: None,
            faces: None,
            proxy: None,
            fidelity: self.fidelity,
            files: BTreeMap::new(),
            variants: keys.chars().map(|_| variant.clone()).collect(),
        };
        let variant = |(slot, letter): (usize, char)| RequestedVariant {
            slot,
            index: slot,
            key: key(letter),
            target: Arc::clone(&self.file),
        };
        let requested = keys.chars().enumerate().map(variant).collect();
        self.queue.render(request, Share { spec, requested, bytes: 1 }, 249, self.now);
        ticket
    }

    /// The keys of the next job of a class, which runs from now on.
    pub(super) fn run(&mut self, class: Class) -> Option<(JobId, String)> {
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

    pub(super) fn is_empty(&self) -> bool {
        let queue = &self.queue;
        queue.jobs.is_empty()
            && queue.active.is_empty()
            && queue.tickets.is_empty()
            && queue.batches.is_empty()
            && queue.on_demand.is_empty()
            && queue.eager.is_empty()
            && queue.expiries.is_empty()
            && queue.held == 0
    }
}

/// A key that is a letter.
fn key(letter: char) -> Key {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&u32::from(letter).to_be_bytes());
    bytes.into()
}

fn letter_of(key: Key) -> char {
    let [a, b, c, d, ..] = *key.as_bytes();
    char::from_u32(u32::from_be_bytes([a, b, c, d])).unwrap()
}

fn keys(job: &Job) -> String {
    let letter = |pending: &PendingOutput| match &pending.key {
        JobKey::Variant(key) => letter_of(*key).to_string(),
        JobKey::Preview(key) => format!("({})", letter_of(*key)),
        JobKey::Header(..) => "header".to_owned(),
    };
    let mut letters: Vec<String> = job.pending.iter().map(letter).collect();
    letters.sort();
    letters.concat()
}

pub(super) fn failed() -> JobOutput {
    JobOutput::Failed(Fault::new(FaultCode::Invalid, "test"))
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
                bench.queue.job(id).unwrap().pending.iter().map(|pending| pending.index).collect();
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
fn previews_take_what_exports_make_and_give_them_nothing() {
    // Pending for an export: made at once, as the export wants it, once for both.
    let mut bench = Bench::new();
    bench.ask(EXPORT, "abc");
    bench.preview("xb");
    assert_eq!(
        (bench.line(PERSON), bench.line(EXPORT)),
        (vec!["(x)".into(), "b".into()], vec!["ac".into()])
    );
    let (id, keys) = bench.run(PERSON).unwrap();
    assert_eq!((keys.as_str(), bench.queue.job(id).unwrap().kind.is_preview()), ("(x)", true));
    let (id, _) = bench.run(PERSON).unwrap();
    let job = bench.queue.job(id).unwrap();
    assert_eq!(
        (job.kind.is_preview(), job.pending[0].index),
        (false, 1),
        "its place in their spec"
    );
    assert_eq!(bench.queue.answer(id, 1, &failed()).len(), 2);

    // Running for an export: its result.
    let mut bench = Bench::new();
    bench.ask(EXPORT, "a");
    let (id, _) = bench.run(EXPORT).unwrap();
    bench.preview("a");
    assert!(bench.line(PERSON).is_empty());
    assert_eq!(bench.queue.answer(id, 0, &failed()).len(), 2);

    // A preview runs: an export has it made for itself, another preview does not.
    let mut bench = Bench::new();
    bench.preview("a");
    bench.preview("a");
    bench.ask(EXPORT, "a");
    assert_eq!((bench.line(PERSON), bench.line(EXPORT)), (vec!["(a)".into()], vec!["a".into()]));
    let (id, _) = bench.run(PERSON).unwrap();
    assert_eq!(bench.queue.answer(id, 0, &failed()).len(), 2);
    bench.queue.finish(id);
    let (id, _) = bench.run(EXPORT).unwrap();
    assert_eq!(bench.queue.answer(id, 0, &failed()).len(), 1);
    bench.queue.finish(id);
    assert!(bench.is_empty(), "{:?}", bench.queue);
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
    assert!(matches!(&busy[0].output, JobOutput::Failed(fault) if fault.code == FaultCode::Busy));
    assert_eq!(bench.queue.next_expiry(), None);
    assert_eq!(bench.queue.answer(running, 0, &failed()).len(), 1);
    assert_eq!(bench.queue.answer(running, 1, &failed()).len(), 2);
    bench.queue.finish(running);
    assert!(bench.is_empty());
}

#[test]
fn headers_that_were_read_together_are_tried_again_each_by_itself() {
    let mut bench = Bench::new();
    let (results, _answers) = mpsc::unbounded_channel();
    let results = ResultSender::Inspected(results);
    let request =
        Request { ticket: TicketId(1), class: PERSON, batch: None, results, expires: None };
    let sources = (0..3).map(|_| Arc::clone(&bench.file)).collect();
    bench.queue.inspect(request, sources, 1, bench.now);
    let hung = Fault::new(FaultCode::Timeout, "test");
    let lose = |bench: &mut Bench| {
        let (id, keys) = bench.run(PERSON).unwrap();
        let (failed, retried) = bench.queue.worker_lost(id, Loss::Timeout, true, &hung, bench.now);
        (keys, failed.len(), retried)
    };
    assert_eq!(lose(&mut bench), ("headerheaderheader".to_owned(), 0, 3));
    // Two sources that hang say nothing about the third.
    assert_eq!(lose(&mut bench), ("header".to_owned(), 1, 0));
    assert_eq!(lose(&mut bench), ("header".to_owned(), 1, 0));
    let (id, _) = bench.run(PERSON).unwrap();
    let index = bench.queue.job(id).unwrap().pending[0].index;
    let header = JobOutput::Inspected(Header::plain(Format::Jpeg, 10, 10));
    let delivered = bench.queue.answer(id, index, &header);
    assert_eq!(delivered.iter().map(|it| it.slot).collect::<Vec<_>>(), [index]);
    bench.queue.finish(id);
    assert!(bench.is_empty());
}
