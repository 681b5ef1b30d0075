//! Tables of options, and the sizes that they must give.

use cropmark_rules::{Format, SourceRules, plan::predicted_size, preset::Preset, protocol::Header};

use crate::{
    Note, System,
    tests::{imported, round_trip, told},
};

fn preset(text: &str) -> (Preset, Vec<Note>) {
    imported(System::Imgproxy, text)
}

/// The generator of a line of options, as the text of its operations and its output.
#[track_caller]
fn rules(options: &str) -> String {
    let (preset, _) = preset(&format!("a={options}"));
    let text = crate::write::preset(preset.generators.iter());
    let (_, body) = text.split_once("[generators.a]\n").unwrap();
    let lines: Vec<&str> = body.lines().map(str::trim).collect();
    lines.join(" ").replace("operations = [ ", "").replace(", ]", "").trim().to_owned()
}

#[test]
fn options_become_operations_in_the_order_of_the_pipeline() {
    for (options, expected) in [
        ("rs:fit:300:400", r#"{ op = "resize", width = 300, height = 400 }"#),
        ("size:300", r#"{ op = "resize", width = 300 }"#),
        (
            "rs:fill:300:400:1/g:sm",
            r#"{ op = "resize", fit = "cover", width = 300, height = 400, enlarge = true, gravity = "smart" }"#,
        ),
        (
            "rs:fill:300:400",
            r#"{ op = "resize", fit = "cover", width = 300, height = 400, undersized = "sides" }"#,
        ),
        ("rs:fill-down:300:400", r#"{ op = "resize", fit = "cover", width = 300, height = 400 }"#),
        (
            "rt:force/w:300",
            r#"{ op = "resize", fit = "fill", width = 300, height = "100%", undersized = "ratio" }"#,
        ),
        (
            "rs:auto:300:400:0:1:no",
            r##"{ op = "resize", fit = "auto", width = 300, height = 400, undersized = "sides" }, { op = "extend", width = 300, height = 400, gravity = "north", background = "#00000000" }"##,
        ),
        ("z:0.5", r#"{ op = "resize", width = "50%" }"#),
        ("w:100/dpr:2", r#"{ op = "resize", width = 200 }"#),
        (
            "c:0.5:100:nowe:10:0.1",
            r#"{ op = "crop", width = "50%", height = 100, gravity = "north-west", x = 10, y = "10%" }"#,
        ),
        ("t:10", r#"{ op = "trim" }"#),
        ("t:15:ffffff", r##"{ op = "trim", background = "#ffffff", threshold = 15 }"##),
        (
            "pd:10:20",
            r##"{ op = "pad", top = 10, right = 20, background = "#00000000", bottom = 10, left = 20 }"##,
        ),
        (
            "pd:10/bg:255:0:0",
            r##"{ op = "pad", all = 10, background = "#ff0000" }, { op = "flatten", background = "#ff0000" }"##,
        ),
        ("rot:270/fl:1", r#"{ op = "rotate", angle = 270 }, { op = "flip" }"#),
        (
            "bl:2/sh:0.7/pix:5",
            r#"{ op = "blur", sigma = 2 }, { op = "sharpen", sigma = 0.7 }, { op = "pixelate", size = 5 }"#,
        ),
        (
            "wm:0.5:soea:10:10",
            r#"parameters = { watermark = "watermark.png" } { op = "overlay", image = "{watermark}", gravity = "south-east", x = 10, y = 10, opacity = 0.5 }"#,
        ),
        (
            "q:70/f:webp/mb:30000",
            r#"output = { format = "webp", quality = 70, max_bytes = 30000 }"#,
        ),
        (
            "fq:avif:50:jpg:70/f:avif",
            r#"output = { format = "avif", quality = { avif = 50, jpeg = 70 } }"#,
        ),
        ("sm:1/kcr:0/scp:0", r#"output = { color = "keep", metadata = "strip" }"#),
        ("ar:0/w:1", r#"source = { auto_orient = false } { op = "resize", width = 1 }"#),
        // Whatever their order is in the text.
        (
            "bg:fff/w:10/t:5",
            r#"{ op = "trim", threshold = 5 }, { op = "resize", width = 10 }, { op = "flatten" }"#,
        ),
    ] {
        assert_eq!(rules(options), expected, "{options}");
    }
}

#[test]
fn every_short_name_means_what_the_long_one_means() {
    for (long, short) in [
        ("resize:fill:30:40:1:1", "rs:fill:30:40:1:1"),
        ("size:30:40", "s:30:40"),
        ("resizing_type:force/width:30", "rt:force/w:30"),
        ("height:30/min-width:40/min-height:5", "h:30/mw:40/mh:5"),
        ("zoom:2/enlarge:1", "z:2/el:t"),
        ("width:9/height:5/extend:1/extend_aspect_ratio:1:we", "w:9/h:5/ex:true/exar:1:we"),
        ("width:9/height:5/extend_aspect_ratio:1", "w:9/h:5/extend_ar:1"),
        ("gravity:noea:1:2/crop:30:40", "g:noea:1:2/c:30:40"),
        ("trim:10:ff0000/padding:1:2:3:4", "t:10:ff0000/pd:1:2:3:4"),
        ("auto_rotate:0/rotate:90/flip:1:1", "ar:0/rot:90/fl:1:1"),
        ("background:f00/blur:1/sharpen:1/pixelate:4", "bg:f00/bl:1/sh:1/pix:4"),
        ("watermark:1:re", "wm:1:re"),
        ("strip_metadata:1/keep_copyright:1/strip_color_profile:1", "sm:1/kcr:1/scp:1"),
        (
            "quality:70/format_quality:webp:5/max_bytes:900/format:png",
            "q:70/fq:webp:5/mb:900/f:png",
        ),
        ("format:png", "ext:png"),
        ("page:2", "pg:2"),
    ] {
        assert_eq!(rules(long), rules(short), "{long}");
    }
}

#[test]
fn presets_refer_to_presets_and_the_default_comes_first() {
    let text = "# The defaults\ndefault=resizing_type:fill/enlarge:1\n\nsharp=sharpen:0.7\n\
                both=preset:sharp:soft/size:10:20\nsoft=blur:2\n";
    let (preset, notes) = preset(text);
    assert_eq!(notes, []);
    let names: Vec<_> = preset.generators.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["sharp", "both", "soft"]);
    let chain = &preset.generator("both").unwrap().operations;
    let ops: Vec<_> = chain.iter().map(|step| step.operation.op()).collect();
    assert_eq!(ops, ["resize", "blur", "sharpen"]);
    let (alone, _) = self::preset("default=size:10:20");
    assert_eq!(alone.generators[0].name, "default");
}

#[test]
fn urls_are_read_with_their_signature_source_and_extension() {
    let signed = "https://img.example.com/AfrOrF3gWeDA6VOlDG4TzxMv39O7MXnF4CXpKUwGqRM/preset:sharp/\
                  resize:fill:300:400:0/gravity:sm/plain/http://example.com/images/a.jpg@png";
    let encoded = "/insecure/w:100/aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/anBn.webp";
    let (preset, notes) =
        preset(&format!("sharp=sharpen:0.7\n{signed}\n{encoded}\n/_/plain/local:///a.jpg"));
    assert_eq!(notes, []);
    let formats: Vec<_> = preset.generators.iter().map(|it| it.output.format.clone()).collect();
    let names: Vec<_> = preset.generators.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["sharp", "url", "url-2", "url-3"]);
    assert_eq!(serde_json::to_string(&formats).unwrap(), r#"[null,"png","webp",null]"#);
    assert_eq!(preset.generators[1].operations.len(), 2);
}

#[test]
fn what_has_no_counterpart_is_told_with_its_line() {
    let text = "a=w:100/skp:gif\n\nb=gravity:obj:cat/w:10\nc=wat:1/w:10\nd=w:0x10/h:20\n\
                e=trim:10::1:1\nno preset\nf=preset:gone/w:3\ng=preset:g/w:5\nh=w:3=4\ni=cb:5/w:3\n\
                j=w:100000\nk=mw:300/w:10\nl=rot:45/w:9\n";
    let (preset, notes) = preset(text);
    let lines: Vec<usize> = notes.iter().map(|note| note.line).collect();
    assert_eq!(lines, [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14], "{:#?}", told(&notes));
    let names: Vec<_> = preset.generators.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c", "d", "e", "f", "g", "i", "k", "l"]);
    assert!(notes[10].message.contains("65535"), "{:?}", notes[10]);
}

#[test]
fn names_that_files_cannot_have_are_changed() {
    let (preset, notes) = preset("a\\b=w:1\na|b=w:2\nCON=w:3\n..=w:4\n{x}=w:5\nA|b=w:6\n");
    assert_eq!(preset.generators.len(), 6, "{:?}", told(&notes));
    let mut names: Vec<_> = preset.generators.iter().map(|it| it.name.to_lowercase()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 6);
    assert!(notes.len() >= 3, "{:?}", told(&notes));
}

/// Options of the documentation, for round trips and sizes.
pub(super) const OPTIONS: [&str; 200] = [
    "w:300",
    "h:200",
    "w:300/h:200",
    "rs:fit:300:200",
    "rs:fit:1000:1000",
    "rs:fit:1000:1000:1",
    "rs:fill:300:200",
    "rs:fill:200:300",
    "rs:fill:1000:700",
    "rs:fill:1000:100",
    "rs:fill:100:1000",
    "rs:fill:1000:700:1",
    "rs:fill:100:1000:1",
    "rs:fill-down:300:200",
    "rs:fill-down:1000:700",
    "rs:fill-down:1000:100",
    "rs:fill-down:100:1000",
    "rs:fill-down:700:700:1",
    "rs:force:300:200",
    "rs:force:1000:100",
    "rs:force:100:1000",
    "rs:force:1000:1000",
    "rs:force:1000:700:1",
    "rt:force/w:300",
    "rt:force/h:300",
    "rt:force/w:1000:1/el:1",
    "rs:auto:300:200",
    "rs:auto:200:300",
    "rs:auto:1000:700",
    "rs:auto:700:1000",
    "rs:auto:1000:700:1",
    "rs:auto:300:300",
    "rs:fill:300",
    "rs:fill::300",
    "z:0.5",
    "z:2",
    "z:2/el:1",
    "z:0.5:0.25",
    "z:1.5:0.5/el:1",
    "w:200/z:0.5",
    "rs:fill:200:100/z:1.5",
    "w:200/h:100/z:2/el:1",
    "dpr:0.5",
    "dpr:2",
    "w:100/dpr:2",
    "w:100/h:100/dpr:2",
    "rs:fit:333:333/dpr:1.5",
    "rs:fill-down:300:200/dpr:2",
    "rs:force:300:200/dpr:2",
    "rs:fit:100:70:1/dpr:3",
    "rs:fill:100:70:1/dpr:3",
    "w:100/mw:200/el:1",
    "w:100/mh:200/el:1",
    "w:300/h:200/mw:250/mh:190/el:1",
    "mw:900/el:1",
    "mh:900/el:1",
    "rs:fit:300:200:0:1",
    "rs:fit:1000:1000:0:1",
    "rs:fill:1000:1000:0:1",
    "rs:fill-down:1000:500:0:1",
    "w:1000/ex:1",
    "h:1000/ex:1:no",
    "rs:fit:300:200/exar:1",
    "rs:fit:1000:1000/exar:1",
    "rs:fit:200:300/exar:1:so",
    "rs:force:300:200/exar:1",
    "c:200:100",
    "c:200:100:nowe",
    "c:0.5:0.5",
    "c:0.5:0.25:soea",
    "c:0:100",
    "c:200:0",
    "c:10000:100",
    "c:200.9:100.9",
    "c:200:100/w:100",
    "c:300:300/rs:fill:100:50",
    "c:0.3:0.3/rs:fit:1000:1000:1",
    "c:200:100:fp:0.3:0.7/rs:auto:50:50",
    "rot:90",
    "rot:180",
    "rot:270",
    "rot:-90",
    "rot:90/w:100",
    "rot:90/c:100:50/w:80",
    "rot:90/rs:fill:100:50",
    "fl:1",
    "fl:1:1/rot:90/h:50",
    "pd:10",
    "pd:10:20",
    "pd:10:20:30",
    "pd:10:20:30:40",
    "pd:10/w:100",
    "rs:fit:100:200/pd:10",
    "w:100/pd:5/dpr:2/el:1",
    "rs:fit:1000:1000:0:1/pd:10:20",
    "bl:2/w:100",
    "sh:0.5/w:100",
    "pix:8/w:100",
    "rs:fill:300:200/g:no:0:10",
    "rs:fill-down:1000:700/g:soea:5:5",
    "rs:fit:150:150",
    "rs:fit:150:150/el:1",
    "rs:fit:150:150/dpr:1.5",
    "rs:fit:640:480",
    "rs:fit:640:480/el:1",
    "rs:fit:640:480/dpr:1.5",
    "rs:fit:481:640",
    "rs:fit:481:640/el:1",
    "rs:fit:481:640/dpr:1.5",
    "rs:fit:2000:90",
    "rs:fit:2000:90/el:1",
    "rs:fit:2000:90/dpr:1.5",
    "rs:fill:150:150",
    "rs:fill:150:150/el:1",
    "rs:fill:150:150/dpr:1.5",
    "rs:fill:640:480",
    "rs:fill:640:480/el:1",
    "rs:fill:640:480/sh:1",
    "rs:fill:481:640",
    "rs:fill:481:640/el:1",
    "rs:fill:481:640/bl:1",
    "rs:fill:2000:90",
    "rs:fill:2000:90/el:1",
    "rs:fill:2000:90/fl:1",
    "rs:fill-down:150:150",
    "rs:fill-down:150:150/el:1",
    "rs:fill-down:150:150/dpr:1.5",
    "rs:fill-down:640:480",
    "rs:fill-down:640:480/el:1",
    "rs:fill-down:640:480/dpr:1.5",
    "rs:fill-down:481:640",
    "rs:fill-down:481:640/el:1",
    "rs:fill-down:481:640/dpr:1.5",
    "rs:fill-down:2000:90",
    "rs:fill-down:2000:90/el:1",
    "rs:fill-down:2000:90/dpr:1.5",
    "rs:force:150:150",
    "rs:force:150:150/el:1",
    "rs:force:150:150/dpr:1.5",
    "rs:force:640:480",
    "rs:force:640:480/el:1",
    "rs:force:640:480/dpr:1.5",
    "rs:force:481:640",
    "rs:force:481:640/el:1",
    "rs:force:481:640/dpr:1.5",
    "rs:force:2000:90",
    "rs:force:2000:90/el:1",
    "rs:force:2000:90/dpr:1.5",
    "rs:auto:150:150",
    "rs:auto:150:150/el:1",
    "rs:auto:150:150/dpr:1.5",
    "rs:auto:640:480",
    "rs:auto:640:480/el:1",
    "rs:auto:640:480/rot:90",
    "rs:auto:481:640",
    "rs:auto:481:640/el:1",
    "rs:auto:481:640/dpr:1.5",
    "rs:auto:2000:90",
    "rs:auto:2000:90/el:1",
    "rs:auto:2000:90/pd:3",
    "rs:fit:301:199/pd:7:3",
    "rs:fill:301:199/pd:7:3/el:1",
    "rs:force:301:199/pd:1:2:3:4",
    "rs:auto:301:199/pd:9/el:1",
    "c:333:222/rs:fit:100:100",
    "c:333:222/rs:fill:100:100:1",
    "c:333:222:no/rs:force:500:500:1",
    "c:0.75:0.5:so/rs:auto:200:200",
    "c:0.1:0.9/w:50",
    "c:1:1/w:10/el:1",
    "c:0.999:0.001",
    "c:641:481",
    "rot:90/rs:fit:200:100",
    "rot:270/rs:fill:200:100:1",
    "rot:90/rs:force:200:100",
    "rot:90/rs:auto:200:100",
    "rot:180/rs:fill-down:900:300",
    "rot:90/c:0.5:0.25/rs:fit:90:90",
    "w:300/mw:320/el:1",
    "h:300/mh:310/el:1",
    "rs:fill:300:200/mw:400/el:1",
    "rs:fit:300:200/mw:300/mh:200/el:1",
    "w:100/z:3/el:1",
    "h:100/z:0.4",
    "rs:fit:100:100/z:2",
    "rs:force:100:100/z:1:2",
    "rs:fill:100:60/z:2:2/dpr:0.5",
    "rs:fit:700:700:0:1/pd:4",
    "rs:fit:700:300:0:1:no",
    "rs:fit:90:300/ex:1",
    "rs:fill:90:300/exar:1:we",
    "rs:fit:900:300/exar:1/pd:2",
    "rs:fit:64:64/bl:1/sh:1",
    "rs:fill:65:33/pix:3",
    "rs:fit:99:101/fl:1:0",
    "rs:fill-down:333:111/rot:90",
    "rs:auto:111:333/rot:270",
    "w:1",
    "h:1",
    "rs:fill:1:1",
];

pub(super) const SOURCES: [(u32, u32); 4] = [(640, 480), (480, 640), (500, 500), (1201, 399)];

#[test]
fn sizes_are_those_of_imgproxy() {
    let mut compared = 0;
    for options in OPTIONS {
        let (preset, _) = preset(&format!("a={options}"));
        let chain: Vec<_> =
            preset.generators[0].operations.iter().map(|step| step.operation.clone()).collect();
        for (width, height) in SOURCES {
            let header = Header::plain(Format::Jpeg, width, height);
            let size = predicted_size(&header, &SourceRules::default(), &chain).unwrap();
            let expected = reference::size(options, f64::from(width), f64::from(height));
            let found = (f64::from(size.width), f64::from(size.height));
            assert_eq!(found, expected, "{options} of {width} x {height}: {chain:?}");
            compared += 1;
        }
    }
    assert_eq!(compared, 800);
}

#[test]
fn some_sizes_by_hand() {
    for (options, source, expected) in [
        ("rs:fit:300:200", (640, 480), (267, 200)),
        ("rs:fill:1000:100", (640, 480), (640, 100)),
        ("rs:fill-down:1000:100", (640, 480), (640, 64)),
        ("rs:force:1000:100", (640, 480), (640, 64)),
        ("rs:force:300:200", (640, 480), (300, 200)),
        ("rs:auto:200:300", (640, 480), (200, 150)),
        ("rs:fit:100:200/pd:10", (640, 480), (120, 95)),
        ("rs:fit:1000:1000:0:1", (640, 480), (1000, 1000)),
        ("rs:fit:1000:500/exar:1", (640, 480), (960, 480)),
        ("c:0.5:0.25:soea", (640, 480), (320, 120)),
        ("rot:90/w:100", (640, 480), (100, 133)),
        ("w:100/mh:200/el:1", (640, 480), (100, 200)),
    ] {
        let (width, height) = (f64::from(source.0), f64::from(source.1));
        let by_reference = reference::size(options, width, height);
        assert_eq!(by_reference, (f64::from(expected.0), f64::from(expected.1)), "{options}");
    }
}

#[test]
fn import_export_and_import_give_the_same_rules() {
    for options in OPTIONS {
        round_trip(System::Imgproxy, &format!("a={options}"));
    }
    for options in [
        "t:10",
        "t:15:ff8800",
        "bg:ff0000",
        "bg:255:128:0/pd:5",
        "rs:fit:900:900:0:1/bg:fff",
        "wm:0.5",
        "wm:0.5:soea:10:20",
        "wm:1:re",
        "wm:0.7:nowe:0.1:0.2:0.3",
        "wm:1:re:::0.2",
        "q:70",
        "q:70/f:jpg",
        "f:avif/fq:avif:50",
        "g:obj:face/rs:fill:50:40",
        "mb:100000/f:webp",
        "sm:1",
        "sm:0",
        "sm:1/kcr:0",
        "kcr:1",
        "scp:1",
        "scp:0",
        "ar:0",
        "pg:3",
        "g:sm/rs:fill:100:100",
        "g:fp:0.2:0.8/rs:fill:100:100",
        "ra:cubic/w:100",
        "dpi:300/w:5",
        "fl:0:1",
        "fl:1:1",
        "t:5/rot:90/fl:1/c:100:100/rs:fill:50:50/bl:1/sh:1/pix:3/ex:1/pd:1/bg:123456/wm:1",
    ] {
        round_trip(System::Imgproxy, &format!("a={options}"));
    }
    round_trip(System::Imgproxy, "default=enlarge:1\na=enlarge:0/w:10\nb=w:20\ndefault-1=h:5");
}

#[test]
fn what_imgproxy_has_not_is_told_at_its_line() {
    let text = r#"version = 1
[generators.card]
match = { path = "a/**" }
operations = [
  { op = "resize", width = 300, height = 200 },
  { op = "text", text = "Hi" },
  { op = "crop", width = 10, height = 10 },
  { op = "round_corners" },
]
output = { format = ["avif", "jpeg"], quality = 60, effort = 4 }

[generators.default]
widths = [100, 200]
operations = [{ op = "resize", width = 300 }]
"#;
    let exported =
        crate::export(System::Imgproxy, text.as_bytes(), &mut |path| Err(path.to_owned())).unwrap();
    let told = told(&exported.notes);
    let starts: Vec<&str> = told.iter().map(|note| &note[..note.find(' ').unwrap()]).collect();
    assert_eq!(starts, ["f:2:", "f:2:", "f:6:", "f:7:", "f:8:"], "{told:#?}");
    assert_eq!(
        exported.text.lines().skip(1).collect::<Vec<_>>(),
        [
            "card-avif=width:300/height:200/quality:60/format:avif",
            "card-jpeg=width:300/height:200/quality:60/format:jpg",
            "default-100=width:100",
            "default-200=width:200",
        ]
    );
}

/// imgproxy's arithmetic of sizes, by its documentation: shrink factors first, then the box.
pub(super) mod reference {
    #[derive(Default)]
    #[expect(clippy::struct_excessive_bools, reason = "each is an option")]
    struct Given {
        kind: String,
        box_of: [f64; 2],
        minimum: [f64; 2],
        zoom: [f64; 2],
        dpr: f64,
        enlarge: bool,
        extend: bool,
        ratio: bool,
        crop: [f64; 2],
        padding: [f64; 4],
        turned: bool,
    }

    fn read(options: &str) -> Given {
        let mut given = Given { kind: "fit".into(), zoom: [1.0; 2], dpr: 1.0, ..Given::default() };
        for option in options.split('/') {
            let parts: Vec<&str> = option.split(':').collect();
            let number = |at: usize| parts.get(at).and_then(|it| it.parse().ok()).unwrap_or(0.0);
            let on = |at: usize| parts.get(at) == Some(&"1");
            match parts[0] {
                "rs" => {
                    given.kind = parts[1].into();
                    given.box_of = [number(2), number(3)];
                    given.enlarge = on(4);
                    given.extend = on(5);
                }
                "rt" => given.kind = parts[1].into(),
                "w" => given.box_of[0] = number(1),
                "h" => given.box_of[1] = number(1),
                "mw" => given.minimum[0] = number(1),
                "mh" => given.minimum[1] = number(1),
                "z" => {
                    given.zoom = [number(1), if parts.len() > 2 { number(2) } else { number(1) }];
                }
                "dpr" => given.dpr = number(1),
                "el" => given.enlarge = on(1),
                "ex" => given.extend = on(1),
                "exar" => given.ratio = on(1),
                "c" => given.crop = [number(1), number(2)],
                "rot" => given.turned = number(1) % 180.0 != 0.0,
                "pd" => {
                    let top = number(1);
                    let right = if parts.len() > 2 { number(2) } else { top };
                    let bottom = if parts.len() > 3 { number(3) } else { top };
                    let left = if parts.len() > 4 { number(4) } else { right };
                    given.padding = [top, right, bottom, left];
                }
                _ => {}
            }
        }
        given
    }

    pub(in crate::imgproxy) fn size(options: &str, width: f64, height: f64) -> (f64, f64) {
        let given = read(options);
        let mut source = if given.turned { [height, width] } else { [width, height] };
        for (side, crop) in source.iter_mut().zip(given.crop) {
            let cut = if crop >= 1.0 { crop.floor() } else { (*side * crop).round() };
            if crop > 0.0 {
                *side = side.min(cut.max(1.0));
            }
        }
        let (scale, dpr) = scale(&given, source);
        let mut image = [0, 1].map(|at| (source[at] * scale[at]).round().max(1.0));
        let target = [0, 1].map(|at| (given.box_of[at] * dpr * given.zoom[at]).round());
        let mut kept = target;
        if given.kind == "fill-down" && !given.enlarge {
            let over = [target[0] / image[0], target[1] / image[1]];
            if over[0] > over[1] && over[0] > 1.0 {
                kept = [image[0], (image[0] * target[1] / target[0]).round()];
            } else if over[1] > over[0] && over[1] > 1.0 {
                kept = [(image[1] * target[0] / target[1]).round(), image[1]];
            }
        }
        for at in 0..2 {
            if kept[at] > 0.0 {
                image[at] = image[at].min(kept[at]);
            }
        }
        let full = image;
        if given.extend {
            image = [0, 1].map(|at| image[at].max(target[at]));
        }
        if given.ratio && target[0] > 0.0 && target[1] > 0.0 {
            let over = [target[0] / full[0], target[1] / full[1]];
            if over[1] > over[0] {
                image[1] = image[1].max((full[0] * target[1] / target[0]).round());
            } else if over[0] > over[1] {
                image[0] = image[0].max((full[1] * target[0] / target[1]).round());
            }
        }
        let [top, right, bottom, left] = given.padding.map(|side| (side * dpr).round_ties_even());
        (image[0] + left + right, image[1] + top + bottom)
    }

    fn scale(given: &Given, source: [f64; 2]) -> ([f64; 2], f64) {
        let of = |at: usize| if given.box_of[at] > 0.0 { given.box_of[at] } else { source[at] };
        let target = [of(0), of(1)];
        let mut shrink = [source[0] / target[0], source[1] / target[1]];
        let lies = |size: [f64; 2]| size[0] >= size[1];
        let kind = match given.kind.as_str() {
            "auto" if lies(source) == lies(target) => "fill",
            "auto" => "fit",
            other => other,
        };
        if kind != "force" {
            shrink = match (given.box_of[0] > 0.0, given.box_of[1] > 0.0) {
                (false, _) => [shrink[1]; 2],
                (_, false) => [shrink[0]; 2],
                _ if kind == "fit" => [shrink[0].max(shrink[1]); 2],
                _ => [shrink[0].min(shrink[1]); 2],
            };
        }
        shrink = [shrink[0] / given.zoom[0], shrink[1] / given.zoom[1]];
        let mut dpr = given.dpr;
        if !given.enlarge {
            let least = shrink[0].min(shrink[1]);
            if least < 1.0 {
                shrink = shrink.map(|it| it / least);
                if !given.extend {
                    dpr /= least;
                }
            }
            dpr = dpr.min(shrink[0].min(shrink[1]));
        }
        for at in 0..2 {
            if given.minimum[at] > 0.0 {
                let most = source[at] / given.minimum[at];
                if most < shrink[at] {
                    let other = 1 - at;
                    shrink[other] /= shrink[at] / most;
                    shrink[at] = most;
                }
            }
        }
        ([0, 1].map(|at| 1.0 / (shrink[at] / dpr).min(source[at])), dpr)
    }
}
