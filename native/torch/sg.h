// The C interface between C# and libtorch. Every function that can fail returns 0 when done and 1 when it threw;
// the exception's text is then in sg_error() of the same thread.
#pragma once
#include <ATen/core/Tensor.h>
#include <torch/version.h>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#define SG_TORCH_AT_LEAST(major, minor) \
  (TORCH_VERSION_MAJOR > (major) || (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))

#define SG_API extern "C" __attribute__((visibility("default")))

// One argument or result of an operator. C# mirrors this layout as Scenograph.Torch.Value.
enum sg_tag : int32_t {
  SG_DEFAULT = 0,  // take the schema's default
  SG_NONE = 1,
  SG_TENSOR = 2,           // pointer: a tensor handle
  SG_INT = 3,              // also ScalarType, Layout and MemoryFormat
  SG_DOUBLE = 4,
  SG_BOOL = 5,
  SG_INT_LIST = 6,         // pointer: int64_t[count]
  SG_DOUBLE_LIST = 7,      // pointer: double[count]
  SG_TENSOR_LIST = 8,      // pointer: handle[count]
  SG_OPTIONAL_TENSOR_LIST = 9,  // as above, null handles are None
  SG_STRING = 10,          // pointer: UTF-8, count bytes
  SG_DEVICE = 11,          // integer: type << 32 | index
  SG_GENERATOR = 12,       // pointer: a generator handle
  SG_BOOL_LIST = 13,       // pointer: uint8_t[count]
};

struct sg_value {
  sg_tag tag;
  int32_t count;
  union {
    int64_t integer;
    double real;
    void* pointer;
  };
};

namespace sg {

extern thread_local std::string error;

// A tensor handle is a TensorImpl* that owns one reference: no allocation beside the tensor's own.
inline void* release(at::Tensor tensor) {
  return tensor.defined() ? static_cast<void*>(tensor.unsafeReleaseTensorImpl()) : nullptr;
}

inline at::Tensor borrow(void* handle) {
  if (handle == nullptr) return {};
  auto* impl = static_cast<c10::TensorImpl*>(handle);
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(impl));
}

inline std::vector<at::Tensor> borrow(void* const* handles, int64_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int64_t i = 0; i < count; ++i) tensors.push_back(borrow(handles[i]));
  return tensors;
}

// Weights that autocast has already cast are remembered until a forward pass ends. A cast made while nothing is recorded knows
// no way back to its weight, so it must not serve a region that records: forget them where the mode changes.
void forget_casts() noexcept;

template <typename F>
int guarded(F&& body) noexcept {
  try {
    std::forward<F>(body)();
    return 0;
  } catch (const std::exception& e) {
    try { error = e.what(); } catch (...) { }
  } catch (...) {
    try { error = "an exception of unknown type"; } catch (...) { }
  }
  return 1;
}

}  // namespace sg
