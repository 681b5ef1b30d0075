//! What kind of file it is, by its first bytes.

use cropmark_rules::{Fault, FaultCode, Format, SIGNATURE_BYTES, Signature};

/// How many of a file's first bytes are looked at.
pub(super) const START: usize = SIGNATURE_BYTES;

/// The format that a file's first bytes belong to, or why it cannot be read.
pub(super) fn sniff(start: &[u8]) -> Result<Format, Fault> {
    if start.is_empty() {
        return Err(Fault::new(FaultCode::Unreadable, "The file is empty."));
    }
    match Signature::of(start) {
        Signature::Known(format) => Ok(format),
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
        let cases: [(&[u8], FaultCode, &str); 8] = [
            (b"", FaultCode::Unreadable, "empty"),
            (b"BMW is a car", FaultCode::Unreadable, "no picture"),
            (b"\x1f\x8b\x08", FaultCode::Unsupported, "SVGZ"),
            (b"%PDF-1.7", FaultCode::Unsupported, "PDF"),
            (b"II*\0\x10\0\0\0CR\x02\0", FaultCode::Unsupported, "CR2"),
            (b"\0\0\0\x18ftypisom\0\0\0\0", FaultCode::Unsupported, "video"),
            (b"<!DOCTYPE html><html>", FaultCode::Unsupported, "web page"),
            (b"<?xml version='1.0'?><feed><svg>", FaultCode::Unreadable, "no picture"),
        ];
        for (start, code, words) in cases {
            let fault = sniff(start).unwrap_err();
            assert_eq!(fault.code, code, "{}", fault.message);
            assert!(fault.message.contains(words), "{}", fault.message);
        }
    }
}
