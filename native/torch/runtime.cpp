// The process: versions, threads, autocast, devices, memory.
#include "sg.h"
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <malloc.h>
#include <torch/cuda.h>
#include <torch/version.h>

#define SG_TORCH_AT_LEAST(major, minor) \
  (TORCH_VERSION_MAJOR > (major) || (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))

SG_API const char* sg_torch_version() { return TORCH_VERSION; }

SG_API const char* sg_torch_config() {
  static const std::string text = at::show_config() + "\n" + at::get_parallel_info();
  return text.c_str();
}

SG_API int sg_threads_get() { return at::get_num_threads(); }
SG_API int sg_threads_set(int count) {
  return sg::guarded([&] { at::set_num_threads(count); });
}

SG_API int sg_cuda_devices() { return static_cast<int>(torch::cuda::device_count()); }

// Lower-precision arithmetic inside operators that gain from it. Returns whether it was on.
SG_API int sg_autocast_set(int32_t device_type, int enabled, int32_t dtype, int* was_enabled) {
  return sg::guarded([&] {
    const auto type = static_cast<at::ScalarType>(dtype);
    const auto device = static_cast<c10::DeviceType>(device_type);
    TORCH_CHECK(device == c10::DeviceType::CPU || device == c10::DeviceType::CUDA, "autocast knows CPU and CUDA only");
#if SG_TORCH_AT_LEAST(2, 4)
    *was_enabled = at::autocast::is_autocast_enabled(device);
    at::autocast::set_autocast_enabled(device, enabled != 0);
    at::autocast::set_autocast_dtype(device, type);
#else
    if (device == c10::DeviceType::CPU) {
      *was_enabled = at::autocast::is_cpu_enabled();
      at::autocast::set_cpu_enabled(enabled != 0);
      at::autocast::set_autocast_cpu_dtype(type);
    } else {
      *was_enabled = at::autocast::is_enabled();
      at::autocast::set_enabled(enabled != 0);
      at::autocast::set_autocast_gpu_dtype(type);
    }
#endif
    // The cache holds the weights already cast; it is valid within one forward pass only.
    if (enabled == 0) at::autocast::clear_cache();
  });
}

// Whether results must not depend on the order of parallel sums (accelerators).
SG_API int sg_deterministic_set(int enabled) {
  return sg::guarded([&] { at::globalContext().setDeterministicAlgorithms(enabled != 0, /*warn_only=*/true); });
}

// Activations of a training step are hundreds of megabytes that come and go every step. By default glibc maps each afresh,
// and the kernel clears every page again: a third of the step. Keep freed memory in the process instead.
SG_API void sg_memory_keep() {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, -1);
  mallopt(M_TOP_PAD, 64 << 20);
}

SG_API void sg_memory_trim() { malloc_trim(0); }
