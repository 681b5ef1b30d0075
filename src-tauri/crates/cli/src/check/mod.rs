//! `cropmark check`: prints every problem and warning of preset files with its file, line and column.

mod on;

use std::sync::Arc;

use cropmark_engine::presets::PresetSource;
use cropmark_rules::preset::{self, Problem, Warning};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::{
    arguments::{CheckArguments, ProblemFormat},
    status::{Failure, Status},
    terminal::{self, Lines},
};

/// The characters of a path that URIs encode.
const IN_URIS: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A problem or a warning, and the file that has it.
struct Finding {
    file: String,
    level: Level,
    line: u32,
    column: u32,
    length: Option<u32>,
    message: String,
}

/// How much a finding matters, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// A part of the file is off.
    Error,
    /// It works, and is surely not meant.
    Warning,
}

impl Level {
    /// The name that GitHub and SARIF share.
    fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

pub(crate) fn run(arguments: &CheckArguments) -> Result<Status, Failure> {
    let presets = arguments.files.iter().map(|file| PresetSource::read(file).map(Arc::new));
    let presets: Vec<_> = presets.collect();
    let mut found = Vec::new();
    for (file, preset) in arguments.files.iter().zip(&presets) {
        let name = file.display().to_string();
        match preset {
            Ok(preset) => found.extend(findings(&name, preset)),
            Err(error) => found.push(unread(name, error.fault.to_string())),
        }
    }
    if let Some(folder) = &arguments.on {
        let readable: Vec<_> = presets.iter().flatten().cloned().collect();
        let Some(untaken) = on::untaken(readable.clone(), folder)? else {
            return Ok(Status::Interrupted);
        };
        for (preset, generators) in readable.iter().zip(&untaken.generators) {
            let folder = folder.display().to_string();
            found.extend(
                generators.iter().map(|it| takes_none(preset, it, untaken.images, &folder)),
            );
        }
    }
    let mut lines = Lines::new();
    match arguments.format {
        ProblemFormat::Text => {
            for Finding { file, level, line, column, message, .. } in &found {
                match level {
                    Level::Error => {
                        lines.line(&terminal::plain(&format!("{file}:{line}:{column}: {message}")));
                    }
                    Level::Warning => {
                        terminal::complain(&format!("{file}:{line}:{column}: warning: {message}"));
                    }
                }
            }
        }
        ProblemFormat::Github => found.iter().for_each(|it| lines.line(&annotation(it))),
        ProblemFormat::Sarif => lines.line(&sarif(&found).to_string()),
    }
    let is_wrong = found.iter().any(|finding| finding.level == Level::Error);
    Ok(if is_wrong { Status::Wrong } else { Status::Done })
}

/// A file that could not be read.
fn unread(file: String, message: String) -> Finding {
    Finding { file, level: Level::Error, line: 1, column: 1, length: None, message }
}

/// Lists what is found in a preset file and the files that it names, in the order of their lines.
fn findings(name: &str, preset: &PresetSource) -> Vec<Finding> {
    let error = |problem: Problem| {
        let Problem { line, column, length, message, .. } = problem;
        Finding { file: name.to_owned(), level: Level::Error, line, column, length, message }
    };
    let warning = |warning: &Warning| {
        let Warning { line, column, length, ref message, .. } = *warning;
        let (file, message) = (name.to_owned(), message.clone());
        Finding { file, level: Level::Warning, line, column, length, message }
    };
    let problems = preset.problems().iter().cloned().chain(preset.file_problems());
    let mut found: Vec<Finding> = problems.map(error).collect();
    found.extend(preset.warnings().iter().map(warning));
    found.sort_by(|one, other| {
        let key = |it: &Finding| (it.line, it.column, it.level);
        key(one).cmp(&key(other)).then_with(|| one.message.cmp(&other.message))
    });
    found
}

/// The warning of a generator that takes none of a folder's images.
fn takes_none(preset: &PresetSource, generator: &str, images: usize, folder: &str) -> Finding {
    let (line, column) = preset::generator_place(preset.text(), generator);
    let message = format!(
        "the generator {generator:?} takes none of the {images} images in {folder}; change its match"
    );
    let (file, level) = (preset.path().display().to_string(), Level::Warning);
    Finding { file, level, line, column, length: None, message }
}

/// Writes a finding as GitHub's workflows read it from a log.
fn annotation(finding: &Finding) -> String {
    let value = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let Finding { file, level, line, column, length, message } = finding;
    let file = value(file).replace(':', "%3A").replace(',', "%2C");
    let end = length
        .map_or_else(String::new, |length| format!(",endColumn={}", column.saturating_add(length)));
    let (level, message) = (level.name(), value(message));
    terminal::plain(&format!("::{level} file={file},line={line},col={column}{end}::{message}"))
}

/// Writes findings as a log of SARIF 2.1.0.
fn sarif(found: &[Finding]) -> Value {
    let result = |Finding { file, level, line, column, length, message }: &Finding| {
        let mut region = json!({ "startLine": line, "startColumn": column });
        if let Some(length) = length {
            region["endColumn"] = column.saturating_add(*length).into();
        }
        let uri = utf8_percent_encode(file, IN_URIS).to_string();
        json!({
            "ruleId": "preset",
            "level": level.name(),
            "message": { "text": message },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": uri },
                "region": region,
            } }],
        })
    };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "columnKind": "unicodeCodePoints",
            "tool": { "driver": {
                "name": "cropmark",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": [{
                    "id": "preset",
                    "shortDescription": { "text": "A preset file has a problem" },
                }],
            } },
            "results": found.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}
