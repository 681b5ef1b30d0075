//! The times of a picture's variants as a page of HTML, which needs nothing but itself.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read as _, Write as _},
    path::Path,
};

use cropmark_store::atomic::{Conflict, Originals, TemporaryFile, WriteError};

use super::Profile;
use crate::{html_text::escaped, status::Failure};

/// How such a page begins.
const BEGINNING: &str = "<!doctype html><!-- cropmark profile -->";

const STYLE: &str = "body{font:14px/1.5 system-ui,sans-serif;margin:2em;color:#222;background:#fff}\
h2{font-size:1em;margin:1.5em 0 .3em}.bar{display:flex;height:2.2em;background:#eee}\
.bar div{overflow:hidden;white-space:nowrap;padding:.4em .2em;box-sizing:border-box;min-width:1px;\
color:#fff;border-right:1px solid #fff}";

/// Refuses to replace a file that holds anything else.
pub(super) fn check(path: &Path) -> Result<(), Failure> {
    let mut beginning = vec![0; BEGINNING.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut beginning));
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Ok(()) if beginning == BEGINNING.as_bytes() => Ok(()),
        _ => {
            let path = path.display();
            let reason = "it is there already and is no chart; choose another name";
            Err(Failure::Usage(format!("--html {path}: {reason}")))
        }
    }
}

/// Writes the page, whole or not at all.
pub(super) fn write(path: &Path, source: &str, profiles: &[Profile]) -> Result<(), Failure> {
    let failed = |error: WriteError| Failure::Usage(format!("--html: {error}"));
    let temporary = TemporaryFile::beside(path).map_err(failed)?;
    let written = temporary.file().as_ref().write_all(page(source, profiles).as_bytes());
    written.map_err(|error| failed(WriteError::at(path, error)))?;
    temporary.commit(Conflict::Overwrite, &Originals::new()).map(|_| ()).map_err(failed)
}

fn page(source: &str, profiles: &[Profile]) -> String {
    let longest = profiles.iter().map(|profile| profile.ms).fold(f64::MIN_POSITIVE, f64::max);
    let mut body = String::new();
    for profile in profiles.iter().filter(|profile| profile.error.is_none()) {
        let title = escaped(&profile.title());
        // Writing to a text cannot fail.
        let _ = write!(body, "<h2>{title}: {:.1} ms</h2>\n<div class=bar>", profile.ms);
        for (number, step) in profile.steps.iter().enumerate() {
            let share = step.milliseconds / longest * 100.0;
            let name = escaped(&step.name);
            let hue = number * 47 % 360;
            let _ = write!(
                body,
                "<div style=\"width:{share:.3}%;background:hsl({hue} 55% 42%)\" \
                 title=\"{name}: {:.1} ms\">{name}</div>",
                step.milliseconds
            );
        }
        body.push_str("</div>\n");
    }
    let source = escaped(source);
    format!(
        "{BEGINNING}\n<html lang=en><meta charset=utf-8>\
         <meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{source}</title><style>{STYLE}</style>\n<h1>{source}</h1>\n{body}</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use cropmark_rules::protocol::StepTime;

    use super::*;

    #[test]
    fn names_cannot_become_markup_and_widths_are_shares_of_the_longest() {
        let step = |name: &str, milliseconds| StepTime { name: name.to_owned(), milliseconds };
        let profile = |generator: &str, ms, steps| Profile {
            generator: generator.to_owned(),
            variation: None,
            format: Some("webp"),
            ms,
            steps,
            error: None,
        };
        let profiles = [
            profile("<b>", 100.0, vec![step("decode", 75.0), step("encode", 25.0)]),
            profile("small", 50.0, vec![step("decode", 50.0)]),
        ];
        let page = page("a\"<script>.jpg", &profiles);
        assert!(page.starts_with(BEGINNING) && !page.contains("<script>") && !page.contains("<b>"));
        assert_eq!(page.matches("width:75.000%").count(), 1, "{page}");
        assert_eq!(page.matches("width:50.000%").count(), 1, "{page}");
    }
}
