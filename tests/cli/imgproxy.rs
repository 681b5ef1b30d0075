//! `cropmark serve --imgproxy`: pictures by imgproxy's URLs; and `cropmark sign`.

use std::{
    collections::BTreeMap,
    fs::{self, write},
    os::unix::fs::symlink,
    time::{Duration, SystemTime},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, RgbaImage};

use crate::{
    serving::Serving,
    support::{Run, SMALL, Scene, encoded, picture},
};

const KEYS: [(&str, &str); 2] = [
    ("CROPMARK_IMGPROXY_KEY", "943b421c9eb07c830af81030552c8600"),
    ("CROPMARK_IMGPROXY_SALT", "520f986b998545b4785e0defbc4f3c12"),
];

/// Source, options, extension; format, width, height.
type Row = (&'static str, &'static str, &'static str, &'static str, u32, u32);

const PHOTO: &str = "photos/a b.jpg";

/// What imgproxy's arithmetic gives for a photo of 640 x 480, a drawing of 300 x 400 with alpha, an
/// animation of 90 x 60 and a box of 40 x 20 on a white ground.
const TABLE: [Row; 62] = [
    (PHOTO, "", "", "jpeg", 640, 480),
    (PHOTO, "rs:fit:300:300", "webp", "webp", 300, 225),
    (PHOTO, "rs:fit:300:300", "jpg", "jpeg", 300, 225),
    (PHOTO, "resize:fill:300:200", "jpg", "jpeg", 300, 200),
    (PHOTO, "rs:fill:300:200:0/g:no", "png", "png", 300, 200),
    (PHOTO, "rs:fill-down:1000:700", "", "jpeg", 640, 448),
    (PHOTO, "rs:force:300:100", "", "jpeg", 300, 100),
    (PHOTO, "rs:auto:200:100", "", "jpeg", 200, 100),
    (PHOTO, "rs:auto:100:200", "", "jpeg", 100, 75),
    (PHOTO, "w:100", "", "jpeg", 100, 75),
    (PHOTO, "h:120", "", "jpeg", 160, 120),
    (PHOTO, "width:100/dpr:2", "", "jpeg", 200, 150),
    (PHOTO, "rs:fill:300:200/dpr:2", "", "jpeg", 600, 400),
    (PHOTO, "rs:fill:300:200/dpr:3", "webp", "webp", 640, 427),
    (PHOTO, "rs:fit:1000:1000", "", "jpeg", 640, 480),
    (PHOTO, "rs:fit:1000:1000:1", "", "jpeg", 1000, 750),
    (PHOTO, "rs:fit:100:100:0:1", "png", "png", 100, 100),
    (PHOTO, "rs:fit:100:100/exar:1", "png", "png", 100, 100),
    (PHOTO, "c:200:100", "", "jpeg", 200, 100),
    (PHOTO, "c:0.5:0.5:nowe/w:100", "", "jpeg", 100, 75),
    (PHOTO, "g:fp:0.2:0.8/rs:fill:50:50", "", "jpeg", 50, 50),
    (PHOTO, "g:sm/rs:fill:60:40", "", "jpeg", 60, 40),
    (PHOTO, "g:soea:5:5/rs:fill:100:100", "", "jpeg", 100, 100),
    (PHOTO, "pd:10/w:100", "png", "png", 120, 95),
    (PHOTO, "pd:1:2:3:4/w:100", "", "jpeg", 106, 79),
    (PHOTO, "bg:ff0000/w:40", "", "jpeg", 40, 30),
    (PHOTO, "bg:255:0:0/pd:5/w:40", "", "jpeg", 50, 40),
    (PHOTO, "rot:90", "", "jpeg", 480, 640),
    (PHOTO, "rot:180/w:64", "", "jpeg", 64, 48),
    (PHOTO, "fl:1/w:64", "", "jpeg", 64, 48),
    (PHOTO, "fl:0:1/w:64", "", "jpeg", 64, 48),
    (PHOTO, "bl:2/w:64", "", "jpeg", 64, 48),
    (PHOTO, "sh:0.5/w:64", "", "jpeg", 64, 48),
    (PHOTO, "pix:8/w:64", "", "jpeg", 64, 48),
    (PHOTO, "q:50/w:64", "", "jpeg", 64, 48),
    (PHOTO, "fq:webp:40/w:64", "webp", "webp", 64, 48),
    (PHOTO, "mb:4000/w:200", "webp", "webp", 200, 150),
    (PHOTO, "f:png/w:32", "", "png", 32, 24),
    (PHOTO, "f:avif/w:32", "", "avif", 32, 24),
    (PHOTO, "ext:gif/w:32", "", "gif", 32, 24),
    (PHOTO, "f:png/w:32", "webp", "webp", 32, 24),
    (PHOTO, "w:32", "tiff", "tiff", 32, 24),
    (PHOTO, "sm:0/w:36", "", "jpeg", 36, 27),
    (PHOTO, "kcr:1/w:36", "", "jpeg", 36, 27),
    (PHOTO, "scp:0/w:36", "", "jpeg", 36, 27),
    (PHOTO, "z:0.5", "", "jpeg", 320, 240),
    (PHOTO, "z:2/el:1", "", "jpeg", 1280, 960),
    (PHOTO, "mw:100/w:52", "", "jpeg", 52, 75),
    (PHOTO, "cb:123/w:56", "", "jpeg", 56, 42),
    (PHOTO, "exp:4102444800/w:60", "", "jpeg", 60, 45),
    (PHOTO, "fn:x/att:1/w:68", "", "jpeg", 68, 51),
    (PHOTO, "ra:cubic/w:72", "", "jpeg", 72, 54),
    (PHOTO, "dpi:300/w:76", "", "jpeg", 76, 57),
    (PHOTO, "ar:0/w:80", "", "jpeg", 80, 60),
    (PHOTO, "wm:0.5:soea:2:2/w:84", "", "jpeg", 84, 63),
    (PHOTO, "raw:0/s:88", "", "jpeg", 88, 66),
    ("drawing.png", "w:30", "", "png", 30, 40),
    ("drawing.png", "rs:fill:60:60/bg:fff", "jpg", "jpeg", 60, 60),
    ("moving.gif", "da:1/w:45", "", "gif", 45, 30),
    ("moving.gif", "pg:0/w:30", "webp", "webp", 30, 20),
    ("box.png", "t:10", "", "png", 40, 20),
    ("box.png", "w:50/h:50", "jpeg", "jpeg", 50, 40),
];

