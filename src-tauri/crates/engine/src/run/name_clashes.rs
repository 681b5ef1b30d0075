//! Finds results that would have the same name before anything is rendered.
//!
//! Inspecting every source beforehand would read each of them twice. Two sources can only meet
//! where their names come out alike once generator, variation and format are left out, as those
//! of `a.jpg` and `a.png` in one folder do; only such sources are inspected, and the first one,
//! since the variants of one source may meet too. What this does not see (a file `a-640.jpg`
//! beside the 640 variation of `a.jpg`) is found in the run, and is a failed row there.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    path::{Path, PathBuf},
    sync::Arc,
};

use cropmark_rules::{
    Fault, FaultCode, Format, Key,
    geometry::Size,
    naming::{NameFacts, NameTemplate, Names},
};

use super::{
    context::RunContext,
    on_clash::OnClash,
    planned_source::{PlannedSource, plan_sources},
};
use crate::{
    intake::ContentIdentity,
    source::{Found, asset_text},
};

/// The most clashes that are listed.
const LISTED: usize = 20;

/// How often new names with numbers are tried, which may be other sources' names.
const MOST_ROUNDS: usize = 10;

/// The most sources that stay in hand for the run, so that they are opened and planned once.
const IN_HAND: usize = 64;

/// Two results of one name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} (generator {}) and {} (generator {}) would both become {}; use --on-clash extension or number, --name with a template that tells them apart, or render them into two folders",
    first.0.display(), first.1, second.0.display(), second.1, path.display()
)]
pub struct NameClash {
    /// A source and the generator.
    pub first: (PathBuf, String),
    /// The other ones.
    pub second: (PathBuf, String),
    /// The name.
    pub path: PathBuf,
    /// The names below the folder of the results, which differ in case at most.
    pub(super) names: [String; 2],
}

impl NameClash {
    /// Whether it is two variants of one source, which no name for the source can tell apart.
    fn is_of_one_source(&self) -> bool {
        self.first.0 == self.second.0
    }
}

/// The sources with names that do not clash any more, and what was planned of them; the clashes,
/// where there is no telling them apart.
pub(super) async fn told_apart(
    context: &Arc<RunContext>,
    mut sources: Vec<Found>,
    mut clashes: Vec<NameClash>,
) -> Result<(Vec<Found>, HashMap<u32, PlannedSource>), Vec<NameClash>> {
    let rounds = if context.on_clash == OnClash::Number { MOST_ROUNDS } else { 1 };
    for _ in 0..rounds {
        if clashes.iter().any(NameClash::is_of_one_source) {
            break;
        }
        let renamed = new_names(context.on_clash, &clashes);
        for found in &mut sources {
            if let Some(suffix) = renamed.get(&found.path) {
                found.relative = with_suffix(&found.relative, suffix);
            }
        }
        let (left, planned) = name_clashes(context, &sources).await;
        if left.is_empty() {
            return Ok((sources, planned));
        }
        clashes = left;
    }
    Err(clashes)
}

/// The faults of names that several results would have; the clashes, where all variants of a name
/// are one source's.
pub(super) fn refused_names(
    clashes: Vec<NameClash>,
) -> Result<HashMap<String, Fault>, Vec<NameClash>> {
    if clashes.iter().any(NameClash::is_of_one_source) {
        return Err(clashes);
    }
    // Names that differ in case at most are one; the first of them stands for all.
    let mut meetings: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for NameClash { first, second, names: [earlier, name], .. } in clashes {
        let (owners, names) = meetings.entry(earlier.clone()).or_default();
        for (path, generator) in [first, second] {
            owners.insert(format!("{} (generator {generator})", path.display()));
        }
        names.extend([earlier, name]);
    }
    let mut refused = HashMap::new();
    for (name, (owners, names)) in meetings {
        let owners: Vec<String> = owners.into_iter().collect();
        let message = format!(
            "{} would all become {name}. Use --on-clash extension or number, --name with a template \
             that tells them apart, or render them into two folders.",
            owners.join(" and ")
        );
        let fault = Fault::new(FaultCode::Invalid, message);
        refused.extend(names.into_iter().map(|name| (name, fault.clone())));
    }
    Ok(refused)
}

