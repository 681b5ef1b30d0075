//! Tests of edits: single ones by their exact text, random ones against the same edit of the JSON
//! value.

use proptest::prelude::*;
use serde_json::{Value, json};
use toml_parser::parser::{Event, EventKind, parse_document};

use crate::{
    Edit, EditError, Source, Step,
    lines::{line_end, line_start},
    list::List,
    parses,
    syntax::{Resolved, Syntax},
    value,
};

const TEXTS: [&str; 5] = [
    include_str!("../../../../assets/samples/web.preset.toml"),
    include_str!("../../../../assets/samples/campaign.preset.toml"),
    include_str!("../../rules/src/preset/fixtures/example.toml"),
    include_str!("fixtures/shapes.preset.toml"),
    include_str!("fixtures/extends.preset.toml"),
];

fn value_of(text: &str) -> Option<Value> {
    Source::parse(text.to_owned()).map(|source| source.value().clone())
}

fn path(text: &str) -> Vec<Step> {
    let step = |part: &str| match part.parse() {
        Ok(index) => Step::Index(index),
        Err(_) => Step::Key(part.to_owned()),
    };
    text.split('/').map(step).collect()
}

fn apply(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    crate::apply(text, edits, &|_| None)
}

fn set(at: &str, value: Value) -> Edit {
    Edit::Set { path: path(at), value }
}

fn remove(at: &str) -> Edit {
    Edit::Remove { path: path(at) }
}

