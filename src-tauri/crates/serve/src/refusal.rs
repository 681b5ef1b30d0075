//! An answer without a picture: its status, and a sentence that says why.

use cropmark_rules::{Fault, FaultCode};
use hyper::StatusCode;

/// An answer without a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// After how many seconds it is worth asking again.
    pub(crate) retry_after: Option<u32>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), retry_after: None }
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// Makes the answer of a fault about an asset.
    pub(crate) fn of(asset: &str, fault: &Fault) -> Self {
        let (status, retry_after) = status(fault.code);
        Self { status, message: format!("{asset}: {fault}"), retry_after }
    }
}

/// The status of a fault, and after how many seconds it may have gone.
fn status(code: FaultCode) -> (StatusCode, Option<u32>) {
    match code {
        FaultCode::Denied => (StatusCode::NOT_FOUND, None),
        FaultCode::TooLarge | FaultCode::OutOfMemory => (StatusCode::PAYLOAD_TOO_LARGE, None),
        FaultCode::Unreadable | FaultCode::Unsupported | FaultCode::Invalid => {
            (StatusCode::UNPROCESSABLE_ENTITY, None)
        }
        FaultCode::SourceChanged => (StatusCode::SERVICE_UNAVAILABLE, Some(1)),
        FaultCode::Busy => (StatusCode::SERVICE_UNAVAILABLE, Some(5)),
        FaultCode::Timeout | FaultCode::Crashed | FaultCode::DiskFull => {
            (StatusCode::SERVICE_UNAVAILABLE, Some(30))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_its_status_and_only_what_may_pass_is_worth_a_retry() {
        let codes = [
            (FaultCode::Unreadable, 422, None),
            (FaultCode::Unsupported, 422, None),
            (FaultCode::Invalid, 422, None),
            (FaultCode::TooLarge, 413, None),
            (FaultCode::OutOfMemory, 413, None),
            (FaultCode::Denied, 404, None),
            (FaultCode::Busy, 503, Some(5)),
            (FaultCode::SourceChanged, 503, Some(1)),
            (FaultCode::Timeout, 503, Some(30)),
            (FaultCode::Crashed, 503, Some(30)),
            (FaultCode::DiskFull, 503, Some(30)),
        ];
        for (code, expected, after) in codes {
            let refusal = Refusal::of("a.jpg", &Fault::new(code, "Why."));
            assert_eq!(refusal.status, expected, "{code:?}");
            assert_eq!(refusal.retry_after, after, "{code:?}");
            assert_eq!(refusal.message, "a.jpg: Why.");
        }
    }
}
