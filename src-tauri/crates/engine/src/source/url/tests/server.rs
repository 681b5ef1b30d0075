//! A small HTTP server: a request a connection, answered by steps.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

/// A step of an answer. After the last one the connection is closed.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Send(Vec<u8>),
    Wait(Duration),
    /// The connection is reset.
    Reset,
}

impl Step {
    /// A whole answer with this body.
    pub(super) fn whole(body: &[u8], lines: &[&str]) -> Self {
        let length = format!("Content-Length: {}", body.len());
        let lines: Vec<&str> = lines.iter().copied().chain([length.as_str()]).collect();
        let mut answer = head(200, &lines);
        answer.extend(body);
        Self::Send(answer)
    }

    pub(super) fn redirect(place: &str) -> Self {
        let place = format!("Location: {place}");
        Self::Send(head(302, &[&place, "Content-Length: 0"]))
    }
}

/// The head of an answer.
pub(super) fn head(status: u16, lines: &[&str]) -> Vec<u8> {
    format!("HTTP/1.1 {status} x\r\nConnection: close\r\n{}\r\n\r\n", lines.join("\r\n"))
        .into_bytes()
}

/// The running server. It ends with its runtime.
#[derive(Clone)]
pub(super) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    requests: Mutex<Vec<String>>,
    sent: AtomicUsize,
    closed: Notify,
}

impl Server {
    /// Starts it. The answer gets the request's number and text.
    pub(super) async fn start(
        answer: impl Fn(usize, String) -> Vec<Step> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let server = Self { address, shared: Arc::clone(&shared) };
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    match stream.read_u8().await {
                        Ok(byte) => request.push(byte),
                        Err(_) => break,
                    }
                }
                if request.is_empty() {
                    continue;
                }
                let request = String::from_utf8(request).unwrap();
                let number = {
                    let mut requests = shared.requests.lock().unwrap();
                    requests.push(request.clone());
                    requests.len() - 1
                };
                tokio::spawn(run(stream, answer(number, request), Arc::clone(&shared)));
            }
        });
        server
    }

    pub(super) fn host(&self) -> String {
        self.address.to_string()
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/a.png", self.address)
    }

    /// The heads of the requests.
    pub(super) fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// Bytes that the system took from the server.
    pub(super) fn sent(&self) -> usize {
        self.shared.sent.load(Ordering::SeqCst)
    }

    /// Waits until the other side closes a connection before its answer is sent.
    pub(super) async fn closed(&self) {
        let closed = self.shared.closed.notified();
        tokio::time::timeout(Duration::from_secs(10), closed).await.unwrap();
    }
}

async fn run(mut stream: TcpStream, steps: Vec<Step>, shared: Arc<Shared>) {
    for step in steps {
        match step {
            Step::Send(bytes) => {
                for part in bytes.chunks(16 << 10) {
                    if stream.write_all(part).await.is_err() {
                        shared.closed.notify_one();
                        return;
                    }
                    shared.sent.fetch_add(part.len(), Ordering::SeqCst);
                }
            }
            Step::Wait(time) => tokio::time::sleep(time).await,
            Step::Reset => return stream.set_zero_linger().unwrap(),
        }
    }
    let _ = stream.shutdown().await;
}
