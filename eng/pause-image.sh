#!/usr/bin/env bash
# pause-image.sh NAME OUT.tar: a container image of busybox alone, as an OCI archive (image-spec, image-layout.md).
set -euo pipefail
name=$1 out=$(realpath "$2") top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
mkdir -p "$top"/{rootfs/bin,rootfs/tmp,oci/blobs/sha256}
cp /bin/busybox "$top/rootfs/bin/busybox"
ln -s busybox "$top/rootfs/bin/sh"; ln -s busybox "$top/rootfs/bin/sleep"
blob() { # FILE: moves it among the blobs; prints digest and size
    local sum; sum=$(sha256sum < "$1"); sum=${sum%% *}
    mv "$1" "$top/oci/blobs/sha256/$sum"
    echo "$sum $(stat -c %s "$top/oci/blobs/sha256/$sum")"
}
tar -C "$top/rootfs" --owner=0 --group=0 -cf "$top/layer" .
read -r layer layerSize < <(blob "$top/layer")
echo '{"architecture":"amd64","os":"linux","config":{"Cmd":["/bin/sleep","1000000"]},"rootfs":{"type":"layers","diff_ids":["sha256:'$layer'"]}}' > "$top/config"
read -r config configSize < <(blob "$top/config")
echo '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:'$config'","size":'$configSize'},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:'$layer'","size":'$layerSize'}]}' > "$top/manifest"
read -r manifest manifestSize < <(blob "$top/manifest")
echo '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:'$manifest'","size":'$manifestSize',"annotations":{"io.containerd.image.name":"'$name'"}}]}' > "$top/oci/index.json"
echo '{"imageLayoutVersion":"1.0.0"}' > "$top/oci/oci-layout"
tar -C "$top/oci" -cf "$out" .
