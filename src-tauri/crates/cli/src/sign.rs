//! `cropmark sign`: signs the paths of URLs, without a server.

use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use cropmark_exchange::{
    imgproxy::{SignedPath, SigningKeys, UNSIGNED, UrlRequest},
    konifer::{AssetUrl, SigningKey},
};

use crate::{
    imgproxy, konifer,
    status::{Failure, Status},
    terminal::{self, Lines},
    text_file,
};

/// The most bytes of a list of paths.
const MOST_LIST_BYTES: usize = 64 << 20;

/// Signs the paths of URLs.
#[derive(Debug, Args)]
#[command(after_long_help = DETAILS)]
pub(crate) struct SignArguments {
    /// Whose URLs they are
    #[arg(value_name = "SYSTEM", value_enum)]
    system: SigningSystem,

    /// Of imgproxy, the part of each URL that follows the signature, with its leading slash; a leading
    /// /insecure, /unsafe or /_ is replaced by the signature. Of Konifer, path and query
    #[arg(value_name = "PATH", required_unless_present = "from", conflicts_with = "from")]
    paths: Vec<String>,

    /// A file of paths, one a line; "-" is standard input
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

const DETAILS: &str = "\
Prints one signed path a line, in the order of the paths; nothing where one of them is wrong.

Key and salt are taken from CROPMARK_IMGPROXY_KEY and CROPMARK_IMGPROXY_SALT, in hexadecimal
digits; of several, which commas divide, the first pair signs. CROPMARK_IMGPROXY_SIGNATURE_SIZE is
how many bytes of a signature are written, 32 where it is not set.

Konifer's secret is CROPMARK_KONIFER_SECRET, and CROPMARK_KONIFER_ALGORITHM one of hmac_sha256 (the
default), hmac_sha384 and hmac_sha512. Magnolia's URLs have no signatures.

  cropmark sign imgproxy /rs:fit:300:300/plain/local:///photos/dusk.jpg@webp
  cropmark sign konifer '/assets/photos/dusk.jpg/-/content?w=300'";

/// A system whose URLs are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SigningSystem {
    /// imgproxy: HMAC-SHA256 with a key and a salt
    Imgproxy,
    /// Konifer: HMAC of path and query with a secret
    Konifer,
}

/// What signs the paths of a system.
enum Signer {
    Imgproxy(SigningKeys),
    Konifer(SigningKey),
}

impl Signer {
    fn of(system: SigningSystem) -> Result<Self, Failure> {
        match system {
            SigningSystem::Imgproxy => {
                imgproxy::keys()?.map(Self::Imgproxy).ok_or_else(imgproxy::no_keys)
            }
            SigningSystem::Konifer => {
                konifer::key()?.map(Self::Konifer).ok_or_else(konifer::no_secret)
            }
        }
    }

    fn sign(&self, path: &str) -> Result<String, String> {
        match self {
            Self::Imgproxy(keys) => signed(keys, path),
            Self::Konifer(key) => signed_asset(key, path),
        }
    }
}

pub(crate) fn run(arguments: &SignArguments) -> Result<Status, Failure> {
    let signer = Signer::of(arguments.system)?;
    let listed = match &arguments.from {
        Some(list) => read(list)?,
        None => String::new(),
    };
    let from = arguments.from.as_ref().map(|list| list.display().to_string());
    let listed = listed.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let listed = listed.map(|(index, line)| (line.trim(), Some(index + 1)));
    let given = arguments.paths.iter().map(|path| (path.as_str(), None));
    let paths = given.chain(listed).map(|(path, line)| {
        signer.sign(path).map_err(|reason| {
            let place = from.as_ref().zip(line).map(|(from, line)| format!("{from}:{line}: "));
            let (place, path) = (place.unwrap_or_default(), terminal::plain(path));
            Failure::Usage(format!("{place}{path}: {reason}"))
        })
    });
    let paths: Vec<String> = paths.collect::<Result<_, _>>()?;
    let mut lines = Lines::new();
    for line in &paths {
        lines.line(line);
    }
    Ok(Status::Done)
}

/// Puts a signature before a path, or in the place of a word that says there is none.
fn signed(keys: &SigningKeys, path: &str) -> Result<String, String> {
    let unsigned = SignedPath::split(path).filter(|split| UNSIGNED.contains(&split.signature));
    let path = unsigned.map_or(path, |split| split.path);
    check(path, "?#\"<>\\^`{|}")?;
    // The first part may name presets.
    if let Err(error) = UrlRequest::read(path, false)
        && UrlRequest::read(path, true).is_err()
    {
        return Err(error.to_string());
    }
    Ok(format!("/{}{path}", keys.sign(path)))
}

