//! What runs next: a pure function of what waits, what is free, and how long the head has
//! waited for memory.
//!
//! - While both classes hold work, the shared workers take turns between them ([`Turns`]); when
//!   one class is empty the other takes every worker.
//! - The reserved worker serves on-demand work only, on top of the turns: it is there so that a
//!   preview need not wait for an export, not to be shared.
//! - A head that does not fit into the free memory is waited for; smaller work does not slip
//!   past it, or it would wait for ever. The one exception, on-demand work on the reserved worker
//!   passing an eager head, ends after [`PASSING_LIMIT`].
//! - A preview goes to the idle worker that keeps its source's pixels. On a shared worker that is
//!   an on-demand turn like any other: where it is the export's turn, the preview goes elsewhere.
//! - While a worker makes another preview of the same source, the next one waits for it, at most
//!   [`HOLDER_WAIT`]: decoding the source a second time elsewhere would take longer.

use std::time::Duration;

use crate::Class;

use super::JobId;

/// How long on-demand work may pass an eager job that waits for memory.
pub(crate) const PASSING_LIMIT: Duration = Duration::from_secs(1);

/// How long a preview waits for the worker that makes another one of its source: about as long as
/// decoding a large photograph a second time would take.
pub(crate) const HOLDER_WAIT: Duration = Duration::from_millis(100);

/// The job that a class would run next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) job: JobId,
    /// Bytes of memory, estimated.
    pub(crate) estimate: u64,
}

/// The kinds of workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum WorkerKind {
    /// For on-demand work only.
    Reserved,
    /// For both classes.
    Shared,
}

/// Which worker keeps the pixels that the next preview could start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// None, or one that does something else.
    None,
    /// An idle one, of this kind.
    Idle(WorkerKind),
    /// One that is rendering another preview of the same source.
    Busy,
}

impl Holder {
    /// Whether a preview that has waited so long goes on waiting for the pixels.
    pub(crate) fn is_waited_for(self, waited: Duration) -> bool {
        self == Self::Busy && waited < HOLDER_WAIT
    }
}

/// All that a decision depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Situation {
    /// The next on-demand job, unless it waits for the worker that has its pixels.
    pub(crate) on_demand: Option<Head>,
    pub(crate) eager: Option<Head>,
    /// Where the next on-demand job's pixels are.
    pub(crate) holder: Holder,
    /// Whether a worker of the reserved worker is idle.
    pub(crate) reserved_idle: bool,
    /// Whether a worker of a shared worker is idle.
    pub(crate) shared_idle: bool,
    /// Bytes that running jobs leave.
    pub(crate) free_memory: u64,
    /// Jobs that may still be admitted.
    pub(crate) free_requests: usize,
    /// The job that waits for memory, and for how long.
    pub(crate) waiting: Option<(JobId, Duration)>,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Start the head of this class on a worker of this kind.
    Grant {
        class: Class,
        kind: WorkerKind,
        /// Whether this used up one of the [`Turns`].
        turn: bool,
    },
    /// The head of this class is next, and waits for memory.
    Wait { class: Class },
    /// Nothing can run now.
    Rest,
}

