//! The command `sheet`.

use cropmark_engine::export::PresetPlan;
use cropmark_rules::{parameters::GivenValues, plan::PlannedVariant};
use cropmark_store::Variant;

use super::{
    Shared,
    board::{Entry, Standing, shown},
    choice::{format_name, variation_of},
    plans, states,
};
use crate::{
    ApiError, Studio,
    library::OpenAsset,
    model::{FaultInfo, Sheet, SheetArguments, SheetVariant, Unmatched, VariantState},
    workspace::blocking,
};

/// The command of this name.
pub(crate) async fn sheet(studio: &Studio, arguments: SheetArguments) -> Result<Sheet, ApiError> {
    let workspace = studio.workspace()?;
    let asset = workspace.library.open_asset(arguments.asset).await?;
    blocking(move || {
        let shared = &workspace.previews.shared;
        let mut sheet = Sheet { variants: Vec::new(), unmatched: Vec::new() };
        for file in workspace.documents.files() {
            if !arguments.files.is_empty() && !arguments.files.contains(&file) {
                continue;
            }
            // A file that cannot be read is told of where preset files are listed.
            let Ok(preset) = workspace.documents.preset(&file) else { continue };
            let given = GivenValues::default();
            let plan = preset.plan(&asset.facts, &[], &given, &shared.writable);
            add(shared, &asset, &file, plan, &mut sheet)?;
        }
        Ok(sheet)
    })
    .await?
}

fn add(
    shared: &Shared,
    asset: &OpenAsset,
    file: &str,
    plan: PresetPlan,
    sheet: &mut Sheet,
) -> Result<(), ApiError> {
    let planned: Vec<(PlannedVariant, Entry)> = plan
        .variants
        .into_iter()
        .map(|variant| {
            let entry = plans::entry(file, &asset.facts.path, &variant);
            (variant, entry)
        })
        .collect();
    let mut notes = Vec::new();
    let standings: Vec<_> = {
        let facts = shared.board.read();
        planned.iter().map(|(_, entry)| facts.standing(*entry, &mut notes)).collect()
    };
    shared.board.keep(&notes);
    let key_shown = |standing: &Standing| standing.shown.map(|(key, _)| key);
    let keys = standings.iter().filter_map(key_shown).collect();
    let mut kept = shared.ground.store().look_up(keys)?.into_iter();
    for ((variant, _), standing) in planned.into_iter().zip(standings) {
        let kept: Option<Variant> = key_shown(&standing).and_then(|_| kept.next().flatten());
        // What a workspace does not keep may still be in memory.
        let passing = || {
            let found = shared.recent.get(variant.key)?;
            Some((variant.key, found.rendered))
        };
        let there = kept.map(|kept| (kept.key, kept.rendered)).or_else(passing);
        let is_ready = there.as_ref().is_some_and(|(key, _)| *key == variant.key);
        let size = there.as_ref().filter(|_| is_ready).map(|(_, one)| [one.width, one.height]);
        sheet.variants.push(SheetVariant {
            file: file.to_owned(),
            generator: variant.generator.clone(),
            variation: variation_of(&variant),
            format: format_name(variant.encoding.format).to_owned(),
            size: size.or_else(|| variant.size.map(|size| [size.width, size.height])),
            state: if is_ready { VariantState::Ready } else { standing.state },
            url: there.as_ref().map(|(key, rendered)| states::url(*key, rendered.format)),
            bytes: there.as_ref().map(|(_, rendered)| rendered.bytes),
            fault: standing.fault.as_ref().map(shown),
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
            fault: Some(FaultInfo {
                code: refused.fault.code.name().to_owned(),
                message: refused.fault.message,
            }),
        });
    }
    sheet.unmatched.extend(plan.unmatched.into_iter().map(|unmatched| Unmatched {
        file: file.to_owned(),
        generator: unmatched.generator,
        reason: unmatched.reason,
    }));
    Ok(())
}
