//! Where a part of a picture lies so that it shows the faces.

use super::{Rect, Size};
use crate::value::{FaceBox, Point};

/// The room that a face should have on each side, as shares of its box: hair above, chin and neck
/// below.
const ABOVE: f64 = 0.4;
const BELOW: f64 = 0.25;
const BESIDE: f64 = 0.2;

/// How far down in its box a face has its eyes, and how far down in the part they should be.
const EYES: f64 = 0.4;
const EYES_IN_PART: f64 = 0.36;

/// Faces below this share of the largest face's area do not decide where the part lies, as long as
/// it shows them.
const LEAST_SHARE: f64 = 0.1;

/// Places a part of `size` in an image of `from` so that it shows the faces, in shares of the
/// image's sides: the largest, and of the others as many as fit, one after another by size. Their
/// eyes come to the upper third where there is room. `None` where there is no face.
#[must_use]
pub fn around_faces(size: Size, from: Size, faces: &[FaceBox]) -> Option<Rect> {
    let size = Size { width: size.width.min(from.width), height: size.height.min(from.height) };
    let mut faces: Vec<Face> = faces.iter().filter_map(|face| Face::of(*face, from)).collect();
    faces.sort_by(|a, b| b.area().total_cmp(&a.area()));
    let largest = faces.first()?.area();
    let (mut across, mut down) = (Span::default(), Span::default());
    let mut shown: Vec<Face> = Vec::new();
    for face in faces {
        let (wider, taller) = (across.with(face.across), down.with(face.down));
        if shown.is_empty() || (wider.length() <= size.w() && taller.length() <= size.h()) {
            (across, down) = (wider, taller);
            shown.push(face);
        }
    }
    let leading = || shown.iter().filter(|face| face.area() >= largest * LEAST_SHARE);
    let weight: f64 = leading().map(Face::area).sum();
    let mean =
        |of: fn(&Face) -> f64| leading().map(|face| of(face) * face.area()).sum::<f64>() / weight;
    let middle = mean(|face| face.across.middle());
    let eyes = mean(|face| face.down.start + face.down.length() * EYES);
    let roomy_across = shown.iter().map(Face::roomy_across).fold(across, Span::with);
    let roomy_down = shown.iter().map(Face::roomy_down).fold(down, Span::with);
    let left = placed(middle - size.w() / 2.0, size.w(), across, roomy_across);
    let top = placed(eyes - size.h() * EYES_IN_PART, size.h(), down, roomy_down);
    Some(Rect {
        x: within(left, from.width - size.width),
        y: within(top, from.height - size.height),
        size,
    })
}

/// The faces in shares of a part that was cut out of an image of `from`; without those that are
/// outside of it.
#[must_use]
pub fn faces_after_crop(faces: &[FaceBox], part: Rect, from: Size) -> Vec<FaceBox> {
    let shares = |point: Point| Point {
        x: (point.x * from.w() - f64::from(part.x)) / part.size.w(),
        y: (point.y * from.h() - f64::from(part.y)) / part.size.h(),
    };
    let moved = faces.iter().map(|face| face.moved(shares));
    moved.filter(|face| Face::of(*face, part.size).is_some()).collect()
}

/// A face in pixels.
#[derive(Debug, Clone, Copy)]
struct Face {
    across: Span,
    down: Span,
}

impl Face {
    /// The part of a face that lies in the image; `None` where it is outside.
    fn of(face: FaceBox, from: Size) -> Option<Self> {
        let span = |start: f64, length: f64, side: f64| {
            let (start, end) = (start.clamp(0.0, 1.0), (start + length).clamp(0.0, 1.0));
            (end > start).then_some(Span { start: start * side, end: end * side })
        };
        let across = span(face.x, face.width, from.w())?;
        Some(Self { across, down: span(face.y, face.height, from.h())? })
    }

    fn area(&self) -> f64 {
        self.across.length() * self.down.length()
    }

    fn roomy_across(&self) -> Span {
        self.across.grown(BESIDE, BESIDE)
    }

    fn roomy_down(&self) -> Span {
        self.down.grown(ABOVE, BELOW)
    }
}

/// From one place to another along a side, in pixels.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: f64,
    end: f64,
}

impl Default for Span {
    fn default() -> Self {
        Self { start: f64::INFINITY, end: f64::NEG_INFINITY }
    }
}

