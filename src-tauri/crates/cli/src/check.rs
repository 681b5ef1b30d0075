//! `cropmark check`: prints every problem of preset files with its file, line and column.

use std::path::Path;

use cropmark_engine::presets::PresetSource;
use cropmark_rules::preset::Problem;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::{
    arguments::{CheckArguments, ProblemFormat},
    status::Status,
    terminal::{self, Lines},
};

/// The characters of a path that URIs encode.
const IN_URIS: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A problem and the file that has it.
struct Located {
    file: String,
    problem: Problem,
}

pub(crate) fn run(arguments: &CheckArguments) -> Status {
    let found: Vec<Located> = arguments.files.iter().flat_map(|file| problems(file)).collect();
    let mut lines = Lines::new();
    match arguments.format {
        ProblemFormat::Text => {
            for Located { file, problem } in &found {
                lines.line(&terminal::plain(&problem.located(file)));
            }
        }
        ProblemFormat::Github => found.iter().for_each(|it| lines.line(&annotation(it))),
        ProblemFormat::Sarif => lines.line(&sarif(&found).to_string()),
    }
    if found.is_empty() { Status::Done } else { Status::Wrong }
}

/// Lists the problems of a preset file and of the files that it names, in the order of their lines.
fn problems(file: &Path) -> Vec<Located> {
    let name = file.display().to_string();
    let mut problems = match PresetSource::read(file) {
        Ok(preset) => {
            let mut problems = preset.problems().to_vec();
            problems.extend(preset.file_problems());
            problems
        }
        Err(error) => vec![Problem {
            line: 1,
            column: 1,
            length: None,
            message: error.fault.to_string(),
            generator: None,
        }],
    };
    problems.sort();
    problems.into_iter().map(|problem| Located { file: name.clone(), problem }).collect()
}

/// Writes a problem as GitHub's workflows read it from a log.
fn annotation(Located { file, problem }: &Located) -> String {
    let value = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let file = value(file).replace(':', "%3A").replace(',', "%2C");
    let end = problem.length.map_or_else(String::new, |length| {
        format!(",endColumn={}", problem.column.saturating_add(length))
    });
    let Problem { line, column, message, .. } = problem;
    let text = format!("::error file={file},line={line},col={column}{end}::{}", value(message));
    terminal::plain(&text)
}

/// Writes problems as a log of SARIF 2.1.0.
fn sarif(found: &[Located]) -> Value {
    let result = |Located { file, problem }: &Located| {
        let mut region = json!({ "startLine": problem.line, "startColumn": problem.column });
        if let Some(length) = problem.length {
            region["endColumn"] = problem.column.saturating_add(length).into();
        }
        let uri = utf8_percent_encode(file, IN_URIS).to_string();
        json!({
            "ruleId": "preset",
            "level": "error",
            "message": { "text": problem.message },
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
