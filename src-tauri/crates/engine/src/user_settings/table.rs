//! The settings: a row each, with its name, what it means, and how it is read and written.

use std::{path::Path, time::Duration};

use super::{
    UserSettings,
    kind::{Kind, MOST_BYTES, Value},
    log::LogRotation,
    value::sized,
};

/// A setting.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) kind: Kind,
    pub(super) set: fn(&mut UserSettings, Value) -> Result<(), String>,
    pub(super) get: fn(&UserSettings) -> Option<String>,
}

const MIB: u64 = 1 << 20;

/// All of them, in the order in which they are listed.
pub(super) const TABLE: &[Row] = &[
    Row {
        name: "workers",
        about: "How many jobs run at once; the default is twice the processor's cores",
        kind: Kind::Count { least: 1, most: 1024 },
        set: |to, value| value.number().map(|it| to.engine.workers = it),
        get: |of| Some(of.engine.workers.to_string()),
    },
    Row {
        name: "on_demand_share",
        about: "Of 100 turns, taken while both kinds of work wait, those of work that a user waits for",
        kind: Kind::Count { least: 0, most: 100 },
        set: |to, value| value.number().map(|it| to.engine.on_demand_share = it),
        get: |of| Some(of.engine.on_demand_share.to_string()),
    },
    Row {
        name: "max_memory",
        about: "The most memory of all running jobs together, by estimate; the default is half of the machine's",
        kind: Kind::Bytes { least: MIB },
        set: |to, value| value.number().map(|it| to.engine.max_memory = it),
        get: |of| Some(sized(of.engine.max_memory)),
    },
    Row {
        name: "max_requests",
        about: "The most jobs that are admitted at once; -1: as many as there are workers",
        kind: Kind::CountOrNone { most: 100_000 },
        set: |to, value| value.limit().map(|it| to.engine.max_requests = it),
        get: |of| of.engine.max_requests.map(|it| it.to_string()),
    },
    Row {
        name: "max_wait",
        about: "The longest that work waits for its turn before it fails as busy, in seconds; -1: for ever",
        kind: Kind::SecondsOrNone,
        set: |to, value| value.time_limit().map(|it| to.engine.max_wait = it),
        get: |of| of.engine.max_wait.map(|it| it.as_secs_f64().to_string()),
    },
    Row {
        name: "timeout",
        about: "The longest that a variant may take, in seconds",
        kind: Kind::Seconds,
        set: |to, value| {
            value.time().map(|it| {
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
        set: |to, value| value.number().map(|it| to.engine.eager_nice = it),
        get: |of| Some(of.engine.eager_nice.to_string()),
    },
    Row {
        name: "jobs_per_worker",
        about: "A worker is replaced after this many jobs",
        kind: Kind::Count { least: 1, most: 1_000_000_000 },
        set: |to, value| value.number().map(|it| to.engine.jobs_per_worker = it),
        get: |of| Some(of.engine.jobs_per_worker.to_string()),
    },
    Row {
        name: "worker_resident",
        about: "A worker that holds more memory than this after a job is replaced",
        kind: Kind::Bytes { least: MIB },
        set: |to, value| value.number().map(|it| to.engine.worker_resident_limit = it),
        get: |of| Some(sized(of.engine.worker_resident_limit)),
    },
    Row {
        name: "require_sandbox",
        about: "Whether nothing is done where a part of the workers' sandbox is missing",
        kind: Kind::Flag,
        set: |to, value| value.flag().map(|it| to.engine.require_sandbox = it),
        get: |of| Some(of.engine.require_sandbox.to_string()),
    },
    Row {
        name: "store_generated",
        about: "Whether finished variants are kept on the disk",
        kind: Kind::Flag,
        set: |to, value| value.flag().map(|it| to.cache.store_generated = it),
        get: |of| Some(of.cache.store_generated.to_string()),
    },
    Row {
        name: "cache.disk",
        about: "The most bytes of a workspace's variants on the disk; those not used for longest go first",
        kind: Kind::Bytes { least: MIB },
        set: |to, value| value.number().map(|it| to.cache.variant_bytes = it),
        get: |of| Some(sized(of.cache.variant_bytes)),
    },
    Row {
        name: "cache.memory",
        about: "The most bytes of variants in memory",
        kind: Kind::Bytes { least: 0 },
        set: |to, value| value.number().map(|it| to.cache.hot_bytes = it),
        get: |of| Some(sized(of.cache.hot_bytes as u64)),
    },
    Row {
        name: "cache.memory_variant",
        about: "A variant of more bytes is not kept in memory",
        kind: Kind::Bytes { least: 0 },
        set: |to, value| value.number().map(|it| to.cache.hot_variant_bytes = it),
        get: |of| Some(sized(of.cache.hot_variant_bytes as u64)),
    },
    Row {
        name: "allowed_hosts",
        about: "The hosts, with or without a port, that sources by URL may be fetched from",
        kind: Kind::List,
        set: |to, value| {
            let text = value.text()?;
            let hosts = text.split(',').map(str::trim).filter(|host| !host.is_empty());
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
        kind: Kind::Bytes { least: 1 },
        set: |to, value| value.number().map(|it| to.fetching.bytes = it),
        get: |of| Some(sized(of.fetching.bytes)),
    },
    Row {
        name: "limits.pixels",
        about: "The most pixels of a source: width x height x frames",
        kind: Kind::Count { least: 1, most: MOST_BYTES },
        set: |to, value| value.number().map(|it| to.engine.limits.source_pixels = it),
        get: |of| Some(of.engine.limits.source_pixels.to_string()),
    },
    Row {
        name: "limits.side",
        about: "The longest side of a source, in pixels",
        kind: Kind::Count { least: 1, most: 1_000_000 },
        set: |to, value| value.number().map(|it| to.engine.limits.side = it),
        get: |of| Some(of.engine.limits.side.to_string()),
    },
    Row {
        name: "limits.bands",
        about: "The most bands of a source",
        kind: Kind::Count { least: 1, most: 100 },
        set: |to, value| value.number().map(|it| to.engine.limits.bands = it),
        get: |of| Some(of.engine.limits.bands.to_string()),
    },
    Row {
        name: "limits.frames",
        about: "The most frames of a source",
        kind: Kind::Count { least: 1, most: 1_000_000 },
        set: |to, value| value.number().map(|it| to.engine.limits.frames = it),
        get: |of| Some(of.engine.limits.frames.to_string()),
    },
    Row {
        name: "limits.worker",
        about: "The most memory of a worker",
        kind: Kind::Bytes { least: 64 * MIB },
        set: |to, value| value.number().map(|it| to.engine.limits.worker_bytes = it),
        get: |of| Some(sized(of.engine.limits.worker_bytes)),
    },
    Row {
        name: "log.folder",
        about: "The folder of the log's files; empty: the log goes to standard error alone",
        kind: Kind::Text,
        set: |to, value| {
            let folder = value.text()?;
            to.log.folder = (!folder.is_empty()).then(|| folder.into());
            Ok(())
        },
        get: |of| {
            let folder = of.log.folder.as_deref().unwrap_or_else(|| Path::new(""));
            Some(folder.display().to_string())
        },
    },
    Row {
        name: "log.level",
        about: "What is logged, such as \"warn\" or \"info,cropmark_serve=debug\", a level for each module",
        kind: Kind::Text,
        set: |to, value| value.text().map(|it| to.log.level = it),
        get: |of| Some(of.log.level.clone()),
    },
    Row {
        name: "log.rotation",
        about: "How often a new file of the log is begun",
        kind: Kind::Word(&["hourly", "daily", "never"]),
        set: |to, value| {
            to.log.rotation = match value.text()?.as_str() {
                "hourly" => LogRotation::Hourly,
                "never" => LogRotation::Never,
                _ => LogRotation::Daily,
            };
            Ok(())
        },
        get: |of| Some(of.log.rotation.name().to_owned()),
    },
    Row {
        name: "log.keep",
        about: "How many files of the log are kept; the oldest go first",
        // The library makes room for a new file at each start: of one alone nothing would remain.
        kind: Kind::Count { least: 2, most: 10_000 },
        set: |to, value| value.number().map(|it| to.log.keep = it),
        get: |of| Some(of.log.keep.to_string()),
    },
];
