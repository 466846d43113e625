#!/bin/sh
# What the build needs of the system. On Debian and Ubuntu as root, installs what is missing; elsewhere names it and says how to
# get it. Installs nothing when all is there. SCENOGRAPH_LIBTORCH names a libtorch to use in place of Debian's.
# Usage: tools/setup.sh [PACKAGE...]   further Debian packages to see to
set -eu

dotnet_major=10
packages="g++ cmake ninja-build libpng-dev libjpeg62-turbo-dev"
# OpenBLAS: the reference BLAS, which libtorch would take otherwise, is thirty times slower.
torch_packages="libtorch-dev libopenblas-dev"
# Data sets that Debian has; nothing but their experiments needs them.
data_packages="dataset-fashion-mnist"

missing=
lack() {
    missing="$missing
  $1"
}

# --- what can be found without asking a package manager ---
check_dotnet() {
    if ! command -v dotnet > /dev/null 2>&1; then
        lack ".NET SDK $dotnet_major: 'dotnet' is not on the PATH; get it from https://dot.net/download"
    elif ! dotnet --list-sdks | cut -d. -f1 | grep -qx -e "$dotnet_major" -e '1[1-9]'; then
        lack ".NET SDK $dotnet_major: 'dotnet --list-sdks' shows no such one; get it from https://dot.net/download"
    fi
}

check_libtorch() {
    [ -n "${SCENOGRAPH_LIBTORCH:-}" ] || return 0
    # The folder itself, or what PyTorch calls its cmake_prefix_path: CMake takes both.
    if [ ! -f "$SCENOGRAPH_LIBTORCH/share/cmake/Torch/TorchConfig.cmake" ] && [ ! -f "$SCENOGRAPH_LIBTORCH/Torch/TorchConfig.cmake" ]; then
        lack "libtorch: SCENOGRAPH_LIBTORCH is '$SCENOGRAPH_LIBTORCH', and there is no share/cmake/Torch/TorchConfig.cmake in it;
    it must be an unpacked libtorch, or that of a Python package
    (python3 -c 'import torch; print(torch.utils.cmake_prefix_path)')"
    fi
}

# --- Debian and its kin ---
is_debian() {
    command -v apt-get > /dev/null 2>&1 && command -v dpkg-query > /dev/null 2>&1
}

not_installed() {
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2> /dev/null | grep -q '^ii' || printf '%s ' "$package"
    done
}

install() {
    echo "installing $*"
    log=artifacts/setup.log
    mkdir -p artifacts
    # The lists of a fresh image are empty or old: only then is an update worth its time.
    if ! apt_install "$@" > "$log" 2>&1; then
        apt-get update >> "$log" 2>&1 || true
        if ! apt_install "$@" >> "$log" 2>&1; then
            echo "apt-get could not install $*; its last lines ($log has all):" >&2
            tail -n 5 "$log" >&2
            exit 1
        fi
    fi
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" < /dev/null
}

# --- everything else ---
check_by_use() {
    probe=$(mktemp -d)
    trap 'rm -rf "$probe"' EXIT
    command -v cmake > /dev/null 2>&1 || lack "CMake 3.18 or newer"
    if ! command -v c++ > /dev/null 2>&1; then
        lack "a C++17 compiler ('c++' is not on the PATH)"
    else
        for header in png.h jpeglib.h; do
            printf '#include <cstddef>\n#include <cstdio>\n#include <%s>\nint main() {}\n' "$header" > "$probe/probe.cpp"
            c++ -fsyntax-only "$probe/probe.cpp" 2> /dev/null || lack "the header $header of $([ $header = png.h ] && echo libpng || echo libjpeg-turbo)"
        done
    fi
    if [ -z "${SCENOGRAPH_LIBTORCH:-}" ] && ! [ -f /usr/include/torch/library.h ] && ! [ -f /usr/local/include/torch/library.h ]; then
        lack "libtorch 1.13 or newer: unpack the C++ one from https://pytorch.org/get-started, or install Python's torch package,
    and say SCENOGRAPH_LIBTORCH=/path/to/libtorch make"
    fi
}

check_dotnet
check_libtorch
if is_debian; then
    wanted="$packages $*"
    [ -n "${SCENOGRAPH_LIBTORCH:-}" ] || wanted="$wanted $torch_packages"
    # shellcheck disable=SC2086 # a list of names
    absent=$(not_installed $wanted)
    if [ -n "$absent" ] && [ "$(id -u)" = 0 ] && [ "${SCENOGRAPH_NO_INSTALL:-}" != 1 ]; then
        # shellcheck disable=SC2086
        install $absent
    elif [ -n "$absent" ]; then
        lack "Debian packages: apt-get install $absent
    (as root; without root, libtorch alone can come from elsewhere: SCENOGRAPH_LIBTORCH=/path/to/libtorch make)"
    fi
    # shellcheck disable=SC2086
    absent=$(not_installed $data_packages)
    if [ -n "$absent" ] && [ "$(id -u)" = 0 ] && [ "${SCENOGRAPH_NO_INSTALL:-}" != 1 ]; then
        echo "installing $absent"
        # shellcheck disable=SC2086
        apt_install $absent > /dev/null 2>&1 || echo "$absent could not be had; what needs it reads a folder instead (docs/data-specs.md)"
    fi
else
    check_by_use
fi

if [ -n "$missing" ]; then
    printf 'Scenograph cannot be built here yet. Missing:%s\n' "$missing" >&2
    exit 1
fi