/// The lines that went and those that came, in their order.
fn changed(text: &str, edit: Edit) -> (String, String) {
    let new = apply(text, &[edit]).unwrap();
    let (old, new): (Vec<&str>, Vec<&str>) = (text.lines().collect(), new.lines().collect());
    let start = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    (old[..old.len() - end].join("\n"), new[..new.len() - end].join("\n"))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_change_touches_what_it_is_about() {
    let [web, _, _, shapes, _] = TEXTS;
    let cases = [
        (
            web,
            set("generators/thumbnail/output/quality", json!(70)),
            "output = { format = \"jpeg\", quality = 85 }",
            "output = { format = \"jpeg\", quality = 70 }",
        ),
        (
            web,
            set("generators/hero/output/max_bytes", json!(250_000)),
            "output = { format = [\"jxl\", \"avif\", \"webp\", \"jpeg\"], max_bytes = 300_000 }",
            "output = { format = [\"jxl\", \"avif\", \"webp\", \"jpeg\"], max_bytes = 250_000 }",
        ),
        (web, set("generators/tile/eager", json!(true)), "", "eager = true"),
        (
            web,
            set("generators/card/parameters/author", json!("me")),
            "",
            "parameters.author = \"me\"",
        ),
        (
            web,
            set("generators/hero/operations/1/enabled", json!(false)),
            "  { op = \"resize\", fit = \"inside\", width = 2048 },",
            "  { op = \"resize\", fit = \"inside\", width = 2048, enabled = false },",
        ),
        (
            web,
            set("generators/optimized/operations", json!([{ "op": "flip" }])),
            "operations = []                               # no change of the pixels",
            "operations = [\n  { op = \"flip\" },\n]                               # no change of the pixels",
        ),
        (web, set("generators/hero/widths/1", json!(1280)), "", ""),
        (web, set("generators/hero/widths/1", json!(1280.0)), "", ""),
        (
            web,
            remove("generators/product/operations/1"),
            "  { op = \"flatten\", background = \"#f4efe6\" }, # behind cut-outs",
            "",
        ),
        (
            web,
            set("generators/new/output/format", json!("webp")),
            "",
            "\n[generators.new]\noutput = { format = \"webp\" }",
        ),
        (
            shapes,
            set("generators/dotted/output/quality", json!(3)),
            "",
            "dotted.output.quality = 3",
        ),
        (
            shapes,
            set("generators/implied/eager", json!(true)),
            "",
            "[generators.implied]\neager = true\n",
        ),
        (
            shapes,
            set("themes/b/variations/x/crop", json!(true)),
            "b = { generator = \"dotted\", variations.x.width = 3, variations.y = { width = 4 }, variations.x.height = 5 }",
            "b = { generator = \"dotted\", variations.x.width = 3, variations.y = { width = 4 }, variations.x.height = 5, variations.x.crop = true }",
        ),
        (
            shapes,
            remove("generators/tables/operations/0"),
            "[[generators.tables.operations]]\nop = \"resize\" # scale\nwidth = 300_000",
            "",
        ),
        (
            shapes,
            remove("generators/implied/output"),
            "[generators.implied.output]\nformat = [ \"avif\" , \"webp\" ] # two",
            "[generators.implied]\n",
        ),
        (
            shapes,
            Edit::Insert {
                path: path("generators/tables/operations"),
                index: 1,
                value: json!({ "op": "flip" }),
            },
            "",
            "[[generators.tables.operations]]\nop = \"flip\"\n",
        ),
        (
            shapes,
            Edit::Move { path: path("generators/dotted/operations"), from: 2, to: 1 },
            "    # soften\n    { op = \"blur\", sigma = 2.5 }, # a lot\n    { op = \"flip\" } # mirror",
            "    { op = \"flip\" }, # mirror\n    # soften\n    { op = \"blur\", sigma = 2.5 }, # a lot",
        ),
        (
            shapes,
            Edit::Duplicate { path: path("generators/tables"), to: "copy".to_owned() },
            "",
            "[generators.copy]\neager = false\n\n# the first step\n[[generators.copy.operations]]\nop = \"resize\" # scale\nwidth = 300_000\n\n# the second step\n[[generators.copy.operations]]\nop = \"crop\"\n[generators.copy.operations.gravity]\nx = 0.25 # left\ny = 0.75\n\n[[generators.copy.operations]]\nop = \"sharpen\"\nsigma = 1\n",
        ),
    ];
    for (text, edit, old, new) in cases {
        let shown = format!("{edit:?}");
        assert_eq!(changed(text, edit), (old.to_owned(), new.to_owned()), "{shown}");
    }
}

#[test]
fn a_name_is_changed_where_it_is_used() {
    let edit = Edit::Rename { path: path("generators/tables"), to: "a b".to_owned() };
    let new = apply(TEXTS[3], &[edit]).unwrap();
    let expected = TEXTS[3]
        .replace("generators.tables", "generators.\"a b\"")
        .replace("generator = \"tables\"", "generator = \"a b\"");
    assert_eq!(new, expected);
}

/// The texts of two documents after a table has gone from the first to the second.
fn moved(from: &str, into: &str, at: &str, to: &str) -> (String, String) {
    let value = value::at(&value_of(from).unwrap(), &path(at)).unwrap().clone();
    let (path, to) = (path(at), path(to));
    let import = Edit::Import { path: to, value, file: "other".to_owned(), from: path.clone() };
    let other = |file: &str| (file == "other").then(|| from.to_owned());
    let into = crate::apply(into, &[import], &other).unwrap();
    (apply(from, &[Edit::RemoveWithComments { path }]).unwrap(), into)
}

#[test]
fn a_table_takes_its_comments_to_another_document() {
    let hero = "# For the top of a page.\n# Wide.\n[generators.hero] # first\neager = true # now\n\n\
        # Never larger.\n[[generators.hero.operations]]\nop = \"resize\"\nwidth = 1_600\n# height = 900\n";
    let (version, heading) = ("# Team A\nversion = 1\n\n", "# ---- pages ----\n\n");
    let rest = "# small\n[generators.card]\noperations = []\n";
    let from = format!("{version}{heading}{hero}\n{rest}");
    let renamed = hero.replace("generators.hero", "generators.\"hero 2\"");
    let other = "version = 1\n[generators.hero]\noperations = []\n\n# wide\n[themes.x]\ngenerator = \"hero\"\n";
    let (left, into) = moved(&from, other, "generators/hero", "generators/hero 2");
    assert_eq!(left, format!("{version}{heading}{rest}"));
    let (start, end) = other.split_at(other.find("\n# wide").unwrap());
    assert_eq!(into, format!("{start}\n{renamed}{end}"));

    // The last one, into a document that has none yet.
    let (left, into) =
        moved(&format!("{version}{hero}"), "version = 1", "generators/hero", "generators/hero");
    assert_eq!((left.trim_end(), into), (version.trim_end(), format!("version = 1\n\n{hero}")));
    let (_, into) = moved(&from, "", "generators/hero", "generators/hero");
    assert_eq!(into, hero);
}

#[test]
fn a_table_whose_lines_mean_nothing_elsewhere_is_written_anew() {
    let hero = "[generators.hero]\noperations = [{ op = \"flip\" }] # up\n";
    let inline = "# mirrored\ngenerators.hero = { operations = [{ op = \"flip\" }] }\n";
    let (left, into) = moved(inline, "version = 1\n", "generators/hero", "generators/hero");
    assert_eq!(left, "# mirrored\n");
    assert!(into.starts_with("version = 1\n\n[generators.hero]\n"), "{into}");
    let all = "generators = { card = {} }\n";
    let (left, into) = moved(hero, all, "generators/hero", "generators/hero");
    assert_eq!(left, "");
    assert_eq!(into, "generators = { card = {}, hero = { operations = [{ op = \"flip\" }] } }\n");
}

fn reorder(at: &str, before: Option<&str>) -> Edit {
    Edit::Reorder { path: path(at), before: before.map(str::to_owned) }
}

#[test]
fn a_key_takes_its_lines_and_comments_to_another_place() {
    let text = "version = 1\n\n# ---- lists ----\n\n# small\n[generators.a] # first\n\
        eager = true\n# eager = false\n\n[generators.b]\noperations = []\n\n\
        # ---- pages ----\n\n# wide\n[generators.c.output]\nformat = \"webp\"";
    let parts = [
        "# small\n[generators.a] # first\neager = true\n# eager = false\n",
        "[generators.b]\noperations = []\n",
        "# wide\n[generators.c.output]\nformat = \"webp\"\n",
    ];
    let [a, b, c] = parts;
    let (lists, pages) = ("version = 1\n\n# ---- lists ----\n", "# ---- pages ----\n");
    let cases = [
        ("a", Some("c"), [lists, b, a, pages, c]),
        ("a", None, [lists, b, pages, c, a]),
        ("c", Some("a"), [lists, c, a, b, pages]),
        ("c", Some("b"), [lists, a, c, b, pages]),
        ("b", Some("a"), [lists, b, a, pages, c]),
    ];
    for (name, before, order) in cases {
        let new = apply(text, &[reorder(&format!("generators/{name}"), before)]).unwrap();
        assert_eq!(new.trim_end(), order.join("\n").trim_end(), "{name} before {before:?}");
    }
    let dense = "[generators.a]\nx = 1\n[generators.b]\nx = 2\n[generators.c]\nx = 3";
    assert_eq!(
        apply(dense, &[reorder("generators/c", Some("b"))]).unwrap(),
        "[generators.a]\nx = 1\n[generators.c]\nx = 3\n[generators.b]\nx = 2\n"
    );
    for (name, before) in [("a", Some("b")), ("a", Some("a")), ("c", None)] {
        let edit = reorder(&format!("generators/{name}"), before);
        assert_eq!(apply(text, &[edit]).unwrap(), text, "{name} before {before:?}");
    }
    let inline = "generators = { a = { eager = true }, b.eager = true, c = {} }";
    assert_eq!(
        apply(inline, &[reorder("generators/c", Some("a"))]).unwrap(),
        "generators = { c = {}, a = { eager = true }, b.eager = true }"
    );
}

#[test]
fn an_order_that_the_text_cannot_take_is_refused() {
    // The pair would become the other's, and a part that stands apart holds the first place.
    for (text, name, before) in [
        ("[generators]\na.eager = true\n\n[generators.b]\neager = true\n", "b", Some("a")),
        (
            "[generators.a]\nwidths = [1]\n[generators.b]\n[generators.a.output]\n[generators.c]\n",
            "a",
            None,
        ),
        ("[generators]\na = {}\n", "z", None),
        ("[generators]\na = {}\n", "a", Some("z")),
    ] {
        let edit = reorder(&format!("generators/{name}"), before);
        assert!(apply(text, &[edit]).is_err(), "{text}");
    }
}

#[test]
fn a_step_of_a_slider_parses_no_text() {
    let sources = TEXTS.map(|text| Source::parse(text.to_owned()).unwrap());
    let steps = [
        (0, set("generators/hero/output/max_bytes", json!(250_001))),
        (2, set("generators/hero/widths/1", json!(1281))),
        (3, set("generators/tables/operations/1/gravity/x", json!(0.5))),
        (3, set("themes/b/variations/x/width", json!(4))),
    ];
    for (index, step) in steps {
        let source = &sources[index];
        let mut draft = None;
        let steps = std::slice::from_ref(&step);
        let edit = || draft = Some(source.edit(steps, &|_| None).unwrap());
        assert_eq!(parses::during(edit), 0, "{step:?}");
        assert_eq!(parses::during(|| drop(draft.unwrap().parse().unwrap())), 1);
        assert_eq!(parses::during(|| drop(Syntax::of(source.text()))), 1, "counted as well");
    }
}

#[test]
fn what_is_not_possible_is_said_and_changes_nothing() {
    let cases = [
        (remove("generators/none"), "generators.none is not in this preset."),
        (set("version/x", json!(1)), "version is no table, so that it has no keys."),
        (set("x", Value::Null), "A preset has no empty values. Remove the key instead."),
        (
            Edit::Rename { path: path("generators/hero"), to: "card".to_owned() },
            "generators.hero can’t be called \"card\": that name exists. Choose another one.",
        ),
        (
            Edit::Move { path: path("generators/hero/operations"), from: 0, to: 9 },
            "generators.hero.operations is not in this preset.",
        ),
        (Edit::Insert { path: path("version"), index: 0, value: json!(1) }, "version is no list."),
        (Edit::Remove { path: Vec::new() }, "This cannot be done to the whole preset."),
    ];
    for (edit, message) in cases {
        let edits = [set("generators/hero/eager", json!(true)), edit];
        assert_eq!(apply(TEXTS[0], &edits).unwrap_err().to_string(), message);
    }
    assert_eq!(apply("x = ", &[remove("x")]), Err(EditError::NotToml));
    let tables =
        Edit::Insert { path: path("generators/tables/operations"), index: 0, value: json!(1) };
    assert!(matches!(apply(TEXTS[3], &[tables]), Err(EditError::TablesOnly { .. })));
}

#[test]
fn an_empty_text_takes_all_there_is() {
    let edits = [
        set("generators/a/operations", json!([{ "op": "flip" }])),
        set("version", json!(1)),
        set("defaults/output/quality", json!(80)),
        set("themes/t", json!({ "generator": "a", "variations": { "x": { "width": 3 } } })),
    ];
    let expected = "version = 1\n\n[defaults.output]\nquality = 80\n\n[generators.a]\n\
        operations = [\n  { op = \"flip\" },\n]\n\n[themes.t]\ngenerator = \"a\"\n\
        variations = { x = { width = 3 } }\n";
    assert_eq!(apply("", &edits).unwrap(), expected);
}

/// All comments, with the byte at which each begins.
fn comments(text: &str) -> Vec<(usize, String)> {
    let source = toml_parser::Source::new(text);
    let mut found = Vec::new();
    let mut take = |event: Event| {
        if event.kind() == EventKind::Comment {
            let span = event.span();
            found.push((span.start(), text[span.start()..span.end()].to_owned()));
        }
    };
    parse_document(&source.lex().into_vec(), &mut take, &mut ());
    found
}

/// The comments that an element takes along when it goes: those on its own lines.
fn own_comments(text: &str, at: &[Step]) -> Vec<String> {
    let syntax = Syntax::of(text);
    let range = match syntax.resolve(at) {
        Resolved::Value(_, Some(container)) => {
            let span = List::of(text, container.value).element(container.index);
            span.start..line_end(text, span.end)
        }
        Resolved::DottedPairs(..) => 0..0,
        _ => {
            let members = syntax.members(at);
            let span = |it: Option<&usize>| it.map(|it| syntax.statements[*it].span.clone());
            let (first, last) = (span(members.first()), span(members.last()));
            let first = first.map_or(0, |it| line_start(text, it.start));
            first..last.map_or(0, |it| line_end(text, it.end))
        }
    };
    let is_own = |at: &usize| range.contains(at);
    comments(text).into_iter().filter(|(at, _)| is_own(at)).map(|(_, text)| text).collect()
}

/// Every path of a value.
fn paths(value: &Value) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    let mut open = vec![(Vec::new(), value)];
    while let Some((path, value)) = open.pop() {
        let children: Vec<(Step, &Value)> = match value {
            Value::Object(table) => {
                table.iter().map(|(key, value)| (Step::Key(key.clone()), value)).collect()
            }
            Value::Array(array) => (0..).map(Step::Index).zip(array).collect(),
            _ => Vec::new(),
        };
        for (step, value) in children {
            let mut path: Vec<Step> = path.clone();
            path.push(step);
            open.push((path.clone(), value));
            found.push(path);
        }
    }
    found
}

