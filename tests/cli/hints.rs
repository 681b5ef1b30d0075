//! `cropmark serve --client-hints`: the width that a browser asks for.

use image::ImageFormat;

use crate::{
    serving::{Serving, facts},
    support::{Scene, encoded, picture},
};

const PRESET: &str = r#"version = 1
[generators.hero]
widths = [100, 200, 400]
operations = [{ op = "resize", width = 400 }]
output = { format = ["webp", "jpeg"] }
[generators.thumb]
operations = [{ op = "resize", width = 50 }]
output = { format = "jpeg" }
"#;

const NAMES: &str = "Sec-CH-Width, Sec-CH-DPR, Width, DPR";

#[test]
fn hints_choose_a_width_and_cannot_fill_the_cache() {
    let scene = Scene::new();
    scene.write("w/p.preset.toml", PRESET);
    scene.write("w/a.jpg", encoded(&picture(640, 480, 3), ImageFormat::Jpeg));
    let serving = Serving::start(&scene, &["--client-hints"]);
    let table = [
        (vec![], 400),
        (vec![("Sec-CH-Width", "90")], 100),
        (vec![("Sec-CH-Width", "101"), ("DPR", "1")], 200),
        (vec![("Width", "5000")], 400),
        (vec![("Sec-CH-DPR", "1")], 100),
        (vec![("DPR", "1.5")], 200),
        (vec![("DPR", "3")], 400),
        (vec![("Width", "nonsense")], 400),
    ];
    let ask = |path: &str, hints: &[(&str, &str)]| serving.ask("GET", path, hints);
    let answers: Vec<_> = table.iter().map(|(hints, _)| ask("/hero/a.webp", hints)).collect();
    for answer in &answers {
        assert_eq!(answer.header("vary"), NAMES);
        assert_eq!(answer.header("accept-ch"), NAMES);
    }
    let bodies: Vec<Vec<u8>> = answers.into_iter().map(|answer| answer.body).collect();
    let widths: Vec<u64> = facts(&scene, &bodies).iter().map(|(_, width, _)| *width).collect();
    assert_eq!(widths, table.iter().map(|(_, width)| *width).collect::<Vec<u64>>());
    let negotiated = ask("/hero/a", &[("Width", "7")]);
    assert_eq!(negotiated.header("vary"), format!("Accept, {NAMES}"));
    // However many widths are asked for, no more than the generator's own are made.
    for width in 1..=120 {
        let hint = (width * 4).to_string();
        assert_eq!(ask("/hero/a.webp", &[("Sec-CH-Width", &hint)]).status, 200);
    }
    assert_eq!(serving.figure("cache_misses_total"), 4, "three in WebP, one in JPEG");

    // Hints change nothing where the URL names a size, or there is one size only.
    for path in ["/hero/a-200.webp", "/thumb/a.jpg"] {
        let (plain, hinted) = (ask(path, &[]), ask(path, &[("Width", "90")]));
        assert_eq!(plain.body, hinted.body, "{path}");
        assert_eq!((hinted.header("accept-ch"), hinted.header("vary")), ("", ""), "{path}");
    }
    serving.stop();

    let serving = Serving::start(&scene, &[]);
    let answer = serving.ask("GET", "/hero/a.webp", &[("Width", "90")]);
    assert_eq!((answer.header("accept-ch"), &answer.body), ("", &bodies[0]));
    serving.stop();
}
