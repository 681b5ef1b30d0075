//! How long a person waits for thumbnails, with nothing else to do and while a large batch runs.
//! Both are measured in turns: the batch is paused for one and goes on for the other.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use cropmark_engine::{Class, Engine, Snapshot};

use crate::{
    Fallible, pictures,
    stage::{self, Picture, milliseconds, percentile},
};

/// Variants of the batch: five of each source.
const VARIANTS: usize = 10_000;
/// Turns of idle and busy in a round.
const TURNS: usize = 4;
/// Thumbnails of a turn.
const THUMBNAILS: usize = 30;
/// Thumbnails asked for at once when a folder comes into sight.
const SCREENFUL: usize = 12;

/// How thumbnails are asked for.
#[derive(Clone, Copy)]
enum Manner {
    /// The next one when the one before is there.
    Single,
    /// So many at once.
    Screenfuls,
}

pub(crate) async fn run(folder: &Path, rounds: usize) -> Fallible<()> {
    let engine = Engine::start(stage::settings()?).await?;
    let photographs = pictures::photographs(&engine, folder).await?;
    println!(
        "{} photographs, {} workers, {VARIANTS} variants",
        photographs.len(),
        engine.snapshot().workers.len()
    );
    println!("round   thumbnails    p50 idle  busy  ratio   p95 idle  busy  ratio   load");
    let pictures: Arc<[Picture]> = photographs.into();
    let mut ratios: [Vec<f64>; 2] = Default::default();
    let finished = Arc::new(AtomicU64::new(0));
    let (orders, feeding) = (VARIANTS / 5, Arc::clone(&finished));
    let id = engine.new_batch();
    let mut batch =
        tokio::spawn(stage::feed(engine.clone(), Arc::clone(&pictures), id, orders, feeding));
    let (mut busy_time, mut busy_variants) = (Duration::ZERO, 0);
    let mut next = 0;
    for round in 1..=rounds {
        let (manners, names) =
            ([Manner::Single, Manner::Screenfuls], ["one by one", "twelve at once"]);
        for ((manner, name), ratios) in manners.into_iter().zip(names).zip(&mut ratios) {
            let (mut idle, mut busy) = (Vec::new(), Vec::new());
            for _ in 0..TURNS {
                engine.pause(id);
                until(&engine, |shown| shown.eager.running == 0).await;
                ask(&engine, &pictures, manner, &mut next, &mut idle).await?;
                engine.resume(id);
                until(&engine, |shown| shown.eager.running > 0).await;
                tokio::time::sleep(Duration::from_millis(300)).await;
                let (began, before) = (Instant::now(), finished.load(Ordering::Relaxed));
                ask(&engine, &pictures, manner, &mut next, &mut busy).await?;
                busy_time += began.elapsed();
                busy_variants += finished.load(Ordering::Relaxed) - before;
            }
            let [i50, b50] = [&mut idle, &mut busy].map(|times| percentile(times, 50));
            let [i95, b95] = [&mut idle, &mut busy].map(|times| percentile(times, 95));
            let (at50, at95) = (b50 / i50, b95 / i95);
            println!(
                "{round:5}   {name:14} {i50:7.1} {b50:5.1} {at50:6.2} {i95:10.1} {b95:5.1} \
                 {at95:6.2}   {}",
                stage::load_average()
            );
            ratios.push(at95);
            if batch.is_finished() {
                (&mut batch).await??;
                return Err("the batch ended before the measurement did".into());
            }
        }
    }
    let [mut single, mut screenfuls] = ratios;
    println!(
        "median ratio at p95: {:.2} one by one, {:.2} twelve at once (at most 2.5 is wanted)",
        percentile(&mut single, 50),
        percentile(&mut screenfuls, 50)
    );
    alone(&engine, &finished, busy_variants, busy_time).await;
    engine.cancel(id);
    batch.abort();
    engine.shut_down().await;
    Ok(())
}

/// How fast the batch was beside the thumbnails, and how fast it is alone.
async fn alone(engine: &Engine, finished: &AtomicU64, variants: u64, time: Duration) {
    let before = finished.load(Ordering::Relaxed);
    let began = Instant::now();
    tokio::time::sleep(Duration::from_secs(8)).await;
    let rate = |variants: u64, time: Duration| {
        f64::from(u32::try_from(variants).unwrap_or(u32::MAX)) / time.as_secs_f64()
    };
    let alone = rate(finished.load(Ordering::Relaxed) - before, began.elapsed());
    let beside = rate(variants, time);
    let totals = engine.snapshot().totals;
    println!(
        "the batch: {beside:.1} variants a second beside thumbnails, {alone:.1} without; \
         {} on-demand and {} eager turns while both waited",
        totals.on_demand_turns, totals.eager_turns
    );
}

async fn until(engine: &Engine, looks: impl Fn(&Snapshot) -> bool) {
    // Where the engine has gone, the next order tells.
    let _ = engine.watch().wait_for(|shown| looks(shown)).await;
}

/// Asks for thumbnails of one source after the other; milliseconds from each order to its file.
async fn ask(
    engine: &Engine,
    pictures: &[Picture],
    manner: Manner,
    next: &mut usize,
    times: &mut Vec<f64>,
) -> Fallible<()> {
    let at_once = match manner {
        Manner::Single => 1,
        Manner::Screenfuls => SCREENFUL,
    };
    let requests = stage::thumbnail()?;
    let mut left = THUMBNAILS.next_multiple_of(at_once);
    while left > 0 {
        let mut waiting = Vec::new();
        let began = Instant::now();
        for _ in 0..at_once {
            let order = pictures[*next % pictures.len()].order(Class::OnDemand, &requests)?;
            *next += 1;
            let engine = engine.clone();
            waiting.push(tokio::spawn(async move {
                let outcome = stage::finish(&engine, order).await;
                outcome.map(|_| milliseconds(began)).map_err(|error| error.to_string())
            }));
        }
        for task in waiting {
            times.push(task.await??);
        }
        left -= at_once;
    }
    Ok(())
}
