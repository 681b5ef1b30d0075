//! The plan: which variants a preset asks for of an asset, resolved to the last detail.

use std::collections::BTreeMap;

use crate::{
    ContentHash, Encoding, Fault, FaultCode, Format, FormatRule, Operation, SourceRules, canonical,
    geometry::Size,
    key::{Key, KeyInputs, key},
    operation::{Fit, Resize},
    parameters::{self, GivenValues, MAX_EXPANDED, Template},
    preset::{Generator, Preset, Variation},
    protocol::Header,
    value::Length,
};

mod group;
mod hand_crop;
mod size;

pub use crate::asset::AssetFacts;
pub use group::{GroupedVariant, JobGroup, group};
pub use size::predicted_size;

/// A request for the variants of one asset.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The asset.
    pub asset: &'a AssetFacts,
    /// The names of the generators wanted; none: all.
    pub generators: &'a [String],
    /// Parameters from outside the preset.
    pub given: &'a GivenValues,
    /// The formats that the worker writes.
    pub writable: &'a [Format],
    /// The content hash of a file that an overlay uses, by its path below the preset's folder.
    pub file_hash: &'a dyn Fn(&str) -> Result<ContentHash, Fault>,
}

/// The variants that a preset makes of an asset.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// The variants that can be rendered.
    pub variants: Vec<PlannedVariant>,
    /// The requested variants that cannot be rendered, with the reason.
    pub refused: Vec<Refused>,
    /// The generators that do not take the asset, with the reason.
    pub unmatched: Vec<Unmatched>,
}

/// A variant, resolved: nothing left to decide.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedVariant {
    /// The generator's name.
    pub generator: String,
    /// The theme that the variation is of, if it is of one.
    pub theme: Option<String>,
    /// The variation's name.
    pub variation: Option<String>,
    /// Whether the generator is rendered in the background.
    pub eager: bool,
    /// How the source is read.
    pub rules: SourceRules,
    /// The chain in its canonical form: what has no effect is left out.
    pub operations: Vec<Operation>,
    /// How the result is encoded; the format is one, or `smallest`.
    pub encoding: Encoding,
    /// The size of the result, where it follows from the header.
    pub size: Option<Size>,
    /// The content hashes of the files that overlays use, by their paths below the preset's
    /// folder, which are the names that the operations give.
    pub files: BTreeMap<String, ContentHash>,
    /// The generator's own parameters as they were put in, for file names.
    pub parameters: BTreeMap<String, String>,
    /// The variant's key.
    pub key: Key,
}

/// A variant that was asked for and cannot be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The generator's name.
    pub generator: String,
    /// The variation's name.
    pub variation: Option<String>,
    /// Why.
    pub fault: Fault,
}

/// A generator that does not take an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// The generator's name.
    pub generator: String,
    /// Why, as a sentence about the asset.
    pub reason: String,
}

/// Resolves what a preset makes of an asset. Two entries may have the same key, where two
/// generators ask for the same; [`group`] makes one order of them.
#[must_use]
pub fn plan(preset: &Preset, request: &Request<'_>) -> Plan {
    let mut plan = Plan::default();
    let wanted = |generator: &&Generator| {
        request.generators.is_empty() || request.generators.contains(&generator.name)
    };
    for generator in preset.generators.iter().filter(wanted) {
        let asset = request.asset;
        if let Some(reason) = generator.matching.refusal(&asset.path, &asset.header) {
            plan.unmatched.push(Unmatched { generator: generator.name.clone(), reason });
            continue;
        }
        let values = parameters::resolve(generator, asset, request.given);
        let mut widths = Vec::new();
        for sized in sizes(preset, generator) {
            match chain(generator, &sized, asset, &values) {
                Ok(operations) => {
                    if let Some(resized) = sized.resized(generator, asset, &operations) {
                        // A width above the source's makes the file that a smaller one has made.
                        if widths.contains(&resized) {
                            continue;
                        }
                        widths.push(resized);
                    }
                    let outcome =
                        variants(preset, generator, &sized, &operations, &values, request);
                    match outcome {
                        Ok(variants) => plan.variants.extend(variants),
                        Err(fault) => plan.refused.push(sized.refused(generator, fault)),
                    }
                }
                Err(fault) => plan.refused.push(sized.refused(generator, fault)),
            }
        }
    }
    plan
}

/// A size of a generator: its own, or a variation's.
struct Sized<'p> {
    theme: Option<&'p str>,
    variation: Option<String>,
    change: Variation,
}

impl Sized<'_> {
    /// The size after the resize that one of the generator's widths changes. `None`: it is no such
    /// width, or the size does not follow from the header.
    fn resized(
        &self,
        generator: &Generator,
        asset: &AssetFacts,
        operations: &[Operation],
    ) -> Option<Size> {
        if self.theme.is_some() || self.variation.is_none() {
            return None;
        }
        let is_resize = |operation: &Operation| matches!(operation, Operation::Resize(_));
        let end = operations.iter().rposition(is_resize)? + 1;
        let rules = canonical::rules(&generator.source, &asset.header);
        predicted_size(&asset.header, &rules, &operations[..end])
    }

    fn refused(&self, generator: &Generator, fault: Fault) -> Refused {
        Refused { generator: generator.name.clone(), variation: self.variation.clone(), fault }
    }
}

/// The generator's own size or its widths, then the variations of its themes.
fn sizes<'p>(preset: &'p Preset, generator: &'p Generator) -> Vec<Sized<'p>> {
    let mut sizes = Vec::new();
    if generator.widths.is_empty() {
        sizes.push(Sized { theme: None, variation: None, change: Variation::default() });
    }
    for width in &generator.widths {
        let length = Length::Pixels(f64::from(*width));
        let change = Variation { width: Some(length), ..Variation::default() };
        sizes.push(Sized { theme: None, variation: Some(width.to_string()), change });
    }
    for theme in preset.themes_of(&generator.name) {
        for (name, change) in &theme.variations {
            let theme = Some(theme.name.as_str());
            sizes.push(Sized { theme, variation: Some(name.clone()), change: change.clone() });
        }
    }
    sizes
}

