#!/bin/sh
# Builds native/ into artifacts/native. SCENOGRAPH_LIBTORCH names a libtorch to use in place of the system's.
set -eu
build=artifacts/build
log=artifacts/native.log
mkdir -p artifacts
echo "building the native libraries${SCENOGRAPH_LIBTORCH:+ against $SCENOGRAPH_LIBTORCH}"

# A libtorch that was found before stays in CMake's cache: another one begins anew.
asked=${SCENOGRAPH_LIBTORCH:-system}
if [ "$(cat "$build/libtorch" 2> /dev/null || true)" != "$asked" ]; then
    rm -rf "$build"
    mkdir -p "$build"
    printf '%s\n' "$asked" > "$build/libtorch"
fi

run() {
    if ! "$@" > "$log" 2>&1; then
        grep -n -i -E 'error|not found|could not' "$log" | head -n 20 >&2 || tail -n 20 "$log" >&2
        echo "the native build failed ($log has all of it)" >&2
        exit 1
    fi
}

generator=
if [ ! -f "$build/CMakeCache.txt" ] && command -v ninja > /dev/null 2>&1; then
    generator=-GNinja
fi
run cmake -S native -B "$build" $generator -DCMAKE_BUILD_TYPE=Release ${SCENOGRAPH_LIBTORCH:+-DCMAKE_PREFIX_PATH="$SCENOGRAPH_LIBTORCH"}
run cmake --build "$build" --parallel "$(nproc 2> /dev/null || echo 2)"
