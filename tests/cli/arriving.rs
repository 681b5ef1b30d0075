//! Sources by URL that are rendered while they arrive.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    process::Stdio,
    sync::mpsc,
    thread,
};

use image::{DynamicImage, ImageFormat, RgbImage};

use crate::support::{Run, SMALL, Scene, encoded};

/// How many bytes the server holds back.
const HELD_BACK: usize = 50_000;

/// A picture that cannot be packed well: much more than the head that is fetched first.
fn noise() -> DynamicImage {
    let mut state = 7_u32;
    let mut picture = RgbImage::new(900, 700);
    for sample in picture.iter_mut() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *sample = state.to_be_bytes()[0];
    }
    picture.into()
}

/// Renders a source of a server that holds back the last bytes until the program says that it renders
/// what has come. Then they are sent, or the connection is closed.
fn render(scene: &Scene, name: &str, source: Vec<u8>, is_sent: bool) -> Run {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let (go_on, rendering) = mpsc::channel();
    thread::spawn(move || {
        // What fails while names are compared is fetched once more.
        while let Ok((mut stream, _)) = listener.accept() {
            BufReader::new(&stream).lines().map(Result::unwrap).find(String::is_empty).unwrap();
            let length = source.len();
            write!(stream, "HTTP/1.1 200 x\r\nContent-Length: {length}\r\n\r\n").unwrap();
            let (first, last) = source.split_at(length - HELD_BACK);
            stream.write_all(first).unwrap();
            rendering.recv().unwrap();
            if is_sent {
                stream.write_all(last).unwrap();
            }
        }
    });
    let url = format!("http://{host}/{name}");
    let words = ["render", &url, "--allow-host", &host, "--preset", "p.preset.toml", "--json"];
    let mut command = scene.command(&[&words[..], &["--out", "fetched"]].concat());
    command.env("CROPMARK_LOG", "cropmark_engine=debug");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let log = BufReader::new(child.stderr.take().unwrap());
    let logging = thread::spawn(move || {
        let lines = log.lines().map_while(Result::ok);
        let said = lines.filter(|line| line.contains("is rendered while it arrives"));
        let mut count = 0;
        for _line in said {
            count += 1;
            let _ = go_on.send(());
        }
        count
    });
    let output = child.wait_with_output().unwrap();
    assert!(logging.join().unwrap() > 0, "it was not rendered while it arrived");
    Run::of(output)
}

fn scene() -> Scene {
    let scene = Scene::new();
    scene.write("p.preset.toml", SMALL);
    scene
}

#[test]
fn a_source_rendered_while_it_arrives_gives_the_bytes_of_one_from_a_file() {
    for (name, format) in [("a.jpg", ImageFormat::Jpeg), ("b.png", ImageFormat::Png)] {
        let scene = scene();
        let source = encoded(&noise(), format);
        scene.write(format!("127.0.0.1/{name}"), &source);
        render(&scene, name, source, true).expect(0);
        scene
            .run(&["render", ".", "--preset", "p.preset.toml", "--out", "read", "--json"])
            .expect(0);
        assert_eq!(scene.tree("fetched/small/127.0.0.1"), scene.tree("read/small/127.0.0.1"));
    }
}

#[test]
fn a_download_that_breaks_while_it_is_rendered_is_a_row_with_its_cause() {
    let scene = scene();
    let source = encoded(&noise(), ImageFormat::Jpeg);
    let (come, length) = (source.len() - HELD_BACK, source.len());
    let run = render(&scene, "a.jpg", source, false).expect(1);
    let row = run.row();
    assert_eq!(row["error"]["code"], "unreadable");
    let message = row["error"]["message"].as_str().unwrap();
    assert!(message.contains(&format!("after {come} of {length} bytes")), "{message}");
    assert!(scene.files("fetched").is_empty());
}
