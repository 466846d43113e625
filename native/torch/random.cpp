// Random number generators: seed, state.
#include "sg.h"
#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <ATen/core/Generator.h>
#include <mutex>

namespace {
at::Generator& generator(void* handle) { return *static_cast<at::Generator*>(handle); }

c10::Device device_of(int32_t type, int32_t index) {
  return c10::Device(static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>(index));
}
}

// Operators take a generator's mutex while they draw; so must whoever reads or changes its state.
using Lock = std::lock_guard<std::mutex>;

// A generator of its own for the device, seeded.
SG_API int sg_generator_new(int32_t device_type, int32_t device_index, uint64_t seed, void** out) {
  return sg::guarded([&] {
    auto origin = at::globalContext().defaultGenerator(device_of(device_type, device_index));
    auto fresh = [&] {
      Lock lock(origin.mutex());
      return origin.clone();
    }();
    fresh.set_current_seed(seed);
    *out = new at::Generator(std::move(fresh));
  });
}

// The generator that operators draw from where they are given none.
SG_API int sg_generator_default(int32_t device_type, int32_t device_index, void** out) {
  return sg::guarded([&] { *out = new at::Generator(at::globalContext().defaultGenerator(device_of(device_type, device_index))); });
}

SG_API void sg_generator_free(void* handle) { delete static_cast<at::Generator*>(handle); }

SG_API int sg_generator_seed(void* handle, uint64_t seed) {
  return sg::guarded([&] {
    Lock lock(generator(handle).mutex());
    generator(handle).set_current_seed(seed);
  });
}

// The whole state as a byte tensor.
SG_API int sg_generator_get_state(void* handle, void** out) {
  return sg::guarded([&] {
    Lock lock(generator(handle).mutex());
    *out = sg::release(generator(handle).get_state());
  });
}

SG_API int sg_generator_set_state(void* handle, void* state) {
  return sg::guarded([&] {
    const auto bytes = sg::borrow(state);
    Lock lock(generator(handle).mutex());
    generator(handle).set_state(bytes);
  });
}
