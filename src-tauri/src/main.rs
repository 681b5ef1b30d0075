//! `cropmark-studio`: the window.

use std::process::ExitCode;

fn main() -> ExitCode {
    cropmark_studio::run()
}
