//! Paths from templates, and that none ever leads out of the output folder.

use proptest::prelude::*;

use super::*;
use crate::naming::clean::tests::{assert_clean, hostile};

struct Facts {
    generator: String,
    theme: Option<String>,
    variation: Option<String>,
    path: String,
    parameters: BTreeMap<String, String>,
}

impl Facts {
    fn path(&self, template: &NameTemplate) -> String {
        template.path(&NameFacts {
            generator: &self.generator,
            theme: self.theme.as_deref(),
            variation: self.variation.as_deref(),
            path: &self.path,
            format: Format::Jpeg,
            size: Size { width: 640, height: 360 },
            key: "0123456789abcdef".repeat(4).parse().unwrap(),
            parameters: &self.parameters,
        })
    }
}

fn facts(path: &str) -> Facts {
    Facts {
        generator: "hero".to_owned(),
        theme: None,
        variation: Some("640".to_owned()),
        path: path.to_owned(),
        parameters: BTreeMap::from([("title".to_owned(), "../My/Title".to_owned())]),
    }
}

#[test]
fn templates_give_paths() {
    let cases = [
        (DEFAULT_TEMPLATE, "a/b/lake.png", "hero/a/b/lake-640.jpg"),
        (DEFAULT_TEMPLATE, "lake", "hero/lake-640.jpg"),
        (DEFAULT_TEMPLATE, "a/../b/./lake.x.png", "hero/a/__/b/lake.x-640.jpg"),
        (DEFAULT_TEMPLATE, "a\\b/c\\d.png", "hero/a_b/c_d-640.jpg"),
        ("{name}.{width}x{height}.{format}", "a/lake.png", "lake.png.640x360.jpeg"),
        ("{theme}/{key}.{ext}", "lake.png", "0123456789.jpg"),
        ("{title}/{{x}}.{ext}", "lake.png", ".._My_Title/{x}.jpg"),
        ("{path}", "lake.png", "unnamed"),
        ("./a//{stem}", "lake.png", "_/a/lake"),
        ("{stem}.", "con.png", "con_"),
    ];
    for (template, path, expected) in cases {
        let template = NameTemplate::parse(template, &["title"]).unwrap();
        assert_eq!(facts(path).path(&template), expected, "{template:?}");
    }
    assert!(NameTemplate::parse(DEFAULT_TEMPLATE, &[]).unwrap().needs_result());
    assert!(!NameTemplate::parse("{stem}{variation}.jpg", &[]).unwrap().needs_result());
}

#[test]
fn wrong_templates_say_what_would_be_right() {
    let cases = [
        ("", "the template is empty"),
        ("{stem", "\"{\" is not closed"),
        ("stem}", "\"}\" closes nothing"),
        ("{st em}", "{st em} is no name"),
        ("{stm}.{ext}", "{stm} is unknown; did you mean {stem}?"),
        ("{titel}", "{titel} is unknown; did you mean {title}?"),
        ("{qqqqqq}", "known are {generator}, "),
        ("../{stem}", "below the output folder"),
        ("a/../{stem}", "below the output folder"),
        ("/{stem}", "below the output folder"),
        ("C:\\{stem}", "below the output folder"),
    ];
    for (template, message) in cases {
        let error = NameTemplate::parse(template, &["title"]).unwrap_err().to_string();
        assert!(error.contains(message), "{template}: {error}");
    }
}

proptest! {
    #[test]
    fn no_template_and_no_values_lead_out(
        text in prop_oneof![
            "(\\{(generator|path|name|stem|variation|theme|ext|key|title)\\}|[./ a-]|\\{\\{){1,8}".prop_map(String::from),
            hostile(),
        ],
        generator in hostile(),
        theme in proptest::option::of(hostile()),
        variation in proptest::option::of(hostile()),
        path in hostile(),
        title in hostile(),
    ) {
        let Ok(template) = NameTemplate::parse(&text, &["title"]) else { return Ok(()) };
        let parameters = BTreeMap::from([("title".to_owned(), title)]);
        let path = Facts { generator, theme, variation, path, parameters }.path(&template);
        assert_clean(&path)?;
    }

    /// A value other than `{path}` never makes a folder.
    #[test]
    fn values_bring_no_separators(value in hostile()) {
        let template = NameTemplate::parse("x/a{title}b{name}c.{ext}", &["title"]).unwrap();
        let mut facts = facts("a/b.png");
        facts.parameters.insert("title".to_owned(), value.clone());
        facts.variation = Some(value);
        let parts = facts.path(&template).matches('/').count();
        prop_assert_eq!(parts, 1);
    }
}
