//! Where an original lies in a variant: what its chain does to places, as an affine map.

use cropmark_rules::{
    Operation, SourceRules,
    geometry::{self, Rect, Size},
    operation::{FlipDirection, Rotate},
    plan::predicted_size,
    protocol::Header,
    value::{Gravity, Length, Point},
};

/// The map from shares of the upright original's sides to shares of the variant's, as in
/// [`crate::model::Preview::placement`]. `windows`: what the worker recorded of trims and crops by
/// content. `None` where a window is missing, or where another page than the first is shown.
pub(super) fn placement(
    header: &Header,
    rules: &SourceRules,
    operations: &[Operation],
    focal: Option<Point>,
    windows: &[Rect],
) -> Option<[f64; 6]> {
    let size = predicted_size(header, rules, &[])?;
    let stored = if rules.auto_orient { IDENTITY } else { lying(header.orientation) };
    let mut placed = Placed {
        map: stored.then(scaling(f64::from(size.width), f64::from(size.height))),
        size,
        focal,
        windows: windows.iter().copied(),
    };
    operations.iter().try_for_each(|operation| placed.follow(operation))?;
    let Size { width, height } = placed.size;
    let shares = scaling(1.0 / f64::from(width), 1.0 / f64::from(height));
    Some(placed.map.then(shares).0)
}

/// An affine map `[a, b, c, d, e, f]`: `x' = a x + c y + e`, `y' = b x + d y + f`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Affine([f64; 6]);

