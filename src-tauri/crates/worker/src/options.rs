//! Reads the worker's command line, which the engine writes.

/// Whether the worker goes on without parts of the sandbox.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum Sandbox {
    /// None at all: for debugging a worker by hand.
    Off,
    /// What the system offers.
    #[default]
    BestEffort,
    /// All of it, or no work.
    Required,
}

/// The command line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// The descriptor of the socket to the engine.
    pub(crate) channel: Option<i32>,
    /// Added to the process's niceness.
    pub(crate) nice: i32,
    /// Whether parts of the sandbox may be missing.
    pub(crate) sandbox: Sandbox,
    /// The most memory that the worker may take, in bytes.
    pub(crate) memory_bytes: Option<u64>,
    /// Try the sandbox, say what it refused, and end.
    pub(crate) probe: bool,
    /// Measure how long each step of a variant takes.
    pub(crate) measures: bool,
}

/// A command line that is not the engine's.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the worker is started by Cropmark, not by hand: {0}")]
pub(crate) struct UsageError(String);

/// Reads the arguments after the program's name.
pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, UsageError> {
    let mut options = Options::default();
    while let Some(name) = arguments.next() {
        match name.as_str() {
            "--probe" => {
                options.probe = true;
                continue;
            }
            "--measure" => {
                options.measures = true;
                continue;
            }
            _ => {}
        }
        let value = arguments.next().unwrap_or_default();
        let wrong = || UsageError(format!("{name} {value}"));
        match name.as_str() {
            "--channel" => options.channel = Some(value.parse().map_err(|_| wrong())?),
            "--nice" => options.nice = value.parse().map_err(|_| wrong())?,
            "--memory" => options.memory_bytes = Some(value.parse().map_err(|_| wrong())?),
            "--sandbox" => {
                options.sandbox = match value.as_str() {
                    "off" => Sandbox::Off,
                    "best-effort" => Sandbox::BestEffort,
                    "required" => Sandbox::Required,
                    _ => return Err(wrong()),
                };
            }
            _ => return Err(wrong()),
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options, UsageError> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn the_engines_line_is_understood_and_others_are_not() {
        let options = parsed("--channel 3 --sandbox required --nice 10 --memory 1024").unwrap();
        let expected = Options {
            channel: Some(3),
            nice: 10,
            sandbox: Sandbox::Required,
            memory_bytes: Some(1024),
            probe: false,
            measures: false,
        };
        assert_eq!(options, expected);
        assert!(parsed("--probe --sandbox off").unwrap().probe);
        assert!(parsed("--measure --nice 3").unwrap().measures);
        for line in ["picture.jpg", "--channel", "--channel x", "--sandbox maybe"] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }
}