impl Span {
    fn length(self) -> f64 {
        self.end - self.start
    }

    fn middle(self) -> f64 {
        self.start.midpoint(self.end)
    }

    fn with(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    fn grown(self, before: f64, after: f64) -> Self {
        let length = self.length();
        Self { start: self.start - length * before, end: self.end + length * after }
    }
}

/// The place nearest to the wanted one from which a part of this length shows the faces with the
/// room around them; where that is too much, with a share of the room; where even the faces are too
/// much, their middle.
fn placed(wanted: f64, length: f64, faces: Span, roomy: Span) -> f64 {
    let free = length - faces.length();
    if free <= 0.0 {
        return faces.middle() - length / 2.0;
    }
    let (before, after) = (faces.start - roomy.start, roomy.end - faces.end);
    let share = if before + after > free { free / (before + after) } else { 1.0 };
    let (least, most) = (faces.end + after * share - length, faces.start - before * share);
    wanted.clamp(least.min(most), most)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the side")]
fn within(place: f64, free: u32) -> u32 {
    place.round().clamp(0.0, f64::from(free)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Size = Size { width: 1000, height: 500 };

    /// A face of so many pixels in the wide image.
    fn face(x: f64, y: f64, width: f64, height: f64) -> FaceBox {
        FaceBox { x: x / 1000.0, y: y / 500.0, width: width / 1000.0, height: height / 500.0 }
    }

    fn part(width: u32, height: u32, faces: &[FaceBox]) -> (u32, u32) {
        let part = around_faces(Size { width, height }, WIDE, faces).unwrap();
        assert_eq!(part.size, Size { width, height });
        assert!(part.x + width <= 1000 && part.y + height <= 500, "{part:?}");
        (part.x, part.y)
    }

    #[test]
    fn no_face_is_no_part() {
        assert_eq!(around_faces(Size::new(10, 10), WIDE, &[]), None);
        assert_eq!(around_faces(Size::new(10, 10), WIDE, &[face(1200.0, 0.0, 50.0, 50.0)]), None);
    }

    #[test]
    fn one_face_is_in_the_middle_with_its_eyes_in_the_upper_third() {
        // Eyes at 220, of which 0.36 x 250 are above.
        assert_eq!(part(400, 250, &[face(450.0, 180.0, 80.0, 100.0)]), (290, 130));
        // At an edge, the part ends with the picture.
        assert_eq!(part(400, 250, &[face(930.0, 400.0, 60.0, 80.0)]), (600, 250));
        assert_eq!(part(500, 500, &[face(0.0, 0.0, 60.0, 80.0)]), (0, 0));
    }

    #[test]
    fn a_group_is_shown_whole_where_it_fits() {
        let group = [200.0, 350.0, 600.0].map(|x| face(x, 100.0, 80.0, 100.0));
        let (x, _) = part(500, 500, &group);
        assert!(x <= 200 && x + 500 >= 680, "{x}");
        // Where it does not, the largest and who stands beside.
        let mut wide = [50.0, 350.0, 800.0].map(|x| face(x, 100.0, 80.0, 100.0));
        wide[2].height *= 1.5;
        let (x, _) = part(560, 500, &wide);
        assert!(x <= 350 && x + 560 >= 880, "{x}");
        let (x, _) = part(200, 200, &wide);
        assert!(x <= 800 && x + 200 >= 880, "{x}");
    }

    #[test]
    fn a_small_face_behind_moves_the_part_only_as_far_as_it_must() {
        let large = face(500.0, 150.0, 120.0, 150.0);
        assert_eq!(part(500, 500, &[large]).0, 310);
        assert_eq!(part(500, 500, &[large, face(420.0, 100.0, 20.0, 25.0)]).0, 310);
        assert_eq!(part(500, 500, &[large, face(240.0, 100.0, 20.0, 25.0)]).0, 236);
    }

    #[test]
    fn a_face_larger_than_the_part_is_cut_alike_on_both_sides() {
        assert_eq!(part(200, 200, &[face(300.0, 50.0, 300.0, 400.0)]), (350, 150));
    }

    #[test]
    fn the_room_shrinks_before_a_face_is_cut() {
        // 100 high in 110: the ten that are left are shared as the room is, 40 to 25.
        assert_eq!(part(400, 110, &[face(450.0, 200.0, 80.0, 100.0)]).1, 194);
    }
}
