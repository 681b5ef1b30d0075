//! Searches for a quality: the highest whose file fits into a number of bytes, or the lowest that
//! reaches a score, with as few encodes as possible.

use cropmark_rules::{Encoding, Fault, FaultCode, Format};

use super::{
    picture::Picture,
    score::{self, Reference},
};
use crate::formats::ImageFormat;

/// A file that takes this share of the allowed bytes is as good as the best.
const FULL_ENOUGH: f64 = 0.97;

/// A score this much above what is asked for is as good as the lowest.
const SCORE_SLACK: f64 = 0.5;

/// How many points of quality halve a file's size, roughly: where the search begins.
const HALVING_POINTS: f64 = 22.0;

/// What was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) bytes: Vec<u8>,
    pub(super) quality: Option<u8>,
    pub(super) score: Option<f64>,
    pub(super) notes: Vec<String>,
}

pub(super) fn find(
    picture: &Picture,
    module: &dyn ImageFormat,
    encoding: &Encoding,
) -> Result<Found, Fault> {
    let format = module.format();
    let wanted = encoding.quality.unwrap_or_else(|| Encoding::default_quality(format));
    let encode = |quality: u8| {
        let mut bytes = module.save(&picture.image, &picture.keep, encoding, quality)?;
        picture.kept.put_into(&mut bytes)?;
        module.put_texts(&mut bytes, picture.kept.texts());
        Ok(bytes)
    };
    if !encoding.has_quality(format) {
        let bytes = encode(wanted)?;
        if encoding.max_bytes.is_some_and(|most| bytes.len() as u64 > most) {
            return Err(too_many_bytes(bytes.len(), encoding.max_bytes, format, false));
        }
        let reference =
            encoding.is_scored().then(|| Reference::new(&picture.image).ok()?).flatten();
        let score = match reference {
            Some(reference) => Some(reference.score(&bytes, module)?),
            None => None,
        };
        return Ok(Found { bytes, quality: None, score, notes: Vec::new() });
    }
    let mut found =
        Found { bytes: Vec::new(), quality: Some(wanted), score: None, notes: Vec::new() };
    let mut start = wanted;
    let reference = if encoding.is_scored() { Reference::new(&picture.image)? } else { None };
    match (encoding.target_score, &reference) {
        (Some(target), Some(reference)) => {
            let try_one = |quality: u8| {
                let bytes = encode(quality)?;
                let score = reference.score(&bytes, module)?;
                Ok((bytes, score))
            };
            let (quality, bytes, score) = lowest_reaching(wanted, target, try_one)?;
            if score < target {
                found.notes.push(format!(
                    "No quality reaches a score of {target}; the highest comes to {score:.1}."
                ));
            }
            (found.bytes, found.score, start) = (bytes, Some(score), quality);
        }
        (target, reference) => {
            if target.is_some() {
                found.notes.push(score::TOO_SMALL.to_owned());
            }
            found.bytes = encode(wanted)?;
            if let Some(reference) = reference {
                found.score = Some(reference.score(&found.bytes, module)?);
            }
        }
    }
    found.quality = Some(start);
    let Some(most) = encoding.max_bytes else { return Ok(found) };
    if found.bytes.len() as u64 <= most {
        return Ok(found);
    }
    let first = found.bytes.len();
    match highest_within(start, first, most, encode)? {
        Ok((quality, bytes)) => {
            found.score = match &reference {
                Some(reference) => Some(reference.score(&bytes, module)?),
                None => None,
            };
            if let Some(target) = encoding.target_score {
                found.notes.push(format!(
                    "A score of {target} does not fit into {most} bytes; the bytes decided."
                ));
            }
            (found.bytes, found.quality) = (bytes, Some(quality));
            Ok(found)
        }
        Err(smallest) => Err(too_many_bytes(smallest, Some(most), format, true)),
    }
}

fn too_many_bytes(smallest: usize, most: Option<u64>, format: Format, searched: bool) -> Fault {
    let most = most.unwrap_or_default();
    let (name, how) = (
        format.name(),
        if searched { "even at the lowest quality" } else { "and has no quality to lower" },
    );
    Fault::new(
        FaultCode::Invalid,
        format!(
            "As {name} the result takes {smallest} bytes {how}, and at most {most} are allowed. \
             Allow more bytes, make it smaller, or choose another format."
        ),
    )
}

/// The highest quality below `start` (whose file has `first` bytes, too many) that takes at most
/// `most` bytes; the inner error is the size at quality 1 where even that is too large.
#[expect(clippy::cast_precision_loss, reason = "sizes of files")]
fn highest_within(
    start: u8,
    first: usize,
    most: u64,
    mut encode: impl FnMut(u8) -> Result<Vec<u8>, Fault>,
) -> Result<Result<(u8, Vec<u8>), usize>, Fault> {
    let limit = (most.max(1) as f64).ln();
    // Below `fits` (if any) all fit; `over` and above do not.
    let mut fits: Option<(u8, Vec<u8>)> = None;
    let (mut over, mut over_size) = (start, first);
    for step in 0.. {
        let low = fits.as_ref().map_or(0, |(quality, _)| *quality);
        if over <= low + 1 {
            break;
        }
        let high_size = (over_size as f64).ln();
        let guess = match &fits {
            // Every third step halves, against guesses that only creep.
            Some(_) if step % 3 == 2 => f64::from(low).midpoint(f64::from(over)),
            Some((quality, bytes)) => {
                let low_size = (bytes.len().max(1) as f64).ln();
                let share = (limit - low_size) / (high_size - low_size).max(1e-9);
                f64::from(*quality) + share * f64::from(over - *quality)
            }
            None => {
                // What is still too large after several steps is met with larger ones.
                let points = HALVING_POINTS * f64::from(step + 1);
                f64::from(over) - points * (high_size - limit) / std::f64::consts::LN_2
            }
        };
        let quality = whole(guess, low + 1, over - 1);
        let bytes = encode(quality)?;
        let size = bytes.len() as f64;
        if bytes.len() as u64 <= most {
            fits = Some((quality, bytes));
            if size >= most as f64 * FULL_ENOUGH {
                break;
            }
        } else {
            (over, over_size) = (quality, bytes.len());
        }
    }
    Ok(fits.ok_or(over_size))
}