fn scene() -> Scene {
    let scene = Scene::new();
    scene.write("w/p.preset.toml", SMALL);
    scene.write(format!("w/{PHOTO}"), encoded(&picture(640, 480, 3), ImageFormat::Jpeg));
    scene.write("w/moving.gif", encoded(&picture(90, 60, 5), ImageFormat::Gif));
    let drawing = RgbaImage::from_fn(300, 400, |x, y| {
        image::Rgba([x.to_le_bytes()[0], y.to_le_bytes()[0], 9, if x > y { 0 } else { 255 }])
    });
    scene.write("w/drawing.png", encoded(&DynamicImage::from(drawing), ImageFormat::Png));
    let inner = |x, y| (30..70).contains(&x) && (10..30).contains(&y);
    let black = |x, y| if inner(x, y) { Rgb([0; 3]) } else { Rgb([255; 3]) };
    let boxed = RgbImage::from_fn(100, 80, black);
    scene.write("w/box.png", encoded(&boxed.into(), ImageFormat::Png));
    scene.write("w/watermark.png", encoded(&picture(8, 8, 1), ImageFormat::Png));
    scene
}

/// The path of a row behind the signature, with the source in plain text.
fn plain((source, options, extension, ..): Row) -> String {
    let source = source.replace(' ', "%20");
    let extension = if extension.is_empty() { String::new() } else { format!("@{extension}") };
    format!("{}/plain/local:///{source}{extension}", slash(options))
}

