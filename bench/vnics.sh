#!/usr/bin/env bash
# Measures 100 vNICs in a libvirt pod of its own, in a node of namespaces that ends with this script. Prints the report,
# and leaves it in bench/results/vnics.md.
set -euo pipefail
cd "$(dirname "$0")/.."

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
mkdir -p bench/results
eng/node.sh exec "$directory" -- out/fairlead up > /dev/null
eng/node.sh exec "$directory" -- out/vnic-bench/Fairlead.VnicBenchmarks "$PWD/bench/results/vnics.md" "$commit"
eng/node.sh exec "$directory" -- out/fairlead down --purge > /dev/null
