// Operators by name, called boxed through libtorch's dispatcher.
#include "sg.h"
#include <ATen/core/Generator.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>

namespace sg {
thread_local std::string error;
}

namespace {

struct Operator {
  c10::OperatorHandle handle;
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
      c10::List<c10::optional<at::Tensor>> list;
      list.reserve(value.count);
      for (int32_t i = 0; i < value.count; ++i) {
        if (data[i] == nullptr) list.push_back(c10::optional<at::Tensor>());
        else list.push_back(c10::optional<at::Tensor>(sg::borrow(data[i])));
      }
      return list;
    }
    case SG_STRING: return std::string(static_cast<const char*>(value.pointer), value.count);
    case SG_DEVICE: {
      auto type = static_cast<c10::DeviceType>(value.integer >> 32);
      auto index = static_cast<c10::DeviceIndex>(static_cast<int32_t>(value.integer));
      return c10::Device(type, index);
    }
    case SG_GENERATOR: return *static_cast<at::Generator*>(value.pointer);
  }
  throw std::invalid_argument("an argument has no known tag");
}

void push_result(c10::IValue&& value) {
  sg_value out{};
  if (value.isTensor()) {
    out.tag = SG_TENSOR;
    out.pointer = sg::release(std::move(value).toTensor());
  } else if (value.isTensorList()) {
    for (const at::Tensor& tensor : value.toTensorVector()) {
      out.tag = SG_TENSOR;
      out.pointer = sg::release(tensor);
      results.push_back(out);
    }
    return;
  } else if (value.isInt()) {
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

}  // namespace

SG_API const char* sg_error() { return sg::error.c_str(); }

// Looks an operator up once; the pointer stays valid for ever.
SG_API int sg_operator_find(const char* name, const char* overload, void** found) {
  return sg::guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
    auto* op = new Operator{handle, {}};
    for (const auto& argument : handle.schema().arguments())
      op->defaults.push_back(argument.default_value().value_or(c10::IValue()));
    *found = op;
  });
}

// Calls it. The results (tensor lists flattened) stand in a buffer of this thread until its next call.
SG_API int sg_operator_call(void* op, const sg_value* arguments, int32_t count, const sg_value** out, int32_t* out_count) {
  return sg::guarded([&] {
    const auto& target = *static_cast<Operator*>(op);
    std::vector<c10::IValue> stack;
    stack.swap(stack_storage);  // reentrant: a nested call finds an empty vector
    stack.clear();
    stack.reserve(target.defaults.size());
    for (int32_t i = 0; i < count; ++i) stack.push_back(to_ivalue(arguments[i], target.defaults[i]));
    for (size_t i = count; i < target.defaults.size(); ++i) stack.push_back(target.defaults[i]);
    target.handle.callBoxed(&stack);
    results.clear();
    for (auto& value : stack) push_result(std::move(value));
    stack.clear();
    stack_storage.swap(stack);
    *out = results.data();
    *out_count = static_cast<int32_t>(results.size());
  });
}
