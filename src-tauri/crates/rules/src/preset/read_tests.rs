//! Whole files: the documented example, and tables of faults with their places.

use super::*;

/// The example of the documentation.
const EXAMPLE: &str = include_str!("example.toml");

#[test]
fn the_documented_example_is_read_whole() {
    let Parsed { preset, problems } = parse(EXAMPLE);
    assert_eq!(problems, []);
    assert_eq!(preset.broken, [""; 0]);
    let names: Vec<&str> = preset.generators.iter().map(|g| g.name.as_str()).collect();
    assert_eq!(names, ["thumbnail", "hero", "card"]);
    let hero = preset.generator("hero").unwrap();
    assert_eq!(hero.widths, [640, 1280, 2048]);
    assert_eq!(hero.operations.len(), 3);
    assert!(preset.themes[0].variations["960x720"].crop);
}
