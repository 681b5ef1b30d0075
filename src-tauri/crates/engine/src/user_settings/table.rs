//! The settings: a row each, with its name, what it means, and how it is read and written.

use std::time::Duration;

use super::{
    UserSettings,
    value::{bytes, count, flag, or_none, seconds, sized},
};

/// The kind of a value, for the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Count {
        least: u64,
        most: u64,
    },
    /// A count, or -1 for no limit.
    CountOrNone {
        most: u64,
    },
    Bytes,
    Seconds,
    /// Seconds, or -1 for no limit.
    SecondsOrNone,
    Flag,
    /// A list of texts.
    List,
}

/// A setting.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) kind: Kind,
    pub(super) set: fn(&mut UserSettings, &str) -> Result<(), String>,
    pub(super) get: fn(&UserSettings) -> Option<String>,
}

const MIB: u64 = 1 << 20;
/// More bytes than any machine has.
const MOST_BYTES: u64 = 1 << 50;

/// All of them, in the order in which they are listed.
pub(super) const TABLE: &[Row] = &[
    Row {
        name: "workers",
        about: "How many jobs run at once; the default is twice the processor's cores",
        kind: Kind::Count { least: 1, most: 1024 },
        set: |to, value| count(value, 1..=1024).map(|it| to.engine.workers = it),
        get: |of| Some(of.engine.workers.to_string()),
    },
    Row {
        name: "on_demand_share",
        about: "Of 100 turns, taken while both kinds of work wait, those of work that a user waits for",
        kind: Kind::Count { least: 0, most: 100 },
        set: |to, value| count(value, 0..=100).map(|it| to.engine.on_demand_share = it),
        get: |of| Some(of.engine.on_demand_share.to_string()),
    },
    Row {
        name: "max_memory",
        about: "The most memory of all running jobs together, by estimate; the default is half of the machine's",
        kind: Kind::Bytes,
        set: |to, value| bytes(value, MIB..=MOST_BYTES).map(|it| to.engine.max_memory = it),
        get: |of| Some(sized(of.engine.max_memory)),
    },
    Row {
        name: "max_requests",
        about: "The most jobs that are admitted at once; -1: as many as there are workers",
        kind: Kind::CountOrNone { most: 100_000 },
        set: |to, value| {
            or_none(value, |it| count(it, 1..=100_000)).map(|it| to.engine.max_requests = it)
        },
        get: |of| of.engine.max_requests.map(|it| it.to_string()),
    },
    Row {
        name: "max_wait",
        about: "The longest that work waits for its turn before it fails as busy, in seconds; -1: for ever",
        kind: Kind::SecondsOrNone,
        set: |to, value| or_none(value, seconds).map(|it| to.engine.max_wait = it),
        get: |of| of.engine.max_wait.map(|it| it.as_secs_f64().to_string()),
    },
    Row {
        name: "timeout",
        about: "The longest that a variant may take, in seconds",
        kind: Kind::Seconds,
        set: |to, value| {
            seconds(value).map(|it| {
                let milliseconds = u64::try_from(it.as_millis()).unwrap_or(u64::MAX);
                to.engine.limits.variant_milliseconds = milliseconds.max(1);
            })
        },
        get: |of| {
            let limit = Duration::from_millis(of.engine.limits.variant_milliseconds);
            Some(limit.as_secs_f64().to_string())
        },
    },
    Row {
        name: "eager_priority",
        about: "How much lower the priority of workers for eager work is, as `nice` counts it",
        kind: Kind::Count { least: 0, most: 19 },
        set: |to, value| count(value, 0..=19).map(|it| to.engine.eager_nice = it),
        get: |of| Some(of.engine.eager_nice.to_string()),
    },
    Row {
        name: "jobs_per_worker",
        about: "A worker is replaced after this many jobs",
        kind: Kind::Count { least: 1, most: 1_000_000_000 },
        set: |to, value| count(value, 1..=1_000_000_000).map(|it| to.engine.jobs_per_worker = it),
        get: |of| Some(of.engine.jobs_per_worker.to_string()),
    },
    Row {
        name: "worker_resident",
        about: "A worker that holds more memory than this after a job is replaced",
        kind: Kind::Bytes,
        set: |to, value| {
            bytes(value, MIB..=MOST_BYTES).map(|it| to.engine.worker_resident_limit = it)
        },
        get: |of| Some(sized(of.engine.worker_resident_limit)),
    },
    Row {
        name: "require_sandbox",
        about: "Whether nothing is done where a part of the workers' sandbox is missing",
        kind: Kind::Flag,
        set: |to, value| flag(value).map(|it| to.engine.require_sandbox = it),
        get: |of| Some(of.engine.require_sandbox.to_string()),
    },
    Row {
        name: "store_generated",
        about: "Whether finished variants are kept on the disk",
        kind: Kind::Flag,
        set: |to, value| flag(value).map(|it| to.cache.store_generated = it),
        get: |of| Some(of.cache.store_generated.to_string()),
    },
    Row {
        name: "cache.disk",
        about: "The most bytes of a workspace's variants on the disk; those not used for longest go first",
        kind: Kind::Bytes,
        set: |to, value| bytes(value, MIB..=MOST_BYTES).map(|it| to.cache.variant_bytes = it),
        get: |of| Some(sized(of.cache.variant_bytes)),
    },
    Row {
        name: "cache.memory",
        about: "The most bytes of variants in memory",
        kind: Kind::Bytes,
        set: |to, value| bytes(value, 0..=MOST_BYTES).map(|it| to.cache.hot_bytes = it),
        get: |of| Some(sized(of.cache.hot_bytes as u64)),
    },
    Row {
        name: "cache.memory_variant",
        about: "A variant of more bytes is not kept in memory",
        kind: Kind::Bytes,
        set: |to, value| bytes(value, 0..=MOST_BYTES).map(|it| to.cache.hot_variant_bytes = it),
        get: |of| Some(sized(of.cache.hot_variant_bytes as u64)),
    },
    Row {
        name: "allowed_hosts",
        about: "The hosts, with or without a port, that sources by URL may be fetched from",
        kind: Kind::List,
        set: |to, value| {
            let hosts = value.split(',').map(str::trim).filter(|host| !host.is_empty());
            let hosts =
                hosts.map(|host| host.parse().map_err(|error| format!("{host:?}: {error}")));
            hosts.collect::<Result<_, String>>().map(|hosts| to.allowed_hosts = hosts)
        },
        get: |of| {
            let hosts: Vec<String> = of.allowed_hosts.iter().map(ToString::to_string).collect();
            Some(hosts.join(","))
        },
    },
    Row {
        name: "limits.url",
        about: "The most bytes of a source by URL",
        kind: Kind::Bytes,
        set: |to, value| bytes(value, 1..=MOST_BYTES).map(|it| to.fetching.bytes = it),
        get: |of| Some(sized(of.fetching.bytes)),
    },
    Row {
        name: "limits.pixels",
        about: "The most pixels of a source: width x height x frames",
        kind: Kind::Count { least: 1, most: MOST_BYTES },
        set: |to, value| count(value, 1..=MOST_BYTES).map(|it| to.engine.limits.source_pixels = it),
        get: |of| Some(of.engine.limits.source_pixels.to_string()),
    },
    Row {
        name: "limits.side",
        about: "The longest side of a source, in pixels",
        kind: Kind::Count { least: 1, most: 1_000_000 },
        set: |to, value| count(value, 1..=1_000_000).map(|it| to.engine.limits.side = it),
        get: |of| Some(of.engine.limits.side.to_string()),
    },
    Row {
        name: "limits.bands",
        about: "The most bands of a source",
        kind: Kind::Count { least: 1, most: 100 },
        set: |to, value| count(value, 1..=100).map(|it| to.engine.limits.bands = it),
        get: |of| Some(of.engine.limits.bands.to_string()),
    },
    Row {
        name: "limits.frames",
        about: "The most frames of a source",
        kind: Kind::Count { least: 1, most: 1_000_000 },
        set: |to, value| count(value, 1..=1_000_000).map(|it| to.engine.limits.frames = it),
        get: |of| Some(of.engine.limits.frames.to_string()),
    },
    Row {
        name: "limits.worker",
        about: "The most memory of a worker",
        kind: Kind::Bytes,
        set: |to, value| {
            bytes(value, 64 * MIB..=MOST_BYTES).map(|it| to.engine.limits.worker_bytes = it)
        },
        get: |of| Some(sized(of.engine.limits.worker_bytes)),
    },
];
