//! `cropmark serve --konifer`: pictures by Konifer's URLs; and `cropmark sign konifer`.

use std::os::unix::fs::symlink;

use image::{DynamicImage, ImageFormat, RgbaImage};
use serde_json::Value;

use crate::{
    serving::{Serving, facts},
    support::{Run, SMALL, Scene, encoded, picture},
};

const SECRET: [(&str, &str); 1] = [("CROPMARK_KONIFER_SECRET", "a secret of this site")];

const PROFILES: &str = r"data-store { provider = postgresql }
variant-profiles {
  thumb { w = 200, h = 100, fit = crop, format = webp }
  sepia { filter = sepia, w = 52 }
}
";

/// Path, query, format, width, height.
type Row = (&'static str, &'static str, &'static str, u64, u64);

const PHOTO: &str = "photos/a%20b.jpg";

/// What Konifer's documentation has of a photo of 640 x 480, a drawing of 300 x 400 with alpha and an
/// animation of 90 x 60.
const TABLE: [Row; 56] = [
    (PHOTO, "", "jpeg", 640, 480),
    ("photos/a%20b", "w=28", "jpeg", 28, 21),
    (PHOTO, "w=300", "jpeg", 300, 225),
    (PHOTO, "h=120", "jpeg", 160, 120),
    (PHOTO, "w=304&h=300", "jpeg", 304, 228),
    (PHOTO, "h=300&w=100&fit=fit", "jpeg", 100, 75),
    (PHOTO, "w=300&h=200&fit=fill", "jpeg", 300, 200),
    (PHOTO, "w=320&h=200&fit=crop", "jpeg", 320, 200),
    (PHOTO, "w=60&h=60&fit=crop&g=entropy", "jpeg", 60, 60),
    (PHOTO, "w=61&h=60&fit=crop&g=attention", "jpeg", 61, 60),
    (PHOTO, "w=62&h=60&fit=crop&g=center", "jpeg", 62, 60),
    (PHOTO, "w=30&h=40&fit=stretch", "jpeg", 30, 40),
    (PHOTO, "w=1000", "jpeg", 1000, 750),
    (PHOTO, "h=600", "jpeg", 800, 600),
    (PHOTO, "w=1000&h=700", "jpeg", 933, 700),
    (PHOTO, "r=90", "jpeg", 480, 640),
    (PHOTO, "r=180&w=64", "jpeg", 64, 48),
    (PHOTO, "r=270&w=48", "jpeg", 48, 64),
    (PHOTO, "r=auto&w=60", "jpeg", 60, 45),
    (PHOTO, "r=0&w=68", "jpeg", 68, 51),
    (PHOTO, "f=h&w=72", "jpeg", 72, 54),
    (PHOTO, "f=v&w=76", "jpeg", 76, 57),
    (PHOTO, "f=none&w=80", "jpeg", 80, 60),
    (PHOTO, "filter=grayscale&w=84", "jpeg", 84, 63),
    (PHOTO, "filter=greyscale&w=88", "jpeg", 88, 66),
    (PHOTO, "filter=sepia&w=92", "jpeg", 92, 69),
    (PHOTO, "filter=none&w=96", "jpeg", 96, 72),
    (PHOTO, "blur=2&w=100", "jpeg", 100, 75),
    (PHOTO, "blur=0&w=104", "jpeg", 104, 78),
    (PHOTO, "q=50&w=108", "jpeg", 108, 81),
    (PHOTO, "q=100&w=112", "jpeg", 112, 84),
    (PHOTO, "pad=10&w=100&format=png", "png", 120, 95),
    (PHOTO, "pad=5&pad-c=%23FF0000&w=40", "jpeg", 50, 40),
    (PHOTO, "pad=5&pad-c=%23FF000080&w=40&format=webp", "webp", 50, 40),
    (PHOTO, "strip=exif&w=116", "jpeg", 116, 87),
    (PHOTO, "strip=exif,iptc,xmp&w=120", "jpeg", 120, 90),
    (PHOTO, "cs=srgb&w=124", "jpeg", 124, 93),
    (PHOTO, "cs=origin&w=128", "jpeg", 128, 96),
    (PHOTO, "cs=p3&w=132", "jpeg", 132, 99),
    (PHOTO, "cs=grayscale&w=136", "jpeg", 136, 102),
    (PHOTO, "format=png&w=32", "png", 32, 24),
    (PHOTO, "format=webp&w=32", "webp", 32, 24),
    (PHOTO, "format=avif&w=32", "avif", 32, 24),
    (PHOTO, "format=jpg&w=36", "jpeg", 36, 27),
    (PHOTO, "format=jpeg&w=44", "jpeg", 44, 33),
    (PHOTO, "format=gif&w=32", "gif", 32, 24),
    (PHOTO, "q=40&format=png&w=140", "png", 140, 105),
    (PHOTO, "limit=1&w=144", "jpeg", 144, 108),
    (PHOTO, "profile=thumb", "webp", 200, 100),
    (PHOTO, "profile=thumb&w=50", "webp", 50, 100),
    (PHOTO, "profile=thumb&format=png", "png", 200, 100),
    (PHOTO, "profile=sepia", "jpeg", 52, 39),
    ("drawing.png", "w=30", "png", 30, 40),
    ("drawing.png", "w=60&h=60&fit=fill&format=jpg", "jpeg", 60, 60),
    ("moving.gif", "w=45", "gif", 45, 30),
    ("moving.gif", "w=30&format=webp", "webp", 30, 20),
];

const ARGUMENTS: [&str; 5] =
    ["--listen", "127.0.0.1:0", "--konifer", "--konifer-profiles", "profiles.conf"];

fn scene() -> Scene {
    let scene = Scene::new();
    scene.write("profiles.conf", PROFILES);
    scene.write("w/p.preset.toml", SMALL);
    scene.write("w/photos/a b.jpg", encoded(&picture(640, 480, 3), ImageFormat::Jpeg));
    scene.write("w/moving.gif", encoded(&picture(90, 60, 5), ImageFormat::Gif));
    let drawing = RgbaImage::from_fn(300, 400, |x, y| {
        image::Rgba([x.to_le_bytes()[0], y.to_le_bytes()[0], 9, if x > y { 0 } else { 255 }])
    });
    scene.write("w/drawing.png", encoded(&DynamicImage::from(drawing), ImageFormat::Png));
    scene
}

/// The URL of a row, with these selectors.
fn url((path, query, ..): Row, selectors: &str) -> String {
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    format!("/assets/{path}{selectors}{query}")
}

/// Signs URLs as a site's own program would, by the command line.
fn signed(scene: &Scene, urls: &[String]) -> Vec<String> {
    scene.write("urls.txt", urls.join("\n"));
    let mut command = scene.command(&["sign", "konifer", "--from", "urls.txt"]);
    let run = Run::of(command.envs(SECRET).output().unwrap()).expect(0);
    let lines: Vec<String> = run.stdout.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), urls.len());
    lines
}

