//! What the system has run out of: that is no fault of a picture, and every other one would fare like it.

use std::io;

use cropmark_rules::{Fault, FaultCode};
use rustix::io::Errno;

/// The fault where the system gives no more descriptors, threads or processes; `None` for other
/// errors.
pub(crate) fn lacking(error: &io::Error) -> Option<Fault> {
    let message = match Errno::from_io_error(error)? {
        Errno::MFILE | Errno::NFILE => {
            "The system lets no more files be open. Raise the limit (`ulimit -n`), or use fewer \
             workers."
        }
        Errno::AGAIN => {
            "The system starts no more threads or processes. Raise the limit (`ulimit -u`), end \
             other programs, or use fewer workers."
        }
        _ => return None,
    };
    Some(Fault::new(FaultCode::Busy, message))
}

/// Why a run cannot go on after a fault that is none of its picture.
pub(crate) fn reason(fault: &Fault) -> Option<String> {
    if fault.code != FaultCode::Busy {
        return None;
    }
    let mut letters = fault.message.trim_end_matches('.').chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    Some(first.chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_lacks_is_no_fault_of_a_picture() {
        for (errno, words) in [
            (Errno::MFILE, Some("the system lets no more files be open")),
            (Errno::NFILE, Some("the system lets no more files be open")),
            (Errno::AGAIN, Some("the system starts no more threads")),
            (Errno::ACCESS, None),
        ] {
            let found = lacking(&errno.into()).and_then(|fault| reason(&fault));
            assert_eq!(found.is_some(), words.is_some(), "{errno:?}");
            assert!(found.unwrap_or_default().starts_with(words.unwrap_or_default()), "{errno:?}");
        }
        assert_eq!(reason(&Fault::new(FaultCode::Denied, "No.")), None);
    }
}
