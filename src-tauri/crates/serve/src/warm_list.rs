//! Reads which URLs are to be warmed: a list of them, or the access log of a server.

use std::{
    collections::HashSet,
    io::{self, BufRead, Read as _},
};

use crate::address::MOST_BYTES;

/// The most bytes of a line. Longer ones are passed over.
const MOST_LINE_BYTES: u64 = 16 << 10;

/// The most URLs.
const MOST_URLS: usize = 1_000_000;

/// Addresses of the server that are no pictures.
const NO_PICTURES: [&str; 3] = ["/", "/health", "/metrics"];

/// The URLs to be warmed, each once, without their hosts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WarmList {
    pub(crate) urls: Vec<String>,
    /// How many lines are passed over: they name no picture, or were not answered with one.
    pub passed_over: u64,
}

impl WarmList {
    /// Reads a list: a URL a line, or a line of a log in the common or the combined format. Of a log,
    /// only GET requests count that were answered with 200.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(mut from: impl BufRead) -> io::Result<Self> {
        let (mut list, mut known, mut line) = (Self::default(), HashSet::new(), Vec::new());
        let mut is_whole = true;
        loop {
            line.clear();
            if from.by_ref().take(MOST_LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
                return Ok(list);
            }
            let (began_here, ends_here) = (is_whole, line.ends_with(b"\n"));
            is_whole = ends_here || (line.len() as u64) < MOST_LINE_BYTES;
            if !began_here {
                continue;
            }
            let text = std::str::from_utf8(&line).unwrap_or_default().trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            match url(text).filter(|_| is_whole && list.urls.len() < MOST_URLS) {
                Some(url) if known.insert(blake3::hash(url.as_bytes())) => list.urls.push(url),
                Some(_) => {}
                None => list.passed_over += 1,
            }
        }
    }

    /// How many URLs there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.urls.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.urls.is_empty()
    }
}

/// The URL of a line, without its host and without a token.
fn url(line: &str) -> Option<String> {
    let target = if line.starts_with('/') {
        line.split_ascii_whitespace().next()?
    } else if let Some(rest) =
        line.strip_prefix("http://").or_else(|| line.strip_prefix("https://"))
    {
        let rest = rest.split_ascii_whitespace().next()?;
        rest.find('/').map(|at| &rest[at..])?
    } else {
        answered(line)?
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if target.len() > MOST_BYTES || !path.starts_with('/') || NO_PICTURES.contains(&path) {
        return None;
    }
    let pairs: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("token=")).collect();
    Some(if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) })
}

/// The target of a line of a log, if it was a GET request that was answered with 200.
fn answered(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once('"')?;
    let (request, rest) = rest.split_once('"')?;
    let mut words = request.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let is_request = method == "GET" && version.starts_with("HTTP/") && words.next().is_none();
    let status = rest.split_ascii_whitespace().next()?;
    (is_request && status == "200").then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_logs_give_each_url_once() {
        let text = "# what the front page shows\n\
            /hero/a-640.webp\n\
            /hero/a%20b.webp extra\n\
            https://img.example.com/hero/c.webp?token=secret\n\
            127.0.0.1 - - [01/Dec/2026:10:00:00 +0000] \"GET /hero/d.webp HTTP/1.1\" 200 1234\n\
            ::1 - ann [01/Dec/2026:10:00:00 +0000] \"GET /assets/e?w=1&token=x&h=2 HTTP/2.0\" 200 1 \"http://x/\" \"a \\\"b\\\" c\"\n\
            127.0.0.1 - - [x] \"GET /hero/a-640.webp HTTP/1.1\" 200 9\n\
            \n\
            127.0.0.1 - - [x] \"GET /hero/gone.webp HTTP/1.1\" 404 9\n\
            127.0.0.1 - - [x] \"GET /hero/known.webp HTTP/1.1\" 304 0\n\
            127.0.0.1 - - [x] \"HEAD /hero/head.webp HTTP/1.1\" 200 9\n\
            127.0.0.1 - - [x] \"POST /hero/post.webp HTTP/1.1\" 200 9\n\
            127.0.0.1 - - [x] \"GET /metrics HTTP/1.1\" 200 9\n\
            127.0.0.1 - - [x] \"GET /a b HTTP/1.1\" 200 9\n\
            127.0.0.1 - - [x] \"\\x16\\x03\" 400 9\n\
            nonsense\n";
        let list = WarmList::read(text.as_bytes()).unwrap();
        let expected = [
            "/hero/a-640.webp",
            "/hero/a%20b.webp",
            "/hero/c.webp",
            "/hero/d.webp",
            "/assets/e?w=1&h=2",
        ];
        assert_eq!(list.urls, expected);
        assert_eq!(list.passed_over, 8);
    }

    #[test]
    fn hostile_lines_are_passed_over() {
        let long = format!("/{}\n/hero/a.webp", "a".repeat(100_000));
        let list = WarmList::read(long.as_bytes()).unwrap();
        assert_eq!((list.urls, list.passed_over), (vec!["/hero/a.webp".to_owned()], 1));
        let longer_than_a_url = format!("/{}\n", "a".repeat(MOST_BYTES));
        assert!(WarmList::read(longer_than_a_url.as_bytes()).unwrap().is_empty());
        let list = WarmList::read(&b"\xff\xfe\n/hero/a.webp\n\"\"\"\n"[..]).unwrap();
        assert_eq!((list.len(), list.passed_over), (1, 1));
        assert!(WarmList::read(&b""[..]).unwrap().is_empty());
    }
}
