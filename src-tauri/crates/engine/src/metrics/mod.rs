//! Counts what the engine and its users do, and writes it in the text format of Prometheus.
//!
//! Counters and histograms are fed as things happen; what the engine is doing at a moment (queues,
//! memory, workers) comes from its snapshot when the text is written.

use std::time::Duration;

use cropmark_rules::{FaultCode, protocol::Rendered};
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder, core::Collector,
};

use crate::{Class, ClassSnapshot, Snapshot};

/// The media type of the text.
pub const MEDIA_TYPE: &str = prometheus::TEXT_FORMAT;

/// Upper bounds in seconds: from a hit in memory to the longest time that a variant may take.
const SECONDS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0];

/// The counts of an engine. Clones share them.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Registry,
    processing: Histogram,
    processed: IntCounterVec,
    waits: HistogramVec,
    cache_hits: IntCounter,
    cache_misses: IntCounter,
    failures: IntCounterVec,
    requests: Histogram,
    status_codes: IntCounterVec,
    moment: Moment,
}

/// What is read from a snapshot.
#[derive(Debug, Clone)]
struct Moment {
    depth: IntGaugeVec,
    running: IntGaugeVec,
    memory_granted: IntGauge,
    memory_kept: IntGauge,
    memory_limit: IntGauge,
    requests_granted: IntGauge,
    workers: IntGauge,
    jobs: IntCounter,
    restarts: IntCounter,
}

impl Default for Metrics {
    fn default() -> Self {
        let registry = Registry::new();
        let metrics = Self {
            processing: histogram(
                &registry,
                "image_processing_duration_seconds",
                "Time that workers took for a variant, in seconds.",
            ),
            processed: counters(
                &registry,
                "processed_images_total",
                "Variants that workers have rendered, by format.",
                "format",
            ),
            waits: histograms(
                &registry,
                "queue_wait_duration_seconds",
                "Time that jobs waited before they were granted, in seconds, by class.",
                "class",
            ),
            cache_hits: counter(
                &registry,
                "cache_hits_total",
                "Variants that were found as they had been rendered before.",
            ),
            cache_misses: counter(
                &registry,
                "cache_misses_total",
                "Variants that had not been rendered before.",
            ),
            failures: counters(
                &registry,
                "failures_total",
                "Variants and headers that failed, by the code of the fault.",
                "code",
            ),
            requests: histogram(
                &registry,
                "http_requests_duration_seconds",
                "Time from a request's headers to its answer's, in seconds.",
            ),
            status_codes: counters(
                &registry,
                "status_codes_total",
                "Answers to requests, by their status.",
                "code",
            ),
            moment: Moment::new(&registry),
            registry,
        };
        // A class, a format or a code that has not come yet is 0, not missing.
        for class in [Class::OnDemand, Class::Eager] {
            metrics.waits.with_label_values(&[class.name()]);
        }
        metrics
    }
}

impl Metrics {
    /// Counts a variant that a worker has rendered.
    pub(crate) fn rendered(&self, rendered: &Rendered) {
        self.processing.observe(rendered.milliseconds / 1000.0);
        self.processed.with_label_values(&[rendered.format.name()]).inc();
    }

    /// Counts a job that was granted after this time in the queue.
    pub(crate) fn granted(&self, class: Class, waited: Duration) {
        self.waits.with_label_values(&[class.name()]).observe(waited.as_secs_f64());
    }

    /// Counts a failure.
    pub fn failed(&self, code: FaultCode) {
        self.failures.with_label_values(&[code.name()]).inc();
    }

    /// Counts a variant that was looked for among those rendered before.
    pub fn looked_up(&self, is_hit: bool) {
        if is_hit { self.cache_hits.inc() } else { self.cache_misses.inc() }
    }

    /// Counts an answer to an HTTP request.
    pub fn answered(&self, status: u16, took: Duration) {
        self.requests.observe(took.as_secs_f64());
        self.status_codes.with_label_values(&[&status.to_string()]).inc();
    }

