// Tensors from and to host memory, and what they are.
#include "sg.h"
#include <ATen/ATen.h>
#include <cstring>

SG_API void sg_tensor_free(void* handle) {
  if (handle != nullptr) c10::raw::intrusive_ptr::decref(static_cast<c10::TensorImpl*>(handle));
}

// Another handle of the same tensor.
SG_API void* sg_tensor_retain(void* handle) { return sg::release(sg::borrow(handle)); }

// Copies host memory (row-major) into a new CPU tensor.
SG_API int sg_tensor_from_host(const void* data, const int64_t* sizes, int32_t dimensions, int32_t dtype, void** out) {
  return sg::guarded([&] {
    auto tensor = at::empty(at::IntArrayRef(sizes, dimensions), at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)));
    if (tensor.nbytes() > 0) std::memcpy(tensor.data_ptr(), data, tensor.nbytes());
    *out = sg::release(std::move(tensor));
  });
}

// Copies a tensor of any device and layout into host memory (row-major) of exactly its size.
SG_API int sg_tensor_to_host(void* handle, void* data, int64_t bytes) {
  return sg::guarded([&] {
    auto tensor = sg::borrow(handle).detach().contiguous(at::MemoryFormat::Contiguous).to(at::kCPU);
    TORCH_CHECK(static_cast<int64_t>(tensor.nbytes()) == bytes, "host buffer has ", bytes, " bytes, the tensor ", tensor.nbytes());
    if (bytes > 0) std::memcpy(data, tensor.data_ptr(), bytes);
  });
}

struct sg_description {
  int32_t dtype, device_type, device_index, dimensions, requires_grad, is_leaf, is_contiguous, is_channels_last;
  int64_t elements, bytes;
};

// Sizes go to a buffer of 16.
SG_API int sg_tensor_describe(void* handle, sg_description* out, int64_t* sizes) {
  return sg::guarded([&] {
    const auto tensor = sg::borrow(handle);
    TORCH_CHECK(tensor.dim() <= 16, "a tensor of ", tensor.dim(), " dimensions; 16 are supported");
    out->dtype = static_cast<int32_t>(tensor.scalar_type());
    out->device_type = static_cast<int32_t>(tensor.device().type());
    out->device_index = tensor.device().index();
    out->dimensions = static_cast<int32_t>(tensor.dim());
    out->requires_grad = tensor.requires_grad();
    out->is_leaf = tensor.is_leaf();
    out->is_contiguous = tensor.is_contiguous();
    out->is_channels_last = tensor.is_contiguous(at::MemoryFormat::ChannelsLast);
    out->elements = tensor.numel();
    out->bytes = static_cast<int64_t>(tensor.nbytes());
    const auto shape = tensor.sizes();
    std::copy(shape.begin(), shape.end(), sizes);
  });
}

// The one element of a tensor as a double (a synchronisation on accelerators).
SG_API int sg_tensor_item(void* handle, double* out) {
  return sg::guarded([&] { *out = sg::borrow(handle).item().toDouble(); });
}
