//! `cropmark`.

fn main() -> std::process::ExitCode {
    cropmark_cli::run()
}
