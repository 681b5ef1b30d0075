//! The one task that owns all mutable state. Events come in one at a time, from callers and from
//! the workers' links; after each burst it decides what runs next. It waits for nothing but the
//! next event.

mod deliver;
mod grant;
mod start;

use std::{
    collections::HashMap,
    fs::File,
    sync::Arc,
    time::{Duration, Instant},
};

use cropmark_rules::{
    Fault, FaultCode,
    protocol::{Description, MAX_FILES},
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{sleep_until, timeout},
};

pub(crate) use start::start;

use self::{deliver::deliver, grant::Waiting};
use crate::{
    Class, Settings, Snapshot, Totals,
    core::{
        admission::{Admitted, Budget, INSPECT_BYTES},
        event::Event,
        pool::{
            EndReason, MemoryUse, Pool, WorkerEvent, WorkerExit, WorkerId, classify_exit,
            describe_exit, stderr_excerpt,
        },
        queue::{JobId, JobOutput, Queue, Request, policy::Turns},
        request::{ResultSender, TicketId},
    },
    means,
    metrics::Metrics,
};

/// The most events that are handled before the next decision, so that a flood of orders does
/// not keep the workers idle.
const BURST: usize = 4096;
/// The longest that a shutdown waits for workers to exit.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

struct Dispatcher {
    settings: Settings,
    queue: Queue,
    turns: Turns,
    budget: Budget,
    /// Bytes that each running job was granted.
    granted: HashMap<JobId, u64>,
    /// The job that waits for memory.
    waiting: Option<Waiting>,
    /// The job of which the log says that it waits because of `max_requests`.
    permit: Option<Waiting>,
    /// When the next preview has waited long enough for the worker that has its pixels.
    holder_deadline: Option<Instant>,
    pool: Pool,
    totals: Totals,
    metrics: Metrics,
    events: mpsc::UnboundedReceiver<Event>,
    snapshot: watch::Sender<Snapshot>,
    stopping: bool,
    /// Callers that wait for the end.
    shutdown_waiters: Vec<oneshot::Sender<()>>,
}

impl Dispatcher {
    /// Handles events until the engine is stopped.
    async fn run(mut self) {
        while !self.stopping {
            let now = Instant::now();
            self.pool.tick(now);
            if let Some(start_error) = self.pool.take_start_error() {
                let lacking = means::lacking(&start_error);
                self.fail_without_workers(&format!("the system refuses ({start_error})"), lacking);
            }
            let expired = self.queue.expire(now);
            self.note_expired(expired.len());
            expired.into_iter().for_each(deliver);
            self.schedule(now);
            self.publish();
            let event = match self.next_deadline() {
                None => self.events.recv().await,
                Some(deadline) => tokio::select! {
                    event = self.events.recv() => event,
                    () = sleep_until(deadline.into()) => continue,
                },
            };
            let Some(event) = event else { break };
            let now = Instant::now();
            self.handle(event, now);
            for _ in 1..BURST {
                let Ok(event) = self.events.try_recv() else { break };
                self.handle(event, now);
            }
        }
        self.end().await;
    }

    fn handle(&mut self, event: Event, now: Instant) {
        match event {
            Event::Render(ticket, class, batch, admitted, results) => {
                let request = self.request(ticket, class, batch, results, now);
                self.render(request, *admitted, now);
            }
            Event::Inspect(ticket, sources, class, results) => {
                let request = self.request(ticket, class, None, results, now);
                let bytes = INSPECT_BYTES.min(self.budget.max_memory);
                self.queue.inspect(request, sources, bytes, now);
            }
            Event::Leave(ticket) => {
                let abandoned = self.queue.leave(ticket, now);
                self.stop_jobs(abandoned, now);
            }
            Event::Batch(batch, command) => {
                tracing::info!(batch = batch.0, ?command, "batch");
                let abandoned = self.queue.command(batch, command, now);
                self.stop_jobs(abandoned, now);
            }
            Event::Worker(worker, report) => self.on_worker_event(worker, report, now),
            Event::Stop(waiter) => {
                self.stopping = true;
                self.shutdown_waiters.extend(waiter);
            }
        }
    }