/// Returns what is to be done next.
pub(crate) fn decide(situation: &Situation, turns: Turns) -> Decision {
    let &Situation { on_demand, eager, reserved_idle, shared_idle, .. } = situation;
    if situation.free_requests == 0 {
        return Decision::Rest;
    }
    let fits = |head: Head| head.estimate <= situation.free_memory;

    let impatient = |head: Option<Head>| {
        head.is_some_and(|head| {
            let waits = |(job, long)| job == head.job && long >= PASSING_LIMIT;
            situation.waiting.is_some_and(waits) && !fits(head)
        })
    };
    for (class, head) in [(Class::OnDemand, on_demand), (Class::Eager, eager)] {
        if impatient(head) {
            return Decision::Wait { class };
        }
    }

    if let (Some(head), Holder::Idle(WorkerKind::Shared), true) =
        (on_demand, situation.holder, shared_idle)
        && fits(head)
        && (eager.is_none() || turns.next() == Class::OnDemand)
    {
        let turn = eager.is_some();
        return Decision::Grant { class: Class::OnDemand, kind: WorkerKind::Shared, turn };
    }
    if let (true, Some(head)) = (reserved_idle, on_demand) {
        return if fits(head) {
            Decision::Grant { class: Class::OnDemand, kind: WorkerKind::Reserved, turn: false }
        } else {
            Decision::Wait { class: Class::OnDemand }
        };
    }
    if !shared_idle {
        return Decision::Rest;
    }
    let (class, head, turn) = match (on_demand, eager) {
        (None, None) => return Decision::Rest,
        (Some(head), None) => (Class::OnDemand, head, false),
        (None, Some(head)) => (Class::Eager, head, false),
        (Some(on_demand), Some(eager)) => match turns.next() {
            Class::OnDemand => (Class::OnDemand, on_demand, true),
            Class::Eager => (Class::Eager, eager, true),
        },
    };
    if fits(head) {
        Decision::Grant { class, kind: WorkerKind::Shared, turn }
    } else {
        Decision::Wait { class }
    }
}

/// Deterministic weighted turns: the on-demand class gets exactly its share of any 100
/// consecutive ones, spread as evenly as whole turns can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turns {
    share: u32,
    taken: u32,
}

impl Turns {
    /// Turns of which on-demand work gets `share` in 100; more than 100 is 100.
    pub(crate) fn new(share: u8) -> Self {
        Self { share: u32::from(share.min(100)), taken: 0 }
    }

    /// Returns the class whose turn it is.
    pub(crate) fn next(self) -> Class {
        // The on-demand turns among the first n are n x share / 100, rounded up. The pattern
        // repeats after 100, so every window of 100 holds the same number.
        let among_first = |turns: u32| (turns * self.share).div_ceil(100);
        if among_first(self.taken + 1) > among_first(self.taken) {
            Class::OnDemand
        } else {
            Class::Eager
        }
    }