#[test]
fn content_has_the_right_size_format_and_headers_signed_and_unsigned() {
    let scene = scene();
    let serving = Serving::start_with(&scene, &ARGUMENTS, &[]);
    let urls = TABLE.map(|row| url(row, "/-/content"));
    let ask = |serving: &Serving, urls: &[String]| -> Vec<Vec<u8>> {
        let rows = urls.iter().zip(TABLE);
        rows.map(|(url, row)| serving.picture(url, &format!("image/{}", row.2))).collect()
    };
    let first = ask(&serving, &urls);
    let entries = TABLE.map(|row| url(row, "/-/entry/0/content"));
    assert_eq!(ask(&serving, &entries), first);
    assert_eq!(serving.figure("cache_misses_total"), 56, "each picture is rendered once");
    serving.stop();
    for (row, facts) in TABLE.iter().zip(facts(&scene, &first)) {
        let (_, query, format, width, height) = *row;
        assert_eq!(facts, (format.to_owned(), width, height), "{query}");
    }

    let serving = Serving::start_with(&scene, &ARGUMENTS, &SECRET);
    assert_eq!(ask(&serving, &signed(&scene, &urls)), first);
    let sentence = serving.get(&urls[2]).refusal(403);
    assert!(sentence.contains("cropmark sign konifer"), "{sentence}");
    let wrong = signed(&scene, &urls[2..3])[0].replace("w=300", "w=301");
    serving.get(&wrong).refusal(403);
    // Who has signed may ask by any name.
    let elsewhere = [("Host", "img.example.com")];
    assert_eq!(serving.ask("GET", &signed(&scene, &urls)[2], &elsewhere).status, 200);
    serving.stop();
}

