//! The one task that owns all mutable state. Events come in one at a time, from callers and
//! from the workers' lines; after each burst it is decided what runs next. Nothing in here
//! waits for anything but the next event.

mod grant;
mod start;
mod tell;

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

use self::{grant::Waiting, tell::tell};
use crate::{
    Class, RenderOrder, Settings, Snapshot, Totals,
    admission::{Budget, INSPECT_BYTES},
    event::{Answers, Event, TicketId},
    pool::{Holdings, Obituary, Pool, Report, Why, WorkerId, how, last_words, verdict},
    queue::{Asker, JobId, Outcome, Queue, Sheet, Wish, policy::Turns},
};

/// The most events that are handled before the next decision, so that a flood of orders does
/// not keep the workers idle.
const BURST: usize = 4096;
/// The longest that workers are waited for at the end.
const LAST_GOODBYE: Duration = Duration::from_secs(2);

struct Dispatcher {
    settings: Settings,
    queue: Queue,
    turns: Turns,
    budget: Budget,
    /// Bytes that each running job was granted.
    granted: HashMap<JobId, u64>,
    /// The job that waits for memory.
    waiting: Option<Waiting>,
    /// The job of which the log says that it waits because as many run as may.
    permit: Option<Waiting>,
    /// When the next preview has waited long enough for the worker that has its pixels.
    holder_deadline: Option<Instant>,
    pool: Pool,
    totals: Totals,
    events: mpsc::UnboundedReceiver<Event>,
    snapshot: watch::Sender<Snapshot>,
    stopping: bool,
    /// Who waits for the end.
    farewells: Vec<oneshot::Sender<()>>,
}

