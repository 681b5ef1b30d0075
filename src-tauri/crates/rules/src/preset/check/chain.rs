//! Checks a chain's steps: what each one needs, and the values that its texts name.

use super::{At, PartFaults, unknown_value};
use crate::{
    Operation,
    parameters::{self, Template},
    plan::check_inner_path,
    preset::Generator,
    value::Length,
};

pub(super) fn check(faults: &mut PartFaults<'_, '_, '_>, generator: &Generator) {
    for (index, step) in generator.operations.iter().enumerate() {
        let way = [At::Key("operations"), At::Index(index)];
        let op = step.operation.op();
        let need = need(&step.operation, generator, index).filter(|_| faults.is_whole(&way));
        if let Some(need) = need {
            faults.add(&way, format!("{op}: {need}"));
        }
        let templates = match &step.operation {
            Operation::Text(text) => vec![("text", &text.text), ("font", &text.font)],
            Operation::Overlay(overlay) => vec![("image", &overlay.image)],
            _ => continue,
        };
        for (key, text) in templates {
            let way = [At::Key("operations"), At::Index(index), At::Key(key)];
            template(faults, &way, (key, text), generator);
        }
    }
}

/// Says what a step lacks, without which it would do nothing.
fn need(operation: &Operation, generator: &Generator, index: usize) -> Option<&'static str> {
    let nothing = |length: Length| length.resolve(100.0) == 0.0;
    match operation {
        Operation::Resize(resize) => {
            let given = [resize.width, resize.height, resize.min_width, resize.min_height];
            // The generator's widths may be its only sizes.
            let varied = !generator.widths.is_empty() && generator.last_resize() == Some(index);
            let none = given.iter().all(Option::is_none) && !varied;
            none.then_some("give width, height, min_width or min_height")
        }
        Operation::Crop(crop) => {
            let none = crop.width.is_none() && crop.height.is_none() && crop.aspect.is_none();
            none.then_some("give width, height or aspect")
        }
        Operation::Extend(extend) => {
            let none = extend.width.is_none() && extend.height.is_none() && extend.aspect.is_none();
            none.then_some("give width, height or aspect")
        }
        Operation::Pad(pad) => {
            let sides = [pad.top, pad.right, pad.bottom, pad.left];
            let none = nothing(pad.all) && sides.iter().all(Option::is_none);
            none.then_some("give all, top, right, bottom or left")
        }
        _ => None,
    }
}

/// Checks a text that values are put into.
fn template(
    faults: &mut PartFaults<'_, '_, '_>,
    way: &[At<'_>],
    (key, text): (&str, &str),
    generator: &Generator,
) {
    let template = match Template::parse(text) {
        Ok(template) => template,
        Err(error) => return faults.add(way, format!("{key}: {error}")),
    };
    let is_known =
        |name: &str| generator.parameters.contains_key(name) || parameters::is_asset_value(name);
    for name in template.names().filter(|name| !is_known(name)) {
        faults.add_made(way, || unknown_value(key, name, Some(generator)));
    }
    if key == "image" {
        // Whatever value is inserted, the text around it must not lead out of the folder.
        let outline = template.expand(|_| Some("x".to_owned()));
        if let Err(fault) = check_inner_path(&outline) {
            faults.add(way, format!("{key}: {fault}"));
        }
    }
}
