//! Resolves a request of the window to one planned variant: the asset, the document as it is now,
//! the generator, the variation and the format.

use std::{collections::BTreeMap, sync::Arc};

use cropmark_engine::presets::{PresetPlan, PresetSource};
use cropmark_rules::{
    Encoding, Format, FormatRule, Key, canonical,
    key::{KeyInputs, key},
    parameters::GivenValues,
    plan::{AssetFacts, PlannedVariant, resolve_format},
};

use super::Previews;
use crate::{
    ApiError,
    context::blocking,
    error::sentence,
    library::OpenAsset,
    model::{Edit, PreviewArguments},
    variant::variation_name,
};

/// A request for one variant of an asset.
#[derive(Debug, Clone)]
pub(super) struct Request {
    file: String,
    generator: String,
    /// `None`: the first.
    variation: Option<String>,
    /// `None`: the first.
    format: Option<String>,
    parameters: BTreeMap<String, String>,
    edits: Vec<Edit>,
}

impl From<&PreviewArguments> for Request {
    fn from(arguments: &PreviewArguments) -> Self {
        Self {
            file: arguments.file.clone(),
            generator: arguments.generator.clone(),
            variation: arguments.variation.clone(),
            format: arguments.format.clone(),
            parameters: arguments.parameters.clone(),
            edits: arguments.edits.clone(),
        }
    }
}

/// The variant of a request, with its asset and the plan that it comes from.
#[derive(Debug)]
pub(super) struct Resolved {
    pub(super) asset: OpenAsset,
    pub(super) plan: PresetPlan,
    pub(super) variant: PlannedVariant,
}

impl Previews {
    /// Finds the variant of a request. Reads the asset if that was not done before.
    pub(super) async fn resolve(&self, asset: u32, request: Request) -> Result<Resolved, ApiError> {
        let asset = self.inner.library.open_asset(asset).await?;
        let inner = Arc::clone(&self.inner);
        blocking(move || {
            let preset = inner.documents.preset_with(&request.file, &request.edits)?;
            let names = [request.generator.clone()];
            let given = GivenValues { row: request.parameters.clone(), all: BTreeMap::new() };
            let writable = inner.states.writable();
            let plan = preset.plan(asset.facts(), &names, &given, writable);
            let variant = pick(&preset, &plan, asset.facts(), &request, writable)?.clone();
            Ok(Resolved { asset, plan, variant })
        })
        .await?
    }

    /// Finds all variants of an asset by a generator, and the names of the generator's parameters.
    pub(super) async fn resolve_all(
        &self,
        asset: u32,
        file: &str,
        generator: &str,
    ) -> Result<(OpenAsset, PresetPlan, Vec<String>), ApiError> {
        let asset = self.inner.library.open_asset(asset).await?;
        let inner = Arc::clone(&self.inner);
        let (file, generator) = (file.to_owned(), generator.to_owned());
        blocking(move || {
            let preset = inner.documents.preset(&file)?;
            let names = std::slice::from_ref(&generator);
            let given = GivenValues::default();
            let plan = preset.plan(asset.facts(), names, &given, inner.states.writable());
            exists(&preset, &plan, &generator)?;
            if let Some(refused) = plan.refused.first() {
                return Err(refused.fault.clone().into());
            }
            let found = preset.preset().generator(&generator);
            let parameters = found.map(|found| found.parameters.keys().cloned().collect());
            Ok((asset, plan, parameters.unwrap_or_default()))
        })
        .await?
    }
}

/// Fails where the preset has no such generator that works and takes the asset.
fn exists(preset: &PresetSource, plan: &PresetPlan, generator: &str) -> Result<(), ApiError> {
    if preset.preset().broken.iter().any(|name| name == generator) {
        let problem = preset
            .problems()
            .iter()
            .find(|problem| problem.generator.as_deref() == Some(generator))
            .or_else(|| preset.problems().first());
        let why = problem.map_or_else(String::new, |problem| {
            format!(" Line {}: {}", problem.line, sentence(&problem.message))
        });
        return Err(ApiError::invalid(format!(
            "“{generator}” is disabled because of an error.{why}"
        )));
    }
    if preset.preset().generator(generator).is_none() {
        return Err(ApiError::not_found(format!("There is no generator {generator:?}.")));
    }
    if let Some(unmatched) = plan.unmatched.iter().find(|one| one.generator == generator) {
        return Err(ApiError::new("unmatched", format!("“{generator}” {}.", unmatched.reason)));
    }
    Ok(())
}

