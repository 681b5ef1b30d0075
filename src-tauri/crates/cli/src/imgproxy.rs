//! What commands are told about imgproxy's URLs: keys and salts by the environment, presets by a
//! file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use cropmark_exchange::{
    MAX_BYTES,
    imgproxy::{PresetFile, SIGNATURE_BYTES, SigningKeys},
};
use cropmark_serve::ImgproxySettings;

use crate::{environment::variable, status::Failure, terminal, text_file};

const KEY: &str = "CROPMARK_IMGPROXY_KEY";
const SALT: &str = "CROPMARK_IMGPROXY_SALT";
const SIZE: &str = "CROPMARK_IMGPROXY_SIGNATURE_SIZE";

/// How imgproxy's URLs are answered.
#[derive(Debug, Args)]
pub(crate) struct ImgproxyArguments {
    /// Answer imgproxy's URLs too
    ///
    /// Sources are pictures below DIR: `local:///PATH`, plain or in base64. An option that has no
    /// counterpart is refused by name. With keys and salts, which are taken from
    /// `CROPMARK_IMGPROXY_KEY` and `CROPMARK_IMGPROXY_SALT`, an imgproxy URL must be signed. Signed URLs
    /// need no token.
    #[arg(long = "imgproxy", id = "imgproxy")]
    is_on: bool,

    /// The presets that imgproxy's URLs may name: NAME=OPTION:ARGUMENT/…, one a line. "default" is
    /// applied to each URL. Read once, at the start
    #[arg(
        long = "imgproxy-presets",
        id = "imgproxy_presets",
        value_name = "FILE",
        requires = "imgproxy"
    )]
    presets: Option<PathBuf>,

    /// Take presets only from imgproxy's URLs, no options
    #[arg(long = "imgproxy-presets-only", requires = "imgproxy_presets")]
    presets_only: bool,
}

impl ImgproxyArguments {
    /// Reads keys and presets; `None` where imgproxy's URLs are not answered.
    pub(crate) fn settings(&self) -> Result<Option<ImgproxySettings>, Failure> {
        if !self.is_on {
            return Ok(None);
        }
        let (presets, presets_modified) = match &self.presets {
            None => (PresetFile::default(), None),
            Some(path) => {
                // Its time first: a write in between only makes the answers younger.
                let modified = fs::metadata(path).and_then(|facts| facts.modified()).ok();
                (presets(path)?, modified)
            }
        };
        let presets_only = self.presets_only;
        Ok(Some(ImgproxySettings { keys: keys()?, presets, presets_modified, presets_only }))
    }
}

fn presets(path: &Path) -> Result<PresetFile, Failure> {
    let name = path.display().to_string();
    let bytes = text_file::read(path, MAX_BYTES)?;
    let read = PresetFile::read(&bytes);
    let (presets, notes) = read.map_err(|error| Failure::Usage(format!("{name}: {error}")))?;
    for note in notes {
        terminal::complain(&note.located(&name));
    }
    Ok(presets)
}

/// Reads keys and salts from the environment; `None` where there are none.
pub(crate) fn keys() -> Result<Option<SigningKeys>, Failure> {
    let (key, salt) = (variable(KEY)?, variable(SALT)?);
    let (key, salt) = match (key, salt) {
        (None, None) => return Ok(None),
        (Some(key), Some(salt)) => (key, salt),
        (Some(_), None) => return Err(Failure::Usage(format!("{KEY} is set without {SALT}"))),
        (None, Some(_)) => return Err(Failure::Usage(format!("{SALT} is set without {KEY}"))),
    };
    let size = variable(SIZE)?.map_or(Ok(SIGNATURE_BYTES), |size| size.parse());
    let size = size.map_err(|_| {
        Failure::Usage(format!("{SIZE} is no number; it is from 1 to {SIGNATURE_BYTES} bytes"))
    })?;
    let keys = SigningKeys::from_hex(&key, &salt, size);
    keys.map(Some).map_err(|error| Failure::Usage(format!("{KEY} and {SALT}: {error}")))
}

/// The reason why there is nothing to sign with.
pub(crate) fn no_keys() -> Failure {
    let message = format!("there is no key: set {KEY} and {SALT}, in hexadecimal digits");
    Failure::Usage(message)
}
