//! Values for generators' own parameters, from outside the preset: given for all assets, or a
//! table with a row an asset.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use cropmark_rules::parameters::GivenValues;
use serde::{Deserialize, Serialize};

/// The column that names the asset.
const ASSET: &str = "asset";

/// The most bytes of a table.
const MOST_BYTES: u64 = 64 << 20;

/// The most rows of a table: 200,000 rows of one parameter take 0.1 GB.
const MOST_ROWS: usize = 200_000;

/// The most values of a table, its rows times its parameters.
const MOST_VALUES: usize = 1_000_000;

/// The most names that a message lists.
const MOST_LISTED: usize = 40;

/// Why values cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ParameterError {
    /// No generator that is rendered has such a parameter.
    #[error("no generator has a parameter {name:?}; {hint}")]
    Unknown {
        /// The name.
        name: String,
        /// The nearest right name, or all of them.
        hint: String,
    },
    /// A table cannot be used.
    #[error("{}:{line}: {message}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong, and what would be right.
        message: String,
    },
}

/// The values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Parameters {
    all: BTreeMap<String, String>,
    rows: BTreeMap<String, BTreeMap<String, String>>,
}

impl Parameters {
    /// Values for every asset. `known` are the names that generators declare.
    ///
    /// # Errors
    /// Where a name is not known.
    pub fn for_all(
        values: BTreeMap<String, String>,
        known: &BTreeSet<String>,
    ) -> Result<Self, ParameterError> {
        for name in values.keys() {
            check(name, known)?;
        }
        Ok(Self { all: values, rows: BTreeMap::new() })
    }

    /// The values that hold for every asset.
    #[must_use]
    pub fn for_every_asset(&self) -> &BTreeMap<String, String> {
        &self.all
    }

    /// Adds a table (CSV, UTF-8): a header line, then a row an asset. The column `asset` has
    /// the asset's path below the folder that is rendered, or its file name.
    ///
    /// # Errors
    /// With file and line: where it is no such table, a column is no known parameter, or an
    /// asset has two rows.
    pub fn add_table(
        &mut self,
        path: &Path,
        known: &BTreeSet<String>,
    ) -> Result<(), ParameterError> {
        let fault = |line, message| ParameterError::Table { path: path.to_owned(), line, message };
        let text = content(path).map_err(|error| fault(1, explain(error.into())))?;
        if text.len() as u64 > MOST_BYTES {
            let most = MOST_BYTES >> 20;
            return Err(fault(1, format!("the table is larger than {most} MiB; split it")));
        }
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(text.as_slice());
        let header = reader.headers().map_err(|error| fault(1, explain(error)))?.clone();
        // Spreadsheets like to begin with a mark that nobody sees.
        let columns: Vec<&str> =
            header.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
        let Some(asset_column) = columns.iter().position(|name| *name == ASSET) else {
            let message = format!(
                "there is no column {ASSET:?}; the first line names the columns: {ASSET}, then \
                 the parameters"
            );
            return Err(fault(1, message));
        };
        let most_rows = MOST_ROWS.min(MOST_VALUES / columns.len());
        let mut rows = 0;
        let mut seen = BTreeSet::new();
        for name in &columns {
            if !seen.insert(name) {
                return Err(fault(1, format!("the column {name:?} is there twice")));
            }
            if *name != ASSET {
                check(name, known).map_err(|error| fault(1, error.to_string()))?;
            }
        }
        for record in reader.records() {
            let record = record.map_err(|error| {
                let line = error.position().map_or(1, csv::Position::line);
                fault(line, explain(error))
            })?;
            let line = record.position().map_or(1, csv::Position::line);
            rows += 1;
            if rows > most_rows {
                let message = format!(
                    "the table has more than {most_rows} rows, the most with {} columns; split it",
                    columns.len()
                );
                return Err(fault(line, message));
            }
            let asset = record.get(asset_column).unwrap_or_default().trim();
            if asset.is_empty() {
                return Err(fault(line, format!("the column {ASSET:?} is empty; name the asset")));
            }
            let values = columns.iter().zip(&record).filter(|(name, _)| **name != ASSET);
            let values = values.map(|(name, value)| ((*name).to_owned(), value.to_owned()));
            let asset = asset.strip_prefix("./").unwrap_or(asset).to_owned();
            if self.rows.contains_key(&asset) {
                return Err(fault(line, format!("{asset:?} has a second row; keep one of them")));
            }
            self.rows.insert(asset, values.collect());
        }
        Ok(())
    }

    /// The values for an asset, by its relative path with forward slashes.
    #[must_use]
    pub fn of(&self, asset: &str) -> GivenValues {
        let name = asset.rsplit('/').next().unwrap_or(asset);
        let row = self.rows.get(asset).or_else(|| self.rows.get(name));
        GivenValues { row: row.cloned().unwrap_or_default(), all: self.all.clone() }
    }
}

