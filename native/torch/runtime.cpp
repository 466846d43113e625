// The process: versions, threads, autocast, devices, memory.
#include "sg.h"
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <torch/cuda.h>
#include <dlfcn.h>

namespace {

// How deep this thread stands in regions of lower precision.
thread_local int autocast_depth = 0;

c10::DeviceType autocast_device(int32_t type) {
  const auto device = static_cast<c10::DeviceType>(type);
  TORCH_CHECK(device == c10::DeviceType::CPU || device == c10::DeviceType::CUDA, "autocast knows CPU and CUDA only");
  return device;
}

void autocast_get(c10::DeviceType device, int32_t* enabled, int32_t* dtype) {
#if SG_TORCH_AT_LEAST(2, 4)
  *enabled = at::autocast::is_autocast_enabled(device);
  *dtype = static_cast<int32_t>(at::autocast::get_autocast_dtype(device));
#else
  const bool cpu = device == c10::DeviceType::CPU;
  *enabled = cpu ? at::autocast::is_cpu_enabled() : at::autocast::is_enabled();
  *dtype = static_cast<int32_t>(cpu ? at::autocast::get_autocast_cpu_dtype() : at::autocast::get_autocast_gpu_dtype());
#endif
}

void autocast_set(c10::DeviceType device, int32_t enabled, int32_t dtype) {
  const auto type = static_cast<at::ScalarType>(dtype);
#if SG_TORCH_AT_LEAST(2, 4)
  at::autocast::set_autocast_enabled(device, enabled != 0);
  at::autocast::set_autocast_dtype(device, type);
#else
  if (device == c10::DeviceType::CPU) {
    at::autocast::set_cpu_enabled(enabled != 0);
    at::autocast::set_autocast_cpu_dtype(type);
  } else {
    at::autocast::set_enabled(enabled != 0);
    at::autocast::set_autocast_gpu_dtype(type);
  }
#endif
}

}  // namespace

void sg::forget_casts() noexcept {
  if (autocast_depth == 0) return;
  try {
    at::autocast::clear_cache();
  } catch (...) {
  }
}

SG_API const char* sg_torch_version() { return TORCH_VERSION; }

SG_API const char* sg_torch_config() {
  thread_local std::string text;  // threads may change between two calls
  const int failed = sg::guarded([&] { text = at::show_config() + "\n" + at::get_parallel_info(); });
  return failed ? "" : text.c_str();
}

SG_API int sg_threads_get() { return at::get_num_threads(); }
SG_API int sg_threads_set(int count) {
  return sg::guarded([&] {
    at::set_num_threads(count);
    // libtorch tells only MKL. An OpenBLAS of its own threads would go on with one for each core.
    using Set = void (*)(int);
    if (const auto set = reinterpret_cast<Set>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set(count);
  });
}

SG_API int sg_cuda_devices() {
  int count = 0;
  const int failed = sg::guarded([&] { count = static_cast<int>(torch::cuda::device_count()); });
  return failed ? 0 : count;
}

// Lower-precision arithmetic inside operators that gain from it, or not. Returns what was set before, for sg_autocast_end.
SG_API int sg_autocast_begin(int32_t device_type, int32_t enabled, int32_t dtype, int32_t* was_enabled, int32_t* was_dtype) {
  return sg::guarded([&] {
    const auto device = autocast_device(device_type);
    const auto type = static_cast<at::ScalarType>(dtype);
    TORCH_CHECK(type == at::kBFloat16 || type == at::kHalf, "autocast computes in bfloat16 or float16");
    autocast_get(device, was_enabled, was_dtype);
    autocast_set(device, enabled, dtype);
    ++autocast_depth;
  });
}

// Weights already cast are forgotten at the end of the outermost region: the optimiser changes them next.
SG_API int sg_autocast_end(int32_t device_type, int32_t was_enabled, int32_t was_dtype) {
  return sg::guarded([&] {
    autocast_set(autocast_device(device_type), was_enabled, was_dtype);
    if (autocast_depth == 1) sg::forget_casts();
    --autocast_depth;
  });
}

// Whether results must not depend on the order of parallel sums (accelerators).
SG_API int sg_deterministic_set(int enabled) {
  return sg::guarded([&] { at::globalContext().setDeterministicAlgorithms(enabled != 0, /*warn_only=*/true); });
}
