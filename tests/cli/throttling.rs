//! `cropmark serve` under more requests than may be admitted.

use std::{
    io::{Read as _, Write as _},
    sync::mpsc::channel,
    thread,
    time::Duration,
};

use crate::{
    serving::{Answer, Serving},
    support::{SLOW, Scene},
};

const HUGE: &str = r#"version = 1
[generators.huge]
operations = [{ op = "resize", fit = "fill", width = 60000, height = 60000, enlarge = true }]
output = { format = "png" }
"#;

#[test]
fn of_forty_requests_those_that_wait_too_long_are_told_when_to_try_again() {
    let scene = Scene::new();
    scene.write("w/slow.preset.toml", SLOW);
    scene.write("w/huge.preset.toml", HUGE);
    for number in 0..40 {
        scene.photo(format!("w/{number}.jpg"), number);
    }
    let limits = ["--set", "max_requests=1", "--set", "max_wait=0.3", "--listen", "127.0.0.1:0"];
    let variables = [("CROPMARK_LOG", "cropmark_engine=info")];
    let mut serving = Serving::start_with(&scene, &limits, &variables);
    serving.get("/huge/0.png").refusal(413);

    let (sender, answers) = channel();
    for number in 0..40 {
        let mut stream = serving.connect();
        let head = format!("GET /slow/{number}.avif HTTP/1.1\r\nHost: localhost\r\n");
        stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).unwrap();
        let sender = sender.clone();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes);
            let _ = sender.send(bytes);
        });
    }
    // One picture takes seconds; at most one more has its turn meanwhile.
    for _ in 0..38 {
        let answer = Answer::of(&answers.recv_timeout(Duration::from_mins(1)).unwrap());
        assert_eq!(answer.header("retry-after"), "5");
        let sentence = answer.refusal(503);
        assert!(sentence.contains("max_wait"), "{sentence}");
    }
    assert!(serving.figure("status_codes_total{code=\"503\"}") >= 38);
    serving.child.kill().unwrap();
    serving.child.wait().unwrap();
    let lines: Vec<String> = serving.complaints.iter().collect();
    let figures = ["max_requests=1", "max_wait_milliseconds=300", "max_memory="];
    for said in ["waiting for a permit", "gave up waiting for a turn"] {
        let line = lines.iter().find(|line| line.contains(said));
        let line = line.unwrap_or_else(|| panic!("{said}: {lines:#?}"));
        assert!(figures.iter().all(|figure| line.contains(figure)), "{line}");
    }
}
