//! From what the window names to one resolved variant: the asset, the document as it is now, the
//! generator, the variation and the format.

use std::collections::BTreeMap;

use cropmark_engine::export::{PresetPlan, PresetSource};
use cropmark_rules::{
    Encoding, Format, FormatRule, Key,
    key::{Ingredients, key},
    normal,
    parameters::GivenValues,
    plan::{AssetFacts, PlannedVariant, resolve_format},
};

use crate::{
    ApiError, documents::Documents, error::sentence, library::OpenAsset, workspace::Workspace,
};

/// Which variant is meant.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) file: String,
    pub(super) generator: String,
    /// `None`: the first.
    pub(super) variation: Option<String>,
    /// `None`: the first.
    pub(super) format: Option<String>,
    pub(super) parameters: BTreeMap<String, String>,
}

/// A variant that was found.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) asset: OpenAsset,
    pub(super) plan: PresetPlan,
    pub(super) variant: PlannedVariant,
}

/// Finds a variant. Reads the asset if that was not done before.
pub(super) async fn choose(
    workspace: &Workspace,
    asset: u32,
    choice: &Choice,
) -> Result<Chosen, ApiError> {
    let writable = workspace.ground().engine()?.description().writes.clone();
    let asset = workspace.library.open_asset(asset).await?;
    let (documents, choice) = (workspace.documents.clone(), choice.clone());
    crate::workspace::blocking(move || {
        let preset = documents.preset(&choice.file)?;
        let names = [choice.generator.clone()];
        let given = GivenValues { row: choice.parameters.clone(), all: BTreeMap::new() };
        let plan = preset.plan(&asset.facts, &names, &given, &writable);
        let variant = pick(&preset, &plan, &asset.facts, &choice, &writable)?.clone();
        Ok(Chosen { asset, plan, variant })
    })
    .await?
}

/// The generator's variants of an asset.
pub(super) async fn all_of(
    workspace: &Workspace,
    asset: u32,
    file: &str,
    generator: &str,
) -> Result<(OpenAsset, PresetPlan, Vec<String>), ApiError> {
    let writable = workspace.ground().engine()?.description().writes.clone();
    let asset = workspace.library.open_asset(asset).await?;
    let documents: Documents = workspace.documents.clone();
    let (file, generator) = (file.to_owned(), generator.to_owned());
    crate::workspace::blocking(move || {
        let preset = documents.preset(&file)?;
        let given = GivenValues::default();
        let plan = preset.plan(&asset.facts, std::slice::from_ref(&generator), &given, &writable);
        exists(&preset, &plan, &asset.facts, &generator)?;
        if let Some(refused) = plan.refused.first() {
            return Err(refused.fault.clone().into());
        }
        let parameters = preset.preset().generator(&generator);
        let parameters = parameters.map(|generator| generator.parameters.keys().cloned().collect());
        Ok((asset, plan, parameters.unwrap_or_default()))
    })
    .await?
}

/// Fails where the preset has no such generator that works and takes the asset.
fn exists(
    preset: &PresetSource,
    plan: &PresetPlan,
    asset: &AssetFacts,
    generator: &str,
) -> Result<(), ApiError> {
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
            "The generator {generator:?} is off because of a problem.{why}"
        )));
    }
    if preset.preset().generator(generator).is_none() {
        return Err(ApiError::not_found(format!("There is no generator {generator:?} any more.")));
    }
    if let Some(unmatched) = plan.unmatched.iter().find(|one| one.generator == generator) {
        return Err(ApiError::invalid(format!(
            "The generator {generator:?} does not take {}: {}.",
            asset.path, unmatched.reason
        )));
    }
    Ok(())
}

