//! Telling waiters. Who asked for what somebody else had asked for before gets a copy in its
//! own target, made aside from the dispatcher; only then is it told.

use std::{fs::File, io, os::unix::fs::FileExt as _, sync::Arc};

use cropmark_rules::{Fault, FaultCode};

use crate::{
    event::Answers,
    queue::{Delivery, Outcome},
};

/// Bytes copied at a time.
const CHUNK: usize = 256 << 10;

/// Tells a waiter. One that has gone meanwhile does not mind.
pub(super) fn tell(delivery: Delivery) {
    let Delivery { answers, slot, target, outcome } = delivery;
    match (answers, outcome) {
        (Answers::Inspected(answer), Outcome::Inspected(header)) => {
            let _ = answer.send(Ok(header));
        }
        (Answers::Inspected(answer), Outcome::Failed(fault)) => {
            let _ = answer.send(Err(fault));
        }
        (Answers::Rendered(results), Outcome::Failed(fault)) => {
            let _ = results.send((slot, Err(fault)));
        }
        (Answers::Rendered(results), Outcome::Rendered(rendered, written)) => match target {
            Some(target) if !Arc::ptr_eq(&target, &written) => {
                tokio::task::spawn_blocking(move || {
                    let copied = copy(&written, &target).map_err(|error| not_copied(&error));
                    let _ = results.send((slot, copied.map(|()| rendered)));
                });
            }
            _ => {
                let _ = results.send((slot, Ok(rendered)));
            }
        },
        // A header is not an answer to an order, nor a variant one to a look at a source.
        (Answers::Inspected(_), Outcome::Rendered(..))
        | (Answers::Rendered(_), Outcome::Inspected(_)) => {}
    }
}

/// Copies by offset: both files may be in use elsewhere.
fn copy(from: &File, to: &File) -> io::Result<()> {
    to.set_len(0)?;
    let mut buffer = vec![0; CHUNK];
    let mut offset = 0;
    loop {
        let read = match from.read_at(&mut buffer, offset) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        to.write_all_at(&buffer[..read], offset)?;
        offset += read as u64;
    }
}

fn not_copied(error: &io::Error) -> Fault {
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FaultCode::DiskFull,
        _ => FaultCode::Denied,
    };
    Fault::new(code, format!("The finished result could not be copied to its file ({error})."))
}