    fn request(
        &self,
        ticket: TicketId,
        class: Class,
        batch: Option<crate::BatchId>,
        results: ResultSender,
        now: Instant,
    ) -> Request {
        let expires = self.settings.max_wait.filter(|_| class == Class::OnDemand);
        Request { ticket, class, batch, results, expires: expires.map(|wait| now + wait) }
    }

    fn render(&mut self, request: Request, admitted: Admitted, now: Instant) {
        let Admitted { shares, mut refused } = admitted;
        for share in shares {
            // The source and the overlays' files need descriptors too.
            let overlays = share.spec.files.len();
            let most = MAX_FILES.saturating_sub(1 + overlays);
            if most == 0 {
                let fault = too_many_files(overlays);
                refused.extend(share.requested.iter().map(|it| (it.slot, fault.clone())));
            } else {
                self.queue.render(request.clone(), share, most, now);
            }
        }
        if let ResultSender::Rendered(results) = request.results {
            for (slot, fault) in refused {
                let _ = results.send((slot, Err(fault)));
            }
        }
    }

    /// Takes in an event of a worker.
    fn on_worker_event(&mut self, worker: WorkerId, report: WorkerEvent, now: Instant) {
        match report {
            WorkerEvent::Started(process) => self.pool.started(worker, process),
            WorkerEvent::Ready(description) => {
                let fit = self.is_fit(&description);
                self.pool.ready(worker, fit, now);
            }
            WorkerEvent::Inspected(job, headers) => {
                for (index, header) in headers {
                    let output = header.map_or_else(JobOutput::Failed, JobOutput::Inspected);
                    self.deliver(job, index, &output);
                }
                self.done(worker, job, None, now);
            }
            WorkerEvent::Variant(job, index, output) => {
                self.pool.progress(worker, now);
                let target = || self.target(job, index);
                let output = match output {
                    Ok(rendered) => match target() {
                        Some(target) => {
                            self.metrics.rendered(&rendered);
                            JobOutput::Rendered(rendered, target)
                        }
                        // It has no waiters left.
                        None => return,
                    },
                    Err(fault) => JobOutput::Failed(fault),
                };
                self.deliver(job, index, &output);
            }
            WorkerEvent::Done(job, memory) => self.done(worker, job, memory, now),
            WorkerEvent::Exited(exit) => self.exited(worker, exit, now),
        }
    }

    fn target(&self, job: JobId, index: usize) -> Option<Arc<File>> {
        let pending = &self.queue.job(job)?.pending;
        pending.iter().find(|pending| pending.index == index)?.target.clone()
    }

    fn deliver(&mut self, job: JobId, index: usize, output: &JobOutput) {
        for delivery in self.queue.answer(job, index, output) {
            deliver(delivery);
        }
    }

    fn done(&mut self, worker: WorkerId, job: JobId, memory: Option<MemoryUse>, now: Instant) {
        self.release(job);
        self.queue.finish(job);
        self.totals.jobs += 1;
        if self.pool.done(worker, memory, now) {
            self.totals.retired += 1;
        }
    }

