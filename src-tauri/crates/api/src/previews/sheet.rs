//! All variants of one asset, by all preset files.

use std::sync::Arc;

use cropmark_engine::presets::PresetPlan;
use cropmark_rules::{parameters::GivenValues, plan::PlannedVariant};
use cropmark_store::Variant;

use super::{Inner, Previews};
use crate::{
    ApiError,
    context::blocking,
    library::OpenAsset,
    model::{FaultInfo, Sheet, SheetArguments, SheetVariant, Unmatched, VariantState},
    states::{VariantId, variant_id},
    variant::{format_name, url, variation_name},
};

impl Previews {
    /// Lists all variants of an asset, with the state of each.
    pub(crate) async fn sheet(&self, arguments: SheetArguments) -> Result<Sheet, ApiError> {
        let asset = self.inner.library.open_asset(arguments.asset).await?;
        let inner = Arc::clone(&self.inner);
        blocking(move || {
            let mut sheet = Sheet { variants: Vec::new(), unmatched: Vec::new() };
            for file in inner.documents.files() {
                if !arguments.files.is_empty() && !arguments.files.contains(&file) {
                    continue;
                }
                // The list of presets shows why a file cannot be read.
                let Ok(preset) = inner.documents.preset(&file) else { continue };
                let given = GivenValues::default();
                let plan = preset.plan(asset.facts(), &[], &given, inner.states.writable());
                add(&inner, &asset, &file, plan, &mut sheet)?;
            }
            Ok(sheet)
        })
        .await?
    }
}

fn add(
    inner: &Inner,
    asset: &OpenAsset,
    file: &str,
    plan: PresetPlan,
    sheet: &mut Sheet,
) -> Result<(), ApiError> {
    let (planned, ids): (Vec<PlannedVariant>, Vec<VariantId>) = plan
        .variants
        .into_iter()
        .map(|variant| {
            let id = variant_id(file, &asset.facts().path, &variant);
            (variant, id)
        })
        .unzip();
    let statuses = inner.states.statuses(&ids);
    let shown = statuses.iter().filter_map(|status| status.shown.map(|(key, _)| key)).collect();
    let mut kept = inner.context.store().look_up(shown)?.into_iter();
    for (variant, status) in planned.into_iter().zip(statuses) {
        let kept: Option<Variant> = status.shown.and_then(|_| kept.next().flatten());
        // A variant that the workspace does not keep may still be in memory.
        let recent = || {
            let found = inner.recent.get(variant.key)?;
            Some((variant.key, found.rendered))
        };
        let there = kept.map(|kept| (kept.key, kept.rendered)).or_else(recent);
        let is_ready = there.as_ref().is_some_and(|(key, _)| *key == variant.key);
        let size = there.as_ref().filter(|_| is_ready).map(|(_, one)| [one.width, one.height]);
        sheet.variants.push(SheetVariant {
            file: file.to_owned(),
            generator: variant.generator.clone(),
            variation: variation_name(&variant),
            format: format_name(variant.encoding.format).to_owned(),
            size: size.or_else(|| variant.size.map(|size| [size.width, size.height])),
            state: if is_ready { VariantState::Ready } else { status.state },
            url: there.as_ref().map(|(key, rendered)| url(*key, rendered.format)),
            bytes: there.as_ref().map(|(_, rendered)| rendered.bytes),
            fault: status.fault.as_ref().map(FaultInfo::from),
        });
    }
    for refused in plan.refused {
        sheet.variants.push(SheetVariant {
            file: file.to_owned(),
            generator: refused.generator,
            variation: refused.variation,
            format: String::new(),
            size: None,
            state: VariantState::Failed,
            url: None,
            bytes: None,
            fault: Some(FaultInfo::from(&refused.fault)),
        });
    }
    sheet.unmatched.extend(plan.unmatched.into_iter().map(|unmatched| Unmatched {
        file: file.to_owned(),
        generator: unmatched.generator,
        reason: unmatched.reason,
    }));
    Ok(())
}
