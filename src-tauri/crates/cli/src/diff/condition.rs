//! The conditions of `--fail-if`: `bytes > +5%`, `score < 70`.

use std::str::FromStr;

use super::{
    phrases,
    report::{GeneratorReport, Report},
    row::Row,
};

/// What a condition is about.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Subject {
    /// A file's bytes after the change.
    Bytes,
    /// By how many bytes all files of a generator that differ become larger together.
    MoreBytes,
    /// The same in percent.
    MorePercent,
    /// A file's score after the change.
    Score,
    /// By how much a file's score becomes higher.
    MoreScore,
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    text: String,
    subject: Subject,
    is_above: bool,
    includes: bool,
    limit: f64,
}

/// A condition, and what meets it so far.
#[derive(Debug)]
pub(super) struct Watched {
    condition: Condition,
    met: u64,
    /// The value that is farthest from the limit, and whose it is.
    worst: Option<(f64, String)>,
}

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |reason: &str| {
            format!(
                "{reason}; write such as 'bytes > +5%', 'bytes > 300kB', 'score < 70' or 'score < -2'"
            )
        };
        let place = text.find(['<', '>']).ok_or_else(|| wrong("there is no < or >"))?;
        let (name, rest) = (text[..place].trim(), &text[place..]);
        let is_above = rest.starts_with('>');
        let (includes, rest) = match rest[1..].strip_prefix('=') {
            Some(rest) => (true, rest.trim()),
            None => (false, rest[1..].trim()),
        };
        let is_change = rest.starts_with(['+', '-']);
        let digits =
            rest.trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || letter == '%');
        let unit = &rest[digits.len()..];
        let number: f64 = digits.trim().parse().map_err(|_| wrong("this is no number"))?;
        let (subject, factor) = match (name, unit) {
            ("bytes", "%") => (Subject::MorePercent, 1.0),
            ("bytes", unit) => {
                let factor = match unit {
                    "" | "B" => 1.0,
                    "kB" | "KB" => 1e3,
                    "MB" => 1e6,
                    "GB" => 1e9,
                    _ => return Err(wrong("the unit is none of B, kB, MB, GB and %")),
                };
                (if is_change { Subject::MoreBytes } else { Subject::Bytes }, factor)
            }
            ("score", "") => (if is_change { Subject::MoreScore } else { Subject::Score }, 1.0),
            ("score", _) => return Err(wrong("a score has no unit")),
            _ => return Err(wrong("a condition is about bytes or score")),
        };
        if !number.is_finite() {
            return Err(wrong("this is no number"));
        }
        let text = text.trim().to_owned();
        Ok(Self { text, subject, is_above, includes, limit: number * factor })
    }
}

impl Condition {
    fn is_met_by(&self, value: f64) -> bool {
        let over = if self.is_above { value - self.limit } else { self.limit - value };
        over > 0.0 || (self.includes && over >= 0.0)
    }

    #[expect(clippy::cast_precision_loss, reason = "compared with a limit of a few digits")]
    fn of_row(&self, row: &Row) -> Option<f64> {
        match self.subject {
            Subject::Bytes => row.after.map(|after| after.bytes as f64),
            Subject::Score => row.after?.score,
            Subject::MoreScore => {
                let change = row.after?.score? - row.before?.score?;
                // Scores have one decimal, their difference has too.
                Some((change * 10.0).round() / 10.0)
            }
            Subject::MoreBytes | Subject::MorePercent => None,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "compared with a limit of a few digits")]
    fn of_generator(&self, generator: &GeneratorReport) -> Option<f64> {
        let (before, after) = (generator.before.bytes as f64, generator.after.bytes as f64);
        match self.subject {
            Subject::MoreBytes if generator.variants.all() > 0 => Some(after - before),
            Subject::MorePercent if before > 0.0 => Some((after - before) / before * 100.0),
            _ => None,
        }
    }

    fn shown(&self, value: f64) -> String {
        match self.subject {
            Subject::Bytes => phrases::size(value),
            Subject::MoreBytes if value < 0.0 => format!("−{}", phrases::size(-value)),
            Subject::MoreBytes => format!("+{}", phrases::size(value)),
            Subject::MorePercent => phrases::signed(value, " %"),
            Subject::Score => format!("{value:.1}"),
            Subject::MoreScore => phrases::signed(value, ""),
        }
    }
}

impl Watched {
    pub(super) fn new(condition: Condition) -> Self {
        Self { condition, met: 0, worst: None }
    }

    /// Counts a row in.
    pub(super) fn row(&mut self, row: &Row) {
        if let Some(value) = self.condition.of_row(row) {
            self.value(value, || format!("{} ({} {})", row.source, row.generator, row.label()));
        }
    }

    fn value(&mut self, value: f64, whose: impl Fn() -> String) {
        if !self.condition.is_met_by(value) {
            return;
        }
        self.met += 1;
        let is_worse =
            |other: f64| if self.condition.is_above { value > other } else { value < other };
        if self.worst.as_ref().is_none_or(|(other, _)| is_worse(*other)) {
            self.worst = Some((value, whose()));
        }
    }

    /// Says what meets the condition; `None`: nothing does.
    pub(super) fn end(mut self, report: &Report) -> Option<String> {
        for generator in &report.generators {
            if let Some(value) = self.condition.of_generator(generator) {
                self.value(value, || generator.name.clone());
            }
        }
        let (value, whose) = self.worst?;
        let Condition { text, .. } = &self.condition;
        let shown = self.condition.shown(value);
        Some(match self.met {
            1 => format!("{text}: {whose}, {shown}"),
            met => format!("{text}: {met} are, farthest {whose} with {shown}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Subject, f64) {
        let condition: Condition = text.parse().unwrap();
        (condition.subject, condition.limit)
    }

    #[test]
    fn conditions_are_read() {
        assert_eq!(read("bytes > +5%"), (Subject::MorePercent, 5.0));
        assert_eq!(read("bytes>5%"), (Subject::MorePercent, 5.0));
        assert_eq!(read("bytes < -2.5%"), (Subject::MorePercent, -2.5));
        assert_eq!(read("bytes > 300kB"), (Subject::Bytes, 300_000.0));
        assert_eq!(read("bytes > +1 MB"), (Subject::MoreBytes, 1e6));
        assert_eq!(read(" score < 70 "), (Subject::Score, 70.0));
        assert_eq!(read("score < -2"), (Subject::MoreScore, -2.0));
        for text in [
            "",
            "bytes",
            "bytes > ",
            "bytes > x",
            "score < 7%",
            "bytes = 5",
            "size > 5",
            "bytes > 5 parsecs",
            "score < inf",
            "score < NaN",
            "score < 1e999",
        ] {
            assert!(text.parse::<Condition>().unwrap_err().contains("write such as"), "{text}");
        }
    }

    #[test]
    fn a_limit_itself_is_met_only_where_it_is_included() {
        let met = |text: &str, value| text.parse::<Condition>().unwrap().is_met_by(value);
        assert!(met("score < 70", 69.9) && !met("score < 70", 70.0) && met("score <= 70", 70.0));
        assert!(met("bytes > 5", 6.0) && !met("bytes > 5", 5.0) && met("bytes >= 5", 5.0));
    }

    #[test]
    fn the_worst_is_named() {
        let mut watched = Watched::new("score < 70".parse().unwrap());
        watched.value(80.0, || unreachable!());
        watched.value(69.0, || "a".to_owned());
        watched.value(60.0, || "b".to_owned());
        watched.value(65.0, || "c".to_owned());
        assert_eq!((watched.met, watched.worst), (3, Some((60.0, "b".to_owned()))));
    }
}
