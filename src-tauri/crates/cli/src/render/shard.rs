//! Which part of a run this process does, as `--shard` or the environment of a scheduler says.

use std::env;

use cropmark_engine::run::Shard;

/// The variable that says how many shards there are, where the scheduler does not.
const COUNT: &str = "CROPMARK_SHARDS";

/// Reads `--shard`: K/N, or `auto`.
pub(crate) fn shard(text: &str) -> Result<Shard, String> {
    if text == "auto" {
        return from_environment(|name| env::var(name).ok().filter(|value| !value.is_empty()));
    }
    text.parse().map_err(|error: cropmark_engine::run::ShardError| error.to_string())
}

/// Reads the shard from the environment of a task of a Slurm array, a pod of an indexed job of
/// Kubernetes, or a job of GNU parallel.
fn from_environment(get: impl Fn(&str) -> Option<String>) -> Result<Shard, String> {
    let number = |name: &str| -> Result<Option<u32>, String> {
        let Some(text) = get(name) else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| format!("{name}={text} is no number"))
    };
    let counted = |name: &str| -> Result<u32, String> {
        let missing = || {
            format!("{name} does not say how many shards there are: set {COUNT} to their number")
        };
        number(COUNT)?.ok_or_else(missing)
    };
    let (number, count) = if let Some(id) = number("SLURM_ARRAY_TASK_ID")? {
        let first = number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(0);
        let step = number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1);
        let count = match number("SLURM_ARRAY_TASK_COUNT")? {
            Some(count) => count,
            None => counted("SLURM_ARRAY_TASK_ID")?,
        };
        let place = id.checked_sub(first).filter(|place| place.is_multiple_of(step));
        let uneven = || {
            format!(
                "the array's task {id} is not one of {first}, {} …: number them evenly, such as --array=1-{count}",
                first.saturating_add(step)
            )
        };
        (place.ok_or_else(uneven)? / step + 1, count)
    } else if let Some(index) = number("JOB_COMPLETION_INDEX")? {
        let count = match number("JOB_COMPLETIONS")? {
            Some(count) => count,
            None => counted("JOB_COMPLETION_INDEX")?,
        };
        (index.saturating_add(1), count)
    } else if let Some(sequence) = number("PARALLEL_SEQ")? {
        (sequence, counted("PARALLEL_SEQ")?)
    } else {
        return Err("no scheduler says which shard this is: SLURM_ARRAY_TASK_ID, \
                    JOB_COMPLETION_INDEX and PARALLEL_SEQ are not set; write --shard K/N"
            .to_owned());
    };
    Shard::new(number, count).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<String, String> {
        let get = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        from_environment(get).map(|shard| shard.to_string())
    }

    #[test]
    fn schedulers_number_their_tasks_each_in_its_way() {
        let slurm = |id, min, step, count| {
            read(&[
                ("SLURM_ARRAY_TASK_ID", id),
                ("SLURM_ARRAY_TASK_MIN", min),
                ("SLURM_ARRAY_TASK_STEP", step),
                ("SLURM_ARRAY_TASK_COUNT", count),
                ("CROPMARK_SHARDS", "99"),
            ])
        };
        assert_eq!(slurm("0", "0", "1", "3").unwrap(), "1/3");
        assert_eq!(slurm("3", "1", "1", "3").unwrap(), "3/3");
        assert_eq!(slurm("15", "5", "5", "3").unwrap(), "3/3");
        assert!(slurm("7", "1", "5", "3").unwrap_err().contains("evenly"));
        assert!(slurm("9", "1", "1", "3").is_err());
        let bare = [("SLURM_ARRAY_TASK_ID", "2"), ("CROPMARK_SHARDS", "4")];
        assert_eq!(read(&bare).unwrap(), "3/4");

        let index = ("JOB_COMPLETION_INDEX", "2");
        assert_eq!(read(&[index, ("JOB_COMPLETIONS", "3")]).unwrap(), "3/3");
        assert_eq!(read(&[index, ("CROPMARK_SHARDS", "5")]).unwrap(), "3/5");
        assert!(read(&[index]).unwrap_err().contains("CROPMARK_SHARDS"));

        let sequence = ("PARALLEL_SEQ", "2");
        assert_eq!(read(&[sequence, ("CROPMARK_SHARDS", "3")]).unwrap(), "2/3");
        // Several jobs of GNU parallel have one slot after another.
        assert!(read(&[("PARALLEL_JOBSLOT", "2"), ("CROPMARK_SHARDS", "3")]).is_err());
        assert!(read(&[("JOB_COMPLETION_INDEX", "x")]).unwrap_err().contains("no number"));
    }
}
