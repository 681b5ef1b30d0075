//! Delivers outputs to waiters. The second waiter of a variant gets a copy in its own target, made
//! on another thread, before it hears of it.

use std::{fs::File, io, sync::Arc};

use crate::{
    core::{
        pool::unwritable,
        queue::{Delivery, JobOutput},
        request::ResultSender,
    },
    os,
};

/// Bytes copied at a time.
const CHUNK: usize = 256 << 10;

/// Sends an output to its waiter, if that is still there.
pub(super) fn deliver(delivery: Delivery) {
    let Delivery { results, slot, target, output } = delivery;
    match (results, output) {
        (ResultSender::Inspected(answer), JobOutput::Inspected(header)) => {
            let _ = answer.send((slot, Ok(header)));
        }
        (ResultSender::Inspected(answer), JobOutput::Failed(fault)) => {
            let _ = answer.send((slot, Err(fault)));
        }
        (ResultSender::Rendered(results), JobOutput::Failed(fault)) => {
            let _ = results.send((slot, Err(fault)));
        }
        (ResultSender::Rendered(results), JobOutput::Rendered(rendered, written)) => match target {
            Some(target) if !Arc::ptr_eq(&target, &written) => {
                tokio::task::spawn_blocking(move || {
                    let copied = copy(&written, &target).map_err(|error| unwritable(&error));
                    let _ = results.send((slot, copied.map(|()| rendered)));
                });
            }
            _ => {
                let _ = results.send((slot, Ok(rendered)));
            }
        },
        // No key of a header is a variant's, nor the other way round.
        (ResultSender::Inspected(_), JobOutput::Rendered(..))
        | (ResultSender::Rendered(_), JobOutput::Inspected(_)) => {}
    }
}

/// Copies by offset: both files may be in use elsewhere.
fn copy(from: &File, to: &File) -> io::Result<()> {
    to.set_len(0)?;
    let mut buffer = vec![0; CHUNK];
    let mut offset = 0;
    loop {
        let read = match os::read_at(from, &mut buffer, offset) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        os::write_all_at(to, &buffer[..read], offset)?;
        offset += read as u64;
    }
}
