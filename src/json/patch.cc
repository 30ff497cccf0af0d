#include "limpet/json/patch.h"

#include "limpet/base/assert.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace limpet::json {
namespace {

std::vector<const Member*> by_name(const Value& object) {
  std::vector<const Member*> sorted;
  sorted.reserve(object.members().size());
  for (const auto& member : object.members()) sorted.push_back(&member);
  std::ranges::sort(sorted, {},
                    [](const Member* member) -> const std::string& { return member->name; });
  return sorted;
}

// Gives equal values the same number, without hashing anything away: a number stands for exactly
// one value, so that comparing two subtrees costs one comparison. Depth is that of the documents.
class Numbering {
 public:
  using Id = std::uint32_t;

  Id number(const Value& value) {
    std::string key(1, static_cast<char>('0' + static_cast<int>(value.kind())));
    switch (value.kind()) {
      case Kind::Null:
        break;
      case Kind::Bool:
        key.push_back(value.as_bool() ? '1' : '0');
        break;
      case Kind::Number:
      case Kind::String:
        key += value.text();
        break;
      case Kind::Array:
        for (const auto& item : value.items()) append(key, number(item));
        break;
      case Kind::Object:
        for (const auto* member : by_name(value)) {
          append(key, number(member->value));
          append(key, static_cast<Id>(member->name.size()));
          key += member->name;
        }
        break;
    }
    const auto id = ids_.emplace(std::move(key), static_cast<Id>(ids_.size())).first->second;
    of_.emplace(&value, id);
    return id;
  }

  Id of(const Value& value) const { return of_.at(&value); }

 private:
  static void append(std::string& key, Id id) {
    for (int shift = 0; shift < 32; shift += 8) key.push_back(static_cast<char>(id >> shift));
  }

  std::unordered_map<std::string, Id> ids_;
  std::unordered_map<const Value*, Id> of_;
};

enum class Edit : std::uint8_t { Keep, Remove, Add };

// The shortest edit script between two sequences (E. W. Myers, "An O(ND) Difference Algorithm and
// Its Variations", 1986); false when it would take more than `steps`, which it lowers by what it
// took.
class Alignment {
 public:
  using Ids = std::vector<Numbering::Id>;

  static bool find(const Ids& a, const Ids& b, std::uint64_t& steps, std::vector<Edit>& script) {
    Alignment alignment(a, b);
    if (!alignment.search(steps)) return false;
    alignment.backtrack(script);
    return true;
  }

 private:
  Alignment(const Ids& a, const Ids& b)
      : a_(a),
        b_(b),
        n_(static_cast<std::int64_t>(a.size())),
        m_(static_cast<std::int64_t>(b.size())) {}

  // rounds_[d] holds, for k = -d, -d+2, …, d, the furthest x on diagonal k = x - y after d edits.
  bool search(std::uint64_t& steps) {
    for (std::int64_t d = 0; d <= n_ + m_; ++d) {
      rounds_.emplace_back(static_cast<std::size_t>(d + 1));
      for (std::int64_t k = -d; k <= d; k += 2) {
        auto x = start(d, k);
        const auto begin = x;
        while (x < n_ && x - k < m_ && a_[index(x)] == b_[index(x - k)]) ++x;
        at(d, k) = x;
        const auto cost = static_cast<std::uint64_t>(x - begin) + 1;
        if (cost > steps) return false;
        steps -= cost;
        if (x >= n_ && x - k >= m_) return true;
      }
    }
    return false;  // not reached: n + m edits always do
  }

  // Where round d enters diagonal k: a step down (Add) from k+1 or right (Remove) from k-1.
  std::int64_t start(std::int64_t d, std::int64_t k) {
    if (d == 0) return 0;
    return comes_from_above(d, k) ? at(d - 1, k + 1) : at(d - 1, k - 1) + 1;
  }
  bool comes_from_above(std::int64_t d, std::int64_t k) {
    return k == -d || (k != d && at(d - 1, k - 1) < at(d - 1, k + 1));
  }

  void backtrack(std::vector<Edit>& script) {
    const auto first = script.size();
    auto x = n_;
    auto k = n_ - m_;
    for (auto d = static_cast<std::int64_t>(rounds_.size()) - 1; d >= 0; --d) {
      const auto entered = start(d, k);
      for (; x > entered; --x) script.push_back(Edit::Keep);
      if (d == 0) break;
      const bool above = comes_from_above(d, k);
      script.push_back(above ? Edit::Add : Edit::Remove);
      if (!above) --x;
      k += above ? 1 : -1;
    }
    std::reverse(script.begin() + static_cast<std::ptrdiff_t>(first), script.end());
  }

  std::int64_t& at(std::int64_t d, std::int64_t k) { return rounds_[index(d)][index((k + d) / 2)]; }
  static std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

