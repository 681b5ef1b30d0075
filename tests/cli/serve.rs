//! `cropmark serve`: variants by URL, rendered when they are asked for.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    os::unix::fs::symlink,
    thread,
};

use crate::{
    serving::{Answer, Serving},
    support::{Run, SLOW, SMALL, Scene, wait_for},
};

const HERO: &str = r#"version = 1
[generators.hero]
widths = [20, 40]
operations = [{ op = "resize", fit = "inside", width = 40 }]
output = { format = ["webp", "jpeg"] }
[themes.travel]
generator = "hero"
variations.square = { width = 30, height = 30, crop = true }
[generators.photos_only]
match = { path = ["photos/**"] }
output = { format = "png" }
[generators.huge]
operations = [{ op = "resize", fit = "fill", width = 60000, height = 60000, enlarge = true }]
output = { format = "png" }
"#;

fn scene() -> Scene {
    let scene = Scene::new();
    scene.write("w/p.preset.toml", HERO);
    scene.photo("w/photos/a b.jpg", 0);
    scene.photo("w/c.jpg", 1);
    scene
}

#[test]
fn every_variant_that_render_writes_has_its_url_and_its_bytes() {
    let scene = scene();
    let serving = Serving::start(&scene, &[]);
    let mut served = BTreeMap::new();
    let names =
        ["photos/a%20b-20.webp", "photos/a%20b-40.jpg", "c-20.jpg", "photos/a%20b-square.webp"];
    for name in names {
        let media_type = if name.ends_with("webp") { "image/webp" } else { "image/jpeg" };
        let answer = serving.get(&format!("/hero/{name}")).expect(200, media_type);
        assert_eq!(answer.header("content-length"), answer.body.len().to_string());
        served.insert(format!("hero/{}", name.replace("%20", " ")), answer.body);
    }
    // Its theme's variation has a URL of its own too.
    let square = serving.get("/hero/travel/square/photos/a%20b.webp").expect(200, "image/webp");
    assert_eq!(square.body, served["hero/photos/a b-square.webp"]);
    assert_eq!(serving.figure("cache_misses_total"), 4);
    assert_eq!(serving.figure("cache_hits_total"), 1);
    assert_eq!(serving.figure("processed_images_total{format=\"webp\"}"), 2);
    serving.stop();

    let arguments =
        ["render", "--preset", "w/p.preset.toml", "--workspace", "w", "--out", "out", "--json"];
    let rows = scene.run(&[&arguments[..], &["--generator", "hero"]].concat()).expect(0);
    for (name, bytes) in served {
        assert_eq!(fs::read(scene.path("out").join(&name)).unwrap(), bytes, "{name}");
    }
    let cached = rows.column("status").iter().filter(|status| *status == "cached").count();
    assert_eq!(cached, 4, "what was served is kept: {rows:?}");
}

#[test]
fn answers_are_conditional_cut_and_negotiated_as_http_has_it() {
    let scene = scene();
    let serving = Serving::start(&scene, &["--max-age", "60"]);
    let path = "/hero/photos/a%20b.webp";
    let whole = serving.get(path).expect(200, "image/webp");
    let (etag, modified) = (whole.header("etag"), whole.header("last-modified"));
    assert_eq!(etag.len(), 66, "{etag}");
    assert_eq!(whole.header("cache-control"), "max-age=60");
    assert_eq!(whole.header("vary"), "", "the extension has chosen");
    for condition in [("If-None-Match", etag), ("If-Modified-Since", modified)] {
        let known = serving.ask("GET", path, &[condition]);
        assert_eq!((known.status, known.body.len(), known.header("etag")), (304, 0, etag));
    }
    assert_eq!(serving.ask("GET", path, &[("If-None-Match", "\"x\"")]).status, 200);

    let head = serving.ask("HEAD", path, &[]);
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), whole.body.len().to_string());

    let length = whole.body.len();
    let part = serving.ask("GET", path, &[("Range", "bytes=10-19")]).expect(206, "image/webp");
    assert_eq!(part.body, whole.body[10..20]);
    assert_eq!(part.header("content-range"), format!("bytes 10-19/{length}"));
    let beyond = serving.ask("GET", path, &[("Range", "bytes=9999999-")]);
    assert_eq!(beyond.header("content-range"), format!("bytes */{length}"));
    assert_eq!(beyond.status, 416);
    for range in ["bytes=a-b", "bytes=5-1", "bytes=0-0,2-3", "x"] {
        assert_eq!(serving.ask("GET", path, &[("Range", range)]).status, 200, "{range}");
    }

    let of = |accept| serving.ask("GET", "/hero/photos/a%20b", &[("Accept", accept)]);
    let webp = of("image/avif,image/webp,*/*").expect(200, "image/webp");
    assert_eq!((webp.header("vary"), &webp.body), ("Accept", &whole.body));
    assert_eq!(of("*/*").expect(200, "image/jpeg").header("vary"), "Accept");
    serving.stop();
}

