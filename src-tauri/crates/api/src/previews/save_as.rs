//! Saves a variant under a name that the user chooses.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use cropmark_rules::Format;
use cropmark_store::atomic::{Conflict, Originals, Outcome, TemporaryFile, WriteError};

use super::{Previews, drag_out::name};
use crate::{ApiError, context::blocking, model::PreviewArguments};

impl Previews {
    /// The name that a variant's file gets if the user chooses no other. The variant is rendered, because
    /// its format may depend on the result.
    pub(crate) async fn file_name(&self, arguments: PreviewArguments) -> Result<String, ApiError> {
        let (resolved, finished) = self.finished(&arguments).await?;
        Ok(name(&resolved, finished.rendered.format))
    }

    /// Writes a variant to a file that the user has chosen, and returns its path.
    ///
    /// The dialog has asked whether a file of this name is to be replaced. Files of the opened folder
    /// are not: they could be originals.
    ///
    /// # Errors
    /// `invalid` where the name is that of another format or of a file of the opened folder; else why the
    /// variant cannot be rendered or written.
    pub(crate) async fn save_as(
        &self,
        arguments: PreviewArguments,
        to: PathBuf,
    ) -> Result<PathBuf, ApiError> {
        let (_, finished) = self.finished(&arguments).await?;
        let inner = Arc::clone(&self.inner);
        blocking(move || {
            let format = finished.rendered.format;
            let (path, is_chosen) = with_extension(&to, format)?;
            let is_inside = path
                .parent()
                .and_then(|folder| folder.canonicalize().ok())
                .is_some_and(|folder| folder.starts_with(inner.context.root()));
            let conflict =
                if is_chosen && !is_inside { Conflict::Overwrite } else { Conflict::Skip };
            match write(&path, &finished.bytes, conflict) {
                Ok(Outcome::Skipped) => Err(taken(&path, is_inside)),
                Ok(_) => Ok(path),
                Err(error) => Err(error.fault().into()),
            }
        })
        .await?
    }
}

/// Adds the format's extension to a name that has none. Whether the name is as the user chose it.
fn with_extension(path: &Path, format: Format) -> Result<(PathBuf, bool), ApiError> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let named = |name: &str| Format::with_extension(name).or_else(|| Format::named(name));
    match extension.as_deref().and_then(named) {
        Some(named) if named == format => Ok((path.to_owned(), true)),
        Some(_) => {
            let (name, extension) = (file_name(path), format.extension());
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            Err(ApiError::invalid(format!(
                "{name} can’t be written: this variant is {}. Name it {stem}.{extension}.",
                format.facts().label
            )))
        }
        None => {
            let mut name = path.file_name().unwrap_or_default().to_owned();
            name.push(".");
            name.push(format.extension());
            Ok((path.with_file_name(name), false))
        }
    }
}

fn taken(path: &Path, is_inside: bool) -> ApiError {
    let name = file_name(path);
    ApiError::invalid(if is_inside {
        format!(
            "{name} exists, and files of the open folder are never replaced. Choose another name."
        )
    } else {
        format!("There is a file {name} already. Choose another name.")
    })
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn write(path: &Path, bytes: &[u8], conflict: Conflict) -> Result<Outcome, WriteError> {
    let temporary = TemporaryFile::beside(path)?;
    let written = temporary.file().as_ref().write_all(bytes);
    written.map_err(|error| WriteError::at(path, error))?;
    Ok(temporary.commit(conflict, &Originals::new())?.outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gets_the_formats_extension_and_never_a_wrong_one() {
        let named = |path: &str, format| with_extension(Path::new(path), format);
        for (path, expected, is_chosen) in [
            ("/a/b.jpg", "/a/b.jpg", true),
            ("/a/b.JPEG", "/a/b.JPEG", true),
            ("/a/b", "/a/b.jpg", false),
            ("/a/b.v2", "/a/b.v2.jpg", false),
        ] {
            assert_eq!(named(path, Format::Jpeg).unwrap(), (expected.into(), is_chosen), "{path}");
        }
        let error = named("/a/b.png", Format::Webp).unwrap_err();
        assert_eq!(error.code, "invalid");
        assert!(error.message.ends_with("this variant is WebP. Name it b.webp."), "{error}");
    }
}