/// The width that is made in place of one above the source's: the largest.
fn made_for(plan: &PresetPlan, width: &str) -> Option<String> {
    let wanted: u32 = width.parse().ok()?;
    let widths = plan.variants.iter().filter(|variant| variant.theme.is_none());
    let made = widths.filter_map(|variant| variant.variation.as_deref()?.parse::<u32>().ok());
    let largest = made.max().filter(|largest| *largest < wanted)?;
    Some(largest.to_string())
}

fn pick<'p>(
    preset: &PresetSource,
    plan: &'p PresetPlan,
    asset: &AssetFacts,
    request: &Request,
    writable: &[Format],
) -> Result<&'p PlannedVariant, ApiError> {
    exists(preset, plan, &request.generator)?;
    let wanted = request.variation.clone().map(|name| made_for(plan, &name).unwrap_or(name));
    let is_meant = |name: Option<String>| wanted.is_none() || name == wanted;
    let of_variation = || plan.variants.iter().filter(|variant| is_meant(variation_name(variant)));
    let Some(first) = of_variation().next() else {
        // A refused variation does not say its theme; its own name is enough to find the reason.
        let own =
            |name: &str| request.variation.as_deref().is_none_or(|asked| asked.ends_with(name));
        let refused = plan
            .refused
            .iter()
            .find(|refused| own(refused.variation.as_deref().unwrap_or_default()));
        return Err(match (refused, &request.variation) {
            (Some(refused), _) => refused.fault.clone().into(),
            (None, Some(name)) => ApiError::not_found(format!("There is no size {name:?}.")),
            (None, None) => ApiError::invalid("The generator has nothing to render."),
        });
    };
    // The window has only one variation's formats on the screen at a time.
    let first_variation = variation_name(first);
    let mut variants = of_variation().filter(|variant| variation_name(variant) == first_variation);
    let Some(format) = &request.format else { return Ok(first) };
    let wanted = match format.as_str() {
        "source" => resolve_format(FormatRule::Source, &asset.header, writable),
        "smallest" => FormatRule::Smallest,
        name => {
            let named = Format::named(name);
            FormatRule::Named(
                named.ok_or_else(|| ApiError::invalid(format!("There is no format {name:?}.")))?,
            )
        }
    };
    variants.find(|variant| variant.encoding.format == wanted).ok_or_else(|| {
        ApiError::not_found(format!(
            "The generator {:?} no longer writes {format}.",
            request.generator
        ))
    })
}

/// The draft of a variant: the encoder's lowest effort, and no search for a size, a score or the
/// smallest format. Its key differs, so that it is never taken for the exact variant. `None` where
/// the exact one costs no more.
pub(super) fn draft(variant: &PlannedVariant, asset: &AssetFacts) -> Option<PlannedVariant> {
    let exact = &variant.encoding;
    let (format, rest) = match exact.format {
        FormatRule::Named(format) => (format, exact.clone()),
        // What is tried first.
        FormatRule::Smallest | FormatRule::Source => (Format::Webp, exact.trial(Format::Webp)),
    };
    let jpeg = format == Format::Jpeg;
    let encoding = canonical::encoding(Encoding {
        format: FormatRule::Named(format),
        // JPEG's own default is as quick as its lowest, and better.
        effort: if jpeg { exact.effort.filter(|effort| *effort <= 1) } else { Some(0) },
        progressive: if jpeg { Some(false) } else { exact.progressive },
        max_bytes: None,
        target_score: None,
        never_larger: false,
        ..rest
    });
    let is_quick = jpeg && exact.effort.is_none_or(|effort| effort <= 1);
    let searches = exact.max_bytes.is_some()
        || exact.target_score.is_some()
        || exact.never_larger
        || exact.format == FormatRule::Smallest;
    if encoding == *exact || (is_quick && !searches && exact.progressive != Some(true)) {
        return None;
    }
    let plain = encoded(variant, asset, encoding);
    let own =
        blake3::derive_key("cropmark 2026 draft, version 1", plain.key.to_string().as_bytes());
    Some(PlannedVariant { key: Key::from(own), ..plain })
}

/// The variant with another encoding, in its canonical form, and the key that goes with it.
pub(super) fn encoded(
    variant: &PlannedVariant,
    asset: &AssetFacts,
    encoding: Encoding,
) -> PlannedVariant {
    let inputs = KeyInputs {
        source: asset.content_hash,
        rules: &variant.rules,
        focal: asset.focal,
        faces: asset.faces.as_deref(),
        operations: &variant.operations,
        encoding: &encoding,
        files: &variant.files,
    };
    PlannedVariant { key: key(&inputs), encoding, ..variant.clone() }
}