/// The lowest quality whose score reaches `target`, with its file and score; the highest quality
/// where none does.
fn lowest_reaching(
    start: u8,
    target: f64,
    mut encode: impl FnMut(u8) -> Result<(Vec<u8>, f64), Fault>,
) -> Result<(u8, Vec<u8>, f64), Fault> {
    let mut below: Option<(u8, f64)> = None;
    let mut reaches: Option<(u8, Vec<u8>, f64)> = None;
    let mut quality = start.clamp(1, 100);
    for step in 0.. {
        let (bytes, score) = encode(quality)?;
        if score >= target {
            let enough = score < target + SCORE_SLACK;
            reaches = Some((quality, bytes, score));
            if enough {
                break;
            }
        } else if quality == 100 {
            return Ok((quality, bytes, score));
        } else {
            below = Some((quality, score));
        }
        let low = below.map_or(0, |(quality, _)| quality);
        let high = reaches.as_ref().map_or(101, |(quality, ..)| *quality);
        if high <= low + 1 {
            break;
        }
        let guess = match (below, &reaches) {
            (Some(_), Some(_)) if step % 3 == 2 => f64::from(low).midpoint(f64::from(high)),
            (Some((_, low_score)), Some((_, _, high_score))) => {
                let share = (target - low_score) / (high_score - low_score).max(1e-9);
                f64::from(low) + (share * f64::from(high - low)).ceil()
            }
            // About a point of score for a point of quality, and some more each time.
            (None, _) => f64::from(high) - (score - target).max(1.0) * f64::from(step + 1),
            (_, None) => f64::from(low) + (target - score).max(1.0) * f64::from(step + 1),
        };
        quality = whole(guess, low + 1, high - 1);
    }
    reaches.ok_or_else(|| Fault::new(FaultCode::Invalid, "No quality could be tried."))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "kept to 1–100")]
fn whole(guess: f64, low: u8, high: u8) -> u8 {
    (guess.clamp(1.0, 100.0).round() as u8).clamp(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file whose size doubles every `points` of quality.
    fn sized(quality: u8, points: f64) -> Vec<u8> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a test")]
        let size = (1000.0 * 2f64.powf(f64::from(quality) / points)) as usize;
        vec![0; size]
    }

    #[test]
    fn the_highest_quality_that_fits_is_found_with_few_encodes() {
        for points in [8.0, 15.0, 22.0, 40.0] {
            for most in [1100, 1500, 3000, 9000] {
                let first = sized(95, points).len();
                if first as u64 <= most {
                    continue;
                }
                let mut encodes = 0;
                let found = highest_within(95, first, most, |quality| {
                    encodes += 1;
                    Ok(sized(quality, points))
                });
                let (quality, bytes) = found.unwrap().unwrap();
                assert!(bytes.len() as u64 <= most);
                let next = sized(quality + 1, points).len() as u64;
                #[expect(clippy::cast_precision_loss, reason = "a test")]
                let full = bytes.len() as f64 >= most as f64 * FULL_ENOUGH;
                assert!(full || next > most, "{points} {most}: {quality}");
                assert!(encodes <= 6, "{points} {most}: {encodes} encodes");
            }
        }
    }

    #[test]
    fn the_smallest_size_is_told_where_nothing_fits() {
        let found = highest_within(80, 90_000, 900, |quality| Ok(sized(quality, 20.0))).unwrap();
        assert_eq!(found, Err(sized(1, 20.0).len()));
        let found = highest_within(1, 1035, 900, |_| unreachable!("nothing is below 1"));
        assert_eq!(found.unwrap(), Err(1035));
    }

    #[test]
    fn the_lowest_quality_that_reaches_a_score_is_found() {
        // A curve as real ones are: steep below, flat above.
        let score = |quality: u8| 100.0 - 4000.0 / (f64::from(quality) + 40.0);
        for target in [20.0, 40.0, 50.0, 60.0, 70.0] {
            for start in [1, 50, 80, 100] {
                let mut encodes = 0;
                let (quality, _, reached) = lowest_reaching(start, target, |quality| {
                    encodes += 1;
                    Ok((vec![quality], score(quality)))
                })
                .unwrap();
                assert!(reached >= target, "{target} from {start}");
                let lowest = quality == 1 || score(quality - 1) < target;
                assert!(
                    lowest || reached < target + SCORE_SLACK,
                    "{target} from {start}: {quality}"
                );
                assert!(encodes <= 8, "{target} from {start}: {encodes} encodes");
            }
        }
        let (quality, _, reached) =
            lowest_reaching(80, 90.0, |quality| Ok((Vec::new(), score(quality)))).unwrap();
        assert_eq!(quality, 100);
        assert!(reached < 90.0);
    }
}
