use cropmark_rules::{Format, plan::predicted_size, preset};
use proptest::prelude::*;

use super::*;
use crate::imgproxy::tests::{OPTIONS, SOURCES, reference};

fn presets(text: &str) -> PresetFile {
    PresetFile::read(text.as_bytes()).unwrap().0
}

fn rules(presets: &PresetFile, options: &str) -> Result<RequestRules, String> {
    let path = format!("/{options}/plain/local:///a.jpg");
    presets.apply(&UrlRequest::read(&path, false).unwrap())
}

/// The generator that options become for a source, as the text of a preset.
fn text(options: &str, header: &Header) -> Result<String, String> {
    rules(&PresetFile::default(), options)?.preset(header)
}

/// The size of what options make of a source.
#[track_caller]
fn size(options: &str, header: &Header) -> Result<(f64, f64), String> {
    let text = text(options, header)?;
    let parsed = preset::parse(&text);
    assert_eq!(parsed.problems, [], "{options}: {text}");
    let generator = &parsed.preset.generators[0];
    let chain: Vec<_> = generator.operations.iter().map(|step| step.operation.clone()).collect();
    let size = predicted_size(header, &generator.source, &chain).unwrap();
    Ok((size.width.into(), size.height.into()))
}

/// Options whose result depends on whether the source is large enough.
const BY_SIZE: [&str; 26] = [
    "rs:fill:640:480/dpr:1.5",
    "rs:fill:481:640/dpr:1.5",
    "rs:fill:2000:90/dpr:1.5",
    "rs:auto:640:480/dpr:1.5",
    "rs:auto:2000:90/dpr:1.5",
    "rs:fill:301:199/pd:7:3/dpr:2",
    "rs:fit:100:100/z:2:1",
    "rs:fill:300:200/dpr:2",
    "rs:fill:300:200/dpr:3",
    "rs:fill:700:100/dpr:2",
    "rs:fill:300:200:0:1/dpr:3",
    "rs:auto:300:200/dpr:3",
    "rs:auto:200:300/dpr:2",
    "rs:fit:300:200/dpr:3/pd:10",
    "rs:fit:1000:1000:0:1/dpr:2",
    "rs:fit:400:300/dpr:2/pd:10:20:30:40",
    "w:400/h:300/dpr:2/exar:1",
    "w:500/dpr:1.5/pd:10",
    "w:100/mw:200",
    "w:100/mh:200",
    "rs:fit:300:200/mw:250",
    "rs:fill:100:100/mw:150/dpr:2",
    "rs:force:300:200/dpr:2/pd:5",
    "rs:fill:300:200/dpr:0.5",
    "w:200/dpr:0.5/pd:10",
    "rs:fit:1000:1000:0:1/dpr:0.5",
];