fn check(name: &str, known: &BTreeSet<String>) -> Result<(), ParameterError> {
    if known.contains(name) {
        return Ok(());
    }
    let near = cropmark_rules::preset::nearest(name, known.iter().map(String::as_str));
    let hint = match near {
        Some(near) => format!("did you mean {near:?}?"),
        None if known.is_empty() => "none of them has parameters".to_owned(),
        None => {
            let more = known.len().saturating_sub(MOST_LISTED);
            let more = (more > 0).then(|| format!("{more} more"));
            let listed = known.iter().take(MOST_LISTED).cloned().chain(more);
            format!("known are {}", listed.collect::<Vec<_>>().join(", "))
        }
    };
    Err(ParameterError::Unknown { name: name.to_owned(), hint })
}

/// What is in a table, which may be a pipe: one byte more than may be, at most.
fn content(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut content)?;
    Ok(content)
}

/// The sentence for what the table reader found; it names lines itself only here and there.
fn explain(error: csv::Error) -> String {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::NotFound => {
            "there is no such file; check the name".to_owned()
        }
        csv::ErrorKind::Io(error) => format!("it cannot be read ({error})"),
        csv::ErrorKind::Utf8 { .. } => {
            "this is not UTF-8 text; save the table with the encoding UTF-8".to_owned()
        }
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("the row has {len} fields, the first line has {expected_len}")
        }
        _ => "this is no table of comma-separated values".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn known() -> BTreeSet<String> {
        ["title", "place"].map(str::to_owned).into()
    }

    fn table(text: &str) -> Result<Parameters, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        fs::write(&path, text).unwrap();
        let mut parameters = Parameters::default();
        let added = parameters.add_table(&path, &known());
        added.map(|()| parameters).map_err(|error| {
            let text = error.to_string();
            text.strip_prefix(&*folder.path().to_string_lossy()).unwrap_or(&text).to_owned()
        })
    }

    #[test]
    fn a_row_is_found_by_path_first_and_by_name_else() {
        let text = "\u{feff}asset, title,place\na.jpg,Name,\"x, y\"\nb/a.jpg,Path,z\n";
        let parameters = table(text).unwrap();
        assert_eq!(parameters.of("b/a.jpg").row["title"], "Path");
        assert_eq!(parameters.of("c/a.jpg").row["title"], "Name");
        assert_eq!(parameters.of("a.jpg").row["place"], "x, y");
        assert!(parameters.of("d.jpg").row.is_empty());
    }

    #[test]
    fn faults_have_their_line() {
        let cases = [
            (
                "asset,titel\n",
                "/t.csv:1: no generator has a parameter \"titel\"; did you mean \"title\"?",
            ),
            ("title\nx\n", "/t.csv:1: there is no column \"asset\""),
            ("asset,title,title\n", "/t.csv:1: the column \"title\" is there twice"),
            ("asset,title\na,b\nc\n", "/t.csv:3: the row has 1 fields, the first line has 2"),
            ("asset,title\na,b\na,c\n", "/t.csv:3: \"a\" has a second row"),
            ("asset,title\n,b\n", "/t.csv:2: the column \"asset\" is empty"),
        ];
        for (text, expected) in cases {
            let error = table(text).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn a_table_with_too_many_rows_is_refused_before_they_are_kept() {
        let rows = |header: &str, number: usize| -> Result<Parameters, String> {
            let commas = ",".repeat(header.matches(',').count());
            let rows = (0..number).map(|row| format!("\n{row}.jpg{commas}"));
            table(&rows.fold(header.to_owned(), |text, row| text + &row))
        };
        let error = rows("asset,title", MOST_ROWS + 1).unwrap_err();
        assert_eq!(
            error,
            "/t.csv:200002: the table has more than 200000 rows, the most with 2 columns; split it"
        );
        assert!(rows("asset,title", 1000).is_ok());
        let wide: BTreeSet<String> = (0..4999).map(|name| format!("p{name}")).collect();
        let header = wide.iter().fold("asset".to_owned(), |text, name| text + "," + name);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        let commas = ",".repeat(wide.len());
        let text = (0..201).fold(header, |text, row| format!("{text}\n{row}{commas}"));
        fs::write(&path, text).unwrap();
        let error = Parameters::default().add_table(&path, &wide).unwrap_err().to_string();
        assert!(
            error.ends_with(
                "t.csv:202: the table has more than 200 rows, the most with 5000 columns; split it"
            ),
            "{error}"
        );
    }

    #[test]
    fn a_table_without_an_end_is_refused() {
        let mut parameters = Parameters::default();
        let error = parameters.add_table(Path::new("/dev/zero"), &known()).unwrap_err();
        assert!(error.to_string().ends_with("larger than 64 MiB; split it"), "{error}");
    }

    #[test]
    fn values_for_all_must_be_known() {
        let values = |name: &str| BTreeMap::from([(name.to_owned(), "x".to_owned())]);
        let parameters = Parameters::for_all(values("title"), &known()).unwrap();
        assert_eq!(parameters.of("a").all["title"], "x");
        assert!(Parameters::for_all(values("other"), &known()).is_err());
    }
}
