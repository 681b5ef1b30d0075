//! Sources by URL, from a server of the tests' own on loopback.

use std::{
    collections::HashMap,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::Stdio,
    sync::{Arc, Mutex},
    thread,
};

use image::ImageFormat;
use serde_json::{Value, json};

use crate::support::{Run, SMALL, Scene, encoded, picture};

/// Answers requests for some pictures, each with an entity tag, until the test ends.
struct Server {
    host: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(pictures: &[(&str, Vec<u8>)]) -> Self {
        let pictures: HashMap<String, Vec<u8>> =
            pictures.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.clone())).collect();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let _ = answer(&mut stream.unwrap(), &pictures, &noted);
            }
        });
        Self { host, requests }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn answer(
    stream: &mut TcpStream,
    pictures: &HashMap<String, Vec<u8>>,
    noted: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        request.push(byte[0]);
    }
    let request = String::from_utf8(request).unwrap();
    noted.lock().unwrap().push(request.clone());
    let path = request.split(' ').nth(1).unwrap_or_default();
    let path = path.split('?').next().unwrap();
    let Some(bytes) = pictures.get(path) else {
        return stream
            .write_all(b"HTTP/1.1 404 x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    };
    let tag = format!("\"{}\"", blake3::hash(bytes).to_hex());
    if request.contains(&tag) {
        return stream.write_all(b"HTTP/1.1 304 x\r\nConnection: close\r\n\r\n");
    }
    let length = bytes.len();
    let head = format!(
        "HTTP/1.1 200 x\r\nConnection: close\r\nETag: {tag}\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(bytes)
}

fn scene() -> Scene {
    let scene = Scene::new();
    scene.write("p.preset.toml", SMALL);
    scene
}

fn jpeg(number: usize) -> Vec<u8> {
    encoded(&picture(90, 60, number), ImageFormat::Jpeg)
}

#[test]
fn a_url_becomes_a_variant_named_by_host_and_path_and_a_second_run_asks_only_for_changes() {
    let scene = scene();
    let server = Server::start(&[("/photos/dusk%20one.jpg", jpeg(1))]);
    let url = server.url("/photos/dusk%20one.jpg?width=90&access_token=hunter2");
    let shown = server.url("/photos/dusk%20one.jpg?width=90&access_token=…");
    let first = scene.render(&[&url, "--allow-host", &server.host]).expect(0);
    let row = first.row();
    assert_eq!(row["source"], json!(shown));
    assert_eq!((&row["width"], &row["height"]), (&json!(40), &json!(27)));
    assert_eq!(scene.files("out"), ["small/127.0.0.1/photos/dusk one.jpg"]);
    let all = format!("{}{}", first.stdout, first.stderr);
    assert!(!all.contains("hunter2"), "{all}");

    let second = scene.render(&[&url, "--allow-host", &server.host, "--out", "again"]).expect(0);
    assert_eq!(second.row()["status"], "cached");
    assert_eq!(scene.tree("out"), scene.tree("again"));
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests[1].to_lowercase().contains("if-none-match"), "{}", requests[1]);
}

#[test]
fn the_same_bytes_make_the_same_variant_from_a_url_as_from_a_file() {
    let scene = scene();
    let server = Server::start(&[
        ("/a.jpg", jpeg(1)),
        ("/b.png", { encoded(&picture(400, 300, 2), ImageFormat::Png) }),
    ]);
    scene.write("127.0.0.1/a.jpg", jpeg(1));
    scene.write("127.0.0.1/b.png", encoded(&picture(400, 300, 2), ImageFormat::Png));
    let (a, b) = (server.url("/a.jpg"), server.url("/b.png"));
    scene.render(&[&a, &b, "--allow-host", &server.host, "--out", "fetched"]).expect(0);
    scene.run(&["render", ".", "--preset", "p.preset.toml", "--out", "read", "--json"]).expect(0);
    assert_eq!(scene.tree("fetched/small/127.0.0.1"), scene.tree("read/small/127.0.0.1"));
}

#[test]
fn what_is_refused_is_a_denied_row_and_gets_no_connection() {
    let scene = scene();
    let server = Server::start(&[("/a.jpg", jpeg(1))]);
    let url = server.url("/a.jpg");
    let with_password = url.replace("http://", "http://user:hunter2@");
    let cases: [(&str, &[&str]); 7] = [
        (&url, &[]),
        (&url, &["--allow-host", "127.0.0.1"]),
        (&url, &["--allow-host", "127.0.0.1:1"]),
        (&url, &["--allow-host", "localhost"]),
        (&with_password, &["--allow-host", &server.host]),
        ("file:///etc/passwd", &["--allow-host", "localhost"]),
        ("http://169.254.169.254/latest/a.jpg", &["--allow-host", "169.254.169.254"]),
    ];
    for (source, more) in cases {
        let run = scene.render(&[&[source], more].concat()).expect(1);
        let row = run.row();
        assert_eq!(row["status"], "failed", "{source}");
        assert_eq!(row["error"]["code"], "denied", "{source}: {row}");
        assert_eq!(row["generator"], Value::Null);
        assert!(!run.stdout.contains("hunter2"), "{}", run.stdout);
    }
    assert!(server.requests().is_empty());
    assert!(scene.files("out").is_empty());
}

#[test]
fn faults_of_the_server_are_rows_beside_those_that_work() {
    let scene = scene();
    let page = b"<!DOCTYPE html><html></html>".to_vec();
    let server = Server::start(&[("/a.jpg", jpeg(1)), ("/page", page), ("/empty.jpg", vec![])]);
    let urls = ["/a.jpg", "/missing.jpg", "/page", "/empty.jpg"].map(|path| server.url(path));
    let mut words: Vec<&str> = urls.iter().map(String::as_str).collect();
    words.extend(["--allow-host", &server.host]);
    let run = scene.render(&words).expect(1);
    let codes: Vec<_> = run.rows().iter().map(|row| row["error"]["code"].clone()).collect();
    // In the order of their addresses.
    let [none, bad, unsupported] = [Value::Null, json!("unreadable"), json!("unsupported")];
    assert_eq!(codes, [none, bad.clone(), bad, unsupported]);
    assert_eq!(run.summary()["rendered"], 1);
}

#[test]
fn sources_are_listed_in_a_file_or_on_standard_input() {
    let scene = scene();
    scene.photo("local.jpg", 7);
    let server = Server::start(&[("/a.jpg", jpeg(1)), ("/b.jpg", jpeg(2))]);
    let list = format!("{}\r\n\n{}\nlocal.jpg\n", server.url("/a.jpg"), server.url("/b.jpg"));
    scene.write("list.txt", &list);
    let allowed = ["--allow-host", server.host.as_str()];
    let listed = scene.render(&[&["--sources-from", "list.txt"], &allowed[..]].concat()).expect(0);
    assert_eq!(listed.rows().len(), 3);
    let names = ["small/127.0.0.1/a.jpg", "small/127.0.0.1/b.jpg", "small/local.jpg"];
    assert_eq!(scene.files("out"), names);

    let words = ["render", "--preset", "p.preset.toml", "--json", "--out", "piped"];
    let mut command = scene.command(&[&words[..], &["--sources-from", "-"], &allowed].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(list.as_bytes()).unwrap();
    Run::of(child.wait_with_output().unwrap()).expect(0);
    assert_eq!(scene.tree("piped"), scene.tree("out"));
    let missing = scene.render(&["--sources-from", "nowhere.txt"]).expect(2);
    assert!(missing.stderr.contains("--sources-from nowhere.txt"), "{}", missing.stderr);
}

#[test]
fn a_url_is_inspected() {
    let scene = scene();
    let server = Server::start(&[("/a.jpg", jpeg(1))]);
    let url = server.url("/a.jpg");
    let run = scene.run(&["inspect", "--json", &url, "--allow-host", &server.host]).expect(0);
    let row = run.row();
    assert_eq!(row["source"], json!(url));
    assert_eq!((&row["width"], &row["bytes"]), (&json!(90), &json!(jpeg(1).len())));
    let run = scene.run(&["inspect", "--json", &url]).expect(1);
    assert_eq!(run.row()["error"]["code"], "denied");
}

#[test]
fn results_go_to_folders_only_and_hosts_are_checked_when_they_are_read() {
    let scene = scene();
    scene.photo("a.jpg", 1);
    let run = scene.render(&["a.jpg", "--out", "s3://bucket/web"]).expect(2);
    assert!(run.stderr.contains("s3://bucket/web"), "{}", run.stderr);
    assert!(!scene.path("s3:").exists());
    let run = scene.render(&["a.jpg", "--allow-host", "*.example.com"]).expect(2);
    assert!(run.stderr.contains("HOST:PORT"), "{}", run.stderr);
}
