//! Transformations of the documentation, and what they become.

use crate::{
    System,
    tests::{imported, round_trip, told},
};

#[track_caller]
fn rules(transformation: &str) -> String {
    let (preset, _) = imported(System::Cloudinary, &format!("t_a: {transformation}"));
    let text = crate::write::preset(preset.generators.iter());
    let (_, body) = text.split_once("[generators.a]\n").unwrap();
    let lines: Vec<&str> = body.lines().map(str::trim).collect();
    let text = lines.join(" ").replace("operations = [ ", "").replace(", ]", "");
    text.replace("output = { metadata = \"strip\" }", "").trim().to_owned()
}

#[test]
fn components_become_operations() {
    for (transformation, expected) in [
        ("w_300", r#"{ op = "resize", width = 300, enlarge = true }"#),
        (
            "c_scale,w_300,h_200",
            r#"{ op = "resize", fit = "fill", width = 300, height = 200, enlarge = true }"#,
        ),
        ("c_limit,w_0.5", r#"{ op = "resize", width = "50%" }"#),
        (
            "c_fit,h_200,w_300,dpr_2.0",
            r#"{ op = "resize", width = 300, height = 200, dpr = 2, enlarge = true }"#,
        ),
        (
            "ar_16:9,c_fill,g_auto,w_400",
            r#"{ op = "resize", fit = "cover", width = 400, height = 225, enlarge = true, gravity = "smart" }"#,
        ),
        (
            "c_lfill,g_north_east,h_200,w_300",
            r#"{ op = "resize", fit = "cover", width = 300, height = 200, gravity = "north-east" }"#,
        ),
        ("b_brown,c_pad,w_3,h_2", ""),
        (
            "b_rgb:ff8800,c_lpad,w_3,h_2",
            r##"{ op = "resize", fit = "contain", width = 3, height = 2, background = "#ff8800" }"##,
        ),
        (
            "c_crop,h_200,w_300,x_355,y_410",
            r#"{ op = "crop", width = 300, height = 200, gravity = "north-west", x = 355, y = 410 }"#,
        ),
        ("ar_1:1,c_fill", r#"{ op = "crop", aspect = "1:1" }"#),
        (
            "e_sepia:50/e_grayscale/e_negate",
            r#"{ op = "sepia", amount = 50 }, { op = "grayscale" }, { op = "invert" }"#,
        ),
        (
            "e_brightness:-20/e_contrast:10/e_saturation:30",
            r#"{ op = "brightness", amount = -20 }, { op = "contrast", amount = 10 }, { op = "saturation", amount = 30 }"#,
        ),
        (
            "r_max/a_90/a_hflip",
            r#"{ op = "round_corners", radius = "50%" }, { op = "rotate", angle = 90 }, { op = "flip" }"#,
        ),
        ("bo_5px_solid_rgb:00390b", r##"{ op = "pad", all = 5, background = "#00390b" }"##),
        (
            "co_rgb:20a020,e_colorize:40",
            r##"{ op = "colorize", color = "#20a020", opacity = 0.4 }"##,
        ),
        (
            "co_white,l_text:Arial_40_bold:Hello%20World%252C%20you/fl_layer_apply,g_south,y_20",
            r#"{ op = "text", text = "Hello World, you", font = "Arial Bold", size = 40, gravity = "south", y = 20 }"#,
        ),
    ] {
        if expected.is_empty() {
            let (_, notes) = imported(System::Cloudinary, &format!("t_a: {transformation}"));
            assert_eq!(told(&notes), ["f:1: b: “brown” has no counterpart"]);
        } else {
            assert_eq!(rules(transformation), expected, "{transformation}");
        }
    }
    let (preset, _) = imported(System::Cloudinary, "a = q_60,f_auto\nb: f_png/q_auto");
    let output = serde_json::to_value(&preset.generators[0].output).unwrap();
    let expected = serde_json::json!({
        "format": ["avif", "webp", "jpeg"], "quality": 60, "metadata": "strip",
    });
    assert_eq!(output, expected);
}

#[test]
fn names_urls_and_references_are_read() {
    let text = "# all\nt_thumb: c_fill,w_200,h_200\n\
                https://res.cloudinary.com/demo/image/upload/t_thumb/e_sepia/v1312461204/docs/a.jpg\n\
                w_100,e_blur:300\nt_loop: t_loop/w_5\nt_gone: t_nothing/w_5\n";
    let (preset, notes) = imported(System::Cloudinary, text);
    let names: Vec<_> = preset.generators.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["thumb", "url", "url-2", "loop", "gone"]);
    assert_eq!(preset.generators[1].operations.len(), 2);
    let lines: Vec<usize> = notes.iter().map(|note| note.line).collect();
    assert_eq!(lines, [4, 5, 6], "{:?}", told(&notes));
}

#[test]
fn import_export_and_import_give_the_same_rules() {
    for transformation in [
        "w_300",
        "h_0.5",
        "c_scale,w_300,h_200",
        "c_fit,w_300,h_200",
        "c_limit,w_300",
        "c_limit,w_300,h_100",
        "c_fill,w_300,h_200,g_south_west",
        "c_lfill,w_300,h_200,g_auto",
        "c_pad,w_300,h_200,b_white",
        "c_lpad,w_300,h_200,g_north",
        "c_crop,w_100,h_0.5",
        "c_crop,w_100,h_100,x_10,y_20",
        "c_crop,w_100,h_100,x_10,g_center",
        "ar_16:9,c_fill",
        "ar_1.5,c_crop,w_200",
        "dpr_2.0,w_100",
        "c_fill,w_50,h_40,g_face",
        "a_90",
        "a_-20",
        "a_hflip",
        "a_vflip",
        "a_ignore/w_5",
        "e_sepia",
        "e_grayscale",
        "e_negate",
        "e_brightness:30",
        "e_contrast:-30",
        "e_saturation:-50",
        "e_pixelate:20",
        "e_trim:10",
        "co_rgb:ff0000,e_colorize:30",
        "r_20",
        "r_max",
        "bo_4px_solid_black",
        "b_rgb:112233",
        "q_80",
        "f_jpg",
        "f_auto",
        "f_avif,q_50",
        "fl_progressive/f_jpg",
        "fl_keep_iptc/w_3",
        "pg_2/w_9",
        "l_brand:logo/fl_layer_apply,g_south_east,x_10,y_10",
        "l_logo,g_west,o_50,x_0.1",
        "l_logo/c_scale,fl_relative,w_0.25/fl_layer_apply,e_multiply",
        "l_logo/fl_tiled,fl_layer_apply",
        "l_text:Times%20New_30_italic:a%252Fb%25c%7Bd%7D,co_yellow,g_north,o_70",
        "c_fill,w_400,h_300/e_sepia/r_max/f_png",
    ] {
        round_trip(System::Cloudinary, &format!("t_a: {transformation}"));
    }
}

#[test]
fn what_cloudinary_has_not_is_told_at_its_line() {
    let text = r#"version = 1
[generators.a]
operations = [
  { op = "extend", width = 900 },
  { op = "sharpen" },
  { op = "resize", fit = "auto", width = 5, height = 9 },
  { op = "text", text = "{asset.stem}" },
]
output = { effort = 3 }
"#;
    let exported =
        crate::export(System::Cloudinary, text.as_bytes(), &mut |path| Err(path.to_owned()))
            .unwrap();
    let lines: Vec<usize> = exported.notes.iter().map(|note| note.line).collect();
    assert_eq!(lines, [2, 4, 5, 6, 7]);
    assert_eq!(exported.text.lines().last(), Some("t_a: fl_keep_iptc"));
}
