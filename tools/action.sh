#!/usr/bin/env bash
# The script of action.yml: finds what to compare, runs blastlint once, writes SARIF and the job summary.
# Inputs come through the environment. It fails only where blastlint could not run; the verdict is in the output `code`.
set -euo pipefail

blastlint=${BLASTLINT:-$RUNNER_TEMP/blastlint/bin/blastlint}
sarif=$RUNNER_TEMP/blastlint.sarif
summary=$RUNNER_TEMP/blastlint.md
options=(--output "sarif=$sarif" --output "markdown=$summary" --category "$CATEGORY")

if [ -n "${BASE:-}" ]; then
  range="$BASE...HEAD"
elif [ -n "${PULL_HEAD:-}" ] && [ "$(git rev-parse --quiet --verify HEAD^2 || true)" = "$PULL_HEAD" ]; then
  # GitHub checks out the merge of the pull request into its base: the first parent is the base as it is now. A workflow
  # may check out the pull request's head instead, and that may be a merge of its own.
  range="HEAD^1..HEAD"
elif [ -n "${PULL_BASE:-}" ]; then
  range="$PULL_BASE...HEAD"
else
  # A push: an empty run of the same category, so that code scanning has something to compare pull requests with.
  range="HEAD..HEAD"
fi

if [ -n "${FAIL_ON:-}" ]; then options+=(--fail-on "$FAIL_ON"); fi
options+=(--now "$(date -u +%Y-%m-%dT%H:%M:%SZ)")
if [ "${STRICT:-false}" = true ]; then options+=(--strict); fi
if [ -n "${RULES:-}" ]; then options+=(--rules "$RULES"); fi
if [ "${UPLOAD:-true}" != true ]; then options+=(--format github); fi
if [ -n "${TITLE:-}" ]; then
  printf '%s\n\n%s\n' "$TITLE" "${BODY:-}" > "$RUNNER_TEMP/blastlint-intent.txt"
  options+=(--intent "@$RUNNER_TEMP/blastlint-intent.txt")
fi
while IFS= read -r accepted; do
  if [ -n "$accepted" ]; then options+=(--accept "$accepted"); fi
done < <(
  printf '%s\n' "${ACCEPT:-}"
  python3 -c '
import json, os
prefix = "blastlint-accept:"
for label in json.loads(os.environ.get("LABELS") or "null") or []:
    if label.startswith(prefix):
        print(label[len(prefix):].strip())
'
)

code=0
"$blastlint" check "$range" "${options[@]}" || code=$?
if [ -f "$summary" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$summary" >> "$GITHUB_STEP_SUMMARY"; fi
printf 'sarif=%s\ncode=%s\n' "$sarif" "$code" >> "$GITHUB_OUTPUT"
if [ ! -f "$sarif" ]; then exit "$code"; fi