/// The same with the source in base64, in pieces of nine letters.
fn in_base64((source, options, extension, ..): Row) -> String {
    let address = BASE64_URL_SAFE_NO_PAD.encode(format!("local:///{source}"));
    let pieces: Vec<&str> =
        address.as_bytes().chunks(9).map(|piece| std::str::from_utf8(piece).unwrap()).collect();
    let extension = if extension.is_empty() { String::new() } else { format!(".{extension}") };
    format!("{}/{}{extension}", slash(options), pieces.join("/"))
}

/// The same with the options as the preset of this number.
fn by_preset(number: usize, (source, _, extension, ..): Row) -> String {
    let options: &'static str = Box::leak(format!("pr:p{number}").into_boxed_str());
    plain((source, options, extension, "", 0, 0))
}

fn slash(options: &str) -> String {
    if options.is_empty() { String::new() } else { format!("/{options}") }
}

/// Signs paths as a site's own program would, by the command line.
fn signed(scene: &Scene, paths: &[String]) -> Vec<String> {
    write(scene.path("paths.txt"), paths.join("\n")).unwrap();
    let mut command = scene.command(&["sign", "imgproxy", "--from", "paths.txt"]);
    let run = Run::of(command.envs(KEYS).output().unwrap()).expect(0);
    let lines: Vec<String> = run.stdout.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), paths.len());
    lines
}

