//! `cropmark-worker`: the process that decodes, runs operations and encodes. It is started by
//! the engine with one end of a socket pair and works on what comes in, one job after another.

mod arriving;
mod canvas;
mod color;
mod content;
mod decode;
mod encode;
mod fonts;
mod formats;
mod metadata;
mod ops;
mod options;
mod orientation;
mod os;
mod pipeline;
mod serve;
mod text;
mod vips;

use std::process::ExitCode;

fn main() -> ExitCode {
    match serve::run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cropmark-worker: {error}");
            ExitCode::FAILURE
        }
    }
}
