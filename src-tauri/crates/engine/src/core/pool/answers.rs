//! Keeps what a worker says to bounds. A worker that says what no sound one can say is ended; its
//! texts are cut and cleaned, because they may come from the source.

use cropmark_rules::{
    Fault, Limits,
    protocol::{Description, Header, Rendered},
    value::FaceBox,
};

use super::stderr::one_line;

/// The longest message with which a worker says that it is ready, in bytes.
pub(super) const DESCRIPTION_BYTES: usize = 64 << 10;
/// The longest message with headers: some 500 texts of 2,000 characters, and room.
pub(super) const HEADER_BYTES: usize = 8 << 20;
/// The longest message about a variant, or about the end of a job.
pub(super) const VARIANT_BYTES: usize = 256 << 10;

/// The most notes about a variant.
const MOST_NOTES: usize = 32;
/// The most windows of a variant: there are fewer operations.
const MOST_WINDOWS: usize = 256;
/// The longest text for users, in characters.
const LONGEST_TEXT: usize = 2000;
/// The longest name of a colour model or a library's version.
const LONGEST_NAME: usize = 100;
/// The most parts of a sandbox.
const MOST_PARTS: usize = 64;
/// The most bits of a band: libvips' complex numbers of double precision.
const MOST_BITS: u32 = 128;

/// Returns a description with its texts cut.
pub(super) fn description(mut description: Description) -> Description {
    description.libvips = cut(&description.libvips, LONGEST_NAME);
    description.sandbox = std::mem::take(&mut description.sandbox)
        .into_iter()
        .take(MOST_PARTS)
        .map(|(part, active)| (cut(&part, LONGEST_NAME), active))
        .collect();
    description
}

/// Returns a header whose numbers are within the limits.
///
/// # Errors
/// With the number that is not, as the end of a sentence about the worker.
pub(super) fn header(mut header: Header, limits: &Limits) -> Result<Header, String> {
    let numbers = [
        ("a width", header.width, limits.side),
        ("a height", header.height, limits.side),
        ("a number of frames", header.frames, limits.frames),
        ("a number of bands", header.bands, limits.bands),
        ("a number of bits", header.depth, MOST_BITS),
        ("an orientation", header.orientation.into(), 8),
    ];
    for (what, number, most) in numbers {
        if !(1..=most).contains(&number) {
            return Err(format!("it reported {what} of {number}, which is not within 1 to {most}"));
        }
    }
    header.delays.truncate(usize::try_from(header.frames).unwrap_or(usize::MAX));
    header.space = cut(&header.space, LONGEST_NAME);
    header.profile = header.profile.map(|profile| cut(&profile, LONGEST_TEXT));
    Ok(header)
}

/// Returns what is known of a result, with its notes cut.
pub(super) fn rendered(mut rendered: Rendered) -> Rendered {
    rendered.notes.truncate(MOST_NOTES);
    rendered.windows.truncate(MOST_WINDOWS);
    if let Some(faces) = &mut rendered.faces {
        faces.truncate(FaceBox::MOST);
    }
    rendered.steps.truncate(MOST_WINDOWS);
    for step in &mut rendered.steps {
        step.name = cut(&step.name, LONGEST_NAME);
    }
    for note in &mut rendered.notes {
        *note = cut(note, LONGEST_TEXT);
    }
    rendered
}

/// Returns a fault with a message that can be shown.
pub(super) fn fault(fault: &Fault) -> Fault {
    Fault::new(fault.code, cut(&fault.message, LONGEST_TEXT))
}

/// Returns so many characters of a text, as one line.
fn cut(text: &str, most: usize) -> String {
    let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
    one_line(&text[..end])
}

#[cfg(test)]
mod tests {
    use cropmark_rules::{FaultCode, Format};

    use super::*;

    /// Words of the error, and what is wrong with the header.
    type Lie = (&'static str, fn(&mut Header));

    #[test]
    fn headers_beyond_the_limits_are_refused() {
        let limits = Limits::default();
        let sound = Header::plain(Format::Jpeg, 100, 80);
        assert_eq!(header(sound.clone(), &limits), Ok(sound.clone()));
        let lies: [Lie; 8] = [
            ("a width of 0", |header| header.width = 0),
            ("a width of 65536", |header| header.width = 65_536),
            ("a height of 4294967295", |header| header.height = u32::MAX),
            ("frames of 10001", |header| header.frames = 10_001),
            ("frames of 0", |header| header.frames = 0),
            ("bands of 6", |header| header.bands = 6),
            ("bits of 129", |header| header.depth = 129),
            ("an orientation of 9", |header| header.orientation = 9),
        ];
        for (words, lie) in lies {
            let mut told = sound.clone();
            lie(&mut told);
            let error = header(told, &limits).unwrap_err();
            assert!(error.contains(words), "{words}: {error}");
        }
    }

    #[test]
    fn texts_are_cut_and_cleaned() {
        let mut told = Header::plain(Format::Gif, 10, 10);
        told.delays = vec![10; 5000];
        told.space = "s".repeat(5000);
        told.profile = Some(format!("ö\u{1b}[31m{}", "p".repeat(5000)));
        let kept = header(told, &Limits::default()).unwrap();
        assert_eq!((kept.delays.len(), kept.space.len()), (1, LONGEST_NAME));
        let profile = kept.profile.unwrap();
        assert_eq!(profile.chars().count(), LONGEST_TEXT);
        assert!(profile.starts_with("ö [31mp"), "{}", &profile[..10]);

        let long = Fault::new(FaultCode::Invalid, "first words\n\0".repeat(5000));
        let said = fault(&long).message;
        assert!(said.starts_with("first words first words"), "{}", &said[..30]);
        assert!(said.len() <= LONGEST_TEXT);
    }
}
