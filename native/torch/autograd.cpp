// Differentiation: modes, gradients, backward passes.
#include "sg.h"
#include <ATen/core/grad_mode.h>
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <new>
#include <torch/csrc/autograd/autograd.h>

SG_API int sg_grad_mode_get() { return at::GradMode::is_enabled(); }
SG_API void sg_grad_mode_set(int enabled) {
  if (at::GradMode::is_enabled() == (enabled != 0)) return;
  at::GradMode::set_enabled(enabled != 0);
  sg::forget_casts();
}

// Must end on the thread that began it, in the reverse order where several nest.
SG_API void* sg_inference_begin() {
  sg::forget_casts();
  return new (std::nothrow) c10::InferenceMode(true);
}
SG_API void sg_inference_end(void* guard) {
  delete static_cast<c10::InferenceMode*>(guard);
  sg::forget_casts();
}

SG_API int sg_tensor_set_requires_grad(void* handle, int value) {
  return sg::guarded([&] { sg::borrow(handle).requires_grad_(value != 0); });
}

// Null where the tensor has no gradient yet.
SG_API int sg_tensor_grad(void* handle, void** out) {
  return sg::guarded([&] { *out = sg::release(sg::borrow(handle).grad()); });
}

SG_API int sg_tensor_set_grad(void* handle, void* grad) {
  return sg::guarded([&] {
    const auto tensor = sg::borrow(handle);
    auto value = sg::borrow(grad);
    if (value.defined()) {
      TORCH_CHECK(value.sizes() == tensor.sizes() && value.scalar_type() == tensor.scalar_type() && value.device() == tensor.device(),
                  "a gradient has its tensor's shape, type and device: ", tensor.scalar_type(), tensor.sizes(), " on ", tensor.device(),
                  ", not ", value.scalar_type(), value.sizes(), " on ", value.device());
    }
    tensor.mutable_grad() = std::move(value);
  });
}

// Accumulates into the leaves' gradients. grads: one a root, null for ones.
SG_API int sg_backward(void* const* roots, void* const* grads, int32_t count, int retain_graph, int create_graph) {
  return sg::guarded([&] {
    torch::autograd::backward(sg::borrow(roots, count), grads == nullptr ? std::vector<at::Tensor>(count) : sg::borrow(grads, count),
                              retain_graph != 0, create_graph != 0);
  });
}

// Gradients of outputs with respect to inputs; an unused input gets null.
SG_API int sg_grad(void* const* outputs, void* const* grads, int32_t output_count, void* const* inputs, int32_t input_count,
                   int retain_graph, int create_graph, void** out) {
  return sg::guarded([&] {
    auto found = torch::autograd::grad(
        sg::borrow(outputs, output_count),
        sg::borrow(inputs, input_count),
        grads == nullptr ? std::vector<at::Tensor>(output_count) : sg::borrow(grads, output_count),
        retain_graph != 0, create_graph != 0, /*allow_unused=*/true);
    for (int32_t i = 0; i < input_count; ++i) out[i] = sg::release(found[i]);
  });
}