impl Dispatcher {
    /// The loop.
    async fn run(mut self) {
        while !self.stopping {
            let now = Instant::now();
            self.pool.tick(now);
            if let Some(refusal) = self.pool.take_refusal() {
                self.despair(&format!("the system refuses ({refusal})"));
            }
            for delivery in self.queue.expire(now) {
                tell(delivery);
            }
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
            Event::Render(ticket, order, bytes, answers) => {
                self.render(ticket, *order, bytes, answers, now);
            }
            Event::Inspect(ticket, source, class, answers) => {
                let asker = self.asker(ticket, class, None, answers, now);
                let bytes = INSPECT_BYTES.min(self.budget.max_memory);
                self.queue.inspect(asker, source, bytes, now);
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
            Event::Worker(worker, report) => self.hear(worker, report, now),
            Event::Stop(farewell) => {
                self.stopping = true;
                self.farewells.extend(farewell);
            }
        }
    }

    fn asker(
        &self,
        ticket: TicketId,
        class: Class,
        batch: Option<crate::BatchId>,
        answers: Answers,
        now: Instant,
    ) -> Asker {
        let expires = self.settings.max_wait.filter(|_| class == Class::OnDemand);
        Asker { ticket, class, batch, answers, expires: expires.map(|wait| now + wait) }
    }

    fn render(
        &mut self,
        ticket: TicketId,
        order: RenderOrder,
        bytes: u64,
        answers: Answers,
        now: Instant,
    ) {
        let RenderOrder {
            class, batch, source, rules, proxy, is_look, focal, files, variants, ..
        } = order;
        // The source and the overlays' files need descriptors too.
        let most = MAX_FILES.saturating_sub(1 + files.len());
        let mut wishes = Vec::new();
        let mut parts = Vec::with_capacity(variants.len());
        for (slot, variant) in variants.into_iter().enumerate() {
            if let Some(target) = variant.target {
                wishes.push(Wish { slot, key: variant.key, target });
            }
            parts.push((variant.operations, variant.encoding));
        }
        let refusal = if bytes > self.budget.max_memory {
            Some(too_large(bytes, self.budget.max_memory))
        } else if most == 0 {
            let message = format!(
                "The rules use {} other images; at most {} can be used at once.",
                files.len(),
                MAX_FILES - 2
            );
            Some(Fault::new(FaultCode::Invalid, message))
        } else {
            None
        };
        if let Some(fault) = refusal {
            if let Answers::Rendered(results) = answers {
                for wish in wishes {
                    let _ = results.send((wish.slot, Err(fault.clone())));
                }
            }
            return;
        }
        let sheet = Sheet { source, rules, focal, proxy, is_look, files, variants: parts };
        let asker = self.asker(ticket, class, batch, answers, now);
        self.queue.render(asker, sheet, wishes, most, bytes, now);
    }

    /// A worker, or its thread, has something to say.
    fn hear(&mut self, worker: WorkerId, report: Report, now: Instant) {
        match report {
            Report::Started(process) => self.pool.started(worker, process),
            Report::Ready(description) => {
                let fit = self.is_fit(&description);
                self.pool.ready(worker, fit, now);
            }
            Report::Inspected(job, outcome) => {
                let outcome = match outcome {
                    Ok(header) => Outcome::Inspected(header),
                    Err(fault) => Outcome::Failed(fault),
                };
                self.answer(job, 0, &outcome);
                self.done(worker, job, None, now);
            }
            Report::Variant(job, index, outcome) => {
                self.pool.progress(worker, now);
                let target = || self.target(job, index);
                let outcome = match outcome {
                    Ok(rendered) => match target() {
                        Some(target) => Outcome::Rendered(rendered, target),
                        // Nobody waits for it any more.
                        None => return,
                    },
                    Err(fault) => Outcome::Failed(fault),
                };
                self.answer(job, index, &outcome);
            }
            Report::Done(job, holdings) => self.done(worker, job, holdings, now),
            Report::Gone(obituary) => self.gone(worker, obituary, now),
        }
    }

    fn target(&self, job: JobId, index: usize) -> Option<Arc<File>> {
        let wanted = &self.queue.job(job)?.wanted;
        wanted.iter().find(|wanted| wanted.index == index)?.target.clone()
    }

    fn answer(&mut self, job: JobId, index: usize, outcome: &Outcome) {
        for delivery in self.queue.answer(job, index, outcome) {
            tell(delivery);
        }
    }

    fn done(&mut self, worker: WorkerId, job: JobId, holdings: Option<Holdings>, now: Instant) {
        self.release(job);
        self.queue.finish(job);
        self.totals.jobs += 1;
        if self.pool.done(worker, holdings, now) {
            self.totals.retired += 1;
        }
    }

    /// A worker has gone: its job is tried again or fails, its place is filled again.
    fn gone(&mut self, worker: WorkerId, obituary: Obituary, now: Instant) {
        let Some(departure) = self.pool.gone(worker, obituary, now) else { return };
        let timed_out = departure.why == Some(Why::Timeout);
        match departure.why {
            Some(Why::Retired) => {}
            Some(Why::Cancelled) => self.totals.cancelled += 1,
            Some(Why::Timeout) => self.totals.timed_out += 1,
            Some(Why::Unfit) | None => self.totals.crashed += 1,
        }
        if let Some(job) = departure.job {
            self.release(job);
        }
        let (how, words) = (how(&departure.obituary), last_words(&departure.obituary));
        if let Some(job) = departure.job.filter(|_| departure.why != Some(Why::Cancelled)) {
            let (loss, fault) = verdict(&departure.obituary, timed_out, &self.settings.limits);
            tracing::warn!(job = job.0, code = fault.code.name(), "lost a worker: {fault}");
            // A process that may still live may still write to its targets.
            let again = departure.obituary.reaped;
            let (deliveries, retried) = self.queue.lose(job, loss, again, &fault, now);
            self.totals.retried += retried;
            for delivery in deliveries {
                tell(delivery);
            }
        } else if !matches!(departure.why, Some(Why::Cancelled | Why::Retired)) {
            tracing::warn!("a worker without a job {how}.{words}");
        }
        self.despair(&format!("the last one {how}.{words}"));
    }

    /// A worker did not start, for this reason. Where none does, nobody waits for one in vain.
    fn despair(&mut self, reason: &str) {
        if !self.pool.is_hopeless() {
            return;
        }
        let reason = reason.trim_end_matches('.');
        let message = format!("No worker can be started: {reason}. Check with `cropmark doctor`.");
        let failed = Outcome::Failed(Fault::new(FaultCode::Crashed, message));
        for delivery in self.queue.fail_pending(&failed) {
            tell(delivery);
        }
    }

    /// Stops running jobs that the queue has forgotten. Their memory is free when they have gone.
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

    /// Ends all workers, and waits until they have gone.
    async fn end(mut self) {
        self.queue.abandon();
        let mut left = self.pool.stop();
        let gone = async {
            while left > 0 {
                match self.events.recv().await {
                    Some(Event::Worker(_, Report::Gone(_))) => left -= 1,
                    Some(Event::Stop(farewell)) => self.farewells.extend(farewell),
                    Some(_) => {}
                    None => break,
                }
            }
        };
        // A process stuck in the kernel must not keep the program from ending.
        let _ = timeout(LAST_GOODBYE, gone).await;
        for farewell in self.farewells {
            let _ = farewell.send(());
        }
    }
}

/// Parts of the sandbox that are not active.
fn missing(description: &Description) -> Vec<String> {
    let inactive = description.sandbox.iter().filter(|(_, active)| !**active);
    let mut missing: Vec<String> = inactive.map(|(part, _)| part.clone()).collect();
    if description.sandbox.is_empty() {
        missing.push("every part of it".to_owned());
    }
    missing
}

fn too_large(bytes: u64, most: u64) -> Fault {
    let message = format!(
        "The job would take about {} MiB of memory, more than the {} MiB that all jobs together \
         may take (max_memory). Raise it, or let the source be subsampled.",
        bytes >> 20,
        most >> 20
    );
    Fault::new(FaultCode::TooLarge, message)
}
