// Host memory of large tensors. A training step allocates and frees the same few hundred megabytes again and again. glibc maps each
// such block afresh, and the kernel then clears every 4 KB page of it at first touch: a third of a step's time. Here large blocks
// come on huge pages, and freed ones are kept for requests of nearly their size: never more than were in use at once before, so that
// the process does not grow by it.
#include "sg.h"
#include <algorithm>
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <climits>
#include <cstdlib>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <map>
#include <mutex>
#include <new>
#include <sys/mman.h>
#include <unordered_map>

namespace {

constexpr size_t huge_page = size_t{2} << 20;
constexpr size_t large = size_t{1} << 20;

class Cache {
 public:
  void* take(size_t wanted) {
    const size_t size = (wanted + huge_page - 1) / huge_page * huge_page;
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = kept_.lower_bound(size);
    // A block an eighth larger still serves; a much larger one is worth more elsewhere.
    if (found != kept_.end() && found->first <= size + size / 8) {
      void* data = found->second;
      use(data, found->first);
      kept_bytes_ -= found->first;
      kept_.erase(found);
      return data;
    }
    trim(size);
    void* data = map(size);
    use(data, size);
    return data;
  }

  // False where the address is none of ours.
  bool give(void* data) {
    // Small tensors come every microsecond; large blocks alone are aligned so.
    if (reinterpret_cast<uintptr_t>(data) % huge_page != 0) return false;
    std::lock_guard<std::mutex> lock(mutex_);
    auto block = used_.find(data);
    if (block == used_.end()) return false;
    kept_.emplace(block->second, data);
    kept_bytes_ += block->second;
    used_bytes_ -= block->second;
    used_.erase(block);
    trim(0);
    return true;
  }

  void limit(size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex_);
    limit_ = bytes;
    trim(0);
  }

 private:
  void use(void* data, size_t size) {
    used_.emplace(data, size);
    used_bytes_ += size;
    most_used_ = std::max(most_used_, used_bytes_);
  }

  // Frees kept blocks, the smallest first, which are the cheapest to get again, until so many more bytes fit in.
  void trim(size_t wanted) {
    while (used_bytes_ + kept_bytes_ + wanted > std::max(most_used_, limit_) && !kept_.empty()) {
      auto first = kept_.begin();
      munmap(first->second, first->first);
      kept_bytes_ -= first->first;
      kept_.erase(first);
    }
  }

  // Aligned to a huge page: what the kernel maps is cut at both ends.
  static void* map(size_t size) {
    const size_t total = size + huge_page;
    void* raw = mmap(nullptr, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED) throw std::bad_alloc();
    const auto begin = reinterpret_cast<uintptr_t>(raw);
    const auto aligned = (begin + huge_page - 1) / huge_page * huge_page;
    const auto end = begin + total;
    if (aligned > begin) munmap(raw, aligned - begin);
    if (end > aligned + size) munmap(reinterpret_cast<void*>(aligned + size), end - aligned - size);
    auto* data = reinterpret_cast<void*>(aligned);
    madvise(data, size, MADV_HUGEPAGE);
    return data;
  }

  std::mutex mutex_;
  std::unordered_map<void*, size_t> used_;
  std::multimap<size_t, void*> kept_;
  size_t kept_bytes_ = 0;
  size_t used_bytes_ = 0;
  size_t most_used_ = 0;
  size_t limit_ = size_t{256} << 20;
};

// Never destroyed: tensors may be freed after static destructors ran.
Cache& cache() {
  static auto* instance = new Cache;
  return *instance;
}

// libtorch frees some memory (oneDNN's scratch) by its address alone, so the address must tell which kind it is.
void release(void* data) {
  if (data != nullptr && !cache().give(data)) std::free(data);
}

struct LargeBlockAllocator final : c10::Allocator {
#if SG_TORCH_AT_LEAST(2, 3)
  c10::DataPtr allocate(size_t bytes) override { return make(bytes); }
  void copy_data(void* target, const void* source, std::size_t count) const override { default_copy_data(target, source, count); }
#else
  c10::DataPtr allocate(size_t bytes) const override { return make(bytes); }
#endif
  c10::DeleterFnPtr raw_deleter() const override { return &release; }

 private:
  static c10::DataPtr make(size_t bytes) {
    void* data = nullptr;
    if (bytes >= large) data = cache().take(bytes);
    else if (bytes > 0 && (data = std::aligned_alloc(64, (bytes + 63) / 64 * 64)) == nullptr) throw std::bad_alloc();
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }
};

}  // namespace

// From here on, tensors' host memory comes from the cache. It holds at most so many bytes, used and freed, or as many as were ever
// used at once.
SG_API int sg_memory_keep(int64_t bytes) {
  return sg::guarded([&] {
    static LargeBlockAllocator allocator;
    cache().limit(static_cast<size_t>(bytes));
#ifdef __GLIBC__
    // Smaller blocks stay too: glibc would map some afresh, and give the top of its heap back to get it again within the step.
    mallopt(M_MMAP_THRESHOLD, static_cast<int>(large));
    mallopt(M_TRIM_THRESHOLD, static_cast<int>(std::min<int64_t>(bytes, INT_MAX)));
#endif
    c10::SetCPUAllocator(&allocator, /*priority=*/1);
  });
}
