#!/usr/bin/env bash
# Runs the test projects that are built (Debug), a line each, and ends with the line "N passed, N failed", with
# ", N skipped" if any. Unit tests first, then integration tests, then guests. What a project says is shown when it fails.
#
#   PROJECT=Netlink   only projects with this in their name      FILTER=Teardown   only tests with this in their full name
#   TIMEOUT=720       seconds that a project may take            VERBOSE=1         show everything
#
# A project that crashes, hangs, runs no test or leaves a process behind counts as a failed test.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

export PATH=$PATH:/usr/sbin:/sbin DOTNET_CLI_TELEMETRY_OPTOUT=1
export FAIRLEAD_TEST_RUN=$$-$EPOCHSECONDS # inherited by every process of the run: that is how those left are found
timeout=${TIMEOUT:-720}
TMPDIR=$(mktemp -d -t fl-test-XXXXXX) # whatever a killed test leaves in there goes at the end
export TMPDIR
log=$TMPDIR/log
passed=0 failed=0 skipped=0

# Prints the PIDs of the run's processes, apart from this shell and the ones it is waiting for.
processes_left() {
    local environ pid
    for environ in /proc/[0-9]*/environ; do
        pid=${environ#/proc/}
        pid=${pid%/environ}
        [[ $pid != "$$" && $pid != "$BASHPID" ]] || continue
        # (a variable set by export is not in this shell's own environ, nor in that of its subshells)
        grep -qzs "^FAIRLEAD_TEST_RUN=$FAIRLEAD_TEST_RUN\$" "$environ" && echo "$pid"
    done
}

end_processes_left() {
    local -a pids
    mapfile -t pids < <(processes_left)
    [[ ${#pids[@]} == 0 ]] || kill -KILL "${pids[@]}" 2> /dev/null
}

trap 'end_processes_left; rm -rf "$TMPDIR"' EXIT
trap 'exit 130' INT TERM

# Prints the count that MTP's closing block gives for failed, succeeded or skipped.
count() {
    awk -v key="$1:" '/^Test run summary:/ { block = 1 } block && $1 == key { n = $2 } END { print n + 0 }' "$log"
}

run_project() {
    local project=$1 name begin status tenths p f s pid problem='' text
    local -a arguments=(--progress off --no-ansi)
    name=$(basename "$project" .csproj)
    local dll=${project%/*}/bin/Debug/net10.0/$name.dll
    # A filter that matches nothing in this project (exit status 8) is no failure; matching nothing anywhere is.
    [[ -z ${FILTER-} ]] || arguments+=(--filter-method "*$FILTER*" --ignore-exit-code 8)

    [[ ! -t 1 ]] || printf '[      s] %s ...' "$name"
    begin=${EPOCHREALTIME/[.,]/} # microseconds
    if [[ ! -e $dll ]]; then
        echo "$dll is missing: is the project in Fairlead.slnx?" > "$log"
        status=1
    elif [[ -n ${VERBOSE-} ]]; then
        timeout --kill-after=10 "$timeout" dotnet "$dll" "${arguments[@]}" --output Detailed < /dev/null 2>&1 | tee "$log"
        status=${PIPESTATUS[0]}
    else
        timeout --kill-after=10 "$timeout" dotnet "$dll" "${arguments[@]}" < /dev/null > "$log" 2>&1
        status=$?
    fi
    tenths=$(((${EPOCHREALTIME/[.,]/} - begin + 50000) / 100000))
    p=$(count succeeded) f=$(count failed) s=$(count skipped)

    case $status in
    0 | 2) ;; # 2: tests failed
    8) problem="no test ran" ;;
    124) problem="took more than $timeout s" ;;
    137) problem="was killed$([[ $tenths -lt ${timeout%.*}0 ]] || echo ": took more than $timeout s")" ;;
    *) problem="ended with status $status" ;;
    esac

    # What the last test ended may need a moment to be gone.
    local -a left
    for _ in {1..20}; do
        mapfile -t left < <(processes_left)
        [[ ${#left[@]} != 0 ]] || break
        sleep 0.1
    done
    if [[ ${#left[@]} != 0 ]]; then
        for pid in "${left[@]}"; do
            echo "left: $pid $(tr '\0' ' ' 2> /dev/null < "/proc/$pid/cmdline")" >> "$log"
        done
        end_processes_left
        problem+="${problem:+, }left ${#left[@]} processes behind"
    fi
    [[ -z $problem ]] || f=$((f + 1))

    text="$p passed"
    [[ $f == 0 ]] || text+=", $f FAILED"
    [[ $s == 0 ]] || text+=", $s skipped"
    [[ ! -t 1 ]] || printf '\r\033[K'
    printf '[%3d.%d s] %s: %s%s\n' $((tenths / 10)) $((tenths % 10)) "$name" "$text" "${problem:+ ($problem)}"
    if [[ -z ${VERBOSE-} ]]; then
        [[ $f == 0 && $s == 0 ]] || grep -v '^warning: ' "$log"
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

late='/Fairlead\.(Integration|Guest)\.Tests/'
for project in $(ls test/*/*.Tests.csproj | grep -Ev "$late") \
    $(ls test/Fairlead.{Integration,Guest}.Tests/*.Tests.csproj 2> /dev/null); do
    [[ -z ${PROJECT-} || $project == *"$PROJECT"* ]] || continue
    run_project "$project"
done

if [[ $((passed + failed)) == 0 ]]; then
    echo "no test ran"
    failed=1
fi
line="$passed passed, $failed failed"
[[ $skipped == 0 ]] || line+=", $skipped skipped"
echo "$line"
[[ $failed == 0 ]]
