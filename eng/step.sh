#!/usr/bin/env bash
# step.sh TITLE COMMAND...: runs a command as one step and prints one line, "[  3.2 s] TITLE". What the command says is
# shown only if it fails, or always with VERBOSE=1.
set -uo pipefail
title=$1
shift

log=$(mktemp)
trap 'rm -f "$log"' EXIT

[[ -t 1 ]] && printf '[      s] %s ...' "$title"
begin=${EPOCHREALTIME/[.,]/} # microseconds; the decimal sign is the locale's
if [[ -n ${VERBOSE-} ]]; then
    [[ -t 1 ]] && echo
    "$@" < /dev/null
else
    "$@" < /dev/null > "$log" 2>&1
fi
status=$?
tenths=$(((${EPOCHREALTIME/[.,]/} - begin + 50000) / 100000))
[[ -t 1 && -z ${VERBOSE-} ]] && printf '\r\033[K'
printf '[%3d.%d s] %s%s\n' $((tenths / 10)) $((tenths % 10)) "$title" "$([[ $status == 0 ]] || echo ": FAILED (exit status $status)")"
[[ $status == 0 ]] || cat "$log"
exit "$status"