#[test]
fn what_cannot_be_given_is_said_with_its_status() {
    let scene = scene();
    scene.write("w/broken.jpg", b"\xff\xd8\xff\xe0 no more");
    scene.write("w/notes.txt", "no image");
    let serving = Serving::start(&scene, &[]);
    let refusal = |path: &str, status| serving.get(path).refusal(status);
    assert!(refusal("/heros/c.jpg", 404).contains("\"hero\"?"));
    assert!(refusal("/hero/missing.jpg", 404).contains("missing.jpg"));
    assert!(refusal("/hero/c.png", 404).contains("webp, jpg"));
    assert!(refusal("/hero/notes.txt", 404).contains("no image"));
    assert!(refusal("/photos_only/c.png", 404).contains("photos/**"));
    assert!(refusal("/hero/broken.jpg", 422).contains("broken.jpg"));
    assert!(refusal("/huge/c.png", 413).contains("c.jpg"));
    assert_eq!(serving.ask("POST", "/hero/c.jpg", &[]).header("allow"), "GET, HEAD");
    assert_eq!(serving.figure("failures_total{code=\"unreadable\"}"), 1);
    assert_eq!(serving.figure("failures_total{code=\"too_large\"}"), 1);
    assert_eq!(serving.figure("status_codes_total{code=\"405\"}"), 1);
    serving.stop();
}

#[test]
fn hostile_requests_get_nothing_and_harm_nobody() {
    let scene = scene();
    scene.photo("secret.jpg", 3);
    symlink(scene.path("secret.jpg"), scene.path("w/out.jpg")).unwrap();
    symlink(scene.path(""), scene.path("w/up")).unwrap();
    let serving = Serving::start(&scene, &[]);
    for path in [
        "/hero/../../etc/passwd",
        "/hero/../secret.jpg",
        "/hero/%2e%2e/secret.jpg",
        "/hero/..%2fsecret.jpg",
        "/hero/%252e%252e/secret.jpg",
        "//etc/passwd",
        "/hero//etc/passwd",
        "/hero/out.jpg",
        "/hero/up/secret.jpg",
        "/hero/c.jpg%00.webp",
        "/hero/.cropmark/index.sqlite",
        "/hero/%2ecropmark/variants/x.jpg",
        "/hero/photos",
        "/hero/",
        "/hero",
    ] {
        serving.get(path).refusal(404);
    }
    serving.get(&format!("/hero/{}.jpg", "a".repeat(5000))).refusal(414);
    assert_eq!(
        Answer::of(
            &serving.send(format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(100_000)).as_bytes())
        )
        .status
            / 100,
        4
    );
    assert_eq!(Answer::of(&serving.send(b"\0\0\0 nothing of HTTP\r\n\r\n")).status, 400);
    let many = "X: y\r\n".repeat(5000);
    assert_eq!(
        Answer::of(&serving.send(format!("GET / HTTP/1.1\r\n{many}\r\n").as_bytes())).status,
        431
    );
    // A page elsewhere whose name points here.
    for host in ["evil.example", "127.0.0.1.evil.example", ""] {
        serving.ask("GET", "/hero/c.jpg", &[("Host", host)]).refusal(421);
    }
    let absolute = "GET http://evil.example/hero/c.jpg HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    Answer::of(&serving.send(absolute.as_bytes())).refusal(421);
    Answer::of(&serving.send(b"GET / HTTP/1.0\r\n\r\n")).refusal(421);

    // Clients that say little or nothing are many, and the others are answered.
    let mut idle: Vec<TcpStream> = (0..300).map(|_| serving.connect()).collect();
    for stream in &mut idle {
        stream.write_all(b"GET /hero/c.jpg HTTP/1.1\r\nHost: loc").unwrap();
    }
    let clients: Vec<_> = (0..10)
        .map(|_| {
            let port = serving.port;
            thread::spawn(move || {
                (0..100).filter(|_| {
                    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
                    let request = b"GET /hero/c.jpg HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
                    stream.write_all(request).unwrap();
                    let mut all = Vec::new();
                    stream.read_to_end(&mut all).unwrap();
                    Answer::of(&all).status == 200
                }).count()
            })
        })
        .collect();
    let answered: usize = clients.into_iter().map(|client| client.join().unwrap()).sum();
    assert_eq!(answered, 1000);
    drop(idle);
    assert_eq!(serving.get("/health").body, b"ok\n");
    serving.stop();
}