/// The chain with sizes and parameters put in, in its canonical form.
fn chain(
    generator: &Generator,
    sized: &Sized<'_>,
    asset: &AssetFacts,
    values: &BTreeMap<String, String>,
) -> Result<Vec<Operation>, Fault> {
    let varied = generator.last_resize();
    let mut operations = Vec::new();
    for (index, step) in generator.operations.iter().enumerate().filter(|(_, step)| step.enabled) {
        let mut operation = step.operation.clone();
        match &mut operation {
            Operation::Resize(resize) if Some(index) == varied => vary(resize, &sized.change),
            Operation::Text(text) => {
                text.text = expand(&text.text, asset, values)?;
                text.font = expand(&text.font, asset, values)?;
            }
            Operation::Overlay(overlay) => {
                let image = expand(&overlay.image, asset, values)?;
                check_inner_path(&image).map_err(|reason| invalid(format!("overlay: {reason}")))?;
                overlay.image = image;
            }
            _ => {}
        }
        operations.push(operation);
    }
    if let Some(frame) = asset.crops.get(&generator.name) {
        hand_crop::put_first(&mut operations, *frame);
    }
    Ok(canonical::operations(operations, asset.focal.is_some()))
}

fn vary(resize: &mut Resize, change: &Variation) {
    resize.width = change.width.or(resize.width);
    resize.height = change.height.or(resize.height);
    if change.crop {
        resize.fit = Fit::Cover;
    }
}

fn expand(
    text: &str,
    asset: &AssetFacts,
    values: &BTreeMap<String, String>,
) -> Result<String, Fault> {
    let template = Template::parse(text).map_err(|error| invalid(error.to_string()))?;
    let expanded = template
        .expand(|name| values.get(name).cloned().or_else(|| parameters::asset_value(asset, name)));
    if expanded.chars().count() > MAX_EXPANDED {
        return Err(invalid(format!(
            "with its values put in, a text is longer than {MAX_EXPANDED} characters"
        )));
    }
    Ok(expanded)
}

/// Whether a path names a file inside the preset's folder: relative, with forward slashes, and
/// never upwards.
///
/// # Errors
/// Why it does not, as a sentence.
pub fn check_inner_path(path: &str) -> Result<(), String> {
    let shown = || crate::preset::quoted(path);
    if path.is_empty() {
        return Err("the path of the image is empty".to_owned());
    }
    if path.len() > 1000 {
        return Err("the path of the image is longer than 1000 bytes".to_owned());
    }
    if path.contains('\\') {
        return Err(format!("{} has a backslash; write paths with \"/\"", shown()));
    }
    if path.starts_with('/') || path.contains(':') {
        return Err(format!("{} is not a path below the preset file's folder", shown()));
    }
    if path.chars().any(char::is_control) {
        return Err(format!("{} has a control character", shown()));
    }
    match path.split('/').find(|part| matches!(*part, "" | "." | "..")) {
        Some("..") => Err(format!("{} leads out of the preset file's folder", shown())),
        Some(_) => Err(format!("{} has an empty part", shown())),
        None => Ok(()),
    }
}

fn variants(
    preset: &Preset,
    generator: &Generator,
    sized: &Sized<'_>,
    operations: &[Operation],
    values: &BTreeMap<String, String>,
    request: &Request<'_>,
) -> Result<Vec<PlannedVariant>, Fault> {
    let asset = request.asset;
    let rules = canonical::rules(&generator.source, &asset.header);
    let mut files = BTreeMap::new();
    for operation in operations {
        if let Operation::Overlay(overlay) = operation {
            files.insert(overlay.image.clone(), (request.file_hash)(&overlay.image)?);
        }
    }
    let size = predicted_size(&asset.header, &rules, operations);
    let mut variants: Vec<PlannedVariant> = Vec::new();
    let resolve = |rule| resolve_format(rule, &asset.header, request.writable);
    for encoding in generator.output.or(&preset.defaults.output).encodings(resolve) {
        let encoding = canonical::encoding(encoding);
        let key = key(&KeyInputs {
            source: asset.content_hash,
            rules: &rules,
            focal: asset.focal,
            faces: asset.faces.as_deref(),
            operations,
            encoding: &encoding,
            files: &files,
        });
        // `source` beside the source's own format asks for the same twice.
        if variants.iter().any(|variant| variant.key == key) {
            continue;
        }
        variants.push(PlannedVariant {
            generator: generator.name.clone(),
            theme: sized.theme.map(str::to_owned),
            variation: sized.variation.clone(),
            eager: generator.eager,
            rules: rules.clone(),
            operations: operations.to_vec(),
            encoding,
            size,
            files: files.clone(),
            parameters: values.clone(),
            key,
        });
    }
    Ok(variants)
}

/// The source's own format where it can be written, else one that holds what the source holds.
#[must_use]
pub fn resolve_format(format: FormatRule, header: &Header, writable: &[Format]) -> FormatRule {
    if format != FormatRule::Source {
        return format;
    }
    let own = header.format;
    let facts = own.facts();
    FormatRule::Named(if facts.is_output && writable.contains(&own) {
        own
    } else if facts.vector || header.alpha {
        Format::Png
    } else {
        Format::Jpeg
    })
}

fn invalid(message: String) -> Fault {
    Fault::new(FaultCode::Invalid, message)
}

#[cfg(test)]
mod tests;
