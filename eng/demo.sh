#!/usr/bin/env bash
# The main job, shown: two real virtual machines become members of a pod network, talk with a pod and with each other,
# and leave nothing behind. It runs on a node made of namespaces (node.sh), so the machine's own libvirt, bridges,
# firewall and CNI state are neither seen nor touched. KEEP=1 leaves the node up.
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$repository"
dir=$(mktemp -d "${TMPDIR:-/tmp}/fairlead-demo.XXXXXX")
fairlead=$repository/out/fairlead
guest=$repository/out/guest
cmdline='console=ttyS0 quiet tsc=reliable no_timer_check'
pod=demo-pod
boot_seconds=90
began=$(date +%s.%N)

node() { eng/node.sh exec "$dir" -- "$@"; }
fl() { node "$fairlead" "$@"; }

since() { awk -v a="$began" -v b="$(date +%s.%N)" 'BEGIN { printf "%5.1f s", b - a }'; }
step() { printf '\n[%s] %s\n' "$(since)" "$*"; }
show() { sed 's/^/    /'; }

fail() {
    echo "$*" >&2
    exit 1
}

# Whatever happens, the node goes with everything in it; unless somebody wants to look around.
finish() {
    local status=$?
    trap - EXIT INT TERM
    ((status == 0)) || printf '\nDEMO FAILED after %s\n' "$(since)" >&2
    if [[ ${KEEP:-} == 1 ]] && node true 2> /dev/null; then
        cat << EOF

The node is up. Look around in it (every command as root):
    alias demo='$repository/eng/node.sh exec $dir -- '
    demo $fairlead get vm -o wide
    demo $fairlead console demo                   # leave with Ctrl-]
    demo $fairlead status
    demo ip netns exec $pod ip address
Take it down:
    $repository/eng/node.sh stop $dir && rmdir $dir
EOF
    else
        eng/node.sh stop "$dir" || status=1
        rmdir "$dir" 2> /dev/null || true
    fi
    exit "$status"
}

# What a virtual machine's life changes, as text to compare: links, addresses, IPAM reservations, libvirt's networks and
# domains, dnsmasq processes (two each), guests, and records.
snapshot() {
    node sh -c '
        for ns in "" $(ip netns list | cut -d" " -f1); do
            run=${ns:+ip netns exec $ns}
            $run ip -o link | sed "s/^[0-9]*: \([^:]*\):.*/link '"'"'$ns'"'"' \1/; s/@[^ ]*//"
            $run ip -o address | awk -v ns="$ns" "{ print \"address\", ns, \$2, \$4 }" | grep -v "inet6 fe80\| fe80:" || true
        done
        find /var/lib/fairlead/cni/ipam -type f -name "[0-9]*" -printf "reservation %f\n"
        find /run/fairlead/libvirt/network /var/lib/fairlead/libvirt/etc/libvirt/qemu/networks -maxdepth 1 -name "*.xml" \
            -printf "libvirt-network %f\n" 2> /dev/null
        find /run/fairlead/libvirt/qemu /var/lib/fairlead/libvirt/etc -maxdepth 2 -name "*.xml" \
            -printf "libvirt-domain %f\n" 2> /dev/null
        find /var/lib/fairlead/agent /var/lib/fairlead/cni-proxy -type f -printf "record %p\n"
        for pid in /proc/[0-9]*; do
            case $(cat $pid/comm 2> /dev/null) in
                dnsmasq) echo "dnsmasq-process" ;;
                qemu-system-*) echo "guest" ;;
            esac
        done' | sort | awk '!/^libvirt-/ || !seen[$0]++' > "$dir/tmp/$1"
}

# How many of each kind three snapshots have, side by side.
compare() {
    local kind name
    printf '%-24s %8s %8s %8s\n' '' "$@"
    for kind in link address reservation libvirt-network libvirt-domain dnsmasq-process guest record; do
        printf '%-24s' "$kind"
        for name in "$@"; do printf ' %8s' "$(grep -c "^$kind\b" "$dir/tmp/$name")"; done
        echo
    done
}

address_of() { fl get vm "$1" --no-headers | awk '{ print $3 }'; }

# expect TITLE EXPECTED COMMAND...: runs it, shows what came, and insists that EXPECTED is in it.
expect() {
    local title=$1 expected=$2 output
    shift 2
    output=$(node "$@" 2>&1) || fail "$title: $output"
    printf '  %s\n' "$title"
    show <<< "$output"
    grep -qF -- "$expected" <<< "$output" || fail "$title: there is no \"$expected\" in that"
}

