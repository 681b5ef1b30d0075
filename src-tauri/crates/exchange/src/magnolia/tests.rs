//! Configurations of the documentation, and what they become.

use crate::{
    System,
    tests::{imported, round_trip, told},
};

const FULL: &str = r#"generators:
  my-generator:
    class: info.magnolia.imaging.operations.ImageOperationChain
    outputFormat:
      formatName: jpg
      quality: 80
      progressive: true
    operations:
      load:
        class: info.magnolia.imaging.operations.load.FromContent
        subsampling:
          width: 240
      resize:
        class: info.magnolia.imaging.operations.cropresize.BoundedResize
        maxWidth: 230
        maxHeight: 230
        expand: false
      caption:
        class: info.magnolia.imaging.operations.text.FixedText
        text: "Say {hi}"
        horizontalAlign: center
        verticalAlign: top
        y: 5
        textStyle:
          fontName: Arial
          fontSize: 20
          color: '#ff8800'
  teaser:
    class: info.magnolia.imaging.operations.ImageOperationChain
    operations:
      - class: info.magnolia.imaging.operations.load.FromBinaryNode
      - class: info.magnolia.imaging.operations.cropresize.AutoCropAndResize
        targetWidth: 120
        targetHeight: 90
"#;

#[test]
fn generators_become_generators() {
    let (preset, notes) = imported(System::Magnolia, FULL);
    assert_eq!(told(&notes), [""; 0]);
    let text = crate::write::preset(preset.generators.iter());
    let expected = r##"
[generators.my-generator]
source = { subsample = { width = 240, fail_if_unsupported = true } }
operations = [
  { op = "resize", width = 230, height = 230 },
  { op = "text", text = "Say {{hi}}", font = "Arial", size = 20, color = "#ff8800", gravity = "north", y = 5 },
]
output = { format = "jpeg", quality = 80, progressive = true }

[generators.teaser]
operations = [
  { op = "resize", fit = "cover", width = 120, height = 90, enlarge = true },
]
"##;
    assert_eq!(text.split_once("version = 1\n").unwrap().1, expected);
}

#[test]
fn variations_of_themes_become_generators() {
    let text = "imaging:\n  class: info.magnolia.templating.imaging.VariationAwareImagingSupport\n  enabled: true\n  \
                variations:\n    '480':\n      class: info.magnolia.templating.imaging.variation.SimpleResizeVariation\n      \
                width: 480\n    square:\n      width: 600\n      height: 600\n      outputFormat:\n        formatName: webp\n    \
                empty:\n      class: x.SimpleResizeVariation\ncssFiles:\n  - link: a.css\n";
    let (preset, notes) = imported(System::Magnolia, text);
    let names: Vec<_> = preset.generators.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["480", "square"]);
    let lines: Vec<usize> = notes.iter().map(|note| note.line).collect();
    assert_eq!(lines, [14, 16], "{:?}", told(&notes));
}

#[test]
fn what_has_no_counterpart_is_told_with_its_line() {
    let text = "generators:\n  a:\n    class: com.example.Mine\n    parameterProviderFactory:\n      class: x.Y\n    \
                operations:\n      crop:\n        class: info.magnolia.imaging.operations.cropresize.CropAndResize\n      \
                text:\n        class: x.TextFromNode\n        propertyName: title\n      resize:\n        \
                class: a.BoundedResize\n        maxWidth: wide\n        maxHeight: 5\n";
    let (preset, notes) = imported(System::Magnolia, text);
    let lines: Vec<usize> = notes.iter().map(|note| note.line).collect();
    assert_eq!(lines, [3, 5, 8, 10, 14], "{:?}", told(&notes));
    assert_eq!(preset.generators[0].operations.len(), 2);
    assert!(crate::import(System::Magnolia, b"a: [1, 2").is_err());
}

#[test]
fn import_export_and_import_give_the_same_rules() {
    let text = FULL.replace("        subsampling:\n          width: 240\n", "");
    round_trip(System::Magnolia, &text);
    for operation in [
        "class: BoundedResize\n        maxWidth: 5",
        "class: BoundedResize\n        maxHeight: 5\n        maxWidth: 9",
        "class: AutoCropAndResize\n        targetWidth: 5",
        "class: AutoCropAndResize\n        targetWidth: 5\n        targetHeight: 9",
        "class: TextFromNode\n        propertyName: title",
        "class: FixedText\n        text: \"a: #b\\n\\\"c\\\"\"\n        x: 3",
    ] {
        round_trip(
            System::Magnolia,
            &format!("generators:\n  a:\n    operations:\n      b:\n        {operation}\n"),
        );
    }
    round_trip(
        System::Magnolia,
        "variations:\n  '480':\n    width: 480\n  b:\n    height: 5\n    width: 9\n",
    );
}
