#!/usr/bin/env bash
# Builds a small real guest for the demo and the tests: out/guest/vmlinuz and out/guest/initrd.img.
#
# The kernel is Debian's cloud kernel (downloaded and unpacked, not installed); the initramfs is busybox, the virtio
# modules and the scripts beside this file. Boot it with
#
#     console=ttyS0 quiet tsc=reliable no_timer_check
#
# where the last two spare an emulated machine the calibration of its clocks. When booted it prints
# "FAIRLEAD-GUEST READY" on the console, and for each lease "FAIRLEAD-GUEST LEASE eth0 10.88.0.4/16".
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(cd "$here/../.." && pwd)/out/guest
busybox=/bin/busybox

# Direct dependencies come by themselves.
modules=(virtio_pci virtio_net virtio_blk virtio_rng evdev button af_packet pvpanic_mmio isofs)

fail() {
    echo "eng/guest/build.sh: $*" >&2
    exit 1
}

# The kernel's version is not part of the stamp: a new one is no reason to build again, and asking apt takes a second.
stamp=$(find "$here" "$busybox" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
if [[ -s $out/vmlinuz && -s $out/initrd.img && $(cat "$out/stamp" 2> /dev/null) == "$stamp" ]]; then
    exit 0
fi

[[ $(uname -m) == x86_64 ]] || fail "the guest is an x86-64 one; this machine is $(uname -m)"
[[ $("$busybox" --list 2> /dev/null) == *cttyhack* ]] || fail "busybox-static is missing: make setup"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
rm -f "$out/stamp"

# linux-image-cloud-amd64 names the newest versioned package, which alone has the kernel in it.
kernel_package() {
    apt-cache depends linux-image-cloud-amd64 2> /dev/null | sed -n 's/^ *Depends: \(linux-image-.*-cloud-amd64\)$/\1/p'
}

download_kernel() {
    local package
    package=$(kernel_package)
    [[ -n $package ]] && (cd "$work" && apt-get -q -q -o APT::Sandbox::User=root download "$package" > /dev/null)
}

if ! compgen -G "$out/kernel/boot/vmlinuz-*" > /dev/null; then
    # No package list, or one that is older than the archive: get a new one, once.
    download_kernel 2> /dev/null || { apt-get -q -q update && download_kernel; } || fail "cannot download the kernel"
    rm -rf "$out/kernel"
    dpkg -x "$work"/linux-image-*.deb "$work/kernel"
    mv "$work/kernel" "$out/kernel"
fi

root=$work/root
mkdir -p "$root"/{bin,dev,proc,sys,run,tmp,root,modules,www/cgi-bin,etc/acpi/PWRF}
cp "$busybox" "$root/bin/busybox"
while read -r applet; do
    [[ $applet == busybox ]] || ln -s busybox "$root/bin/$applet"
done < <("$busybox" --list)
install -m 755 "$here/init" "$root/init"
install -m 755 "$here/udhcpc.script" "$here/write-page" "$root/bin/"
install -m 755 "$here"/www/cgi-bin/* "$root/www/cgi-bin/"
install -m 644 "$here/profile" "$root/etc/profile"
printf '#!/bin/sh\npoweroff -f\n' > "$root/etc/acpi/PWRF/00000080"
chmod 755 "$root/etc/acpi/PWRF/00000080"
printf '127.0.0.1 localhost\n' > "$root/etc/hosts"
printf 'hosts: files dns\n' > "$root/etc/nsswitch.conf"
printf 'root:x:0:0:root:/root:/bin/sh\n' > "$root/etc/passwd"

# Adds a module after those that it depends on. (Debian's package has no modules.dep, but each module names its own.)
# One that is not there is built into the kernel.
add_module() {
    local name=${1//-/_} file depends dependency
    [[ ! -e $root/modules/$name.ko ]] || return 0
    file=$(find "$out/kernel" \( -name "$name.ko*" -o -name "${name//_/-}.ko*" \) -print -quit)
    [[ -n $file ]] || return 0
    case $file in
        *.xz) xz -dc "$file" ;;
        *.zst) zstd -dcq "$file" ;;
        *) cat "$file" ;;
    esac > "$root/modules/$name.ko"
    depends=$(tr '\0' '\n' < "$root/modules/$name.ko" | sed -n 's/^depends=//p')
    for dependency in ${depends//,/ }; do add_module "$dependency"; done
    echo "$name.ko" >> "$root/modules/order"
}
for module in "${modules[@]}"; do add_module "$module"; done
grep -qx virtio_net.ko "$root/modules/order" || fail "the kernel package has no virtio_net module"

cp "$out"/kernel/boot/vmlinuz-* "$out/vmlinuz"
# Not compressed: an emulated CPU unpacks slower than QEMU loads.
(cd "$root" && find . -print0 | LC_ALL=C sort -z | cpio --null -o -H newc -R 0:0 --quiet) > "$work/initrd.img"
mv "$work/initrd.img" "$out/initrd.img"
echo "$stamp" > "$out/stamp"
