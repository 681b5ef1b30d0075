//! From variants to jobs: what reads a source in the same way shares its decode.

use std::collections::BTreeMap;

use crate::{ContentHash, Encoding, Operation, SourceRules, key::Key, plan::PlannedVariant};

/// Variants of one asset that one job can render.
#[derive(Debug, Clone, PartialEq)]
pub struct JobGroup {
    /// How the source is read.
    pub rules: SourceRules,
    /// The content hashes of the files that overlays use, by the names that operations give.
    pub files: BTreeMap<String, ContentHash>,
    /// What to render, each key once, in the order of the plan.
    pub variants: Vec<GroupedVariant>,
}

/// A variant to render, and who asked for it.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupedVariant {
    /// The key.
    pub key: Key,
    /// The chain.
    pub operations: Vec<Operation>,
    /// How the result is encoded.
    pub encoding: Encoding,
    /// The places in the list of planned variants that this one answers.
    pub planned: Vec<usize>,
}

/// Groups the planned variants of one asset, also of several presets, into jobs. Where two
/// presets mean different files by the same name, their variants go into different jobs.
#[must_use]
pub fn group(variants: &[PlannedVariant]) -> Vec<JobGroup> {
    let mut groups: Vec<JobGroup> = Vec::new();
    for (index, variant) in variants.iter().enumerate() {
        let same = groups
            .iter_mut()
            .flat_map(|group| &mut group.variants)
            .find(|grouped| grouped.key == variant.key);
        if let Some(grouped) = same {
            grouped.planned.push(index);
            continue;
        }
        let place = groups.iter().position(|group| shares(group, variant)).unwrap_or_else(|| {
            groups.push(JobGroup {
                rules: variant.rules.clone(),
                files: BTreeMap::new(),
                variants: Vec::new(),
            });
            groups.len() - 1
        });
        groups[place].files.extend(variant.files.clone());
        groups[place].variants.push(GroupedVariant {
            key: variant.key,
            operations: variant.operations.clone(),
            encoding: variant.encoding.clone(),
            planned: vec![index],
        });
    }
    groups
}

fn shares(group: &JobGroup, variant: &PlannedVariant) -> bool {
    let agrees = |(name, hash)| group.files.get(name).is_none_or(|other| other == hash);
    group.rules == variant.rules && variant.files.iter().all(agrees)
}