/// What is added to the names of the sources that clash.
fn new_names(policy: OnClash, clashes: &[NameClash]) -> HashMap<PathBuf, String> {
    let mut suffixes = HashMap::new();
    let mut numbers: HashMap<&Path, u32> = HashMap::new();
    for NameClash { first: (first, _), second: (second, _), .. } in clashes {
        if policy == OnClash::Number {
            if !suffixes.contains_key(second) {
                let number = numbers.entry(first).or_insert(1);
                *number += 1;
                suffixes.insert(second.clone(), number.to_string());
            }
        } else {
            for path in [first, second] {
                let extension = path.extension().unwrap_or_default();
                suffixes.insert(path.clone(), extension.to_string_lossy().into_owned());
            }
        }
    }
    suffixes.retain(|_, suffix| !suffix.is_empty());
    suffixes
}

/// A path whose file name has a suffix before its extension.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push("-");
    name.push(suffix);
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

/// Finds clashes, up to a number that anybody would read, and returns with them the sources that
/// were planned meanwhile, by their numbers.
pub(super) async fn name_clashes(
    context: &Arc<RunContext>,
    sources: &[Found],
) -> (Vec<NameClash>, HashMap<u32, PlannedSource>) {
    let mut meeting = Meeting::default();
    let mut in_hand = HashMap::new();
    let mut ahead = VecDeque::new();
    let mut suspects: VecDeque<u32> = suspects(&context.destination.names, sources).into();
    let mut begun = 0;
    loop {
        while ahead.len() < context.workers + 2 && !suspects.is_empty() {
            let is_kept = begun < IN_HAND;
            let identity = if is_kept { ContentIdentity::Bytes } else { ContentIdentity::Path };
            let together = context.together(suspects.iter().copied());
            begun += together;
            let numbers: Vec<u32> = suspects.drain(..together).collect();
            let found = numbers.iter().map(|number| sources[*number as usize].clone()).collect();
            let context = Arc::clone(context);
            let planning = async move { plan_sources(&context, found, identity).await };
            ahead.push_back((numbers, is_kept, tokio::spawn(planning)));
        }
        let Some((numbers, is_kept, next)) = ahead.pop_front() else {
            return (meeting.clashes, in_hand);
        };
        for (number, planned) in numbers.into_iter().zip(next.await.unwrap_or_default()) {
            // What cannot be read has no names; the run will say why.
            let Ok(planned) = planned else { continue };
            meeting.add(context, &planned);
            if is_kept {
                in_hand.insert(number, planned);
            }
        }
        if context.on_clash == OnClash::Refuse && meeting.clashes.len() >= LISTED {
            return (meeting.clashes, in_hand);
        }
    }
}

/// The sources whose names come out alike, in their order, and the first one.
fn suspects(names: &NameTemplate, sources: &[Found]) -> Vec<u32> {
    let none = BTreeMap::new();
    let mut outlines = Names::new();
    let mut owners: HashMap<String, u32> = HashMap::new();
    let mut suspects = BTreeSet::new();
    for (index, found) in (0..).zip(sources).filter(|(_, found)| found.fault.is_none()) {
        let key = Key::from(blake3::hash(found.path.as_os_str().as_encoded_bytes()));
        let outline = names.path(&NameFacts {
            generator: "generator",
            theme: None,
            variation: None,
            path: &asset_text(&found.relative),
            format: Format::Png,
            size: Size::new(1, 1),
            key,
            parameters: &none,
        });
        if suspects.is_empty() {
            suspects.insert(index);
        }
        match outlines.claim(&outline) {
            Ok(()) => {
                owners.insert(outline, index);
            }
            Err(clash) => {
                suspects.insert(index);
                suspects.extend(owners.get(&clash.earlier));
            }
        }
    }
    suspects.into_iter().collect()
}

#[derive(Default)]
struct Meeting {
    names: Names,
    owners: HashMap<String, (PathBuf, String)>,
    clashes: Vec<NameClash>,
}

impl Meeting {
    fn add(&mut self, context: &RunContext, planned: &PlannedSource) {
        let destination = &context.destination;
        for variant in &planned.plan.variants {
            let expected = || destination.expected_name(variant, &planned.name_path);
            let name = destination.planned_name(variant, &planned.name_path).or_else(expected);
            let Some(name) = name else { continue };
            let owner = (planned.found.path.clone(), variant.generator.clone());
            match self.names.claim(&name) {
                Ok(()) => {
                    self.owners.insert(name, owner);
                }
                Err(clash) => {
                    let first = self.owners.get(&clash.earlier).cloned();
                    let path = destination.folder.join(&name);
                    let first = first.unwrap_or_else(|| owner.clone());
                    let names = [clash.earlier, name];
                    self.clashes.push(NameClash { first, second: owner, path, names });
                }
            }
        }
    }
}