  const Ids& a_;
  const Ids& b_;
  const std::int64_t n_;
  const std::int64_t m_;
  std::vector<std::vector<std::int64_t>> rounds_;
};

class Differ {
 public:
  Differ(const Value& first, const Value& second, const DiffLimits& limits)
      : steps_(limits.max_steps), path_bytes_(limits.max_path_bytes) {
    numbering_.number(first);
    numbering_.number(second);
    compare(first, second);
    if (!overflow_) return;
    operations_.clear();
    overflow_ = false;
    path_.clear();
    emit("replace", &second);
  }
  std::vector<Value> take() && { return std::move(operations_); }

 private:
  // One step of the JSON pointer; taken back at the end of the scope.
  class Step {
   public:
    Step(std::string& path, std::string_view token) : path_(path), length_(path.size()) {
      path_.push_back('/');
      for (const char c : token) {
        if (c == '~') {
          path_ += "~0";
        } else if (c == '/') {
          path_ += "~1";
        } else {
          path_.push_back(c);
        }
      }
    }
    Step(std::string& path, std::size_t index) : Step(path, std::to_string(index)) {}
    ~Step() { path_.resize(length_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    std::string& path_;
    std::size_t length_;
  };

  void emit(const char* op, const Value* value) {
    if (path_.size() > path_bytes_) overflow_ = true;
    if (overflow_) return;
    path_bytes_ -= path_.size();
    std::vector<Member> members{{"op", Value::string(op)}, {"path", Value::string(path_)}};
    if (value != nullptr) members.push_back({"value", *value});
    operations_.push_back(Value::object(std::move(members)));
  }

  // Depth is that of the documents.
  void compare(const Value& first, const Value& second) {
    if (overflow_ || numbering_.of(first) == numbering_.of(second)) return;
    if (first.is_object() && second.is_object()) {
      compare_objects(first, second);
    } else if (first.is_array() && second.is_array()) {
      compare_arrays(first, second);
    } else {
      emit("replace", &second);
    }
  }

  void compare_objects(const Value& first, const Value& second) {
    const auto before = by_name(first);
    const auto after = by_name(second);
    auto a = before.begin();
    auto b = after.begin();
    while (a != before.end() || b != after.end()) {
      if (b == after.end() || (a != before.end() && (*a)->name < (*b)->name)) {
        const Step step(path_, (*a++)->name);
        emit("remove", nullptr);
      } else if (a == before.end() || (*b)->name < (*a)->name) {
        const Step step(path_, (*b)->name);
        emit("add", &(*b++)->value);
      } else {
        const Step step(path_, (*a)->name);
        compare((*a++)->value, (*b++)->value);
      }
    }
  }

  void compare_arrays(const Value& first, const Value& second) {
    const auto a = first.items();
    const auto b = second.items();
    std::vector<Edit> script;
    if (!align(a, b, script)) {
      emit("replace", &second);
      return;
    }
    std::size_t i = 0;
    std::size_t j = 0;  // also the index in the array as patched so far
    for (std::size_t at = 0; at < script.size();) {
      if (script[at] == Edit::Keep) {
        ++i, ++j, ++at;
        continue;
      }
      std::size_t removed = 0;
      std::size_t added = 0;
      for (; at < script.size() && script[at] != Edit::Keep; ++at) {
        ++(script[at] == Edit::Remove ? removed : added);
      }
      // What left and what came in one place is a change of the elements there.
      for (; removed > 0 && added > 0; --removed, --added) {
        const Step step(path_, j);
        compare(a[i++], b[j++]);
      }
      for (; removed > 0; --removed, ++i) {
        const Step step(path_, j);
        emit("remove", nullptr);
      }
      for (; added > 0; --added, ++j) {
        const Step step(path_, j);
        emit("add", &b[j]);
      }
    }
    LIMPET_ASSERT(i == a.size() && j == b.size());
  }

  bool align(std::span<const Value> a, std::span<const Value> b, std::vector<Edit>& script) {
    std::size_t head = 0;
    const auto shorter = std::min(a.size(), b.size());
    while (head < shorter && same(a[head], b[head])) ++head;
    std::size_t tail = 0;
    while (tail < shorter - head && same(a[a.size() - 1 - tail], b[b.size() - 1 - tail])) ++tail;
    script.assign(head, Edit::Keep);
    const auto middle = [&](std::span<const Value> items) {
      Alignment::Ids ids;
      for (const auto& item : items.subspan(head, items.size() - head - tail)) {
        ids.push_back(numbering_.of(item));
      }
      return ids;
    };
    if (!Alignment::find(middle(a), middle(b), steps_, script)) return false;
    script.insert(script.end(), tail, Edit::Keep);
    return true;
  }

  bool same(const Value& a, const Value& b) const { return numbering_.of(a) == numbering_.of(b); }

  std::uint64_t steps_;
  std::size_t path_bytes_;  // left for the operations to come
  bool overflow_ = false;
  Numbering numbering_;
  std::string path_;
  std::vector<Value> operations_;
};

}  // namespace

Value diff(const Value& first, const Value& second, const DiffLimits& limits) {
  return Value::array(Differ(first, second, limits).take());
}

}  // namespace limpet::json