fn random_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-100_000_i32..100_000).prop_map(|thousandth| json!(f64::from(thousandth) / 1000.0)),
        "[ -~é\n\t]{0,12}".prop_map(Value::from),
    ];
    scalar.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-z .]{1,6}", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Numbers from which a change is made, once there is a text to make it on.
type Seed = (u8, usize, u32, u32, Value, String);

fn random_seed() -> impl Strategy<Value = Seed> {
    (any::<u8>(), any::<usize>(), any::<u32>(), any::<u32>(), random_value(), "[a-z]{1,3}| |é")
}

fn edit_of((kind, place, from, to, value, name): Seed, root: &Value) -> Option<Edit> {
    let paths = paths(root);
    let path = paths.get(place % paths.len().max(1))?.clone();
    let there = value::at(root, &path)?;
    let length = u32::try_from(there.as_array().map_or(0, Vec::len)).ok()?;
    Some(match kind % 9 {
        0 | 1 => Edit::Set { path, value },
        2 => {
            let mut path = path;
            path.push(Step::Key(name));
            Edit::Set { path, value }
        }
        3 => Edit::Remove { path },
        4 => Edit::Insert { path, index: from % (length + 2), value: json!({ "op": name }) },
        5 if length > 0 => Edit::Move { path, from: from % length, to: to % length },
        5 | 6 => Edit::Rename { path, to: name },
        7 => {
            let (_, table) = path.split_last()?;
            let keys: Vec<&String> = value::at(root, table)?.as_object()?.keys().collect();
            let before = keys.get(from as usize % (keys.len() + 1)).map(ToString::to_string);
            Edit::Reorder { path, before }
        }
        _ => Edit::Duplicate { path, to: name },
    })
}