#[test]
fn sizes_are_those_of_imgproxy_or_the_url_is_refused() {
    let (mut same, mut refused) = (0, 0);
    for options in OPTIONS.iter().chain(&BY_SIZE) {
        for (width, height) in SOURCES.into_iter().chain([(90, 60)]) {
            match size(options, &Header::plain(Format::Jpeg, width, height)) {
                Ok(found) => {
                    let expected = reference::size(options, width.into(), height.into());
                    assert_eq!(found, expected, "{options} of {width} x {height}");
                    same += 1;
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert_eq!((same, refused), (1114, 16), "nearly all can be said");
}

#[test]
fn what_is_no_difference_for_this_source_is_no_refusal() {
    let (large, small) =
        (Header::plain(Format::Jpeg, 640, 480), Header::plain(Format::Jpeg, 64, 48));
    assert_eq!(size("rs:fill:300:200/dpr:2", &large), Ok((600.0, 400.0)));
    assert_eq!(size("rs:fill:300:200/dpr:2", &small), Ok((64.0, 48.0)));
    assert_eq!(size("w:100/mw:200", &large), Ok((100.0, 150.0)));
    assert!(size("w:10/mw:200", &small).unwrap_err().contains("min-width"));
    assert_eq!(size("ex:1/w:0", &large), Ok((640.0, 480.0)));
    assert_eq!(size("rs:fit:300:0:0:0/exar:1", &large), Ok((300.0, 225.0)));
    let drawing = Header::plain(Format::Svg, 64, 48);
    assert_eq!(size("w:640", &drawing), Ok((640.0, 480.0)), "drawings are as large as wanted");
    assert!(text("t:10/rs:fill:300:200/dpr:2", &large).unwrap_err().contains("dpr"));
    assert!(text("t:10/rs:fill:300:200", &large).is_ok());
}

#[test]
fn what_has_no_counterpart_is_named() {
    let header = Header::plain(Format::Jpeg, 640, 480);
    for (options, named) in [
        ("wat:1", "wat"),
        ("w:x", "w: “x”"),
        ("w:-1", "w: “-1”"),
        ("rs:fit:1:2:3:4:5:6:7:8:9", "rs"),
        ("rot:45", "rot"),
        ("g:obj:cat", "g: obj"),
        ("raw:1", "raw"),
        ("skp:jpg", "skp"),
        ("hs:md5:00", "hs"),
        ("exp:soon", "exp"),
        ("fn:a%2fb", "fn"),
        ("fn:a%00b", "fn"),
        ("fn:!:1", "fn"),
        ("f:mp4", "f: mp4"),
        ("pr:gone", "gone"),
        ("msr:100", "msr"),
        ("br:10", "br"),
        ("wm:1:ce:0:0:0.5", "watermark"),
        ("z:1:2/w:5", "zoom"),
        ("t:10::1", "t: equal"),
        ("wat:1/rot:45", "rot"),
    ] {
        let reason = text(options, &header).unwrap_err();
        assert!(reason.contains(named), "{options}: {reason}");
    }
    let extension = UrlRequest::read("/plain/local:///a.jpg@exe", false).unwrap();
    let reason = PresetFile::default().apply(&extension).unwrap_err();
    assert!(reason.contains("format: “exe”"), "{reason}");
}

#[test]
fn options_of_the_answer_change_no_picture() {
    let header = Header::plain(Format::Jpeg, 640, 480);
    let plain = text("w:100", &header).unwrap();
    for options in
        ["cb:1", "exp:99", "fn:a", "att:1", "raw:0", "eth:0", "skp:", "hs:none", "exp:", "fn:"]
    {
        assert_eq!(text(&format!("{options}/w:100"), &header).unwrap(), plain, "{options}");
    }
    let answer = |options| rules(&PresetFile::default(), options).unwrap().answer;
    let name = |options| answer(options).file_name;
    assert_eq!(name("fn:my%20file").as_deref(), Some("my file"));
    assert_eq!(name("fn:w7xi:1").as_deref(), Some("üb"));
    assert_eq!(name("fn:"), None);
    let all = AnswerRules { expires: Some(99), file_name: Some("a".into()), is_attachment: true };
    assert_eq!(answer("exp:99/fn:a/att:t/cb:x"), all);
}

#[test]
fn presets_of_the_file_are_applied_and_the_default_comes_first() {
    let header = Header::plain(Format::Jpeg, 640, 480);
    let file = presets("# ours\ndefault=q:50\n\nthumb=rs:fill:60:40/g:sm\nlate=exp:7/pr:thumb\n");
    let with = |options| rules(&file, options).unwrap();
    let same = |first, second| {
        assert_eq!(with(first).preset(&header), with(second).preset(&header));
    };
    same("pr:thumb", "q:50/rs:fill:60:40/g:sm");
    same("pr:thumb:late/q:60", "rs:fill:60:40/g:sm/q:60");
    assert_eq!(with("pr:late").answer.expires, Some(7));
    let only = UrlRequest::read("/thumb:late/plain/local:///a.jpg@png", true).unwrap();
    let only = file.apply(&only).unwrap();
    assert_eq!(only.preset(&header), with("pr:thumb/f:png").preset(&header));
    assert_eq!(only.answer.expires, Some(7));
}

#[test]
fn a_wrong_preset_file_is_refused_at_its_line() {
    let error = |text: &str| PresetFile::read(text.as_bytes()).unwrap_err().to_string();
    assert!(error("").contains("no preset"));
    assert!(error("a=w:1\n\nb\n").starts_with("line 3"), "{}", error("a=w:1\n\nb\n"));
    assert!(error("a=w:1\na=w:2\n").contains("twice"));
    assert!(error("a=w\n").starts_with("line 1"));
    assert!(error("/_/w:1/plain/local:///a.jpg").starts_with("line 1"));
    let (_, notes) = PresetFile::read(b"a=w:1\nb=pr:gone/g:obj:cat\nc=pr:c\nd=cb:1").unwrap();
    let lines: Vec<usize> = notes.iter().map(|note| note.line).collect();
    assert_eq!(lines, [2, 2, 3], "{notes:?}");
}

proptest! {
    #[test]
    fn any_options_give_a_preset_or_a_reason(
        parts in prop::collection::vec((0..NAMES.len(), 0..VALUES.len(), 0..VALUES.len()), 0..7),
        (width, height) in (1..3000_u32, 1..3000_u32),
        format in prop::sample::select(vec![Format::Jpeg, Format::Svg, Format::Gif]),
    ) {
        let option = |(name, first, second): &(usize, usize, usize)| {
            format!("{}:{}:{}/", NAMES[*name], VALUES[*first], VALUES[*second])
        };
        let options: String = parts.iter().map(option).collect();
        let path = format!("/{options}plain/local:///a.jpg");
        let request = UrlRequest::read(&path, false).unwrap();
        let header = Header::plain(format, width, height);
        let applied = PresetFile::default().apply(&request);
        if let Ok(text) = applied.and_then(|rules| rules.preset(&header)) {
            let parsed = preset::parse(&text);
            let is_clear = parsed.problems.iter().all(|problem| !problem.message.is_empty());
            prop_assert!(is_clear, "{}", text);
            // Either the language refuses a value, or there is exactly one generator.
            prop_assert_eq!(parsed.preset.generators.len(), usize::from(parsed.problems.is_empty()));
        }
    }

    #[test]
    fn any_text_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[a-c=:/#\n]{0,80}") {
        let _ = PresetFile::read(&bytes);
        if let Ok((file, _)) = PresetFile::read(text.as_bytes()) {
            let _ = rules(&file, "pr:a:b:c");
        }
    }
}

const NAMES: [&str; 34] = [
    "w", "h", "rs", "s", "rt", "z", "dpr", "el", "ex", "exar", "g", "c", "t", "pd", "ar", "rot",
    "fl", "bg", "bl", "sh", "pix", "wm", "q", "fq", "mb", "f", "pg", "pr", "mw", "mh", "exp", "fn",
    "ra", "dpi",
];
const VALUES: [&str; 20] = [
    "",
    "0",
    "1",
    "100",
    "1e9",
    "1000000000",
    "99999999999999999999",
    "-5",
    "0.5",
    "NaN",
    "fill",
    "auto",
    "ce",
    "sm",
    "fp:0.1:0.9",
    "ff0000",
    "jpg",
    "webp",
    "%2e%2e%2f",
    "\u{0}",
];
