use std::time::Duration;

use cropmark_rules::{FaultCode, Format};

use super::Metrics;
use crate::{
    AdmissionSnapshot, Class, ClassSnapshot, Snapshot, Totals, WorkerSnapshot, WorkerState,
};

fn worker(process: Option<u32>) -> WorkerSnapshot {
    WorkerSnapshot { process, kept: false, state: WorkerState::Idle, jobs: 0, resident_bytes: 0 }
}

#[test]
fn the_text_has_every_count_with_its_labels() {
    let metrics = Metrics::default();
    metrics.looked_up(true);
    metrics.looked_up(false);
    metrics.looked_up(false);
    metrics.failed(FaultCode::TooLarge);
    metrics.answered(304, Duration::from_millis(3));
    metrics.granted(Class::OnDemand, Duration::from_millis(30));
    metrics.processing.observe(0.2);
    metrics.processed.with_label_values(&[Format::Webp.name()]).inc();
    let snapshot = Snapshot {
        on_demand: ClassSnapshot { queued: 3, held: 0, running: 2 },
        admission: AdmissionSnapshot { used: 500, max_memory: 900, ..Default::default() },
        workers: vec![worker(Some(1)), worker(None)],
        totals: Totals { jobs: 7, started: 5, ..Totals::default() },
        ..Snapshot::default()
    };
    let text = metrics.text(&snapshot);
    let expected = [
        "# TYPE cache_hits_total counter",
        "cache_hits_total 1",
        "cache_misses_total 2",
        "failures_total{code=\"too_large\"} 1",
        "# TYPE http_requests_duration_seconds histogram",
        "http_requests_duration_seconds_bucket{le=\"0.0025\"} 0",
        "http_requests_duration_seconds_bucket{le=\"0.005\"} 1",
        "http_requests_duration_seconds_bucket{le=\"+Inf\"} 1",
        "http_requests_duration_seconds_count 1",
        "image_processing_duration_seconds_sum 0.2",
        "processed_images_total{format=\"webp\"} 1",
        "status_codes_total{code=\"304\"} 1",
        "queue_depth{class=\"on_demand\"} 3",
        "queue_depth{class=\"eager\"} 0",
        "queue_wait_duration_seconds_count{class=\"eager\"} 0",
        "queue_wait_duration_seconds_count{class=\"on_demand\"} 1",
        "jobs_running{class=\"on_demand\"} 2",
        "memory_granted_bytes 500",
        "memory_limit_bytes 900",
        "workers 1",
        "jobs_total 7",
        "worker_restarts_total 3",
    ];
    for line in expected {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    // A second text counts nothing twice.
    assert_eq!(metrics.text(&snapshot), text);
}