    /// Writes all counts, and what this snapshot of the engine says, as a text.
    #[must_use]
    pub fn text(&self, snapshot: &Snapshot) -> String {
        self.moment.take_in(snapshot);
        // Every family has a name, a type and a figure.
        TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap_or_default()
    }
}

impl Moment {
    fn new(registry: &Registry) -> Self {
        Self {
            depth: gauges(
                registry,
                "queue_depth",
                "Jobs that wait for their turn, by class.",
                "class",
            ),
            running: gauges(registry, "jobs_running", "Jobs that run, by class.", "class"),
            memory_granted: gauge(
                registry,
                "memory_granted_bytes",
                "Memory that running jobs were granted, by estimate, in bytes.",
            ),
            memory_kept: gauge(
                registry,
                "memory_kept_bytes",
                "Memory of pixels that workers keep between previews, in bytes.",
            ),
            memory_limit: gauge(
                registry,
                "memory_limit_bytes",
                "Memory that all jobs together may be granted, in bytes.",
            ),
            requests_granted: gauge(registry, "requests_granted", "Jobs that are admitted."),
            workers: gauge(registry, "workers", "Worker processes that are running."),
            jobs: counter(registry, "jobs_total", "Jobs that workers have finished."),
            restarts: counter(
                registry,
                "worker_restarts_total",
                "Worker processes that were started in the place of one that had ended.",
            ),
        }
    }

    fn take_in(&self, snapshot: &Snapshot) {
        let classes = [(Class::OnDemand, &snapshot.on_demand), (Class::Eager, &snapshot.eager)];
        for (class, ClassSnapshot { queued, running, .. }) in classes {
            self.depth.with_label_values(&[class.name()]).set(signed(*queued as u64));
            self.running.with_label_values(&[class.name()]).set(signed(*running as u64));
        }
        let admission = &snapshot.admission;
        self.memory_granted.set(signed(admission.used));
        self.memory_kept.set(signed(admission.kept));
        self.memory_limit.set(signed(admission.max_memory));
        self.requests_granted.set(signed(admission.granted as u64));
        let running = snapshot.workers.iter().filter(|worker| worker.process.is_some()).count();
        self.workers.set(signed(running as u64));
        raise(&self.jobs, snapshot.totals.jobs);
        let places = snapshot.workers.len() as u64;
        raise(&self.restarts, snapshot.totals.started.saturating_sub(places));
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Raises a counter to a sum that was counted elsewhere.
fn raise(counter: &IntCounter, sum: u64) {
    counter.inc_by(sum.saturating_sub(counter.get()));
}

fn counter(registry: &Registry, name: &str, help: &str) -> IntCounter {
    registered(registry, IntCounter::new(name, help))
}

fn counters(registry: &Registry, name: &str, help: &str, label: &str) -> IntCounterVec {
    registered(registry, IntCounterVec::new(Opts::new(name, help), &[label]))
}

fn gauge(registry: &Registry, name: &str, help: &str) -> IntGauge {
    registered(registry, IntGauge::new(name, help))
}

fn gauges(registry: &Registry, name: &str, help: &str, label: &str) -> IntGaugeVec {
    registered(registry, IntGaugeVec::new(Opts::new(name, help), &[label]))
}

fn histogram(registry: &Registry, name: &str, help: &str) -> Histogram {
    let options = HistogramOpts::new(name, help).buckets(SECONDS.to_vec());
    registered(registry, Histogram::with_opts(options))
}

fn histograms(registry: &Registry, name: &str, help: &str, label: &str) -> HistogramVec {
    let options = HistogramOpts::new(name, help).buckets(SECONDS.to_vec());
    registered(registry, HistogramVec::new(options, &[label]))
}

/// Registers a figure. Names are constants of this file, each there once, which a test checks.
fn registered<T: Collector + Clone + 'static>(
    registry: &Registry,
    made: prometheus::Result<T>,
) -> T {
    let made = made.expect("the name of a figure is valid");
    registry.register(Box::new(made.clone())).expect("the name of a figure is there once");
    made
}

#[cfg(test)]
mod tests;
