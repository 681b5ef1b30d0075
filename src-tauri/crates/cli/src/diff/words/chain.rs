//! The steps of a chain that come, go, change or move.

use cropmark_rules::{Operation, canonical, preset::Step};
use serde_json::{Value, json};

use super::value;

/// A step that has an effect.
#[derive(Debug)]
struct Effective<'a> {
    step: &'a Step,
    canonical: Operation,
    /// From 1, among those that have an effect.
    number: usize,
    /// Whether another step of the chain has the same operation.
    is_ambiguous: bool,
}

/// Adds a phrase for each difference between two chains.
pub(super) fn changes(old: &[Step], new: &[Step], words: &mut Vec<String>) {
    let (old, new) = (effective(old), effective(new));
    let Aligned { pairs, removed, added } = align(&old, &new);
    for (a, b) in pairs {
        if old[a].canonical != new[b].canonical {
            let (from, to) = (written(old[a].step), written(new[b].step));
            value::changes(&new[b].label(), &from, &to, words);
        }
    }
    let mut added: Vec<_> = added.into_iter().map(|index| &new[index]).collect();
    for step in removed.into_iter().map(|index| &old[index]) {
        let place = added.iter().position(|other| other.canonical == step.canonical);
        words.push(if let Some(place) = place {
            let to = added.remove(place).number;
            format!("{} moved from step {} to step {to}", step.step.operation.op(), step.number)
        } else {
            format!("{} removed", step.label())
        });
    }
    for step in added {
        let plain = json!({ "op": step.step.operation.op() });
        let plain = serde_json::from_value::<Operation>(plain).map(|plain| super::json(&plain));
        let own = value::listed(&written(step.step), &plain.unwrap_or_default());
        let own = if own.is_empty() { own } else { format!(": {own}") };
        words.push(format!("{} added{own}", step.label()));
    }
}

fn effective(steps: &[Step]) -> Vec<Effective<'_>> {
    let canonical = |step: &Step| canonical::operations(vec![step.operation.clone()], true).pop();
    let enabled = steps.iter().filter(|step| step.enabled);
    let effective = enabled.filter_map(|step| Some((step, canonical(step)?)));
    let effective: Vec<_> = effective.collect();
    let counted = |op: &str| effective.iter().filter(|(step, _)| step.operation.op() == op).count();
    let number = |(index, (step, canonical)): (usize, &(&'_ Step, Operation))| {
        let is_ambiguous = counted(step.operation.op()) > 1;
        (index + 1, canonical.clone(), is_ambiguous)
    };
    let numbers: Vec<_> = effective.iter().enumerate().map(number).collect();
    let steps = effective.iter().map(|(step, _)| *step).zip(numbers);
    let steps = steps.map(|(step, (number, canonical, is_ambiguous))| Effective {
        step,
        canonical,
        number,
        is_ambiguous,
    });
    steps.collect()
}

fn written(step: &Step) -> Value {
    super::json(&step.operation)
}

impl Effective<'_> {
    fn label(&self) -> String {
        let op = self.step.operation.op();
        match &self.step.name {
            Some(name) => format!("{op} “{name}”"),
            None if self.is_ambiguous => format!("{op} (step {})", self.number),
            None => op.to_owned(),
        }
    }
}

/// Which steps of two chains belong together, by their indices.
struct Aligned {
    pairs: Vec<(usize, usize)>,
    removed: Vec<usize>,
    added: Vec<usize>,
}

/// Pairs steps of the same operation in order, so that as few as possible come, go and change.
fn align(old: &[Effective<'_>], new: &[Effective<'_>]) -> Aligned {
    // A step that comes or goes costs 2, one that changes 3: less than that it goes and another
    // one comes.
    let cost = |a: &Effective<'_>, b: &Effective<'_>| match (&a.canonical, &b.canonical) {
        (a, b) if a == b => Some(0),
        (a, b) if a.op() == b.op() => Some(3),
        _ => None,
    };
    let mut costs = vec![vec![0; new.len() + 1]; old.len() + 1];
    for a in (0..=old.len()).rev() {
        for b in (0..=new.len()).rev() {
            let removed = (a < old.len()).then(|| costs[a + 1][b] + 2);
            let added = (b < new.len()).then(|| costs[a][b + 1] + 2);
            let both = || Some(costs[a + 1][b + 1] + cost(old.get(a)?, new.get(b)?)?);
            let paired = if a < old.len() && b < new.len() { both() } else { None };
            costs[a][b] = [removed, added, paired].into_iter().flatten().min().unwrap_or(0);
        }
    }
    let mut aligned = Aligned { pairs: Vec::new(), removed: Vec::new(), added: Vec::new() };
    let (mut a, mut b) = (0, 0);
    while a < old.len() || b < new.len() {
        let here = costs[a][b];
        let paired = || Some(costs[a + 1][b + 1] + cost(old.get(a)?, new.get(b)?)?);
        if a < old.len() && b < new.len() && paired() == Some(here) {
            aligned.pairs.push((a, b));
            (a, b) = (a + 1, b + 1);
        } else if a < old.len() && costs[a + 1][b] + 2 == here {
            aligned.removed.push(a);
            a += 1;
        } else {
            aligned.added.push(b);
            b += 1;
        }
    }
    aligned
}
