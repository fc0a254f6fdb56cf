#!/usr/bin/env bash
# run.sh cni|proxy: runs this part of the benchmarks that are published (out/bench: NativeAOT, as `fairlead` itself) in a
# node of namespaces, which ends with this script, whatever becomes of it. Prints the report, and leaves it in
# bench/results/PART.md.
set -euo pipefail
cd "$(dirname "$0")/.."

part=${1-}
[[ $part == cni || $part == proxy ]] || { echo "usage: bench/run.sh cni|proxy" >&2; exit 2; }
[[ $EUID == 0 ]] || { echo "bench: needs root" >&2; exit 1; }
directory=$(mktemp -d -t fl-bench-XXXXXX)
coproc node { eng/node.sh run "$directory"; }
node_input=${node[1]}
node_pid=$node_PID
finish() {
    exec {node_input}>&- # the node lives until its standard input ends
    wait "$node_pid" 2> /dev/null || true
    eng/node.sh stop "$directory"
    rm -rf "$directory"
}
trap finish EXIT
trap 'exit 130' INT TERM
read -r -u "${node[0]}" _ || { echo "bench: no node" >&2; exit 1; }

commit=$(git describe --always --dirty 2> /dev/null || echo unknown)
plugins=$(dpkg-query --show --showformat='${Package} ${Version}' containernetworking-plugins 2> /dev/null || echo unknown)
mkdir -p bench/results
# On the machine's own disk, not in the node's tmpfs: what the cache writes is synchronized to a disk, as in real life.
mkdir "$directory/work"
eng/node.sh exec "$directory" -- out/bench/Fairlead.Benchmarks "$part" "$directory/work" \
    "$PWD/out/fairlead" "$PWD/bench/results/$part.md" "$commit" "$plugins"
