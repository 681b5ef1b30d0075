//! A running `cropmark serve`, and a client that asks it.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use crate::support::Scene;

/// A running server.
pub(crate) struct Serving {
    pub(crate) child: Child,
    pub(crate) port: u16,
    pub(crate) complaints: Receiver<String>,
    /// What it says after the line with its address.
    pub(crate) lines: Receiver<String>,
}

/// What the server has answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Serving {
    pub(crate) fn start(scene: &Scene, arguments: &[&str]) -> Self {
        let mut all = vec!["--listen", "127.0.0.1:0"];
        all.extend(arguments);
        Self::start_with(scene, &all, &[])
    }

    /// Starts a server with these variables, which listens where the arguments say.
    pub(crate) fn start_with(
        scene: &Scene,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let mut all = vec!["serve", "w", "--workers", "2"];
        all.extend(arguments);
        let mut command = scene.command(&all);
        command.env_remove("CROPMARK_TOKEN").envs(variables.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let complaints = lines_of(child.stderr.take().unwrap());
        let lines = lines_of(child.stdout.take().unwrap());
        let line = lines.recv().unwrap_or_default();
        let address = line.split("http://").nth(1).and_then(|it| it.split(';').next());
        let port = address.and_then(|address| Some(address.rsplit_once(':')?.1));
        let port = port.unwrap_or_else(|| panic!("{line:?} {:?}", complaints.try_iter())).parse();
        Self { child, port: port.unwrap(), complaints, lines }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        stream
    }

    /// Sends these bytes and reads all that comes.
    pub(crate) fn send(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        stream.write_all(bytes).unwrap();
        let mut all = Vec::new();
        // A server that refuses to read on may reset the connection.
        let _ = stream.read_to_end(&mut all);
        all
    }

    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let own = format!("localhost:{}", self.port);
        let is_named = headers.iter().any(|(name, _)| *name == "Host");
        let host = [("Host", own.as_str())].into_iter().filter(|_| !is_named);
        let lines = host.chain(headers.iter().copied());
        let lines: Vec<_> = lines.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request =
            format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n{}", lines.concat());
        Answer::of(&self.send(format!("{request}\r\n").as_bytes()))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    /// Asks for a picture in every way that HTTP has; returns its bytes. The headers must be right.
    #[track_caller]
    pub(crate) fn picture(&self, path: &str, media_type: &str) -> Vec<u8> {
        let answer = self.get(path).expect(200, media_type);
        assert_eq!(answer.header("content-length"), answer.body.len().to_string(), "{path}");
        assert_eq!(answer.header("accept-ranges"), "bytes", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let known = self.ask("GET", path, &[("If-None-Match", answer.header("etag"))]);
        assert_eq!((known.status, known.body.len()), (304, 0), "{path}");
        let head = self.ask("HEAD", path, &[]);
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        assert_eq!(head.header("content-type"), media_type, "{path}");
        let part = self.ask("GET", path, &[("Range", "bytes=2-5")]);
        assert_eq!((part.status, &part.body[..]), (206, &answer.body[2..6]), "{path}");
        answer.body
    }

    /// A figure of `/metrics`.
    pub(crate) fn figure(&self, name: &str) -> u64 {
        let text = String::from_utf8(self.get("/metrics").body).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0, |value| value.parse().unwrap())
    }

    pub(crate) fn interrupt(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", "INT", &id]).status().unwrap().success());
    }

    /// Ctrl-C, and a clean end.
    pub(crate) fn stop(mut self) {
        self.interrupt();
        assert_eq!(self.child.wait().unwrap().code(), Some(130));
    }
}

/// The lines of an output, as they come.
fn lines_of(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    lines
}

/// What the program says of pictures, in their order: format, width, height.
pub(crate) fn facts(scene: &Scene, pictures: &[Vec<u8>]) -> Vec<(String, u64, u64)> {
    for (number, bytes) in pictures.iter().enumerate() {
        scene.write(format!("facts/{number:03}"), bytes);
    }
    let run = scene.run(&["inspect", "facts", "--json"]).expect(0);
    let mut lines: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.sort_by_key(|facts| facts["source"].to_string());
    let number = |facts: &serde_json::Value, key: &str| facts[key].as_u64().unwrap();
    let of = |facts: &serde_json::Value| {
        let format = facts["format"].as_str().unwrap().to_owned();
        (format, number(facts, "width"), number(facts, "height"))
    };
    let facts: Vec<_> = lines.iter().map(of).collect();
    assert_eq!(facts.len(), pictures.len());
    facts
}

impl Answer {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|it| it == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no answer: {:?}", String::from_utf8_lossy(bytes)));
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let pairs = lines.map(|line| line.split_once(": ").unwrap());
        let headers =
            pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Self { status, headers, body: bytes[end + 4..].to_vec() }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Fails the test unless this is a picture of this type.
    #[track_caller]
    pub(crate) fn expect(self, status: u16, media_type: &str) -> Self {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!((self.status, self.header("content-type")), (status, media_type), "{text}");
        self
    }

    /// Fails the test unless this is a refusal of this status; returns its sentence.
    #[track_caller]
    pub(crate) fn refusal(self, status: u16) -> String {
        let answer = self.expect(status, "text/plain; charset=utf-8");
        String::from_utf8(answer.body).unwrap()
    }
}
