// How codecs reach into generated structs whose types they do not know: one small function per
// member, one small table per container type.
#pragma once

#include "limpet/glue_model/shape.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace limpet::glue_model {

template <class Class, class Field>
Class class_of(Field Class::*);

/// The value in the member, or nullptr; see Slot.
template <auto kField>
void* slot(void* object, bool make) {
  auto& field = static_cast<decltype(class_of(kField))*>(object)->*kField;
  if (make) return &field.emplace();
  return field ? &*field : nullptr;
}

template <class T>
void* append_to_list(void* container, std::string) {
  return &static_cast<std::vector<T>*>(container)->emplace_back();
}

template <class T>
void each_of_list(const void* container, void* context, Container::Visit visit) {
  for (const T& item : *static_cast<const std::vector<T>*>(container)) {
    visit(context, nullptr, &item);
  }
}

template <class T>
void* append_to_map(void* container, std::string key) {
  auto& map = *static_cast<std::map<std::string, T>*>(container);
  return &map.insert_or_assign(std::move(key), T{}).first->second;
}

template <class T>
void each_of_map(const void* container, void* context, Container::Visit visit) {
  for (const auto& [key, item] : *static_cast<const std::map<std::string, T>*>(container)) {
    visit(context, &key, &item);
  }
}

template <class T>
inline constexpr Container kList{sizeof(T), append_to_list<T>, each_of_list<T>};

template <class T>
inline constexpr Container kMap{sizeof(T) + sizeof(std::string), append_to_map<T>, each_of_map<T>};

}  // namespace limpet::glue_model