fn pick<'p>(
    preset: &PresetSource,
    plan: &'p PresetPlan,
    asset: &AssetFacts,
    choice: &Choice,
    writable: &[Format],
) -> Result<&'p PlannedVariant, ApiError> {
    exists(preset, plan, asset, &choice.generator)?;
    let is_meant = |name: Option<String>| choice.variation.is_none() || name == choice.variation;
    let of_variation = || plan.variants.iter().filter(|variant| is_meant(variation_of(variant)));
    let Some(first) = of_variation().next() else {
        // A refused variation does not say its theme; its own name is enough to find the reason.
        let own =
            |name: &str| choice.variation.as_deref().is_none_or(|asked| asked.ends_with(name));
        let refused = plan
            .refused
            .iter()
            .find(|refused| own(refused.variation.as_deref().unwrap_or_default()));
        return Err(match (refused, &choice.variation) {
            (Some(refused), _) => refused.fault.clone().into(),
            (None, Some(name)) => {
                ApiError::not_found(format!("There is no variation {name:?} any more."))
            }
            (None, None) => ApiError::invalid("The generator has nothing to render."),
        });
    };
    // The window has only one variation's formats on the screen at a time.
    let first_variation = variation_of(first);
    let mut variants = of_variation().filter(|variant| variation_of(variant) == first_variation);
    let Some(format) = &choice.format else { return Ok(first) };
    let wanted = match format.as_str() {
        "source" => resolve_format(FormatRule::Source, &asset.header, writable),
        "smallest" => FormatRule::Smallest,
        name => {
            let named = Format::ALL.into_iter().find(|one| one.name() == name);
            FormatRule::Named(
                named.ok_or_else(|| ApiError::invalid(format!("There is no format {name:?}.")))?,
            )
        }
    };
    variants.find(|variant| variant.encoding.format == wanted).ok_or_else(|| {
        ApiError::not_found(format!(
            "The generator {:?} does not write {format} any more.",
            choice.generator
        ))
    })
}

/// A variation as `GeneratorInfo.variations` names it.
pub(super) fn variation_of(variant: &PlannedVariant) -> Option<String> {
    match (&variant.theme, &variant.variation) {
        (Some(theme), Some(name)) => Some(format!("{theme}/{name}")),
        (_, name) => name.clone(),
    }
}

/// A planned format's name.
pub(super) fn format_name(format: FormatRule) -> &'static str {
    match format {
        FormatRule::Named(format) => format.name(),
        FormatRule::Smallest => "smallest",
        FormatRule::Source => "source",
    }
}

/// The same variant for a quick look: the encoder's lowest effort, and no search for a size, a
/// score or the smallest format. It has a key of its own, so that it is never taken for the real
/// one. `None` where the real one costs no more.
pub(super) fn draft(variant: &PlannedVariant, asset: &AssetFacts) -> Option<PlannedVariant> {
    let real = &variant.encoding;
    let format = match real.format {
        FormatRule::Named(format) => format,
        // What is tried first.
        FormatRule::Smallest | FormatRule::Source => Format::Webp,
    };
    let jpeg = format == Format::Jpeg;
    let encoding = normal::encoding(Encoding {
        format: FormatRule::Named(format),
        // JPEG's own default is as quick as its lowest, and better.
        effort: if jpeg { real.effort.filter(|effort| *effort <= 1) } else { Some(0) },
        progressive: if jpeg { Some(false) } else { real.progressive },
        max_bytes: None,
        target_score: None,
        never_larger: false,
        ..real.clone()
    });
    let is_quick = jpeg && real.effort.is_none_or(|effort| effort <= 1);
    let searches = real.max_bytes.is_some()
        || real.target_score.is_some()
        || real.never_larger
        || real.format == FormatRule::Smallest;
    if encoding == *real || (is_quick && !searches && real.progressive != Some(true)) {
        return None;
    }
    let ingredients = Ingredients {
        source: asset.content_hash,
        rules: &variant.rules,
        focal: asset.focal,
        operations: &variant.operations,
        encoding: &encoding,
        files: &variant.files,
    };
    let plain = key(&ingredients);
    let own = blake3::derive_key("cropmark 2026 draft, version 1", plain.to_string().as_bytes());
    let own = Key::from(own);
    Some(PlannedVariant { encoding, key: own, ..variant.clone() })
}
