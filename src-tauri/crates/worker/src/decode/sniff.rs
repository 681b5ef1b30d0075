//! What kind of file it is, by its first bytes.

use cropmark_rules::{Fault, FaultCode, Format, Signature};

/// The format that a file's first bytes belong to, or why it cannot be read. `read_start` gives at
/// most this many of them.
pub(super) fn sniff(read_start: impl Fn(usize) -> Vec<u8>) -> Result<Format, Fault> {
    if read_start(1).is_empty() {
        return Err(Fault::new(FaultCode::Unreadable, "The file is empty."));
    }
    let signature = Signature::read(|most| Ok(read_start(most)));
    match signature.unwrap_or(Signature::Unknown) {
        Signature::Known(format) => Ok(format),
        // SVGZ, or it will be refused when it is unpacked.
        Signature::Compressed => Ok(Format::Svg),
        Signature::OtherImage(kind) | Signature::NoImage(kind) => Err(Fault::new(
            FaultCode::Unsupported,
            format!(
                "{kind} cannot be read by this build: save it as JPEG, PNG, TIFF, WebP or AVIF."
            ),
        )),
        Signature::Unfinished | Signature::Unknown => Err(Fault::new(
            FaultCode::Unreadable,
            "The file is no picture of a kind that is known here.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_named() {
        let cases: [(&[u8], FaultCode, &str); 7] = [
            (b"", FaultCode::Unreadable, "empty"),
            (b"BMW is a car", FaultCode::Unreadable, "no picture"),
            (b"%!PS-Adobe-3.0", FaultCode::Unsupported, "PostScript"),
            (b"FOVb", FaultCode::Unsupported, "X3F"),
            (b"\0\0\0\x18ftypisom\0\0\0\0", FaultCode::Unsupported, "video"),
            (b"<!DOCTYPE html><html>", FaultCode::Unsupported, "web page"),
            (b"<?xml version='1.0'?><feed><svg>", FaultCode::Unreadable, "no picture"),
        ];
        for (start, code, words) in cases {
            let fault = sniff(|most| start[..most.min(start.len())].to_vec()).unwrap_err();
            assert_eq!(fault.code, code, "{}", fault.message);
            assert!(fault.message.contains(words), "{}", fault.message);
        }
    }
}
