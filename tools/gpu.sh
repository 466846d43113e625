#!/bin/sh
# On a machine with an NVIDIA GPU: builds everything against the libtorch of Python's torch package, compares the models with the
# originals and times them, all on the GPU, and prints a report (artifacts/gpu/report.txt has it too).
# Usage: tools/gpu.sh [--check]   --check only says what is missing
#   SCENOGRAPH_PYTHON   the python whose torch is used (default python3)
#   SCENOGRAPH_DEVICE   cuda or cuda:N (default cuda)
# Afterwards plain `make` builds for the system's libtorch again; to stay with this one, set SCENOGRAPH_LIBTORCH as the report says.
set -eu
cd "$(dirname "$0")/.."

SCENOGRAPH_PYTHON=${SCENOGRAPH_PYTHON:-python3}
SCENOGRAPH_DEVICE=${SCENOGRAPH_DEVICE:-cuda}
export SCENOGRAPH_PYTHON SCENOGRAPH_DEVICE
folder=artifacts/gpu
report=$folder/report.txt
missing=

lack() {
    missing="$missing
  $1"
}

# --- what has to be here ---
ask_torch() {
    "$SCENOGRAPH_PYTHON" -c "import torch; print($1)" 2> /dev/null
}

command -v nvidia-smi > /dev/null 2>&1 || lack "an NVIDIA driver ('nvidia-smi' is not on the PATH)"
if ! version=$(ask_torch torch.__version__); then
    lack "PyTorch: '$SCENOGRAPH_PYTHON' cannot import torch (pip install torch); another python: SCENOGRAPH_PYTHON"
elif [ "$(ask_torch 'torch.cuda.is_available()')" != True ]; then
    lack "a GPU that PyTorch $version sees (built for CUDA $(ask_torch torch.version.cuda), torch.cuda.is_available() is False)"
fi
# CMake's configuration of a libtorch with CUDA asks for the toolkit, though nothing of ours is compiled by nvcc.
for home in "${CUDA_HOME:-}" /usr/local/cuda; do
    if [ -n "$home" ] && [ -x "$home/bin/nvcc" ]; then
        PATH=$home/bin:$PATH
        export CUDA_HOME="$home" PATH
        break
    fi
done
command -v nvcc > /dev/null 2>&1 || lack "the CUDA toolkit, of the release that PyTorch was built for ('nvcc' is neither on the PATH nor in CUDA_HOME)"
if [ -n "$missing" ]; then
    printf 'tools/gpu.sh cannot run here. Missing:%s\n' "$missing" >&2
    exit 1
fi
if [ "${1:-}" = --check ]; then
    echo "all here: PyTorch $version, $(command -v nvcc)"
    exit 0
fi

SCENOGRAPH_LIBTORCH=$(ask_torch torch.utils.cmake_prefix_path)
export SCENOGRAPH_LIBTORCH
mkdir -p "$folder"
: > "$report"

say() {
    echo "$*" | tee -a "$report"
}

# Runs the rest of the line under the heading $1; what it prints goes to the report, a failure is noted and does not end the script.
failed=0
step() {
    say ""
    say "== $1"
    shift
    status=0
    "$@" > "$folder/step.txt" 2>&1 || status=$?
    tee -a "$report" < "$folder/step.txt"
    if [ "$status" -ne 0 ]; then
        say "(exit code $status)"
        failed=$((failed + 1))
    fi
}

say "Scenograph on a GPU, $(date -u '+%Y-%m-%d %H:%M') UTC, commit $(git rev-parse --short HEAD 2> /dev/null || echo unknown)"
say "PyTorch $version, SCENOGRAPH_LIBTORCH=$SCENOGRAPH_LIBTORCH"
step 'GPU' nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
step 'build' make build
[ "$failed" -eq 0 ] || exit 1
step 'doctor' ./scenograph doctor
# TensorFloat-32 keeps 10 bits of a number: exact float32 where results are compared, PyTorch's own choice where speed is.
step 'golden cases' env NVIDIA_TF32_OVERRIDE=0 make golden
step 'bench' ./scenograph bench --all --device "$SCENOGRAPH_DEVICE"
say ""
say "$failed of the steps failed; the report is $report"
[ "$failed" -eq 0 ]