#[test]
fn changes_of_pictures_and_presets_are_noticed() {
    let scene = scene();
    let serving = Serving::start(&scene, &[]);
    let etag = || serving.get("/hero/c.webp").header("etag").to_owned();
    let first = etag();
    scene.photo("w/c.jpg", 7);
    let second = etag();
    assert_ne!(first, second, "at once, without waiting for a report");
    scene.write("w/p.preset.toml", HERO.replace("width = 40", "width = 33").replace("40]", "33]"));
    wait_for("the change of the preset", || etag() != second);
    fs::remove_file(scene.path("w/c.jpg")).unwrap();
    serving.get("/hero/c.webp").refusal(404);
    scene.write("w/more.preset.toml", SMALL);
    wait_for("the new preset", || serving.get("/small/photos/a%20b.jpg").status == 200);
    scene.write("w/more.preset.toml", SMALL.replace("width = 40", "widht = 40"));
    wait_for("the fault of the preset", || serving.get("/small/photos/a%20b.jpg").status == 422);
    assert!(serving.complaints.try_iter().any(|line| line.contains("more.preset.toml:3:")));
    serving.stop();
}

#[test]
fn the_end_waits_for_requests_that_have_come() {
    let scene = Scene::new();
    scene
        .write("w/p.preset.toml", SLOW.replace("effort = 9", "effort = 4").replace("2400", "1600"));
    scene.photo("w/a.jpg", 0);
    let mut serving = Serving::start(&scene, &[]);
    let mut stream = serving.connect();
    stream.write_all(b"GET /slow/a.jpg HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    wait_for("the rendering", || serving.figure("jobs_running{class=\"on_demand\"}") > 0);
    serving.interrupt();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    let answer = Answer::of(&all).expect(200, "image/avif");
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    assert_eq!(serving.child.wait().unwrap().code(), Some(130));
    let left = scene.files("w/.cropmark");
    assert!(!left.iter().any(|name| name.starts_with("tmp/")), "{left:?}");
}

#[test]
fn other_computers_need_a_token() {
    let scene = scene();
    let open = scene.run(&["serve", "w", "--listen", "0.0.0.0:0"]).expect(2);
    assert!(open.stderr.contains("token"), "{open:?}");
    let short = scene.run(&["serve", "w", "--token", "short"]).expect(2);
    assert!(short.stderr.contains("16 characters"), "{short:?}");
    let token = "0123456789abcdef";
    let serving = Serving::start(&scene, &["--token", token]);
    serving.get("/hero/c.jpg").refusal(401);
    serving.get("/metrics").refusal(401);
    assert_eq!(serving.get("/health").status, 200);
    let bearer = format!("Bearer {token}");
    let asked = [("Authorization", bearer.as_str()), ("Host", "images.example")];
    assert_eq!(serving.ask("GET", "/hero/c.jpg", &asked).status, 200);
    assert_eq!(serving.get(&format!("/hero/c.jpg?token={token}")).status, 200);
    serving.stop();
}

#[test]
fn a_workspace_that_another_process_has_is_served_too() {
    let scene = scene();
    let first = Serving::start(&scene, &[]);
    let second = Serving::start(&scene, &[]);
    let path = "/hero/c.jpg";
    let of = |serving: &Serving| serving.get(path).expect(200, "image/jpeg").body;
    assert_eq!(of(&second), of(&first));
    second.stop();
    first.stop();
    let nowhere: Run = scene.run(&["serve", "nowhere"]).expect(3);
    assert!(nowhere.stderr.contains("nowhere"), "{nowhere:?}");
}