/// Makes one change and looks at all that must hold afterwards.
fn check(text: &str, edit: &Edit) -> Result<Option<String>, TestCaseError> {
    let before = value_of(text).expect("TOML");
    let mut expected = before.clone();
    let possible = value::change(&mut expected, edit);
    let new = match (apply(text, std::slice::from_ref(edit)), possible) {
        (Ok(new), Ok(())) => new,
        (Err(_), Err(_)) | (Err(EditError::TablesOnly { .. }), Ok(())) => return Ok(None),
        (Err(EditError::Shape { .. }), Ok(())) if matches!(edit, Edit::Reorder { .. }) => {
            return Ok(None);
        }
        (result, possible) => {
            let message = format!("{edit:?} {possible:?}\n{result:?}\n{text}");
            return Err(TestCaseError::fail(message));
        }
    };
    let after = value_of(&new);
    prop_assert!(after.as_ref().is_some_and(|after| value::is_same(after, &expected)), "{new}");
    if expected == before && !matches!(edit, Edit::Reorder { .. }) {
        prop_assert_eq!(text, &new);
    }
    let mut kept: Vec<String> = comments(&new).into_iter().map(|(_, text)| text).collect();
    let gone = match edit {
        Edit::Set { path, .. } | Edit::Remove { path } => own_comments(text, path),
        _ => Vec::new(),
    };
    for (_, comment) in comments(text) {
        match kept.iter().position(|kept| *kept == comment) {
            Some(at) => drop(kept.remove(at)),
            None => prop_assert!(gone.contains(&comment), "{edit:?} lost {comment}\n{new}"),
        }
    }
    Ok(Some(new))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn random_changes_come_to_the_same_as_those_of_the_value(
        start in 0..TEXTS.len(),
        seeds in prop::collection::vec(random_seed(), 1..12),
    ) {
        let mut text = TEXTS[start].to_owned();
        for seed in seeds {
            let value = value_of(&text).expect("TOML");
            let Some(edit) = edit_of(seed, &value) else { continue };
            if let Some(new) = check(&text, &edit)? {
                text = new;
            }
        }
    }
}