/// Adds the signature to the path and the query of an asset's URL.
fn signed_asset(key: &SigningKey, url: &str) -> Result<String, String> {
    check(url, "#\"<>\\^`{|}")?;
    let (path, query) =
        url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
    AssetUrl::read(path, query).map_err(|error| error.to_string())?;
    key.sign(path, query).map_err(|error| error.to_string())
}

/// Refuses what is no path, and letters that clients would encode: what is signed would then differ.
fn check(path: &str, wrong: &str) -> Result<(), String> {
    if !path.starts_with('/') {
        return Err("a path begins with a slash; leave host and signature out".to_owned());
    }
    let is_wrong = |letter: &char| !letter.is_ascii_graphic() || wrong.contains(*letter);
    match path.chars().find(is_wrong) {
        Some(wrong) => {
            Err(format!("{wrong:?} has to be percent-encoded before the path is signed"))
        }
        None => Ok(()),
    }
}

fn read(list: &Path) -> Result<String, Failure> {
    let name = list.display();
    let bytes = if list == Path::new("-") {
        let mut bytes = Vec::new();
        let limit = MOST_LIST_BYTES as u64 + 1;
        let read = io::stdin().lock().take(limit).read_to_end(&mut bytes);
        read.map_err(|error| Failure::Usage(format!("standard input cannot be read: {error}")))?;
        bytes
    } else {
        text_file::read(list, MOST_LIST_BYTES)?
    };
    if bytes.len() > MOST_LIST_BYTES {
        let most = MOST_LIST_BYTES >> 20;
        return Err(Failure::Usage(format!("{name} has more than {most} MiB; divide it")));
    }
    String::from_utf8(bytes).map_err(|_| Failure::Usage(format!("{name} is not UTF-8 text")))
}

#[cfg(test)]
mod tests {
    use cropmark_exchange::konifer::Algorithm;

    use super::*;

    #[test]
    fn paths_are_signed_as_they_stand() {
        let keys = SigningKeys::from_hex("736563726574", "68656C6C6F", 32).unwrap();
        let path = "/rs:fill:300:400:0/g:sm/aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/\
                    anBn.png";
        let right = format!("/oKfUtW34Dvo2BGQehJFR4Nr0_rIjOtdtzJ3QFsUcXH8{path}");
        assert_eq!(signed(&keys, path).as_ref(), Ok(&right));
        for word in UNSIGNED {
            assert_eq!(signed(&keys, &format!("/{word}{path}")).as_ref(), Ok(&right));
        }
        for path in
            ["/thumb/plain/local:///a.jpg", "/a:b/plain/x@webp", "/plain/local:///%C3%BC.jpg"]
        {
            assert!(signed(&keys, path).unwrap().ends_with(path), "{path}");
        }
        for (path, said) in [
            ("", "slash"),
            ("rs:fit:1:1/plain/a", "slash"),
            ("http://host/insecure/plain/a", "slash"),
            ("/plain/local:///ü.jpg", "'ü'"),
            ("/plain/a b", "' '"),
            ("/plain/a?b", "'?'"),
            ("/plain/", "no source"),
            ("/w:1/plain/a@b@c", "several extensions"),
        ] {
            let reason = signed(&keys, path).unwrap_err();
            assert!(reason.contains(said), "{path}: {reason}");
        }
    }

    #[test]
    fn assets_are_signed_with_their_query() {
        let key = SigningKey::new("secret", Algorithm::Sha256).unwrap();
        let signed = signed_asset(&key, "/assets/a.jpg/-/content?w=5&h=6").unwrap();
        let (path, query) = signed.split_once('?').unwrap();
        assert_eq!(path, "/assets/a.jpg/-/content");
        assert!(query.starts_with("w=5&h=6&s=") && key.verify(path, Some(query)), "{query}");
        for (url, said) in [
            ("assets/a.jpg", "slash"),
            ("/photos/a.jpg", "/assets/PATH"),
            ("/assets/a b.jpg", "' '"),
            ("/assets/a.jpg?pad-c=#fff", "'#'"),
            ("/assets/a.jpg?w=1&w=2", "twice"),
            ("/assets/a.jpg/-/zip", "selector"),
        ] {
            let reason = signed_asset(&key, url).unwrap_err();
            assert!(reason.contains(said), "{url}: {reason}");
        }
    }
}
