#!/usr/bin/env bash
# Installs the Debian packages that building, the demo and the tests need. Does nothing, quickly, when none is missing.
# No package here starts a service or sets up a bridge: libvirt is taken in parts, without libvirt-daemon-system.
#
#   setup.sh            the whole list
#   setup.sh PACKAGE... these instead
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

fail() {
    echo "make setup: $*" >&2
    exit 1
}

packages=(
    libvirt-daemon libvirt-daemon-driver-qemu libvirt0 qemu-system-x86 dnsmasq-base # the VMs and their networks
    genisoimage                                                                     # disks for cloud-init
    containernetworking-plugins iproute2 iptables nftables libnftables1             # the pod network
    busybox-static cpio xz-utils                                                    # the guest
    etcd-server                                                                     # the API server of the tests
    util-linux                                                                      # nodes made of namespaces
    containerd runc                                                                 # pods of a container runtime
    libc6-dev zlib1g-dev                                                            # NativeAOT links with these
)
# NativeAOT takes clang or gcc, whichever is there.
command -v clang > /dev/null || command -v gcc > /dev/null || packages+=(gcc)

distribution=$(. /etc/os-release 2> /dev/null && echo "${ID-} ${ID_LIKE-}") || true
version=$(. /etc/os-release 2> /dev/null && echo "${VERSION_ID-}") || true
# From Debian 13 on, libvirt's drivers are packages of their own.
[[ $distribution == debian* && ${version%%.*} -ge 13 ]] && packages+=(libvirt-daemon-driver-network)
[[ $# == 0 ]] || packages=("$@")

command -v dotnet > /dev/null || fail "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download"
if ! command -v dpkg-query > /dev/null || [[ " $distribution " != *" debian "* ]]; then
    fail "this is no Debian; install what these packages are called here: ${packages[*]}"
fi

# Prints those of the packages that are not installed.
missing() {
    local installed
    installed=$(dpkg-query -W -f '${binary:Package} ${db:Status-Status}\n' "${packages[@]}" 2> /dev/null |
        sed -n 's/^\([^: ]*\).* installed$/\1/p') || true
    comm -23 <(printf '%s\n' "${packages[@]}" | sort) <(sort <<< "$installed")
}

mapfile -t wanted < <(missing)
[[ ${#wanted[@]} != 0 ]] || exit 0
[[ $EUID == 0 ]] || fail "needs root to install: apt-get install --no-install-recommends ${wanted[*]}"

# policy-rc.d is how Debian's own tools are kept from starting services (invoke-rc.d(8)).
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
fi

install=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${wanted[@]}")
# Without a package list, or with one so old that it names files which the archive has no more, a new one first.
if ! compgen -G '/var/lib/apt/lists/*_Packages*' > /dev/null ||
    ! "$here/step.sh" "install ${wanted[*]}" "${install[@]}"; then
    "$here/step.sh" "apt-get update" apt-get -q update
    "$here/step.sh" "install ${wanted[*]}" "${install[@]}"
fi
