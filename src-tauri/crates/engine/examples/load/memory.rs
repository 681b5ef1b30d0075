//! What jobs take by estimate, and what a new worker took at its peak.

use std::{io::Seek as _, path::Path, sync::Arc};

use cropmark_engine::{Class, Engine, RenderOrder, Settings};
use cropmark_rules::Format;
use serde_json::json;

use crate::{
    Fallible, pictures,
    stage::{self, Picture, Request},
};

pub(crate) async fn run(folder: &Path) -> Fallible<()> {
    let sources = sources(folder).await?;
    println!("estimate  peak  ratio  source; bands x bits, frames, file MiB; job");
    let (mut lowest, mut highest) = (f64::INFINITY, 0.0_f64);
    for source in &sources {
        for (job, requests) in jobs(source)? {
            let engine = Engine::start(Settings { workers: 1, ..stage::settings()? }).await?;
            let measured = measure(&engine, source.order(Class::Eager, &requests)?).await;
            engine.shut_down().await;
            let header = &source.header;
            let about = format!(
                "{} {} x {}; {} x {}, {}, {:.1}; {job}",
                source.name,
                header.width,
                header.height,
                header.bands,
                header.depth,
                header.frames,
                stage::megabytes(source.file.metadata()?.len())
            );
            match measured {
                Ok((estimate, peak)) => {
                    let ratio = stage::megabytes(estimate) / stage::megabytes(peak);
                    lowest = lowest.min(ratio);
                    highest = highest.max(ratio);
                    let mark = if (0.9..=2.5).contains(&ratio) { ' ' } else { '!' };
                    println!(
                        "{:8.0} {:5.0} {ratio:5.2}{mark} {about}",
                        stage::megabytes(estimate),
                        stage::megabytes(peak)
                    );
                }
                Err(error) => println!("{about}: {error}"),
            }
        }
    }
    println!("ratios from {lowest:.2} to {highest:.2} (0.9 to 2.5 is wanted)");
    Ok(())
}

/// Bytes that an order was granted, and bytes that its worker held at the most.
async fn measure(engine: &Engine, order: RenderOrder) -> Fallible<(u64, u64)> {
    let mut watch = engine.watch();
    let granted = tokio::spawn(async move {
        watch.wait_for(|shown| shown.admission.used > 0).await.map(|shown| shown.admission.used)
    });
    stage::finish(engine, order).await?;
    let granted = granted.await??;
    let process = engine.snapshot().workers[0].process.ok_or("the worker has gone")?;
    Ok((granted, stage::held(process, "VmHWM")))
}

/// A photograph in many formats, sizes and ways of storing it, made by the worker itself.
async fn sources(folder: &Path) -> Fallible<Vec<Picture>> {
    let engine = Engine::start(Settings { workers: 1, ..stage::settings()? }).await?;
    let photographs = pictures::photographs(&engine, folder).await?;
    let largest = |a: &&Picture, b: &&Picture| a.megapixels().total_cmp(&b.megapixels());
    let photograph = photographs.iter().max_by(largest).ok_or("no photograph")?;
    let mut sources = vec![photograph.clone()];
    let enlarged =
        |side: u32| json!([{ "op": "resize", "width": side, "height": side, "enlarge": true }]);
    for side in [800, 2400, 6000] {
        for (name, format, progressive) in [
            ("baseline.jpg", Format::Jpeg, false),
            ("progressive.jpg", Format::Jpeg, true),
            ("plain.png", Format::Png, false),
            ("interlaced.png", Format::Png, true),
            ("still.webp", Format::Webp, false),
            ("strips.tif", Format::Tiff, false),
            ("still.avif", Format::Avif, false),
        ] {
            let mut request = Request::new(enlarged(side), format)?;
            match format {
                Format::Jpeg | Format::Png => request = request.progressive(progressive),
                Format::Webp | Format::Avif => request = request.effort(0),
                _ => {}
            }
            sources.push(made(&engine, photograph, request, name).await?);
        }
    }
    for picture in pictures::all(&engine, folder).await? {
        if picture.header.frames > 1 && picture.is_whole(&engine).await? {
            for side in [400, 1200] {
                for (name, format) in [("moving.gif", Format::Gif), ("moving.webp", Format::Webp)] {
                    let request = Request::new(enlarged(side), format)?;
                    sources.push(made(&engine, &picture, request, name).await?);
                }
            }
        }
    }
    engine.shut_down().await;
    Ok(sources)
}

async fn made(engine: &Engine, from: &Picture, request: Request, name: &str) -> Fallible<Picture> {
    let order = from.order(Class::Eager, &[request])?;
    let target = order.variants[0].target.clone().ok_or("no target")?;
    stage::finish(engine, order).await?;
    (&*target).rewind()?;
    let header = engine.inspect(Arc::clone(&target), Class::OnDemand).await?;
    Ok(Picture { name: name.to_owned(), file: target, header })
}

fn jobs(source: &Picture) -> Fallible<Vec<(&'static str, Vec<Request>)>> {
    if source.header.frames > 1 {
        let half = source.header.width / 2;
        return Ok(vec![
            ("half, gif", vec![Request::fit(half, Format::Gif)?]),
            ("half, webp", vec![Request::fit(half, Format::Webp)?]),
            ("as it is, webp", vec![Request::new(json!([]), Format::Webp)?]),
        ]);
    }
    let fit = json!({ "op": "resize", "width": 1600, "height": 1600 });
    let mut jobs = vec![
        ("230 jpeg", stage::thumbnail()?),
        ("five", stage::five()?),
        ("as it is, jpeg", vec![Request::new(json!([]), Format::Jpeg)?]),
        ("as it is, webp", vec![Request::new(json!([]), Format::Webp)?]),
        ("1600 avif", vec![Request::fit(1600, Format::Avif)?.effort(2)]),
        ("1600 png", vec![Request::fit(1600, Format::Png)?]),
    ];
    if source.header.format == Format::Jpeg {
        let sharpen = json!({ "op": "sharpen", "sigma": 1 });
        let blur = json!({ "op": "blur", "sigma": 8 });
        jobs.push(("blurred whole, jpeg", vec![Request::new(json!([blur]), Format::Jpeg)?]));
        jobs.push((
            "1600 sharpened, jpeg",
            vec![Request::new(json!([fit, sharpen]), Format::Jpeg)?],
        ));
        let turn = json!({ "op": "rotate", "angle": 10 });
        let text = json!({ "op": "text", "text": "Harbour", "size": 48, "color": "#ffffff" });
        jobs.push(("1600 with text, jpeg", vec![Request::new(json!([fit, text]), Format::Jpeg)?]));
        let smart = json!({ "op": "crop", "aspect": "1:1", "gravity": "smart" });
        jobs.push(("smart crop, jpeg", vec![Request::new(json!([smart, fit]), Format::Jpeg)?]));
        jobs.push(("turned by 10, jpeg", vec![Request::new(json!([fit, turn]), Format::Jpeg)?]));
    }
    Ok(jobs)
}
