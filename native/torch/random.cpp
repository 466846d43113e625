// Random number generators: seed, state.
#include "sg.h"
#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <ATen/core/Generator.h>

namespace {
at::Generator& generator(void* handle) { return *static_cast<at::Generator*>(handle); }
}

// A generator of its own for the device, seeded.
SG_API int sg_generator_new(int32_t device_type, int32_t device_index, uint64_t seed, void** out) {
  return sg::guarded([&] {
    c10::Device device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index));
    auto fresh = at::globalContext().defaultGenerator(device).clone();
    fresh.set_current_seed(seed);
    *out = new at::Generator(std::move(fresh));
  });
}

SG_API void sg_generator_free(void* handle) { delete static_cast<at::Generator*>(handle); }

SG_API int sg_generator_seed(void* handle, uint64_t seed) {
  return sg::guarded([&] { generator(handle).set_current_seed(seed); });
}

// The whole state as a byte tensor.
SG_API int sg_generator_get_state(void* handle, void** out) {
  return sg::guarded([&] { *out = sg::release(generator(handle).get_state()); });
}

SG_API int sg_generator_set_state(void* handle, void* state) {
  return sg::guarded([&] { generator(handle).set_state(sg::borrow(state)); });
}
