// Operators by name, called boxed through libtorch's dispatcher.
#include "sg.h"
#include <ATen/core/Generator.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <optional>
#include <sstream>

SG_API void sg_tensor_free(void* handle);

namespace sg {
thread_local std::string error;
}

namespace {

// libtorch's own optional until 2.1, an alias of the standard one from 2.2 on, not there any more in the newest.
#if SG_TORCH_AT_LEAST(2, 2)
using std::optional;
#else
using c10::optional;
#endif

struct Operator {
  c10::OperatorHandle handle;
  std::string schema;
  std::vector<c10::IValue> defaults;  // one an argument; a None where the schema has none
};

thread_local std::vector<sg_value> results;
thread_local std::vector<c10::IValue> stack_storage;

c10::IValue to_ivalue(const sg_value& value, const c10::IValue& fallback) {
  switch (value.tag) {
    case SG_DEFAULT: return fallback;
    case SG_NONE: return {};
    case SG_TENSOR: return sg::borrow(value.pointer);
    case SG_INT: return value.integer;
    case SG_DOUBLE: return value.real;
    case SG_BOOL: return value.integer != 0;
    case SG_INT_LIST: {
      auto* data = static_cast<const int64_t*>(value.pointer);
      return c10::IValue(c10::ArrayRef<int64_t>(data, value.count));
    }
    case SG_DOUBLE_LIST: {
      auto* data = static_cast<const double*>(value.pointer);
      return c10::IValue(std::vector<double>(data, data + value.count));
    }
    case SG_BOOL_LIST: {
      auto* data = static_cast<const uint8_t*>(value.pointer);
      c10::List<bool> list;
      for (int32_t i = 0; i < value.count; ++i) list.push_back(data[i] != 0);
      return list;
    }
    case SG_TENSOR_LIST: {
      auto* data = static_cast<void* const*>(value.pointer);
      c10::List<at::Tensor> list;
      list.reserve(value.count);
      for (int32_t i = 0; i < value.count; ++i) list.push_back(sg::borrow(data[i]));
      return list;
    }
    case SG_OPTIONAL_TENSOR_LIST: {
      auto* data = static_cast<void* const*>(value.pointer);
      c10::List<optional<at::Tensor>> list;
      list.reserve(value.count);
      for (int32_t i = 0; i < value.count; ++i)
        list.push_back(data[i] == nullptr ? optional<at::Tensor>() : optional<at::Tensor>(sg::borrow(data[i])));
      return list;
    }
    case SG_STRING:
      return value.count == 0 ? std::string() : std::string(static_cast<const char*>(value.pointer), value.count);
    case SG_DEVICE: {
      auto type = static_cast<c10::DeviceType>(value.integer >> 32);
      auto index = static_cast<c10::DeviceIndex>(static_cast<int32_t>(value.integer));
      return c10::Device(type, index);
    }
    case SG_GENERATOR: return *static_cast<at::Generator*>(value.pointer);
  }
  throw std::invalid_argument("an argument has no known tag");
}

// The place is made before the reference is given up, so that no exception can lose it.
void push_tensor(at::Tensor&& tensor) {
  results.emplace_back();
  results.back().tag = SG_TENSOR;
  results.back().pointer = sg::release(std::move(tensor));  // null for a tensor that is not defined
}

void push_result(c10::IValue&& value) {
  sg_value out{};
  if (value.isTensor()) {
    push_tensor(std::move(value).toTensor());
    return;
  }
  if (value.isTensorList()) {
    for (auto& tensor : value.toTensorVector()) push_tensor(std::move(tensor));
    return;
  }
  if (value.isInt()) {
    out.tag = SG_INT;
    out.integer = value.toInt();
  } else if (value.isDouble()) {
    out.tag = SG_DOUBLE;
    out.real = value.toDouble();
  } else if (value.isBool()) {
    out.tag = SG_BOOL;
    out.integer = value.toBool();
  } else if (value.isNone()) {
    out.tag = SG_NONE;
  } else {
    throw std::invalid_argument("the operator returned a " + value.tagKind() + ", which has no place in the interface");
  }
  results.push_back(out);
}

void drop_results() noexcept {
  for (const auto& value : results) {
    if (value.tag == SG_TENSOR) sg_tensor_free(value.pointer);
  }
  results.clear();
}

}  // namespace

SG_API const char* sg_error() { return sg::error.c_str(); }

// Looks an operator up once; the pointer stays valid for ever.
SG_API int sg_operator_find(const char* name, const char* overload, void** found) {
  return sg::guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
    std::ostringstream text;
    text << handle.schema();
    std::vector<c10::IValue> defaults;
    for (const auto& argument : handle.schema().arguments())
      defaults.push_back(argument.default_value().value_or(c10::IValue()));
    *found = new Operator{handle, text.str(), std::move(defaults)};
  });
}

// The schema as this libtorch has it; it may have more trailing arguments than ops.txt knows.
SG_API const char* sg_operator_schema(void* op) { return static_cast<const Operator*>(op)->schema.c_str(); }

// Calls it. The results (tensor lists flattened) stand in a buffer of this thread until its next call.
SG_API int sg_operator_call(void* op, const sg_value* arguments, int32_t count, const sg_value** out, int32_t* out_count) {
  return sg::guarded([&] {
    const auto& target = *static_cast<Operator*>(op);
    const auto arity = static_cast<int32_t>(target.defaults.size());
    TORCH_CHECK(count <= arity, count, " arguments given, but this libtorch's operator has ", arity, ": ", target.schema);
    std::vector<c10::IValue> stack;
    stack.swap(stack_storage);  // reentrant: a nested call finds an empty vector, and so does the next one after an exception
    stack.clear();
    stack.reserve(arity);
    for (int32_t i = 0; i < count; ++i) stack.push_back(to_ivalue(arguments[i], target.defaults[i]));
    for (int32_t i = count; i < arity; ++i) stack.push_back(target.defaults[i]);
    target.handle.callBoxed(&stack);
    results.clear();
    try {
      for (auto& value : stack) push_result(std::move(value));
    } catch (...) {
      drop_results();
      throw;
    }
    stack.clear();
    stack_storage.swap(stack);
    *out = results.data();
    *out_count = static_cast<int32_t>(results.size());
  });
}