const IDENTITY: Affine = Affine([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

const fn scaling(across: f64, down: f64) -> Affine {
    Affine([across, 0.0, 0.0, down, 0.0, 0.0])
}

const fn shift(right: f64, down: f64) -> Affine {
    Affine([1.0, 0.0, 0.0, 1.0, right, down])
}

impl Affine {
    /// This map, and the next one after it.
    fn then(self, next: Self) -> Self {
        let [across, down, origin] = self.columns();
        let ([a, b], [c, d]) = (next.turned(across), next.turned(down));
        let (right, below) = next.of(origin[0], origin[1]);
        Self([a, b, c, d, right, below])
    }

    fn of(self, x: f64, y: f64) -> (f64, f64) {
        let [right, below] = self.turned([x, y]);
        let [.., origin] = self.columns();
        (right + origin[0], below + origin[1])
    }

    fn turned(self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [across, down, _] = self.columns();
        [across[0] * x + down[0] * y, across[1] * x + down[1] * y]
    }

    /// Where the unit to the right, the unit downwards and the origin come to.
    fn columns(self) -> [[f64; 2]; 3] {
        let [a, b, c, d, right, below] = self.0;
        [[a, b], [c, d], [right, below]]
    }
}

/// From the upright image to the stored one, in shares of their sides (EXIF orientations 1–8).
const fn lying(orientation: u8) -> Affine {
    Affine(match orientation {
        2 => [-1.0, 0.0, 0.0, 1.0, 1.0, 0.0],
        3 => [-1.0, 0.0, 0.0, -1.0, 1.0, 1.0],
        4 => [1.0, 0.0, 0.0, -1.0, 0.0, 1.0],
        5 => [0.0, 1.0, 1.0, 0.0, 0.0, 0.0],
        6 => [0.0, -1.0, 1.0, 0.0, 0.0, 1.0],
        7 => [0.0, -1.0, -1.0, 0.0, 1.0, 1.0],
        8 => [0.0, 1.0, -1.0, 0.0, 1.0, 0.0],
        _ => IDENTITY.0,
    })
}

/// The original at a step of a chain.
struct Placed<W> {
    /// From shares of the original to pixels of the image at this step.
    map: Affine,
    /// Pixels of the image at this step.
    size: Size,
    /// In shares of the image at this step.
    focal: Option<Point>,
    windows: W,
}

impl<W: Iterator<Item = Rect>> Placed<W> {
    fn follow(&mut self, operation: &Operation) -> Option<()> {
        let none = (Length::ZERO, Length::ZERO);
        match operation {
            Operation::Trim(_) => {
                let window = self.recorded()?;
                self.cut(window);
            }
            Operation::Crop(rule) => {
                let kept = geometry::crop_size(rule, self.size);
                self.keep(kept, rule.gravity, (rule.x, rule.y))?;
            }
            Operation::Resize(rule) => {
                let resized = geometry::resize(rule, self.size);
                let factor = |to: u32, from: u32| f64::from(to) / f64::from(from);
                let (to, from) = (resized.scaled, self.size);
                let scale = scaling(factor(to.width, from.width), factor(to.height, from.height));
                self.step(scale, to);
                if let Some(kept) = resized.cropped {
                    self.keep(kept, rule.gravity, none)?;
                }
                if let Some(canvas) = resized.padded {
                    self.extend(canvas, rule.gravity, none);
                }
            }
            Operation::Extend(rule) => {
                let canvas = geometry::extend_size(rule, self.size);
                self.extend(canvas, rule.gravity, (rule.x, rule.y));
            }
            Operation::Pad(rule) => {
                let (canvas, (left, top)) = geometry::pad(rule, self.size);
                self.step(shift(f64::from(left), f64::from(top)), canvas);
            }
            Operation::Rotate(rule) => self.rotate(rule),
            Operation::Flip(rule) => self.flip(rule.direction),
            _ => {}
        }
        Some(())
    }

    /// Moves everything along: the map, the size and the focal point.
    fn step(&mut self, step: Affine, to: Size) {
        let (from_width, from_height) = (f64::from(self.size.width), f64::from(self.size.height));
        self.focal = self.focal.map(|point| {
            let (x, y) = step.of(point.x * from_width, point.y * from_height);
            Point { x: x / f64::from(to.width), y: y / f64::from(to.height) }
        });
        self.map = self.map.then(step);
        self.size = to;
    }

    fn keep(&mut self, kept: Size, gravity: Gravity, offset: (Length, Length)) -> Option<()> {
        if kept == self.size {
            return Some(());
        }
        let window = geometry::window(kept, self.size, gravity, offset, self.focal);
        let window = window.or_else(|| self.recorded())?;
        self.cut(window);
        Some(())
    }

    /// The next window that the worker recorded, if it lies in the image: a worker may be wrong.
    fn recorded(&mut self) -> Option<Rect> {
        let Rect { x, y, size } = self.windows.next()?;
        let lies = |start: u32, length: u32, whole: u32| {
            length > 0 && start.checked_add(length).is_some_and(|end| end <= whole)
        };
        let is_inside =
            lies(x, size.width, self.size.width) && lies(y, size.height, self.size.height);
        is_inside.then_some(Rect { x, y, size })
    }

    fn cut(&mut self, window: Rect) {
        self.step(shift(-f64::from(window.x), -f64::from(window.y)), window.size);
        // A point that is cut away lies on the edge from here on.
        self.focal = self
            .focal
            .map(|point| Point { x: point.x.clamp(0.0, 1.0), y: point.y.clamp(0.0, 1.0) });
    }

    fn extend(&mut self, canvas: Size, gravity: Gravity, offset: (Length, Length)) {
        let (left, top) = geometry::place(self.size, canvas, gravity, offset, self.focal);
        let inside = |place: i64, canvas: u32, image: u32| {
            let free = canvas.saturating_sub(image);
            f64::from(u32::try_from(place.max(0)).unwrap_or(u32::MAX).min(free))
        };
        let left = inside(left, canvas.width, self.size.width);
        let top = inside(top, canvas.height, self.size.height);
        self.step(shift(left, top), canvas);
    }

    fn rotate(&mut self, rule: &Rotate) {
        let bounds = geometry::rotated(rule, self.size);
        let (sine, cosine) = match rule.quarter_turns() {
            Some(0) => (0.0, 1.0),
            Some(1) => (1.0, 0.0),
            Some(2) => (0.0, -1.0),
            Some(_) => (-1.0, 0.0),
            None => rule.angle.to_radians().sin_cos(),
        };
        let half = |length: u32| f64::from(length) / 2.0;
        let around = shift(-half(self.size.width), -half(self.size.height))
            .then(Affine([cosine, sine, -sine, cosine, 0.0, 0.0]))
            .then(shift(half(bounds.width), half(bounds.height)));
        self.step(around, bounds);
    }

    fn flip(&mut self, direction: FlipDirection) {
        let (across, down) = match direction {
            FlipDirection::Horizontal => (true, false),
            FlipDirection::Vertical => (false, true),
            FlipDirection::Both => (true, true),
        };
        let side = |mirrored: bool, length: u32| {
            if mirrored { (-1.0, f64::from(length)) } else { (1.0, 0.0) }
        };
        let (across, right) = side(across, self.size.width);
        let (down, bottom) = side(down, self.size.height);
        self.step(Affine([across, 0.0, 0.0, down, right, bottom]), self.size);
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "rounded before, or exact")]
mod tests {
    use cropmark_rules::{Format, preset::parse_bytes};

    use super::*;

    fn header(width: u32, height: u32, orientation: u8) -> Header {
        Header { orientation, ..Header::plain(Format::Jpeg, width, height) }
    }

    fn chain(operations: &str, focal: Option<Point>) -> Vec<Operation> {
        let text = format!("version = 1\n[generators.g]\noperations = [{operations}]\n");
        let parsed = parse_bytes(text.as_bytes());
        assert_eq!(parsed.problems, [], "{operations}");
        let steps = &parsed.preset.generators[0].operations;
        let chain = steps.iter().map(|step| step.operation.clone()).collect();
        cropmark_rules::canonical::operations(chain, focal.is_some())
    }

    /// The part of the original that an upright variant shows: left, top, width, height.
    fn part(operations: &str, header: &Header, focal: Option<Point>) -> [f64; 4] {
        let chain = chain(operations, focal);
        let map = placement(header, &SourceRules::default(), &chain, focal, &[]).unwrap();
        let [[wide, b], [c, high], [right, below]] = Affine(map).columns();
        assert_eq!((b, c), (0.0, 0.0), "{operations}");
        [-right / wide, -below / high, 1.0 / wide, 1.0 / high]
            .map(|share| (share * 1e9).round() / 1e9)
    }

    /// Where a point of a 2000 x 1000 original comes to in the variant.
    fn place_of(operations: &str, windows: &[Rect], (x, y): (f64, f64)) -> (f64, f64) {
        let chain = chain(operations, None);
        let wide = header(2000, 1000, 1);
        let map = placement(&wide, &SourceRules::default(), &chain, None, windows).unwrap();
        let (x, y) = Affine(map).of(x, y);
        ((x * 1e6).round() / 1e6, (y * 1e6).round() / 1e6)
    }

    #[test]
    fn crops_and_covers_add_up() {
        let wide = header(2000, 1000, 1);
        assert_eq!(part(r#"{ op = "resize", width = 100 }"#, &wide, None), [0.0, 0.0, 1.0, 1.0]);
        let square = r#"{ op = "crop", aspect = "1:1" }"#;
        assert_eq!(part(square, &wide, None), [0.25, 0.0, 0.5, 1.0]);
        let cover =
            r#"{ op = "resize", fit = "cover", width = 100, height = 100, gravity = "west" }"#;
        assert_eq!(part(cover, &wide, None), [0.0, 0.0, 0.5, 1.0]);
        let twice = format!(r#"{square}, {{ op = "crop", width = "50%", gravity = "east" }}"#);
        assert_eq!(part(&twice, &wide, None), [0.5, 0.0, 0.25, 1.0]);
        // Upright, it is twice as high as wide.
        let lying = header(2000, 1000, 6);
        assert_eq!(part(square, &lying, None), [0.0, 0.25, 1.0, 0.5]);
    }

    #[test]
    fn crops_follow_the_focal_point_and_mirrors() {
        let wide = header(2000, 1000, 1);
        let focal = Some(Point { x: 0.9, y: 0.5 });
        let at_focal = r#"{ op = "crop", aspect = "1:1", gravity = "focal" }"#;
        assert_eq!(part(at_focal, &wide, focal), [0.5, 0.0, 0.5, 1.0]);
        assert_eq!(part(at_focal, &wide, None), [0.25, 0.0, 0.5, 1.0]);
        // The point goes along when the sides change, and so does the part: from right to left.
        let flipped = format!(r#"{{ op = "flip" }}, {at_focal}"#);
        assert_eq!(part(&flipped, &wide, focal), [1.0, 0.0, -0.5, 1.0]);
        let west = r#"{ op = "flip" }, { op = "crop", width = "25%", gravity = "west" }"#;
        assert_eq!(part(west, &wide, None), [1.0, 0.0, -0.25, 1.0]);
    }

    #[test]
    fn borders_leave_room_around_the_original() {
        let contain = r#"{ op = "resize", fit = "contain", width = 600, height = 600 }"#;
        assert_eq!(place_of(contain, &[], (0.0, 0.0)), (0.0, 0.25));
        assert_eq!(place_of(contain, &[], (1.0, 1.0)), (1.0, 0.75));
        let pad = r#"{ op = "pad", all = 500 }, { op = "crop", width = 2000, height = 2000, gravity = "west" }"#;
        assert_eq!(place_of(pad, &[], (0.0, 0.0)), (0.25, 0.25));
        let extend = r#"{ op = "extend", aspect = "1:1", gravity = "south" }"#;
        assert_eq!(place_of(extend, &[], (0.5, 0.0)), (0.5, 0.5));
        let fill = r#"{ op = "resize", fit = "fill", width = 600, height = 600 }"#;
        assert_eq!(place_of(fill, &[], (0.3, 0.7)), (0.3, 0.7));
    }

    #[test]
    fn turns_go_clockwise_around_the_middle() {
        let turned = |angle: f64, place| {
            place_of(&format!(r#"{{ op = "rotate", angle = {angle} }}"#), &[], place)
        };
        assert_eq!(turned(90.0, (0.0, 0.0)), (1.0, 0.0));
        assert_eq!(turned(180.0, (0.1, 0.2)), (0.9, 0.8));
        assert_eq!(turned(270.0, (0.0, 0.0)), (0.0, 1.0));
        assert_eq!(turned(7.0, (0.5, 0.5)), (0.5, 0.5));
        let (x, y) = turned(7.0, (1.0, 0.0));
        assert!(x > 0.99 && (0.15..0.25).contains(&y), "{x} {y}");
    }

    #[test]
    fn unoriented_originals_are_turned_back() {
        let rules = SourceRules { auto_orient: false, ..SourceRules::default() };
        let corner = |orientation| {
            let header = header(2000, 1000, orientation);
            let map = placement(&header, &rules, &[], None, &[]).unwrap();
            Affine(map).of(0.0, 0.0)
        };
        // Where the stored image has the corner that is top left once it is upright.
        let corners =
            [(0., 0.), (1., 0.), (1., 1.), (0., 1.), (0., 0.), (0., 1.), (1., 1.), (1., 0.)];
        for (orientation, expected) in (1..).zip(corners) {
            assert_eq!(corner(orientation), expected, "{orientation}");
        }
    }

    #[test]
    fn what_the_pixels_decided_follows_the_recorded_windows() {
        let window = |x, y, width, height| Rect { x, y, size: Size::new(width, height) };
        let trim = r#"{ op = "trim" }"#;
        let both = format!(r#"{trim}, {{ op = "crop", aspect = "1:1", gravity = "smart" }}"#);
        let windows = [window(200, 100, 1000, 500), window(500, 0, 500, 500)];
        // The original's (0.35, 0.1) is the top left of what is left.
        assert_eq!(place_of(&both, &windows, (0.35, 0.1)), (0.0, 0.0));
        assert_eq!(place_of(trim, &windows, (0.1, 0.1)), (0.0, 0.0));
        let wide = header(2000, 1000, 1);
        let unknown = |operations: &str, windows: &[Rect]| {
            let chain = chain(operations, None);
            placement(&wide, &SourceRules::default(), &chain, None, windows)
        };
        assert_eq!(unknown(trim, &[]), None);
        let beside = Rect { x: u32::MAX, y: 0, size: Size::new(10, 10) };
        assert_eq!(unknown(trim, &[beside]), None);
        assert_eq!(unknown(&both, &windows[..1]), None);
    }
}
