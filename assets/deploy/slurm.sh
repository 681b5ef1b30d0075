#!/usr/bin/env bash
# Renders a folder of pictures as an array of eight jobs, each its share:
#   sbatch assets/deploy/slurm.sh photos brand.preset.toml web
# The folders lie on a disk that all nodes see. One job alone, such as the third that was lost, has to be
# told its share; it continues where it was:
#   sbatch --array=3 --export=ALL,SHARD=3/8 assets/deploy/slurm.sh photos brand.preset.toml web
#SBATCH --job-name=cropmark
#SBATCH --array=1-8
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --output=cropmark-%A-%a.log
set -euo pipefail
[ $# -eq 3 ] || { echo 'usage: sbatch slurm.sh PICTURES PRESET OUT' >&2; exit 2; }

# Temporary files in memory, in a folder of this job.
if [ -d /dev/shm ] && [ -w /dev/shm ]; then
  TMPDIR=$(mktemp -d "/dev/shm/cropmark.XXXXXX")
  export TMPDIR
  trap 'rm -rf "$TMPDIR"' EXIT
fi
# Each job has a cache of its own, and finds what it has done there.
export XDG_CACHE_HOME=${CACHES:-$PWD/cropmark-caches}/${SLURM_ARRAY_TASK_ID:-0}
mkdir -p "$XDG_CACHE_HOME"
export CROPMARK_WORKERS=${SLURM_CPUS_PER_TASK:-4} CROPMARK_MAX_MEMORY=${CROPMARK_MAX_MEMORY:-2GiB}

# Not exec: the folder in memory is removed at the end. Signals to the job reach the program too.
cropmark render "$1" --preset "$2" --out "$3" --shard "${SHARD:-auto}" --json