/// Asks for every row; returns the answers' bytes by their file names. Headers must be right.
fn ask_all(serving: &Serving, paths: &[String]) -> BTreeMap<String, Vec<u8>> {
    let mut bodies = BTreeMap::new();
    for (number, (path, row)) in paths.iter().zip(TABLE).enumerate() {
        let (source, options, _, format, ..) = row;
        // No picture depends on what is accepted.
        let accept = [("Accept", "image/avif,image/webp,*/*")];
        let answer = serving.ask("GET", path, &accept).expect(200, &format!("image/{format}"));
        assert_eq!(answer.header("vary"), "", "{path}");
        assert_eq!(answer.header("content-length"), answer.body.len().to_string(), "{path}");
        assert_eq!(answer.header("accept-ranges"), "bytes", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let extension = if format == "jpeg" { "jpg" } else { format };
        let extension = if format == "tiff" { "tif" } else { extension };
        let disposition = if options.starts_with("fn:") {
            format!("attachment; filename=\"x.{extension}\"")
        } else {
            let stem = source.rsplit('/').next().unwrap().split('.').next().unwrap();
            format!("inline; filename=\"{stem}.{extension}\"")
        };
        assert_eq!(answer.header("content-disposition"), disposition, "{path}");

        let etag = answer.header("etag").to_owned();
        let known = serving.ask("GET", path, &[("If-None-Match", &etag)]);
        assert_eq!((known.status, known.body.len()), (304, 0), "{path}");
        let head = serving.ask("HEAD", path, &[]);
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        assert_eq!(head.header("content-type"), format!("image/{format}"), "{path}");
        let part = serving.ask("GET", path, &[("Range", "bytes=2-5")]);
        assert_eq!((part.status, &part.body[..]), (206, &answer.body[2..6]), "{path}");
        bodies.insert(format!("{number:02}.{extension}"), answer.body);
    }
    bodies
}

#[test]
fn every_kind_of_url_gives_the_same_pictures_of_the_right_size_and_format() {
    let scene = scene();
    let serving = Serving::start(&scene, &["--imgproxy"]);
    let unsigned = |path: String| format!("/insecure{path}");
    let plain_urls: Vec<String> = TABLE.map(plain).map(unsigned).into();
    let first = ask_all(&serving, &plain_urls);
    assert_eq!(first.len(), 62);
    let other: Vec<String> = TABLE.map(in_base64).map(|path| format!("/_{path}")).into();
    assert_eq!(ask_all(&serving, &other), first);
    let rendered = serving.figure("cache_misses_total");
    assert!((50..=62).contains(&rendered), "{rendered}: each picture is rendered once");
    serving.stop();

    for (name, body) in &first {
        scene.write(format!("out/{name}"), body);
    }
    let run = scene.run(&["inspect", "out", "--json"]).expect(0);
    let mut seen = 0;
    for line in run.stdout.lines() {
        let facts: serde_json::Value = serde_json::from_str(line).unwrap();
        let name = facts["source"].as_str().unwrap_or_default();
        let number: usize = name.rsplit('/').next().unwrap()[..2].parse().unwrap();
        let (source, options, _, format, width, height) = TABLE[number];
        let found = (&facts["format"], &facts["width"], &facts["height"]);
        assert_eq!(found, (&format.into(), &width.into(), &height.into()), "{source} {options}");
        seen += 1;
    }
    assert_eq!(seen, 62);

    // The same, signed, and with the options in presets.
    let presets = TABLE.iter().enumerate().map(|(number, (_, options, ..))| {
        let options = if options.is_empty() { "cb:1" } else { options };
        format!("p{number}={options}\n")
    });
    scene.write("presets.txt", presets.collect::<String>());
    let arguments = ["--listen", "127.0.0.1:0", "--imgproxy", "--imgproxy-presets", "presets.txt"];
    let serving = Serving::start_with(&scene, &arguments, &KEYS);
    assert_eq!(ask_all(&serving, &signed(&scene, &TABLE.map(plain))), first);
    let named: Vec<String> =
        TABLE.iter().enumerate().map(|(number, row)| by_preset(number, *row)).collect();
    assert_eq!(ask_all(&serving, &signed(&scene, &named)), first);
    for url in plain_urls {
        serving.get(&url).refusal(403);
    }
    serving.stop();
}

#[test]
fn what_cannot_be_given_is_said_with_its_status() {
    let scene = scene();
    scene.photo("secret.jpg", 3);
    symlink(scene.path("secret.jpg"), scene.path("w/out.jpg")).unwrap();
    symlink(scene.path(""), scene.path("w/up")).unwrap();
    scene.write("w/notes.txt", "no image");
    scene.write("w/broken.jpg", b"\xff\xd8\xff\xe0 no more");
    let serving = Serving::start(&scene, &["--imgproxy"]);
    for (path, status, said) in [
        ("/insecure/w:1/plain/local:///gone.jpg", 404, "gone.jpg"),
        ("/insecure/w:1/plain/local:///out.jpg", 404, "out.jpg"),
        ("/insecure/w:1/plain/local:///up/secret.jpg", 404, "secret.jpg"),
        ("/insecure/w:1/plain/local:///../secret.jpg", 404, "local:///PATH"),
        ("/insecure/w:1/plain/local:///%2e%2e/secret.jpg", 404, "local:///PATH"),
        ("/insecure/w:1/plain/local:///..%2fsecret.jpg", 404, "local:///PATH"),
        ("/insecure/w:1/plain/local:///.cropmark/index.sqlite", 404, "local:///PATH"),
        ("/insecure/w:1/plain/local:///box.png%00.jpg", 404, "local:///PATH"),
        ("/insecure/w:1/plain/local:////etc/passwd", 404, "local:///PATH"),
        ("/insecure/w:1/plain/http://127.0.0.1/a.jpg", 404, "local:///PATH"),
        ("/insecure/w:1/plain/local:///notes.txt", 404, "no image"),
        ("/insecure/w:1/plain/local:///photos", 404, "photos"),
        ("/insecure/w:1/bG9jYWw6Ly8vLi4vc2VjcmV0LmpwZw", 404, "local:///PATH"),
        ("/insecure/w:1", 404, "base64"),
        ("/insecure/enc/YWJj", 404, "encrypted"),
        ("/info/insecure/plain/local:///box.png", 404, "inspect"),
        ("/insecure/exp:1/plain/local:///box.png", 404, "expired"),
        ("/heros/box.png", 404, "no generator"),
        ("/insecure/w:1/plain/local:///broken.jpg", 422, "broken.jpg"),
        ("/insecure/br:10/plain/local:///box.png", 422, "br"),
        ("/insecure/g:obj:cat/plain/local:///box.png", 422, "g: obj"),
        ("/insecure/raw:1/plain/local:///box.png", 422, "raw"),
        ("/insecure/pr:gone/plain/local:///box.png", 422, "gone"),
        ("/insecure/mw:900/plain/local:///box.png", 422, "min-width"),
        ("/insecure/w:70000/plain/local:///box.png", 422, "65535"),
        ("/insecure/wm:1:ce:0:0:0.5/plain/local:///box.png", 422, "watermark"),
        ("/insecure/plain/local:///box.png@mp4", 422, "mp4"),
        ("/insecure/rs:force:60000:60000:1/plain/local:///box.png", 413, "box.png"),
    ] {
        let sentence = serving.get(path).refusal(status);
        assert!(sentence.contains(said), "{path}: {sentence}");
    }
    let long = format!("/insecure/plain/local:///{}.jpg", "a".repeat(5000));
    serving.get(&long).refusal(414);
    let elsewhere = [("Host", "evil.example")];
    serving.ask("GET", "/insecure/plain/local:///box.png", &elsewhere).refusal(421);
    fs::remove_file(scene.path("w/watermark.png")).unwrap();
    let sentence = serving.get("/_/wm:1/plain/local:///box.png").refusal(422);
    assert!(sentence.contains("watermark.png"), "{sentence}");
    // Generators are where they were, and without the option nothing else is understood.
    assert_eq!(serving.get("/small/box.png.jpg").status, 200);
    serving.stop();
    let serving = Serving::start(&scene, &[]);
    serving.get("/insecure/plain/local:///box.png").refusal(404);
    serving.stop();
}

#[test]
fn an_expiry_bounds_what_browsers_keep() {
    let scene = scene();
    let serving = Serving::start(&scene, &["--imgproxy", "--max-age", "31536000"]);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let until = (now + Duration::from_hours(1)).as_secs();
    let path = format!("/_/exp:{until}/w:10/plain/local:///box.png");
    let age = |path: &str| -> u64 {
        let answer = serving.get(path).expect(200, "image/png");
        answer.header("cache-control").strip_prefix("max-age=").unwrap().parse().unwrap()
    };
    // The second answer is the one that is remembered.
    for _ in 0..2 {
        assert!((1..=3600).contains(&age(&path)));
    }
    assert_eq!(age("/_/w:10/plain/local:///box.png"), 31_536_000);
    serving.stop();
}

#[test]
fn a_signature_is_proof_enough_for_other_computers() {
    let scene = scene();
    let elsewhere = ["serve", "w", "--listen", "0.0.0.0:0", "--imgproxy"];
    assert!(scene.run(&elsewhere).expect(2).stderr.contains("token"));
    let url = &signed(&scene, &["/w:10/plain/local:///box.png".to_owned()])[0];
    let host = [("Host", "images.example")];
    let serving = Serving::start_with(&scene, &elsewhere[2..], &KEYS);
    serving.ask("GET", url, &host).expect(200, "image/png");
    serving.ask("GET", &url.replace("w:10", "w:11"), &host).refusal(403);
    // Whatever name they say: these may be other computers.
    for path in ["/small/box.png.jpg", "/metrics", "/"] {
        serving.get(path).refusal(403);
        serving.ask("GET", path, &host).refusal(403);
    }
    serving.get("/_/w:10/plain/local:///box.png").refusal(403);
    assert_eq!(serving.ask("GET", "/health", &host).status, 200);
    serving.stop();

    let token = ["--token", "0123456789abcdef"];
    let serving = Serving::start_with(&scene, &[&elsewhere[2..], &token].concat(), &KEYS);
    serving.ask("GET", url, &host).expect(200, "image/png");
    serving.ask("GET", "/small/box.png.jpg", &host).refusal(401);
    let bearer = [host[0], ("Authorization", "Bearer 0123456789abcdef")];
    assert_eq!(serving.ask("GET", "/small/box.png.jpg", &bearer).status, 200);
    serving.stop();
}

#[test]
fn presets_can_be_all_that_a_url_may_name() {
    let scene = scene();
    scene.write("presets.txt", "default=q:50\nthumb=rs:fill:20:10\nodd=g:obj:cat\n");
    let arguments = ["--imgproxy", "--imgproxy-presets", "presets.txt", "--imgproxy-presets-only"];
    let serving = Serving::start(&scene, &arguments);
    let complaint = serving.complaints.iter().find(|line| line.contains("presets.txt:3:"));
    assert!(complaint.unwrap().contains("g: obj"));
    serving.get("/_/thumb/plain/local:///box.png@jpg").expect(200, "image/jpeg");
    let refused = serving.get("/_/odd/plain/local:///box.png").refusal(422);
    assert!(refused.contains("g: obj"), "{refused}");
    serving.get("/_/w:10/plain/local:///box.png").refusal(422);
    serving.get("/_/w:10/h:10/plain/local:///box.png").refusal(404);
    serving.stop();
    scene.write("presets.txt", "thumb=rs:fill:20:10\nnothing\n");
    let wrong = scene.run(&[&["serve", "w"], &arguments[..3]].concat()).expect(2);
    assert!(wrong.stderr.contains("presets.txt: line 2"), "{wrong:?}");
}

#[test]
fn paths_are_signed_without_a_server_and_keys_are_never_shown() {
    let scene = Scene::new();
    let sign = |arguments: &[&str], variables: &[(&str, &str)]| {
        let all = [&["sign", "imgproxy"], arguments].concat();
        let mut command = scene.command(&all);
        Run::of(command.envs(variables.iter().copied()).output().unwrap())
    };
    // The example of imgproxy's documentation.
    let path =
        "/rs:fill:300:400:0/g:sm/aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/anBn.png";
    let keys =
        [("CROPMARK_IMGPROXY_KEY", "736563726574"), ("CROPMARK_IMGPROXY_SALT", "68656C6C6F")];
    let run = sign(&[path, path], &keys).expect(0);
    let line = format!("/oKfUtW34Dvo2BGQehJFR4Nr0_rIjOtdtzJ3QFsUcXH8{path}\n");
    assert_eq!(run.stdout, line.repeat(2));
    let short = [keys[0], keys[1], ("CROPMARK_IMGPROXY_SIGNATURE_SIZE", "8")];
    assert_eq!(sign(&[path], &short).expect(0).stdout, format!("/oKfUtW34Dvo{path}\n"));
    let several = [
        ("CROPMARK_IMGPROXY_KEY", "736563726574,aabb"),
        ("CROPMARK_IMGPROXY_SALT", "68656C6C6F,ccdd"),
    ];
    assert_eq!(sign(&[path], &several).expect(0).stdout, line);

    scene.write("paths.txt", format!("{path}\n\n/plain/a?b\n"));
    let wrong = sign(&["--from", "paths.txt"], &keys).expect(2);
    assert!(wrong.stderr.contains("paths.txt:3: /plain/a?b"), "{wrong:?}");
    assert_eq!(wrong.stdout, "");
    for (variables, said) in [
        (&[][..], "CROPMARK_IMGPROXY_KEY"),
        (&keys[..1], "without CROPMARK_IMGPROXY_SALT"),
        (&[keys[0], ("CROPMARK_IMGPROXY_SALT", "68656C6C6F,00")], "1 keys and 2 salts"),
        (&[keys[0], ("CROPMARK_IMGPROXY_SALT", "no5ecret")], "hexadecimal"),
        (&[keys[0], keys[1], ("CROPMARK_IMGPROXY_SIGNATURE_SIZE", "33")], "32 bytes"),
    ] {
        let run = sign(&[path], variables).expect(2);
        assert!(run.stderr.contains(said), "{run:?}");
        assert!(!run.stderr.contains("736563726574") && !run.stderr.contains("no5ecret"));
    }
    sign(&[], &keys).expect(2);
    sign(&[path, "--from", "paths.txt"], &keys).expect(2);
}
