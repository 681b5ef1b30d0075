//! Takes connections, a bounded number at once, and ends those whose clients are too slow.

use std::{convert::Infallible, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;

use crate::{request::handle, shared::Shared};

/// The most connections at once; more wait until one of them ends.
const CONNECTIONS: usize = 1024;

/// The longest that a request's headers may take to come, and that a connection may rest before
/// the next request.
const HEADERS_TIME: Duration = Duration::from_secs(15);

/// The longest that a client may take none of the bytes that are sent to it.
const WRITE_TIME: Duration = Duration::from_secs(30);

/// The most bytes of a request's headers.
const HEADER_BYTES: usize = 16 << 10;

/// The longest that requests which have come may take once the server is to end.
const GRACE: Duration = Duration::from_secs(90);

/// Serves connections until `stop` is true, and finishes the requests that have come.
pub(crate) async fn serve(
    listener: TcpListener,
    shared: &Arc<Shared>,
    stop: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    let mut stopped = stop.clone();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stop| *stop) => break,
            (place, accepted) = next => match (place, accepted) {
                (Ok(place), Ok((stream, _))) => {
                    connections.spawn(connection(stream, Arc::clone(shared), stop.clone(), place));
                }
                (_, Err(error)) => {
                    // Without descriptors, for example; the clients wait.
                    tracing::warn!(%error, "a connection could not be taken");
                    sleep(Duration::from_millis(100)).await;
                }
                (Err(_), _) => break,
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    if timeout(GRACE, finished).await.is_err() {
        tracing::warn!("requests that took too long were given up");
    }
}

/// Serves the requests of a connection, one after another.
async fn connection(
    stream: TcpStream,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
) {
    // Answers are written whole: waiting for more to send only delays them.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIME));
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(handle(shared, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_TIME)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        _ = stop.wait_for(|stop| *stop) => None,
    };
    let ended = if let Some(ended) = ended {
        ended
    } else {
        connection.as_mut().graceful_shutdown();
        connection.await
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection has ended early");
    }
}
