//! What a request says of the screen that will show the picture: client hints, and which of a
//! generator's own widths fits them. No other width is made, so that hints cannot fill the cache.

use hyper::{HeaderMap, header::HeaderName};

use crate::conditional::text;

/// The hints that answers ask for. The names without a prefix are those of older browsers.
pub(crate) const NAMES: &str = "Sec-CH-Width, Sec-CH-DPR, Width, DPR";

/// What a request says of its screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hint {
    /// The pixels of the screen that the picture will be wide.
    Width(u32),
    /// The pixels of the screen for one of the page, in thousandths.
    Density(u32),
}

/// Whether hints are heeded, and which one was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Hints {
    #[default]
    Off,
    On(Option<Hint>),
}

impl Hints {
    /// Reads the hints of a request. Those that are out of range count as not sent.
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let either = |new: &'static str, old: &'static str| {
            let names = [new, old].map(HeaderName::from_static);
            names.iter().find_map(|name| text(headers, name)).map(str::trim)
        };
        let width = either("sec-ch-width", "width").and_then(|width| width.parse().ok());
        let width = width.filter(|width| (1..=65_535).contains(width)).map(Hint::Width);
        let density = || {
            let density: f64 = either("sec-ch-dpr", "dpr")?.parse().ok()?;
            let is_one = (0.1..=10.0).contains(&density);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "100 to 10,000"
            )]
            is_one.then(|| Hint::Density((density * 1000.0).round() as u32))
        };
        Self::On(width.or_else(density))
    }

    /// Names the hint, for what is remembered of requests.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Off | Self::On(None) => String::new(),
            Self::On(Some(Hint::Width(width))) => format!("w{width}"),
            Self::On(Some(Hint::Density(density))) => format!("d{density}"),
        }
    }
}

impl Hint {
    /// Chooses the least of these widths that is not below the wanted one, else the largest. Where
    /// only the density is known, the least width counts as that of a screen of density 1.
    pub(crate) fn choose(self, widths: &[u32]) -> Option<u32> {
        let wanted = match self {
            Self::Width(width) => u64::from(width),
            Self::Density(density) => {
                (u64::from(*widths.iter().min()?) * u64::from(density)).div_ceil(1000)
            }
        };
        let fitting = widths.iter().filter(|width| u64::from(**width) >= wanted).min();
        fitting.or_else(|| widths.iter().max()).copied()
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn read(sent: &[(&'static str, &'static str)]) -> Option<Hint> {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(*name, HeaderValue::from_static(value));
        }
        match Hints::read(&headers) {
            Hints::On(hint) => hint,
            Hints::Off => panic!("they were read"),
        }
    }

    #[test]
    fn widths_go_before_densities_and_new_names_before_old_ones() {
        assert_eq!(read(&[("sec-ch-width", "300"), ("sec-ch-dpr", "2")]), Some(Hint::Width(300)));
        assert_eq!(read(&[("width", "300"), ("dpr", "2")]), Some(Hint::Width(300)));
        assert_eq!(read(&[("width", "1"), ("sec-ch-width", "2")]), Some(Hint::Width(2)));
        assert_eq!(read(&[("sec-ch-dpr", "1.5")]), Some(Hint::Density(1500)));
        assert_eq!(read(&[("dpr", " 2.625 ")]), Some(Hint::Density(2625)));
        assert_eq!(read(&[("dpr", "2"), ("width", "0")]), Some(Hint::Density(2000)));
        for wrong in ["", "x", "-1", "0", "1e9", "NaN", "inf", "70000"] {
            assert_eq!(read(&[("width", wrong), ("dpr", wrong)]), None, "{wrong}");
        }
        assert_eq!(read(&[("dpr", "1"), ("dpr", "2")]), None, "it is there twice");
    }

    #[test]
    fn only_own_widths_are_chosen() {
        let widths = [640, 1280, 2048];
        for (hint, expected) in [
            (Hint::Width(1), 640),
            (Hint::Width(640), 640),
            (Hint::Width(641), 1280),
            (Hint::Width(65_535), 2048),
            (Hint::Density(1000), 640),
            (Hint::Density(100), 640),
            (Hint::Density(1500), 1280),
            (Hint::Density(2000), 1280),
            (Hint::Density(2001), 2048),
            (Hint::Density(10_000), 2048),
        ] {
            assert_eq!(hint.choose(&widths), Some(expected), "{hint:?}");
        }
        assert_eq!(Hint::Width(5).choose(&[]), None);
    }
}
