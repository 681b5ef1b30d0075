//! `cropmark check`: prints every problem of preset files with its file, line and column.

use std::path::Path;

use cropmark_engine::presets::PresetSource;

use crate::{
    arguments::CheckArguments,
    status::Status,
    terminal::{self, Lines},
};

pub(crate) fn run(arguments: &CheckArguments) -> Status {
    let mut lines = Lines::new();
    let mut found = 0;
    for file in &arguments.files {
        for problem in problems(file) {
            lines.line(&terminal::plain(&problem));
            found += 1;
        }
    }
    if found == 0 { Status::Done } else { Status::Wrong }
}

/// Lists the problems of a preset file and of the files that it names, in the order of their lines.
fn problems(file: &Path) -> Vec<String> {
    let name = file.display().to_string();
    let preset = match PresetSource::read(file) {
        Ok(preset) => preset,
        Err(error) => return vec![format!("{name}:1:1: {}", error.fault)],
    };
    let mut problems = preset.problems().to_vec();
    problems.extend(preset.file_problems());
    problems.sort();
    problems.iter().map(|problem| problem.located(&name)).collect()
}
