//! How the engine behaves under load, with real workers and real pictures:
//! `CROPMARK_WORKER=target/release/cropmark-worker cargo run --release -p cropmark-engine
//! --example load -- latency|soak|workers|memory FOLDER [NUMBER]`, where the folder holds
//! photographs. `node tests/bench/engine.js` does all of it.

mod latency;
mod memory;
mod pictures;
mod soak;
mod stage;
mod workers;

use std::{env, path::PathBuf, process::ExitCode};

/// What any step may fail with.
type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "latency|soak|workers|memory FOLDER [NUMBER]";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Fallible<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [what, folder, rest @ ..] = words.as_slice() else { return Err(USAGE.into()) };
    let folder = PathBuf::from(folder);
    let number = rest.first().map(|word| word.parse()).transpose()?;
    println!("load average {}", stage::load_average());
    match what.as_str() {
        "latency" => latency::run(&folder, number.unwrap_or(3)).await,
        "soak" => soak::run(&folder, number.unwrap_or(2000)).await,
        "workers" => workers::run(&folder, number.unwrap_or(3)).await,
        "memory" => memory::run(&folder).await,
        _ => Err(USAGE.into()),
    }
}
