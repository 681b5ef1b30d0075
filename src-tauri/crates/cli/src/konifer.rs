//! What commands are told about Konifer's URLs: the secret by the environment, variant profiles by a
//! file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use cropmark_exchange::{
    MAX_BYTES,
    konifer::{Algorithm, ProfileFile, SigningKey},
};
use cropmark_serve::KoniferSettings;

use crate::{environment::variable, status::Failure, terminal, text_file};

const SECRET: &str = "CROPMARK_KONIFER_SECRET";
const ALGORITHM: &str = "CROPMARK_KONIFER_ALGORITHM";

/// How Konifer's URLs are answered.
#[derive(Debug, Args)]
pub(crate) struct KoniferArguments {
    /// Answer Konifer's URLs too
    ///
    /// Assets are pictures below DIR: `/assets/PATH/-/content?w=300`; also `download`, `redirect` and
    /// `link`, which is the default. A parameter that has no counterpart is refused by name. With a
    /// secret, which is taken from `CROPMARK_KONIFER_SECRET`, a Konifer URL must be signed. Signed URLs
    /// need no token.
    #[arg(long = "konifer", id = "konifer")]
    is_on: bool,

    /// The configuration whose variant profiles Konifer's URLs may name. Read once, at the start
    #[arg(long = "konifer-profiles", value_name = "FILE", requires = "konifer")]
    profiles: Option<PathBuf>,

    /// What Konifer's links and redirects begin with, such as `https://img.example.com`; left out:
    /// http:// and the host that the request was sent to
    #[arg(long = "konifer-url", value_name = "URL", requires = "konifer", value_parser = public_url)]
    public_url: Option<String>,
}

impl KoniferArguments {
    /// Reads secret and profiles; `None` where Konifer's URLs are not answered.
    pub(crate) fn settings(&self) -> Result<Option<KoniferSettings>, Failure> {
        if !self.is_on {
            return Ok(None);
        }
        let (profiles, profiles_modified) = match &self.profiles {
            None => (ProfileFile::default(), None),
            Some(path) => {
                // Its time first: a write in between only makes the answers younger.
                let modified = fs::metadata(path).and_then(|facts| facts.modified()).ok();
                (profiles(path)?, modified)
            }
        };
        let (key, public_url) = (key()?, self.public_url.clone());
        Ok(Some(KoniferSettings { key, profiles, profiles_modified, public_url }))
    }
}

fn public_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_plain = |rest: &str| {
        !rest.is_empty()
            && rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\"<>\\".contains(&byte))
    };
    match rest {
        Some(rest) if is_plain(rest) => Ok(text.trim_end_matches('/').to_owned()),
        _ => Err("write it as https://HOST, with a path if there is one".to_owned()),
    }
}

fn profiles(path: &Path) -> Result<ProfileFile, Failure> {
    let name = path.display().to_string();
    let bytes = text_file::read(path, MAX_BYTES)?;
    let read = ProfileFile::read(&bytes);
    let (profiles, notes) = read.map_err(|error| Failure::Usage(format!("{name}: {error}")))?;
    for note in notes {
        terminal::complain(&note.located(&name));
    }
    Ok(profiles)
}

/// Reads the secret and the algorithm from the environment; `None` where there is no secret.
pub(crate) fn key() -> Result<Option<SigningKey>, Failure> {
    let algorithm = variable(ALGORITHM)?.map(|name| name.parse::<Algorithm>()).transpose();
    let algorithm = algorithm.map_err(|reason| Failure::Usage(format!("{ALGORITHM}: {reason}")))?;
    let Some(secret) = variable(SECRET)? else { return Ok(None) };
    let key = SigningKey::new(&secret, algorithm.unwrap_or_default());
    key.map(Some)
        .ok_or_else(|| Failure::Usage(format!("{SECRET} is empty; unset it, or give it a value")))
}

/// The reason why there is nothing to sign with.
pub(crate) fn no_secret() -> Failure {
    Failure::Usage(format!("there is no secret: set {SECRET}"))
}
