//! How long previews of one photograph take while somebody drags a slider:
//! `CROPMARK_WORKER=$PWD/target/release/cropmark-worker cargo run -p cropmark-engine --example
//! previews -- PHOTO.jpg`. Milliseconds from the order to the finished file.

use std::{env, error::Error, fs::File, sync::Arc, time::Instant};

use cropmark_engine::{Class, Engine, Fidelity, OrderedVariant, RenderOrder, Settings};
use cropmark_rules::{
    ContentHash, Encoding, Format, FormatRule, Operation, SourceRules, protocol::Header,
};
use serde_json::{Value, json};

type Fallible<T> = Result<T, Box<dyn Error>>;

/// Changes of each slider.
const CHANGES: u32 = 30;

struct Bench {
    engine: Engine,
    source: Arc<File>,
    header: Header,
    proxy: Option<ContentHash>,
    orders: u64,
}

#[tokio::main]
async fn main() -> Fallible<()> {
    let photo = env::args().nth(1).ok_or("name a photograph")?;
    let source = Arc::new(File::open(&photo)?);
    let engine = Engine::start(Settings::new(Settings::locate_worker()?)).await?;
    let header = engine.inspect(Arc::clone(&source), Class::OnDemand).await?;
    println!("{photo}: {} x {}", header.width, header.height);
    let mut bench = Bench { engine, source, header, proxy: None, orders: 0 };
    let fit = json!({ "op": "resize", "width": 1280 });

    bench.slide("nothing kept: quality", |step| (vec![fit.clone()], jpeg(60 + step))).await?;
    for _ in 0..3 {
        bench.forget();
        let start = Instant::now();
        bench.preview(std::slice::from_ref(&fit), jpeg(80)).await?;
        println!("{:32} {:6.1}", "first preview", milliseconds(start));
    }
    bench.slide("quality", |step| (vec![fit.clone()], jpeg(60 + step))).await?;
    let sharpen = |step: u32| json!({ "op": "sharpen", "sigma": 0.5 + f64::from(step) / 50.0 });
    bench.slide("sharpen", |step| (vec![fit.clone(), sharpen(step)], jpeg(80))).await?;
    let text = |step: u32| {
        json!({ "op": "text", "text": "Harbour", "size": 40 + step, "color": "#ffffff",
            "gravity": "south-west", "x": 40, "y": 40 })
    };
    bench.slide("text", |step| (vec![fit.clone(), text(step)], jpeg(80))).await?;
    let both = |step: u32| vec![fit.clone(), sharpen(0), text(step)];
    bench.slide("text after sharpen", |step| (both(step), jpeg(80))).await?;
    let crop = |step: u32| json!({ "op": "crop", "width": 5000 - step * 20, "gravity": "center" });
    bench.slide("crop", |step| (vec![crop(step), fit.clone()], jpeg(80))).await?;
    let width = |step: u32| json!({ "op": "resize", "width": 1280 - step * 10 });
    bench.slide("size", |step| (vec![width(step)], jpeg(80))).await?;
    let large = json!({ "op": "resize", "width": 2048 });
    for effort in [0, 2, 4] {
        // The engine counts efforts from 0 to 9, libwebp from 0 to 6.
        let name = format!("webp 2048, libwebp's effort {effort}");
        bench.forget();
        let quality = |step: u32| (vec![large.clone()], webp(60 + step, effort * 3 / 2));
        bench.slide(&name, quality).await?;
    }
    for worker in bench.engine.snapshot().workers {
        println!("worker: {} jobs, {} MB", worker.jobs, worker.resident_bytes >> 20);
    }
    bench.engine.shut_down().await;
    Ok(())
}

fn jpeg(quality: u32) -> Encoding {
    let quality = u8::try_from(quality).ok();
    Encoding { quality, ..Encoding::new(FormatRule::Named(Format::Jpeg)) }
}

fn webp(quality: u32, effort: u8) -> Encoding {
    let quality = u8::try_from(quality).ok();
    let effort = Some(effort);
    Encoding { quality, effort, ..Encoding::new(FormatRule::Named(Format::Webp)) }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

impl Bench {
    /// Takes an identity that no worker has heard of.
    fn forget(&mut self) {
        self.proxy = Some(ContentHash::of(format!("photograph {}", self.orders).as_bytes()));
    }

    /// One preview; the caller waits for it as a page would.
    async fn preview(&mut self, operations: &[Value], encoding: Encoding) -> Fallible<()> {
        self.orders += 1;
        let operations: Vec<Operation> = serde_json::from_value(operations.into())?;
        let target = Arc::new(tempfile::tempfile()?);
        let mut ticket = self.engine.render(RenderOrder {
            class: Class::OnDemand,
            batch: None,
            source: Arc::clone(&self.source),
            arrival: None,
            header: self.header.clone(),
            rules: SourceRules::default(),
            proxy: self.proxy,
            fidelity: Fidelity::Preview,
            focal: None,
            faces: None,
            files: std::collections::BTreeMap::new(),
            variants: vec![OrderedVariant {
                key: blake3::hash(format!("preview {}", self.orders).as_bytes()).into(),
                operations,
                encoding,
                target: Some(target),
            }],
        });
        while let Some((_, outcome)) = ticket.next().await {
            outcome?;
        }
        Ok(())
    }

    /// Drags a slider, and says how long the previews took.
    async fn slide(
        &mut self,
        name: &str,
        change: impl Fn(u32) -> (Vec<Value>, Encoding),
    ) -> Fallible<()> {
        let mut times = Vec::new();
        for step in 0..CHANGES {
            let (operations, encoding) = change(step);
            let start = Instant::now();
            self.preview(&operations, encoding).await?;
            times.push(milliseconds(start));
        }
        let first = times[0];
        times.sort_unstable_by(f64::total_cmp);
        let at = |percent: usize| times[(times.len() - 1) * percent / 100];
        println!("{name:32} {:6.1} median {:6.1} p95 {first:6.1} first", at(50), at(95));
        Ok(())
    }
}
