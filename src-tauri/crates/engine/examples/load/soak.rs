//! What workers and the program hold after few and after many mixed jobs.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use cropmark_engine::{Class, Engine, RenderOrder};
use cropmark_rules::Format;
use serde_json::json;

use crate::{
    Fallible, pictures,
    stage::{self, Picture, Request},
};

/// Jobs after which memory is taken as the measure.
const FIRST: usize = 100;
/// Orders that the engine holds at once.
const AHEAD: usize = 8;

/// The time until workers are at rest.
const IDLE: Duration = Duration::from_secs(5);

/// What is held at a moment.
struct Held {
    workers: u64,
    program: u64,
    worker_descriptors: usize,
    descriptors: usize,
}

pub(crate) async fn run(folder: &Path, jobs: usize) -> Fallible<()> {
    let engine = Engine::start(stage::settings()?).await?;
    let mut whole = Vec::new();
    for picture in pictures::all(&engine, folder).await? {
        if picture.is_whole(&engine).await? {
            whole.push(picture);
        }
    }
    let overlay = whole.iter().find(|picture| picture.header.alpha).unwrap_or(&whole[0]).clone();
    println!("{} pictures, {jobs} jobs, {} workers", whole.len(), engine.snapshot().workers.len());
    println!("   jobs  workers MiB  program MiB  descriptors: workers, program   seconds  load");
    let began = Instant::now();
    let mut first = None;
    let mut done = 0;
    let mut faults: BTreeMap<String, usize> = BTreeMap::new();
    while done < jobs {
        let until = if done < FIRST { FIRST } else { (done + 380).min(jobs) };
        faults.extend(work(&engine, &whole, &overlay, done..until).await?);
        done = until;
        let held = rest(&engine).await;
        println!(
            "{done:7} {:12.0} {:12.1} {:21} {:8} {:9.0}  {}",
            stage::megabytes(held.workers),
            stage::megabytes(held.program),
            held.worker_descriptors,
            held.descriptors,
            began.elapsed().as_secs_f64(),
            stage::load_average()
        );
        let Some(first) = &first else {
            first = Some(held);
            continue;
        };
        if done == jobs {
            let ratio = |now, then| stage::megabytes(now) / stage::megabytes(then);
            println!(
                "after {jobs} to after {FIRST} jobs: workers {:.2}, program {:.2}, together {:.2} \
                 (at most 1.2 is wanted)",
                ratio(held.workers, first.workers),
                ratio(held.program, first.program),
                ratio(held.workers + held.program, first.workers + first.program)
            );
        }
    }
    for (fault, count) in faults {
        println!("{count} failed: {fault}");
    }
    let totals = engine.snapshot().totals;
    println!(
        "{} workers started, {} retired, {} lost",
        totals.started, totals.retired, totals.crashed
    );
    engine.shut_down().await;
    Ok(())
}

/// Waits until nothing runs, and says what is held.
async fn rest(engine: &Engine) -> Held {
    let _ = engine
        .watch()
        .wait_for(|shown| {
            let idle = |worker: &cropmark_engine::WorkerSnapshot| {
                worker.state == cropmark_engine::WorkerState::Idle
            };
            shown.workers.iter().all(idle)
        })
        .await;
    // Workers give back what is free when nothing comes for a while.
    tokio::time::sleep(IDLE).await;
    let shown = engine.snapshot();
    let processes = || shown.workers.iter().filter_map(|worker| worker.process);
    Held {
        workers: processes().map(|process| stage::held(process, "VmRSS")).sum(),
        program: stage::held(std::process::id(), "VmRSS"),
        worker_descriptors: processes().map(stage::descriptors).sum(),
        descriptors: stage::descriptors(std::process::id()),
    }
}

/// Works through jobs of all kinds; returns what failed.
async fn work(
    engine: &Engine,
    pictures: &[Picture],
    overlay: &Picture,
    numbers: std::ops::Range<usize>,
) -> Fallible<BTreeMap<String, usize>> {
    let mut faults = BTreeMap::new();
    let mut running = tokio::task::JoinSet::new();
    for number in numbers {
        // A number without a common factor: every kind of job meets every picture.
        let picture = &pictures[number * 7 % pictures.len()];
        let order = order(picture, overlay, number)?;
        let mut ticket = engine.render(order);
        let name = picture.name.clone();
        running.spawn(async move {
            let mut failed = None;
            while let Some((_, outcome)) = ticket.next().await {
                failed = outcome.err().map(|fault| format!("{name}: {fault}")).or(failed);
            }
            failed
        });
        while running.len() >= AHEAD {
            if let Some(Some(fault)) = running.join_next().await.transpose()? {
                *faults.entry(fault).or_default() += 1;
            }
        }
    }
    while let Some(failed) = running.join_next().await {
        if let Some(fault) = failed? {
            *faults.entry(fault).or_default() += 1;
        }
    }
    Ok(faults)
}

fn order(picture: &Picture, overlay: &Picture, number: usize) -> Fallible<RenderOrder> {
    let fit = |side: u32| json!({ "op": "resize", "width": side, "height": side });
    let text = json!({
        "op": "text", "text": format!("No. {number}"), "size": 48, "color": "#ffffff",
        "gravity": "south-west", "x": 40, "y": 40,
    });
    let logo = json!({
        "op": "overlay", "image": "logo", "gravity": "north-east", "x": 24, "y": 24,
        "scale": 0.15, "opacity": 0.8,
    });
    let class = if number.is_multiple_of(3) { Class::OnDemand } else { Class::Eager };
    // An animation stays one where the format has frames.
    let moving = if picture.header.frames > 1 { Format::Gif } else { Format::Png };
    let requests = match number % 10 {
        0 => stage::five()?,
        1 => vec![Request::fit(1600, Format::Webp)?],
        2 => vec![Request::fit(1000, moving)?],
        3 => stage::thumbnail()?,
        4 => vec![Request::fit(640, Format::Avif)?.effort(2)],
        5 => vec![Request::new(json!([fit(1280), text]), Format::Jpeg)?],
        6 => vec![Request::new(json!([fit(1280), logo]), Format::Jpeg)?],
        7 => vec![Request::fit(480, Format::Gif)?],
        8 => vec![
            Request::new(json!([fit(1280), { "op": "blur", "sigma": 4 }]), Format::Jpeg)?,
            Request::new(json!([fit(1280), { "op": "sharpen", "sigma": 1 }]), Format::Webp)?,
        ],
        _ => vec![Request::new(json!([]), Format::Jpeg)?],
    };
    // None of them is a preview of which a worker keeps pixels: those have a limit of their own,
    // and would hide what is lost.
    let mut order = picture.order(class, &requests)?;
    order.files.insert("logo".to_owned(), Arc::clone(&overlay.file));
    Ok(order)
}
