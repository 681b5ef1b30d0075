//! `cropmark watch`: what is marked eager is rendered as files come and change.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::support::{SMALL, Scene};

/// A running watch and the lines that it prints.
struct Watching {
    child: Child,
    lines: Receiver<Value>,
}

impl Watching {
    fn start(scene: &Scene) -> Self {
        let mut command = scene.command(&["watch", "w", "--json", "--workers", "2"]);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).unwrap());
            }
        });
        Self { child, lines }
    }

    /// The next line. A variant's file is there when its line is.
    #[track_caller]
    fn next(&self, scene: &Scene) -> (String, String) {
        let line = self.lines.recv_timeout(Duration::from_secs(10)).expect("a line");
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        assert!(scene.path(text("path")).is_file(), "{line}");
        (text("source"), format!("{} {}", text("status"), text("generator")))
    }

    #[track_caller]
    fn expect(&self, scene: &Scene, source: &str, what: &str) {
        assert_eq!(self.next(scene), (format!("w/{source}"), what.to_owned()));
    }

    /// Ctrl-C. Returns the last line's sums.
    fn stop(mut self) -> Value {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", "INT", &id]).status().unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(130));
        self.lines.iter().last().unwrap()["summary"].clone()
    }
}

fn eager(generator: &str) -> String {
    let eager =
        SMALL.replace("generators.small]", &format!("generators.{generator}]\neager = true"));
    assert!(eager.contains("eager"));
    eager
}

#[test]
fn what_comes_and_changes_is_rendered_and_the_end_is_clean() {
    let scene = Scene::new();
    let lazy = SMALL.replace("version = 1", "").replace("small", "lazy");
    scene.write("w/p.preset.toml", format!("{}{lazy}", eager("small")));
    scene.write("w/notes.txt", "no image");
    scene.photo("w/a.jpg", 0);
    let watching = Watching::start(&scene);
    watching.expect(&scene, "a.jpg", "rendered small");

    scene.photo("w/deep/er/b.jpg", 1);
    watching.expect(&scene, "deep/er/b.jpg", "rendered small");
    scene.photo("w/a.jpg", 2);
    watching.expect(&scene, "a.jpg", "rendered small");
    fs::rename(scene.path("w/a.jpg"), scene.path("w/c.jpg")).unwrap();
    watching.expect(&scene, "c.jpg", "cached small");

    // A second process is told who has the workspace.
    let second = scene.run(&["watch", "w"]).expect(3);
    assert!(second.stderr.contains("process"), "{second:?}");

    // A preset at another depth: everything again, the known variants from the cache.
    let more = eager("more").replace("40", "30");
    scene.write("w/deep/more.preset.toml", more);
    let mut rows: Vec<_> = (0..4).map(|_| watching.next(&scene)).collect();
    rows.sort();
    let row = |source: &str, what: &str| (format!("w/{source}"), what.to_owned());
    let expected = [
        row("c.jpg", "cached small"),
        row("c.jpg", "rendered more"),
        row("deep/er/b.jpg", "cached small"),
        row("deep/er/b.jpg", "rendered more"),
    ];
    assert_eq!(rows, expected);

    let summary = watching.stop();
    assert_eq!((&summary["rendered"], &summary["failed"]), (&5.into(), &0.into()));
    let left = scene.files("w/.cropmark");
    assert!(!left.iter().any(|name| name.starts_with("tmp/")), "{left:?}");
    // Nothing was written elsewhere, and what was rendered is known the next time.
    assert_eq!(scene.files("w").iter().filter(|name| !name.starts_with(".cropmark")).count(), 5);
    let watching = Watching::start(&scene);
    for _ in 0..4 {
        assert!(watching.next(&scene).1.starts_with("cached"));
    }
    assert_eq!(watching.stop()["rendered"], 0);
}

#[test]
fn a_folder_that_is_not_there_is_said() {
    let run = Scene::new().run(&["watch", "nowhere"]).expect(3);
    assert!(run.stderr.contains("nowhere"), "{run:?}");
}
