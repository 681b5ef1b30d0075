use std::collections::BTreeMap;

use cropmark_engine::presets::PresetPlan;
use cropmark_rules::{
    Encoding, Format, FormatRule, SourceRules,
    plan::{PlannedVariant, Unmatched},
};

use super::choose;
use crate::{
    hints::{Hint, Hints},
    locate::Wanted,
    negotiation::Negotiation,
    refusal::Refusal,
};

fn variant(theme: Option<&str>, variation: Option<&str>, format: FormatRule) -> PlannedVariant {
    PlannedVariant {
        generator: "hero".to_owned(),
        theme: theme.map(str::to_owned),
        variation: variation.map(str::to_owned),
        eager: false,
        rules: SourceRules::default(),
        operations: Vec::new(),
        encoding: Encoding::new(format),
        size: None,
        files: BTreeMap::new(),
        parameters: BTreeMap::new(),
        key: [0; 32].into(),
    }
}

fn plan() -> PresetPlan {
    let sizes = [(None, Some("40")), (None, Some("640")), (Some("travel"), Some("square"))];
    let formats = [Format::Webp, Format::Jpeg].map(FormatRule::Named);
    let variants = sizes
        .into_iter()
        .flat_map(|(theme, variation)| formats.map(|format| variant(theme, variation, format)));
    PresetPlan { variants: variants.collect(), ..PresetPlan::default() }
}

fn wanted(variation: Option<&str>, format: Option<Format>, is_strict: bool) -> Wanted {
    Wanted { variation: variation.map(str::to_owned), format, is_strict, theme: None }
}

fn accepting(accept: &str) -> Negotiation<'_> {
    Negotiation { accept: Some(accept), hints: Hints::Off }
}

fn chosen(plan: &PresetPlan, wanted: &Wanted, accept: &str) -> Result<(String, bool), Refusal> {
    let choice = choose(plan, wanted, accepting(accept), "a.jpg")?;
    let FormatRule::Named(format) = choice.variant.encoding.format else {
        return Ok(("smallest".to_owned(), choice.varies));
    };
    let variation = choice.variant.variation.as_deref().unwrap_or_default();
    Ok((format!("{variation} {}", format.name()), choice.varies))
}

#[test]
fn the_extension_wins_then_the_request_chooses() {
    let plan = plan();
    let table = [
        (None, None, false, "*/*", "640 jpeg", true),
        (None, None, false, "image/webp", "640 webp", true),
        (None, Some(Format::Jpeg), false, "image/webp", "640 jpeg", false),
        // An extension of the file's own that is not written.
        (None, Some(Format::Png), false, "image/webp", "640 webp", true),
        (Some("40"), Some(Format::Webp), true, "*/*", "40 webp", false),
        // A width above the source's was planned as the largest.
        (Some("2048"), Some(Format::Webp), true, "*/*", "640 webp", false),
        (Some("square"), Some(Format::Jpeg), true, "*/*", "square jpeg", false),
    ];
    for (variation, format, strict, accept, expected, varies) in table {
        let found = chosen(&plan, &wanted(variation, format, strict), accept);
        assert_eq!(found, Ok((expected.to_owned(), varies)), "{variation:?} {format:?}");
    }
    let travel = Wanted { theme: Some("travel".to_owned()), ..wanted(Some("square"), None, false) };
    assert_eq!(chosen(&plan, &travel, "*/*"), Ok(("square jpeg".to_owned(), true)));
}

#[test]
fn one_format_is_given_whatever_is_accepted() {
    let variants = vec![variant(None, None, FormatRule::Smallest)];
    let plan = PresetPlan { variants, ..PresetPlan::default() };
    let any = wanted(None, Some(Format::Png), false);
    assert_eq!(chosen(&plan, &any, "image/webp"), Ok(("smallest".to_owned(), false)));
    let refusal = chosen(&plan, &wanted(None, Some(Format::Png), true), "*/*").unwrap_err();
    assert!(refusal.message.contains("leave the extension out"), "{refusal:?}");
}

#[test]
fn what_the_generator_does_not_make_is_said() {
    let mut plan = plan();
    let refusal = |plan: &PresetPlan, wanted: &Wanted| chosen(plan, wanted, "*/*").unwrap_err();
    let png = refusal(&plan, &wanted(None, Some(Format::Png), true));
    assert!(png.status == 404 && png.message.contains("webp, jpg"), "{png:?}");
    assert_eq!(refusal(&plan, &wanted(Some("round"), None, false)).status, 404);
    let reason = "only applies to photos/**".to_owned();
    plan.unmatched.push(Unmatched { generator: "hero".to_owned(), reason });
    let unmatched = refusal(&plan, &wanted(None, None, false));
    assert!(unmatched.status == 404 && unmatched.message.contains("photos/**"), "{unmatched:?}");
}

#[test]
fn hints_choose_among_the_widths_where_the_url_names_no_size() {
    let plan = plan();
    let chosen = |variation, hints| {
        let negotiation = Negotiation { accept: None, hints };
        let wanted = wanted(variation, Some(Format::Webp), true);
        let choice = choose(&plan, &wanted, negotiation, "a.jpg").unwrap();
        (choice.variant.variation.clone().unwrap(), choice.is_hinted)
    };
    let of = |width: &str, is_hinted| (width.to_owned(), is_hinted);
    assert_eq!(chosen(None, Hints::Off), of("640", false));
    assert_eq!(chosen(None, Hints::On(None)), of("640", true));
    assert_eq!(chosen(None, Hints::On(Some(Hint::Width(40)))), of("40", true));
    assert_eq!(chosen(None, Hints::On(Some(Hint::Width(41)))), of("640", true));
    assert_eq!(chosen(None, Hints::On(Some(Hint::Density(1000)))), of("40", true));
    assert_eq!(chosen(Some("40"), Hints::On(Some(Hint::Width(600)))), of("40", false));
    assert_eq!(chosen(Some("square"), Hints::On(Some(Hint::Width(600)))), of("square", false));
}
