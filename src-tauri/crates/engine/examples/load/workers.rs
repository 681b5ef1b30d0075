//! How many workers are right: the five variants of forty photographs, and thumbnails beside
//! them, with different numbers of workers in turns.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use cropmark_engine::{Class, Engine, Settings};

use crate::{
    Fallible, pictures,
    stage::{self, Picture, milliseconds, percentile},
};

const NUMBERS: [usize; 5] = [1, 2, 3, 4, 6];
const PHOTOGRAPHS: usize = 40;
/// The time between two thumbnails that a person asks for.
const PAUSE: Duration = Duration::from_millis(150);

/// What one number of workers did in one round.
#[derive(Default)]
struct Measured {
    /// Seconds for all photographs: nothing beside them, no place kept.
    export: Vec<f64>,
    /// The same as in the window: a place kept, thumbnails asked for meanwhile.
    beside: Vec<f64>,
    /// The thumbnails' p50 and p95 in milliseconds.
    p50: Vec<f64>,
    p95: Vec<f64>,
    /// Bytes of all workers at their peaks, added up.
    memory: Vec<f64>,
}

pub(crate) async fn run(folder: &Path, rounds: usize) -> Fallible<()> {
    let mut measured: Vec<Measured> = NUMBERS.iter().map(|_| Measured::default()).collect();
    for round in 1..=rounds {
        for (place, number) in NUMBERS.iter().enumerate() {
            let of = &mut measured[place];
            let export = Settings {
                workers: *number,
                keep_place: false,
                eager_nice: 0,
                ..stage::settings()?
            };
            let (seconds, _, memory) = work(folder, export, false).await?;
            of.export.push(seconds);
            of.memory.push(memory);
            let window = Settings { workers: *number, ..stage::settings()? };
            let (seconds, mut times, _) = work(folder, window, true).await?;
            of.beside.push(seconds);
            of.p50.push(percentile(&mut times, 50));
            of.p95.push(percentile(&mut times, 95));
            eprintln!("round {round}, {number} workers; load {}", stage::load_average());
        }
    }
    println!("medians of {rounds} rounds, {PHOTOGRAPHS} photographs x 5 variants");
    println!("workers   export s   beside thumbnails s   thumbnails p50 ms  p95 ms   peak MiB");
    for (number, mut of) in NUMBERS.iter().zip(measured) {
        println!(
            "{number:7} {:10.2} {:21.2} {:19.1} {:7.1} {:10.0}",
            percentile(&mut of.export, 50),
            percentile(&mut of.beside, 50),
            percentile(&mut of.p50, 50),
            percentile(&mut of.p95, 50),
            percentile(&mut of.memory, 50)
        );
    }
    Ok(())
}

/// Exports the photographs; seconds, the milliseconds of thumbnails meanwhile, and MiB.
async fn work(folder: &Path, settings: Settings, asks: bool) -> Fallible<(f64, Vec<f64>, f64)> {
    let number = settings.workers;
    let engine = Engine::start(settings).await?;
    let photographs: Arc<[Picture]> = pictures::photographs(&engine, folder).await?.into();
    let full = |shown: &cropmark_engine::Snapshot| {
        let idle = |worker: &&cropmark_engine::WorkerSnapshot| {
            worker.state == cropmark_engine::WorkerState::Idle
        };
        shown.workers.iter().filter(idle).count() == number
    };
    let _ = engine.watch().wait_for(|shown| full(shown)).await;
    let finished = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    let batch = tokio::spawn(stage::feed(
        engine.clone(),
        Arc::clone(&photographs),
        engine.new_batch(),
        PHOTOGRAPHS,
        Arc::clone(&finished),
    ));
    let mut times = Vec::new();
    let mut next = 0;
    while asks && finished.load(Ordering::Relaxed) + 25 < (PHOTOGRAPHS * 5) as u64 {
        let picture = &photographs[next % photographs.len()];
        next += 1;
        let asked = Instant::now();
        stage::finish(&engine, picture.order(Class::OnDemand, &stage::thumbnail()?)?).await?;
        times.push(milliseconds(asked));
        tokio::time::sleep(PAUSE).await;
    }
    batch.await??;
    let seconds = began.elapsed().as_secs_f64();
    let processes = engine.snapshot().workers.into_iter().filter_map(|worker| worker.process);
    let memory = processes.map(|process| stage::held(process, "VmHWM")).sum();
    engine.shut_down().await;
    Ok((seconds, times, stage::megabytes(memory)))
}