#[test]
fn links_and_redirects_lead_to_the_content() {
    let scene = scene();
    for variables in [&[][..], &SECRET] {
        let serving = Serving::start_with(&scene, &ARGUMENTS, variables);
        let own = format!("http://localhost:{}", serving.port);
        let sign = |url: String| {
            if variables.is_empty() { url } else { signed(&scene, &[url]).remove(0) }
        };
        let link = |url: String| -> String {
            let answer = serving.get(&sign(url)).expect(200, "application/json");
            let link: Value = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!(link["alt"], Value::Null);
            link["url"].as_str().unwrap().strip_prefix(&own).unwrap().to_owned()
        };
        let row = (PHOTO, "w=148&format=webp", "webp", 148, 111);
        let target = link(url(row, ""));
        assert_eq!(link(url(row, "/-/new/link")), target);
        let redirect = serving.get(&sign(url(row, "/-/redirect")));
        assert_eq!(redirect.status, 307);
        assert_eq!(redirect.header("location").strip_prefix(&own), Some(target.as_str()));
        let status = redirect.header("k-cache-status").to_owned();
        let content = serving.get(&target).expect(200, "image/webp");
        assert_eq!(content.header("k-cache-status"), status);
        let again = serving.get(&target).expect(200, "image/webp");
        assert_eq!(again.header("k-cache-status"), "hit");
        let download = serving.get(&sign(url(row, "/-/download"))).expect(200, "image/webp");
        assert_eq!(download.body, content.body);
        assert_eq!(download.header("content-disposition"), "attachment; filename=\"a b.webp\"");
        assert_eq!(content.header("content-disposition"), "");
        serving.get(&sign("/assets/gone.jpg/-/link".to_owned())).refusal(404);
        serving.stop();
    }
    let arguments = [&ARGUMENTS[..], &["--konifer-url", "https://img.example.com/x/"]].concat();
    let serving = Serving::start_with(&scene, &arguments, &[]);
    let location = serving.get("/assets/drawing.png/-/redirect").header("location").to_owned();
    let right = "https://img.example.com/x/assets/drawing.png/-/entry/0/content";
    assert_eq!(location, right);
    serving.stop();
}

#[test]
fn the_format_is_negotiated_where_the_url_names_none() {
    let scene = scene();
    let serving = Serving::start_with(&scene, &ARGUMENTS, &[]);
    for (accept, media_type) in [
        ("image/avif;q=0.5,image/webp", "image/webp"),
        ("image/avif,image/webp;q=0.9,*/*;q=0.1", "image/avif"),
        ("image/*", "image/png"),
        ("*/*", "image/png"),
        ("text/html,image/gif;q=0.2", "image/gif"),
    ] {
        let path = "/assets/drawing.png/-/content?w=20";
        let answer = serving.ask("GET", path, &[("Accept", accept)]).expect(200, media_type);
        assert_eq!(answer.header("vary"), "Accept", "{accept}");
        let named = format!("{path}&format=jpg");
        let answer = serving.ask("GET", &named, &[("Accept", accept)]).expect(200, "image/jpeg");
        assert_eq!(answer.header("vary"), "", "{accept}");
    }
    let html = [("Accept", "text/html")];
    serving.ask("GET", "/assets/drawing.png/-/content", &html).refusal(400);
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
    let serving = Serving::start_with(&scene, &ARGUMENTS, &[]);
    for (path, status, said) in [
        ("/assets/gone.jpg/-/content", 404, "gone.jpg"),
        ("/assets/out.jpg/-/content", 404, "out.jpg"),
        ("/assets/up/secret.jpg/-/content", 404, "secret.jpg"),
        ("/assets/../secret.jpg/-/content", 404, "nothing"),
        ("/assets/%2e%2e/secret.jpg/-/content", 404, "nothing"),
        ("/assets/..%2fsecret.jpg/-/content", 404, "nothing"),
        ("/assets/.cropmark/index.sqlite/-/content", 404, "nothing"),
        ("/assets/notes.txt/-/content", 404, "no image"),
        ("/assets/photos/-/content", 404, "photos"),
        ("/assets/drawing.png/-/entry/1/content", 404, "entry/0"),
        ("/assets/drawing.png/-/info", 404, "inspect"),
        ("/assets/drawing.png/-/content?w=1&w=2", 404, "twice"),
        ("/assets/broken.jpg/-/content", 422, "broken.jpg"),
        ("/assets/drawing.png/-/content?filter=black_white", 422, "filter"),
        ("/assets/drawing.png/-/content?format=psd", 422, "format"),
        ("/assets/drawing.png/-/content?profile=gone", 422, "gone"),
        ("/assets/drawing.png/-/content?phone=iphone", 422, "phone"),
        ("/assets/drawing.png/-/content?w=70000", 422, "65535"),
        ("/assets/drawing.png/-/content?w=60000&h=60000&fit=stretch", 413, "drawing.png"),
    ] {
        let sentence = serving.get(path).refusal(status);
        assert!(sentence.contains(said), "{path}: {sentence}");
    }
    let elsewhere = [("Host", "evil.example")];
    serving.ask("GET", "/assets/drawing.png/-/content", &elsewhere).refusal(421);
    assert_eq!(serving.get("/small/drawing.png.jpg").status, 200);
    serving.stop();

    let run = scene.run(&["sign", "konifer", "/assets/a.jpg"]).expect(2);
    assert!(run.stderr.contains("CROPMARK_KONIFER_SECRET"), "{run:?}");
    let mut command = scene.command(&["sign", "konifer", "/assets/a.jpg"]);
    command.envs(SECRET).env("CROPMARK_KONIFER_ALGORITHM", "md5");
    let run = Run::of(command.output().unwrap()).expect(2);
    assert!(run.stderr.contains("hmac_sha512"), "{run:?}");
}
