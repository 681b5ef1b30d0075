//! The part of an asset that a variant shows, as far as it follows from sizes and rules.

use cropmark_rules::{
    Operation, SourceRules,
    geometry::{self, Rect, Size},
    operation::FlipDirection,
    plan::predicted_size,
    protocol::Header,
    value::{Length, Point},
};

/// The part of the upright original that is left after a chain: left, top, width and height in
/// shares of its sides. `None` where only the pixels tell (trim, content-aware crops), where the
/// part is no upright rectangle any more (rotate), or where another page than the first is shown.
pub(super) fn visible_region(
    header: &Header,
    rules: &SourceRules,
    operations: &[Operation],
    focal: Option<Point>,
) -> Option<[f64; 4]> {
    if !rules.auto_orient && header.orientation > 1 {
        return None;
    }
    let size = predicted_size(header, rules, &[])?;
    let mut region =
        Region { part: [0.0, 0.0, 1.0, 1.0], size, focal, mirrored: [false; 2], framed: false };
    operations.iter().try_for_each(|operation| region.follow(operation))?;
    Some(region.part)
}

/// The visible region at a step of a chain.
struct Region {
    /// In shares of the original.
    part: [f64; 4],
    /// Pixels of the image at this step.
    size: Size,
    focal: Option<Point>,
    /// Whether left and right, top and bottom have changed sides.
    mirrored: [bool; 2],
    /// Whether the image has a border, so that a crop of it is no part of the original's.
    framed: bool,
}

impl Region {
    fn follow(&mut self, operation: &Operation) -> Option<()> {
        match operation {
            Operation::Trim(_) | Operation::Rotate(_) => return None,
            Operation::Crop(rule) => self.cut(geometry::crop(rule, self.size, self.focal)?)?,
            Operation::Resize(rule) => {
                let resized = geometry::resize(rule, self.size);
                self.size = resized.scaled;
                if let Some(kept) = resized.cropped {
                    let none = (Length::ZERO, Length::ZERO);
                    let part = geometry::window(kept, self.size, rule.gravity, none, self.focal)?;
                    self.cut(part)?;
                }
                if let Some(canvas) = resized.padded {
                    self.frame(canvas);
                }
            }
            Operation::Extend(rule) => self.frame(geometry::extend_size(rule, self.size)),
            Operation::Pad(rule) => self.frame(geometry::pad(rule, self.size).0),
            Operation::Flip(rule) => {
                let both = rule.direction == FlipDirection::Both;
                let [x, y] = [
                    both || rule.direction == FlipDirection::Horizontal,
                    both || rule.direction == FlipDirection::Vertical,
                ];
                self.mirrored = [self.mirrored[0] ^ x, self.mirrored[1] ^ y];
                self.focal = self.focal.map(|point| Point {
                    x: if x { 1.0 - point.x } else { point.x },
                    y: if y { 1.0 - point.y } else { point.y },
                });
            }
            _ => {}
        }
        Some(())
    }

    fn frame(&mut self, canvas: Size) {
        self.framed |= canvas != self.size;
        self.size = canvas;
    }

    fn cut(&mut self, kept: Rect) -> Option<()> {
        if kept.size == self.size {
            return Some(());
        }
        if self.framed {
            return None;
        }
        self.focal = self.focal.map(|point| geometry::focal_after_crop(point, kept, self.size));
        let share = |start: u32, length: u32, whole: u32, mirrored: bool| {
            let start = if mirrored { whole - start - length } else { start };
            [f64::from(start) / f64::from(whole), f64::from(length) / f64::from(whole)]
        };
        let [x, y] = self.mirrored;
        let [left, width] = share(kept.x, kept.size.width, self.size.width, x);
        let [top, height] = share(kept.y, kept.size.height, self.size.height, y);
        let [from_left, from_top, whole_width, whole_height] = self.part;
        self.part = [
            from_left + left * whole_width,
            from_top + top * whole_height,
            width * whole_width,
            height * whole_height,
        ];
        self.size = kept.size;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use cropmark_rules::{Format, preset::parse_bytes};

    use super::*;

    fn header(width: u32, height: u32, orientation: u8) -> Header {
        Header { orientation, ..Header::plain(Format::Jpeg, width, height) }
    }

    fn part(operations: &str, header: &Header, focal: Option<Point>) -> Option<[f64; 4]> {
        let text = format!("version = 1\n[generators.g]\noperations = [{operations}]\n");
        let parsed = parse_bytes(text.as_bytes());
        assert_eq!(parsed.problems, [], "{operations}");
        let chain: Vec<Operation> = parsed.preset.generators[0]
            .operations
            .iter()
            .map(|step| step.operation.clone())
            .collect();
        let chain = cropmark_rules::canonical::operations(chain, focal.is_some());
        visible_region(header, &SourceRules::default(), &chain, focal)
    }

    #[test]
    fn crops_and_covers_add_up() {
        let wide = header(2000, 1000, 1);
        let all = Some([0.0, 0.0, 1.0, 1.0]);
        assert_eq!(part(r#"{ op = "resize", width = 100 }"#, &wide, None), all);
        let square = r#"{ op = "crop", aspect = "1:1" }"#;
        assert_eq!(part(square, &wide, None), Some([0.25, 0.0, 0.5, 1.0]));
        let cover =
            r#"{ op = "resize", fit = "cover", width = 100, height = 100, gravity = "west" }"#;
        assert_eq!(part(cover, &wide, None), Some([0.0, 0.0, 0.5, 1.0]));
        let twice = format!(r#"{square}, {{ op = "crop", width = "50%", gravity = "east" }}"#);
        assert_eq!(part(&twice, &wide, None), Some([0.5, 0.0, 0.25, 1.0]));
        // Upright, it is twice as high as wide.
        let lying = header(2000, 1000, 6);
        assert_eq!(part(square, &lying, None), Some([0.0, 0.25, 1.0, 0.5]));
    }

    #[test]
    fn the_part_follows_the_focal_point_and_mirrors() {
        let wide = header(2000, 1000, 1);
        let focal = Some(Point { x: 0.9, y: 0.5 });
        let at_focal = r#"{ op = "crop", aspect = "1:1", gravity = "focal" }"#;
        assert_eq!(part(at_focal, &wide, focal), Some([0.5, 0.0, 0.5, 1.0]));
        assert_eq!(part(at_focal, &wide, None), Some([0.25, 0.0, 0.5, 1.0]));
        // The point goes along when the sides change, and so does the part.
        let flipped = format!(r#"{{ op = "flip" }}, {at_focal}"#);
        assert_eq!(part(&flipped, &wide, focal), Some([0.5, 0.0, 0.5, 1.0]));
        let west = r#"{ op = "flip" }, { op = "crop", width = "25%", gravity = "west" }"#;
        assert_eq!(part(west, &wide, None), Some([0.75, 0.0, 0.25, 1.0]));
    }

    #[test]
    fn what_only_pixels_tell_is_unknown() {
        let wide = header(2000, 1000, 1);
        for unknown in [
            r#"{ op = "trim" }"#,
            r#"{ op = "rotate", angle = 90 }"#,
            r#"{ op = "crop", aspect = "1:1", gravity = "smart" }"#,
            r#"{ op = "pad", all = 10 }, { op = "crop", width = 100 }"#,
        ] {
            assert_eq!(part(unknown, &wide, None), None, "{unknown}");
        }
        let framed = r#"{ op = "resize", fit = "contain", width = 100, height = 100 }"#;
        assert_eq!(part(framed, &wide, None), Some([0.0, 0.0, 1.0, 1.0]));
    }
}
