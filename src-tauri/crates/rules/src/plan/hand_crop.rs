//! A crop that the user has made by hand on one picture, in the chain of a generator.

use crate::{
    Operation,
    operation::Crop,
    value::{Aspect, CropFrame, Gravity, Length},
};

/// Puts a frame at the beginning of a chain. The chain's own first crop keeps its ratio, now within
/// the frame, so that the result has the rule's shape even where rule or picture have changed since;
/// without a ratio, the frame takes its place.
pub(super) fn put_first(operations: &mut Vec<Operation>, frame: CropFrame) {
    let place = operations.iter().position(|operation| matches!(operation, Operation::Crop(_)));
    if let Some(Operation::Crop(rule)) = place.map(|place| operations.remove(place))
        && let Some(aspect) = ratio(&rule)
    {
        let within = Crop { aspect: Some(aspect), ..Crop::default() };
        operations.insert(place.unwrap_or_default(), Operation::Crop(within));
    }
    let CropFrame { x, y, width, height } = frame;
    let percent = |share: f64| Length::Percent(share * 100.0);
    let cut = Crop {
        width: Some(percent(width.min(1.0))),
        height: Some(percent(height.min(1.0))),
        aspect: None,
        gravity: Gravity::NorthWest,
        x: percent(x),
        y: percent(y),
    };
    operations.insert(0, Operation::Crop(cut));
}

/// The ratio that a crop has on every picture.
fn ratio(rule: &Crop) -> Option<Aspect> {
    rule.aspect.or(match (rule.width, rule.height) {
        (Some(Length::Pixels(horizontal)), Some(Length::Pixels(vertical))) => {
            Some(Aspect { horizontal, vertical })
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        geometry::{Rect, Size, crop, crop_size},
        preset::parse_bytes,
    };

    /// What a chain with a frame keeps of 1600 x 1200: the part, and the size in the end.
    fn kept(operations: &str, frame: CropFrame) -> (Option<Rect>, Size) {
        let text = format!("version = 1\n[generators.g]\noperations = [{operations}]");
        let parsed = parse_bytes(text.as_bytes());
        assert_eq!(parsed.problems, [], "{operations}");
        let steps = &parsed.preset.generators[0].operations;
        let mut chain: Vec<Operation> = steps.iter().map(|step| step.operation.clone()).collect();
        put_first(&mut chain, frame);
        let size = Size { width: 1600, height: 1200 };
        let crops = chain.iter().filter_map(|operation| match operation {
            Operation::Crop(rule) => Some(rule),
            _ => None,
        });
        let crops: Vec<_> = crops.collect();
        (crop(crops[0], size, None), crops.iter().fold(size, |size, rule| crop_size(rule, size)))
    }

    #[test]
    fn the_frame_is_cut_out_and_the_rule_keeps_its_ratio() {
        let frame = CropFrame { x: 0.25, y: 0.5, width: 0.5, height: 0.375 };
        let part = Rect { x: 400, y: 600, size: Size { width: 800, height: 450 } };
        let whole = Size { width: 800, height: 450 };
        for operations in [
            r#"{ op = "crop", aspect = "16:9", gravity = "smart" }"#,
            r#"{ op = "crop", aspect = "16:9", width = "20%", gravity = "south", y = 7 }"#,
            r#"{ op = "crop", width = 160, height = 90, x = 3 }"#,
            r#"{ op = "crop", width = "30%", height = "90%" }"#,
            r#"{ op = "resize", width = 300, height = 300, fit = "cover" }"#,
            "",
        ] {
            assert_eq!(kept(operations, frame), (Some(part), whole), "{operations}");
        }
        // The rule has changed since: its shape counts, within the frame.
        let (_, square) = kept(r#"{ op = "crop", aspect = "1:1", gravity = "focal" }"#, frame);
        assert_eq!(square, Size { width: 450, height: 450 });
    }
}
