#!/bin/sh
# Checks the preset files of a commit before it is made; one with a problem is not committed.
#
#   cp assets/deploy/pre-commit.sh YOUR-REPOSITORY/.git/hooks/pre-commit
#
# The files are checked as they stand in the folder, with what they extend and what overlays use.
set -eu
git diff --cached --name-only --diff-filter=d -z -- '*.preset.toml' |
  xargs -0 -r "${CROPMARK:-cropmark}" check --
