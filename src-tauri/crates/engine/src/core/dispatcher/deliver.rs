//! Delivers outputs to waiters. The second waiter of a variant gets a copy in its own target, made
//! on another thread, before it hears of it.

use std::sync::Arc;

use crate::core::{
    copy::copy,
    pool::unwritable,
    queue::{Delivery, JobOutput},
    request::ResultSender,
};

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
