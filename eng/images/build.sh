#!/usr/bin/env bash
# Makes the two images of a cluster as OCI archives, out of Debian packages and the published binary, with no registry and
# no container runtime: out/images/fairlead.tar (controller, agent, CNI proxy, launcher) and out/images/fairlead-libvirt.tar.
#
#   ctr -n k8s.io images import out/images/fairlead.tar        on every node
#
# PREFIX (localhost) and TAG (the version) name them, as deploy/kustomization.yaml does.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
binary=$top/out/fairlead
prefix=${PREFIX:-localhost}
tag=${TAG:-$(sed -n 's/.*<Version>\(.*\)<\/Version>.*/\1/p' "$top/Directory.Build.props")}
cache=$top/out/images/packages
[[ -x $binary ]] || { echo "$binary is missing: make build" >&2; exit 1; }
work=$(mktemp -d -t fl-images-XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir -p "$cache"
# The same files make the same archive.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$top" log -1 --format=%ct)}

# closure PACKAGE...: these and all that they depend on, as apt would install them on a machine with nothing on it.
closure() {
    : > "$work/status"
    apt-get -q -o Dir::State::status="$work/status" -o APT::Install-Recommends=0 --print-uris -y install "$@" |
        sed -n "s/^'[^']*' \([^ ]*\)_\([^_ ]*\)_[^ ]* .*/\1=\2/p" | sed 's/%3a/:/g'
}

# root DIRECTORY PACKAGE...: unpacks them; no package's script is run.
root() {
    local directory=$1 package file
    shift
    mkdir -p "$directory"/usr/{bin,sbin,lib,lib64} "$directory"/{etc,tmp,run,var/lib,var/log,var/cache,proc,sys,dev}
    ln -s usr/bin usr/sbin usr/lib usr/lib64 "$directory"
    chmod 1777 "$directory/tmp"
    for package in $(closure "$@"); do
        file=$(compgen -G "$cache/${package%%=*}_*.deb" | head -n 1) || true
        if [[ -z $file ]]; then
            (cd "$cache" && apt-get -q -o APT::Sandbox::User=root download "$package" > /dev/null)
            file=$(compgen -G "$cache/${package%%=*}_*.deb" | head -n 1)
        fi
        dpkg-deb --fsys-tarfile "$file" | tar -C "$directory" -x --keep-directory-symlink
    done
    rm -rf "$directory"/usr/share/{doc,man,info,locale,lintian,bug,bash-completion,zsh}
    # What update-alternatives would have done.
    if [[ -e $directory/usr/sbin/iptables-nft ]]; then
        ln -sf iptables-nft "$directory/usr/sbin/iptables"
        ln -sf ip6tables-nft "$directory/usr/sbin/ip6tables"
    fi
    printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'nobody:x:65534:65534:nobody:/nonexistent:/bin/false' \
        'libvirt-qemu:x:64055:64055::/var/lib/libvirt:/bin/false' 'libvirt-dnsmasq:x:64056:64056::/var/lib/libvirt:/bin/false' \
        > "$directory/etc/passwd"
    printf '%s\n' 'root:x:0:' 'nogroup:x:65534:' 'kvm:x:64054:' 'libvirt-qemu:x:64055:' 'libvirt-dnsmasq:x:64056:' \
        'libvirt:x:64057:' > "$directory/etc/group"
    ldconfig -r "$directory"
    rm -f "$directory/etc/ld.so.cache~" "$directory/var/cache/ldconfig/aux-cache"
}

digest() { sha256sum "$1" | cut -d ' ' -f 1; }

# blob FILE: moves it to where the layout has it, and prints its digest.
blob() {
    local sum
    sum=$(digest "$1")
    mv "$1" "$work/layout/blobs/sha256/$sum"
    echo "$sum"
}

# archive NAME ENTRYPOINT: the tree in $work/NAME as one layer.
archive() {
    local name=$1 entrypoint=$2 diff layer config manifest size
    rm -rf "$work/layout"
    mkdir -p "$work/layout/blobs/sha256"
    tar -C "$work/$name" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -cf "$work/layer" .
    diff=$(digest "$work/layer")
    gzip -n "$work/layer"
    layer=$(blob "$work/layer.gz")
    printf '{"architecture":"amd64","os":"linux","config":{"Entrypoint":["%s"],"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
        "$entrypoint" "$diff" > "$work/config"
    config=$(blob "$work/config")
    size() { stat -c %s "$work/layout/blobs/sha256/$1"; }
    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:%s","size":%s}]}' \
        "$config" "$(size "$config")" "$layer" "$(size "$layer")" > "$work/manifest"
    manifest=$(blob "$work/manifest")
    printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,"annotations":{"io.containerd.image.name":"%s","org.opencontainers.image.ref.name":"%s"}}]}' \
        "$manifest" "$(size "$manifest")" "$prefix/$name:$tag" "$tag" > "$work/layout/index.json"
    echo '{"imageLayoutVersion":"1.0.0"}' > "$work/layout/oci-layout"
    tar -C "$work/layout" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
        -cf "$top/out/images/$name.tar" oci-layout index.json blobs
    echo "out/images/$name.tar: $prefix/$name:$tag, $(($(stat -c %s "$top/out/images/$name.tar") / 1048576)) MB" \
        "($(du -sm "$work/$name" | cut -f 1) MB unpacked)"
}

root "$work/fairlead" libc6 libvirt0 libnftables1 iptables busybox-static genisoimage zlib1g libgcc-s1 ca-certificates
install -D -m 755 "$binary" "$work/fairlead/usr/local/bin/fairlead"
archive fairlead /usr/local/bin/fairlead

root "$work/fairlead-libvirt" libc6 bash coreutils libvirt-daemon libvirt-daemon-driver-qemu qemu-system-x86 seabios \
    dnsmasq-base iptables iproute2
install -D -m 755 "$here/libvirt-pod" "$work/fairlead-libvirt/usr/local/bin/libvirt-pod"
install -D -m 644 -t "$work/fairlead-libvirt/etc/libvirt" "$here/libvirtd.conf" "$here/qemu.conf"
archive fairlead-libvirt /usr/local/bin/libvirt-pod