    /// Counts a turn as taken.
    pub(crate) fn take(&mut self) {
        self.taken = (self.taken + 1) % 100;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON_DEMAND: Head = Head { job: JobId(1), estimate: 10 };
    const EAGER: Head = Head { job: JobId(2), estimate: 10 };

    fn busy() -> Situation {
        Situation {
            on_demand: Some(ON_DEMAND),
            eager: Some(EAGER),
            holder: Holder::None,
            reserved_idle: false,
            shared_idle: true,
            free_memory: 100,
            free_requests: 4,
            waiting: None,
        }
    }

    #[test]
    fn any_hundred_turns_hold_exactly_the_share() {
        for share in 0..=100 {
            let mut turns = Turns::new(share);
            let sequence: Vec<bool> = (0..400)
                .map(|_| {
                    let class = turns.next();
                    turns.take();
                    class == Class::OnDemand
                })
                .collect();
            for window in sequence.windows(100) {
                let on_demand = window.iter().filter(|&&on_demand| on_demand).count();
                assert_eq!(on_demand, usize::from(share));
            }
        }
    }

    #[test]
    fn four_previews_then_an_export() {
        let mut turns = Turns::new(80);
        let mut line = String::new();
        for _ in 0..10 {
            line.push(if turns.next() == Class::OnDemand { 'o' } else { 'e' });
            turns.take();
        }
        assert_eq!(line, "ooooeooooe");
    }

    #[test]
    fn decisions_as_a_table() {
        let grant = |class, kind, turn| Decision::Grant { class, kind, turn };
        let (person, export) = (Class::OnDemand, Class::Eager);
        let first = Turns::new(80);
        let none = Turns::new(0);
        let big = Some(Head { job: JobId(2), estimate: 101 });
        let short = (JobId(2), PASSING_LIMIT / 2);
        let long = (JobId(2), PASSING_LIMIT);
        let table = [
            ("a contested worker", busy(), first, grant(person, WorkerKind::Shared, true)),
            ("the other's turn", busy(), none, grant(export, WorkerKind::Shared, true)),
            (
                "an empty queue gives its turns away",
                Situation { on_demand: None, ..busy() },
                first,
                grant(export, WorkerKind::Shared, false),
            ),
            (
                "so does the other",
                Situation { eager: None, ..busy() },
                none,
                grant(person, WorkerKind::Shared, false),
            ),
            (
                "the reserved worker comes first and costs no turn",
                Situation { reserved_idle: true, ..busy() },
                none,
                grant(person, WorkerKind::Reserved, false),
            ),
            (
                "the reserved worker is never the export's",
                Situation { on_demand: None, reserved_idle: true, shared_idle: false, ..busy() },
                first,
                Decision::Rest,
            ),
            ("no idle worker", Situation { shared_idle: false, ..busy() }, first, Decision::Rest),
            ("no permit", Situation { free_requests: 0, ..busy() }, first, Decision::Rest),
            (
                "nothing to do",
                Situation { on_demand: None, eager: None, reserved_idle: true, ..busy() },
                first,
                Decision::Rest,
            ),
            (
                "a large export holds its turn",
                Situation { eager: big, ..busy() },
                none,
                Decision::Wait { class: export },
            ),
            (
                "a preview passes it on the reserved worker",
                Situation { eager: big, reserved_idle: true, waiting: Some(short), ..busy() },
                none,
                grant(person, WorkerKind::Reserved, false),
            ),
            (
                "but not for ever",
                Situation { eager: big, reserved_idle: true, waiting: Some(long), ..busy() },
                none,
                Decision::Wait { class: export },
            ),
            (
                "patience is over, the memory is there",
                Situation { reserved_idle: true, waiting: Some(long), ..busy() },
                none,
                grant(person, WorkerKind::Reserved, false),
            ),
            (
                "an export does not pass a preview that waits for memory",
                Situation { free_memory: 9, reserved_idle: true, ..busy() },
                none,
                Decision::Wait { class: person },
            ),
        ];
        for (name, situation, turns, expected) in table {
            assert_eq!(decide(&situation, turns), expected, "{name}");
        }
    }

    #[test]
    fn decisions_about_kept_pixels_as_a_table() {
        let grant = |kind, turn| Decision::Grant { class: Class::OnDemand, kind, turn };
        let (first, none) = (Turns::new(80), Turns::new(0));
        let on_shared = Holder::Idle(WorkerKind::Shared);
        let table = [
            (
                "pixels on a shared worker draw a preview there, for a turn",
                Situation { reserved_idle: true, holder: on_shared, ..busy() },
                first,
                grant(WorkerKind::Shared, true),
            ),
            (
                "but not when it is the export's turn",
                Situation { reserved_idle: true, holder: on_shared, ..busy() },
                none,
                grant(WorkerKind::Reserved, false),
            ),
            (
                "without an export they cost no turn",
                Situation { eager: None, reserved_idle: true, holder: on_shared, ..busy() },
                none,
                grant(WorkerKind::Shared, false),
            ),
            (
                "pixels on the reserved worker",
                Situation {
                    reserved_idle: true,
                    holder: Holder::Idle(WorkerKind::Reserved),
                    ..busy()
                },
                first,
                grant(WorkerKind::Reserved, false),
            ),
            (
                "pixels do not make memory",
                Situation { free_memory: 9, reserved_idle: true, holder: on_shared, ..busy() },
                first,
                Decision::Wait { class: Class::OnDemand },
            ),
        ];
        for (name, situation, turns, expected) in table {
            assert_eq!(decide(&situation, turns), expected, "{name}");
        }
    }

    #[test]
    fn only_a_busy_holder_is_waited_for_and_not_for_ever() {
        let soon = HOLDER_WAIT / 2;
        assert!(Holder::Busy.is_waited_for(soon));
        assert!(!Holder::Busy.is_waited_for(HOLDER_WAIT));
        assert!(!Holder::None.is_waited_for(soon));
        assert!(!Holder::Idle(WorkerKind::Reserved).is_waited_for(soon));
    }
}
