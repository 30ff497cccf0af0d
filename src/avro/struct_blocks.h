// StructBlocks: operations on the members of a struct while a plan is made of them.
//
// They stand in blocks: the root's, and one for each pair of a type and a member that cannot lie
// within another's (items, branches, what optionals hold). A pair that comes again has its block
// already, so that types may hold themselves. Each operation has a step, which tells how a path
// leads to it from its block: ".a.b".
#pragma once

#include "limpet/value/struct_type.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace limpet::avro {

/// `From` stands for the type: a number or a pointer.
template <class Op, class From>
class StructBlocks {
 public:
  struct Work {
    From from;
    const value::TargetType* member;
  };

  StructBlocks() { blocks_.emplace_back(); }

  /// Behind the block that is being made: at first the root's.
  void put(Op op, std::string path) {
    blocks_[current_].ops.push_back(op);
    blocks_[current_].steps.push_back(std::move(path));
    ++count_;
  }

  /// The number of the pair's block, which is made later where it is new.
  std::uint32_t block_for(From from, const value::TargetType& member, const std::string& path) {
    const auto [known, fresh] = known_.try_emplace({from, &member}, size());
    if (fresh) {
      blocks_.emplace_back();
      todo_.push_back({{from, &member}, known->second, where(path)});
    }
    return known->second;
  }
  /// A block of this alone.
  std::uint32_t block_of(Op op) {
    const std::uint32_t block = size();
    blocks_.push_back({.ops = {op}, .steps = {""}});
    return block;
  }

  /// End the block; which is to be made now, if any.
  std::optional<Work> next() {
    put({}, "");
    if (next_ == todo_.size()) return std::nullopt;
    const auto& todo = todo_[next_++];
    current_ = todo.block;
    path_ = todo.path;
    return todo.work;
  }

  /// From the root to a place in the block.
  std::string where(const std::string& path) const { return path_ + path; }
  /// Operations so far.
  std::size_t count() const { return count_; }

  /// All of them, one block behind the other. `op.block`, where has_block(op), and `table` held
  /// numbers of blocks, which become positions.
  template <class HasBlock>
  void flatten(HasBlock&& has_block, std::vector<Op>& ops, std::vector<std::string>& steps,
               std::vector<std::uint32_t>& table) {
    std::uint32_t start = 0;
    for (auto& block : blocks_) {
      block.start = start;
      start += static_cast<std::uint32_t>(block.ops.size());
    }
    ops.reserve(start);
    steps.reserve(start);
    for (auto& block : blocks_) {
      for (Op op : block.ops) {
        if (has_block(op)) op.block = blocks_[op.block].start;
        ops.push_back(op);
      }
      for (auto& step : block.steps) steps.push_back(std::move(step));
    }
    for (auto& block : table) block = blocks_[block].start;
  }

 private:
  using Pair = std::pair<From, const value::TargetType*>;

  struct Block {
    std::vector<Op> ops;
    std::vector<std::string> steps;
    std::uint32_t start = 0;
  };
  struct Todo {
    Work work;
    std::uint32_t block;
    std::string path;
  };
  struct PairHash {
    std::size_t operator()(const Pair& pair) const {
      return std::hash<const void*>()(pair.second) * 31 + std::hash<From>()(pair.first);
    }
  };

  std::uint32_t size() const { return static_cast<std::uint32_t>(blocks_.size()); }

  std::deque<Block> blocks_;
  std::uint32_t current_ = 0;
  std::size_t count_ = 0;
  std::unordered_map<Pair, std::uint32_t, PairHash> known_;
  std::deque<Todo> todo_;
  std::size_t next_ = 0;
  std::string path_;  // of the block that is being made
};

}  // namespace limpet::avro