    /// Takes in a worker's exit: its job is tried again or fails, its place is filled again.
    fn exited(&mut self, worker: WorkerId, exit: WorkerExit, now: Instant) {
        let Some(ended) = self.pool.exited(worker, exit, now) else { return };
        let timed_out = ended.why == Some(EndReason::Timeout);
        match ended.why {
            Some(EndReason::Retired) => {}
            Some(EndReason::Cancelled) => self.totals.cancelled += 1,
            Some(EndReason::Timeout) => self.totals.timed_out += 1,
            Some(EndReason::Unfit) | None => self.totals.crashed += 1,
        }
        if let Some(job) = ended.job {
            self.release(job);
        }
        let (how, words) = (describe_exit(&ended.exit), stderr_excerpt(&ended.exit));
        if let Some(job) = ended.job.filter(|_| ended.why != Some(EndReason::Cancelled)) {
            let (loss, fault) = classify_exit(&ended.exit, timed_out, &self.settings.limits);
            tracing::warn!(job = job.0, code = fault.code.name(), "lost a worker: {fault}");
            // What a process is stuck at in the kernel would hold up the next one too.
            let again = ended.exit.reaped;
            let (deliveries, retried) = self.queue.worker_lost(job, loss, again, &fault, now);
            self.totals.retried += retried;
            for delivery in deliveries {
                deliver(delivery);
            }
        } else if !matches!(ended.why, Some(EndReason::Cancelled | EndReason::Retired)) {
            tracing::warn!("a worker without a job {how}.{words}");
        }
        self.fail_without_workers(&format!("the last one {how}.{words}"), ended.exit.lacking);
    }

    /// Fails all pending jobs where no worker can be started; `reason` is the last one's, or what the
    /// system lacks.
    fn fail_without_workers(&mut self, reason: &str, lacking: Option<Fault>) {
        if !self.pool.cannot_start() {
            return;
        }
        let reason = reason.trim_end_matches('.');
        let message = format!("No worker can be started: {reason}. Check with `cropmark doctor`.");
        let fault = lacking.unwrap_or_else(|| Fault::new(FaultCode::Crashed, message));
        let failed = JobOutput::Failed(fault);
        for delivery in self.queue.fail_pending(&failed) {
            deliver(delivery);
        }
    }

    /// Stops running jobs that the queue has forgotten. Their memory is free when their workers
    /// have exited.
    fn stop_jobs(&mut self, abandoned: Vec<JobId>, now: Instant) {
        for job in abandoned {
            self.pool.cancel(job, now);
        }
    }

    fn release(&mut self, job: JobId) {
        if let Some(bytes) = self.granted.remove(&job) {
            self.budget.release(bytes);
        }
    }

    fn is_fit(&self, description: &Description) -> bool {
        let safe = !self.settings.require_sandbox || missing(description).is_empty();
        Pool::fits(description) && safe
    }

    fn next_deadline(&self) -> Option<Instant> {
        let deadlines = [
            self.pool.next_deadline(),
            self.queue.next_expiry(),
            self.waiting_deadline(),
            self.holder_deadline,
        ];
        deadlines.into_iter().flatten().min()
    }

    /// Ends all workers and waits until they have exited.
    async fn end(mut self) {
        self.queue.clear();
        let mut left = self.pool.stop();
        let exits = async {
            while left > 0 {
                match self.events.recv().await {
                    Some(Event::Worker(_, WorkerEvent::Exited(_))) => left -= 1,
                    Some(Event::Stop(waiter)) => self.shutdown_waiters.extend(waiter),
                    Some(_) => {}
                    None => break,
                }
            }
        };
        // A process that is stuck in the kernel must not keep the program from ending.
        let _ = timeout(SHUTDOWN_TIMEOUT, exits).await;
        for waiter in self.shutdown_waiters {
            let _ = waiter.send(());
        }
    }
}

/// Returns the parts of the sandbox that are not active.
pub(crate) fn missing(description: &Description) -> Vec<String> {
    let inactive = description.sandbox.iter().filter(|(_, active)| !**active);
    let mut missing: Vec<String> = inactive.map(|(part, _)| part.clone()).collect();
    if description.sandbox.is_empty() {
        missing.push("every part of it".to_owned());
    }
    missing
}

fn too_many_files(overlays: usize) -> Fault {
    let message = format!(
        "The rules use {overlays} other images; at most {} can be used at once.",
        MAX_FILES - 2
    );
    Fault::new(FaultCode::Invalid, message)
}
