#!/usr/bin/env bash
# A node made of namespaces: network, mount and PID namespaces of its own, so that CNI plugins, iptables, libvirtd and
# `ip netns` can be used in it as on a machine, and none of the machine's own set-up is seen or touched.
#
#   node.sh start DIR            start a node that lives until it is stopped; prints the PID of its init
#   node.sh run DIR              the same, but it lives until standard input ends: a test that dies takes it along
#   node.sh exec DIR -- COMMAND  run a command in it
#   node.sh stop DIR             end everything in it, and remove what start made in DIR
#
# How it works. `unshare` makes the namespaces and a first process, the init of the PID namespace: when that one dies the
# kernel kills every process in the node, and with the last process the namespaces go, and with them links and mounts.
# In the node /run is an empty tmpfs, and /etc, /var/lib, /var/cache and /var/log are overlays: the machine's files, and
# on top what the node writes. All that is written lives in one tmpfs, on DIR/fs (seen only from inside; from outside:
# /proc/PID/root/...), so that nothing is left on disk. CNI's state, /var/lib/cni and /etc/cni, begins empty.
#
# DIR/node.pid has the init's PID and its start time in ticks (proc(5), stat, field 22): a PID alone may be somebody
# else's by now.
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

fail() {
    echo "node.sh: $*" >&2
    exit 1
}

# Prints the start time of a process; fails if it is gone.
start_time() {
    local stat fields
    { stat=$(< "/proc/$1/stat"); } 2> /dev/null || return 1
    read -ra fields <<< "${stat##*) }" # the second field, the name, may have blanks and parentheses
    [[ ${fields[0]} != [ZX] ]] || return 1
    echo "${fields[19]}"
}

# Prints the PID of the node's init; fails if the node is not up.
node_pid() {
    local pid start
    [[ -s $dir/node.pid ]] || return 1
    read -r pid start < "$dir/node.pid"
    [[ $(start_time "$pid") == "$start" ]] || return 1
    echo "$pid"
}

# unshare_init HOLD...: becomes the parent of a new node's init, which at last becomes HOLD. The prefix is `setsid` or
# nothing.
unshare_init() {
    # --kill-child: who ends `unshare` ends the node too.
    exec $prefix unshare --net --mount --propagation private --pid --fork --kill-child -- \
        bash "$repository/eng/node.sh" __init "$dir" "$@"
}

# In the new namespaces: mounts, then the init's own work, which is to be there. It ignores SIGCHLD, so that the kernel
# itself reaps the orphans that become its children.
init() {
    local pid start stat fields keep i=0 path

    # /proc is still the outer one: in it, self is this shell as the outside sees it.
    stat=$(< /proc/self/stat)
    read -r pid _ <<< "$stat"
    read -ra fields <<< "${stat##*) }"
    start=${fields[19]}

    # A namespace that the machine keeps by a mount would live as long as this copy of the mount.
    while read -r _ _ _ _ path _; do
        umount --lazy "$path"
    done < <(grep ' - nsfs ' /proc/self/mountinfo)

    mkdir -p "$dir/fs"
    mount -t tmpfs -o mode=755 fairlead-node "$dir/fs"
    local fs=$dir/fs
    mkdir -p "$fs/keep"

    # What lies below a path that is about to be covered is put back on top of it.
    local -a covered=(/run /etc /var/lib /var/cache /var/log) kept=("$repository" "$dir")
    for path in "${kept[@]}"; do
        mkdir "$fs/keep/$i"
        mount --rbind "$path" "$fs/keep/$((i++))"
    done

    mount -t tmpfs -o mode=755 tmpfs /run
    mkdir -p /run/netns /run/lock
    for path in "${covered[@]:1}"; do
        mkdir -p "$fs/overlay$path"/{upper,work}
        mount -t overlay -o "lowerdir=$path,upperdir=$fs/overlay$path/upper,workdir=$fs/overlay$path/work" overlay "$path"
    done
    for path in /var/lib/cni /etc/cni /var/lib/fairlead; do
        mkdir -p "$path" "$fs/empty$path"
        mount --bind "$fs/empty$path" "$path"
    done

    i=0
    for path in "${kept[@]}"; do
        for keep in "${covered[@]}"; do
            if [[ $path == "$keep"/* ]]; then
                mkdir -p "$path"
                mount --rbind "$fs/keep/$i" "$path"
            fi
        done
        umount --lazy "$fs/keep/$((i++))"
    done

    # sysfs shows the links of the network namespace that it was mounted in; the cgroups below it are kept.
    mkdir "$fs/cgroup"
    mount --rbind /sys/fs/cgroup "$fs/cgroup"
    mount -t sysfs sysfs /sys
    mount --move "$fs/cgroup" /sys/fs/cgroup
    mount -t proc proc /proc
    ip link set lo up

    mkdir -p "$dir/tmp"
    echo "$pid $start" > "$dir/node.pid.new"
    mv "$dir/node.pid.new" "$dir/node.pid"
    echo "$pid"
    exec env --ignore-signal=CHLD "$@" > /dev/null
}

start() {
    local pid log=$dir/node.log
    if pid=$(node_pid); then
        echo "$pid"
        return
    fi
    rm -f "$dir/node.pid"
    # A session of its own: Ctrl-C ends the caller, who then stops the node in order.
    (prefix=setsid unshare_init sleep infinity) < /dev/null > "$log" 2>&1 &
    local unshare=$!
    until [[ -s $dir/node.pid ]]; do
        kill -0 "$unshare" 2> /dev/null || fail "no node: $(cat "$log")"
        sleep 0.01
    done
    rm -f "$log"
    node_pid || fail "the node ended at once"
}

stop() {
    local pid
    if pid=$(node_pid); then
        kill -KILL "$pid"
        # The init is gone when all the others are.
        while node_pid > /dev/null; do sleep 0.01; done
    fi
    rm -rf "$dir/node.pid" "$dir/tmp"
    [[ ! -d $dir/fs ]] || rmdir "$dir/fs" # empty: the tmpfs was mounted inside only
}

usage() {
    sed -n '5,8s/^# *//p' "${BASH_SOURCE[0]}" >&2
    exit 2
}

[[ $# -ge 2 ]] || usage
verb=$1
[[ $verb != start && $verb != run ]] || mkdir -p "$2"
[[ -d $2 ]] || fail "$2 is no directory"
dir=$(cd "$2" && pwd -P)
shift 2
case $verb in
start | run | exec | stop | __init) [[ $EUID == 0 ]] || fail "needs root" ;;&
start) start ;;
run)
    ! node_pid > /dev/null || fail "a node is up in $dir already"
    rm -f "$dir/node.pid"
    prefix='' unshare_init cat
    ;;
exec)
    [[ ${1-} == -- ]] && shift
    [[ $# -gt 0 ]] || usage
    pid=$(node_pid) || fail "no node is up in $dir"
    # Sockets and other leavings of a killed program go with the node.
    TMPDIR=$dir/tmp exec nsenter --target "$pid" --net --mount --pid --wdns="$PWD" -- "$@"
    ;;
stop) stop ;;
__init) init "$@" ;;
*) usage ;;
esac