wait_for_guest() {
    local deadline=$((SECONDS + boot_seconds))
    until node busybox wget -qO /dev/null "http://$2/" 2> /dev/null; do
        ((SECONDS < deadline)) || fail "$1 does not answer on $2 after $boot_seconds s: $(fl describe vm "$1")"
        sleep 0.5
    done
}

main() {
    [[ $EUID == 0 ]] || fail 'needs root'
    step "a node made of namespaces in $dir"
    trap finish EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    eng/node.sh start "$dir" > /dev/null

    step 'fairlead up: libvirt in a pod, the CNI proxy, the agent'
    fl up --node-name demo-node --guest-kernel "$guest/vmlinuz" --guest-initrd "$guest/initrd.img" \
        --guest-cmdline "$cmdline" | show

    step "a pod beside it, attached by CNI to the same network ($pod)"
    node ip netns add "$pod"
    fl cni --netconfpath /var/lib/fairlead/cni/net.d add fairlead "$pod" | show
    echo
    local pod_address
    pod_address=$(node ip -4 -o -n "$pod" address show eth0 | awk '{ sub("/.*", "", $4); print $4 }')
    node ip netns exec "$pod" sh -c "mkdir -p $dir/tmp/www && echo 'hello from the pod' > $dir/tmp/www/index.html &&
        busybox httpd -h $dir/tmp/www"
    snapshot before

    step 'fairlead apply: the manifest of the proposal, and a second machine'
    show < examples/pod-network.yaml
    fl apply -f examples/pod-network.yaml -f examples/web.yaml | show

    step 'fairlead get vm, until both run'
    local table last='' deadline=$((SECONDS + boot_seconds))
    until [[ $(grep -cE ' Running +[0-9]' <<< "$last") == 2 ]]; do
        ((SECONDS < deadline)) || fail "they do not run: $(fl describe vm demo; fl describe vm web)"
        table=$(fl get vm)
        if [[ ${table//[0-9]s/} != "${last//[0-9]s/}" ]]; then show <<< "$table"; fi
        last=$table
    done
    fl describe vm demo | sed -n '/^Paths:/,/^Events:/{/^Events:/d;p}' | show

    local demo web
    demo=$(address_of demo)
    web=$(address_of web)
    step 'the guests boot and ask for their addresses'
    wait_for_guest demo "$demo"
    wait_for_guest web "$web"
    printf 'ip -4 address show dev eth0\n' | fl console demo | tr -d '\r' | grep -E 'inet|link/' | show
    step 'ping and TCP, each way'
    expect "pod $pod_address -> demo $demo: ping" ' 0% packet loss' ip netns exec "$pod" busybox ping -c 2 "$demo"
    expect "pod -> demo: HTTP" 'hostname demo' ip netns exec "$pod" busybox wget -qO- "http://$demo/"
    expect "demo -> pod: ping" ' 0% packet loss' busybox wget -qO- "http://$demo/cgi-bin/ping?$pod_address"
    expect "demo -> pod: HTTP" 'hello from the pod' busybox wget -qO- "http://$demo/cgi-bin/fetch?http://$pod_address/"
    expect "demo -> web $web: ping" ' 0% packet loss' busybox wget -qO- "http://$demo/cgi-bin/ping?$web"
    expect "web -> demo: HTTP" 'hostname demo' busybox wget -qO- "http://$web/cgi-bin/fetch?http://$demo/"

    [[ ${KEEP:-} != 1 ]] || {
        printf '\nDEMO PASSED in %s; kept up as asked\n' "$(since)"
        return
    }

    snapshot during
    step 'fairlead delete: everything is given back'
    fl delete vm demo web | show
    fl get vm 2>&1 | show
    snapshot after
    diff "$dir/tmp/before" "$dir/tmp/after" > "$dir/tmp/diff" || fail "left behind: $(cat "$dir/tmp/diff")"
    compare before during after | show

    step 'fairlead down'
    fl cni --netconfpath /var/lib/fairlead/cni/net.d del fairlead "$pod"
    fl down | show
    local left
    left=$(node sh -c 'for pid in /proc/[0-9]*; do cat $pid/comm; done 2> /dev/null' | grep -E 'libvirtd|dnsmasq|qemu|fairlead' || true)
    [[ -z $left ]] || fail "still running after down: $left"
    printf '\nDEMO PASSED in %s\n' "$(since)"
}

main
