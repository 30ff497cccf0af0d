// Seeded random operations on the registry and, side by side, on a plain-map model that knows
// nothing of stores, indexes, caches or the Avro engine. After every step both must tell the same
// whole state; over the faulty store, what is told after an unknown outcome must be the state
// before or the state after, and nothing in between.
#include "test_model.h"
#include "test_world.h"

#include "limpet/storage/faulty_store.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace limpet::registry {
namespace {

using storage::Fault;

/// The model's words, from the registry's own lists, in pages of three.
class Teller {
 public:
  Teller(World& world, storage::Reader& reader) : world_(world), reader_(reader) {}

  Result<std::string> tell() && {
    LIMPET_CHECK(walk<Registry>(
        [this](const PageRequest& page) { return list_registries(reader_, context(), page); },
        [this](const Registry& registry) -> Status {
          text_ += "registry " + registry.name.str() + " " + registry.description + "\n";
          return {};
        }));
    LIMPET_CHECK(walk<Schema>(
        [this](const PageRequest& page) { return list_schemas(reader_, context(), {}, page); },
        [this](const Schema& schema) { return add(schema); }));
    return std::move(text_);
  }

 private:
  const Context& context() const { return world_.context; }

  template <class T>
  Status walk(const std::function<Result<Page<T>>(const PageRequest&)>& list,
              const std::function<Status(const T&)>& each) {
    PageRequest request{.after = {}, .limit = 3};
    do {
      LIMPET_TRY(const auto page, list(request));
      for (const auto& item : page.items) LIMPET_CHECK(each(item));
      request.after = page.next;
    } while (request.after);
    return {};
  }

  Status add(const Schema& schema) {
    text_ += "schema " + schema.registry.str() + "/" + schema.name.str() + " " +
             std::string(compat::to_string(schema.mode)) + " " + std::to_string(schema.checkpoint) +
             " " + std::to_string(schema.latest) + " " + std::to_string(schema.next) + " " +
             std::to_string(schema.tags.entries().size()) + "\n";
    return walk<SchemaVersion>(
        [&](const PageRequest& page) {
          return list_versions(reader_, context(), schema.ref(), page);
        },
        [&](const SchemaVersion& version) { return add(version); });
  }

  Status add(const SchemaVersion& version) {
    LIMPET_TRY(const auto defined, get_defined_version(reader_, context(), version.id));
    text_ += "version " + std::to_string(version.number) + " " +
             std::string(to_string(version.status)) + " " + defined.definition;
    LIMPET_CHECK(walk<Metadata>(
        [&](const PageRequest& page) -> Result<Page<Metadata>> {
          LIMPET_TRY(auto found,
                     query_metadata(reader_, context(), world_.settings, version.id, {}, page));
          return std::move(found.page);
        },
        [&](const Metadata& pair) -> Status {
          text_ += " " + pair.key + "=" + pair.value;
          return {};
        }));
    LIMPET_TRY(const auto submitted, get_submitted_definition(reader_, context(), version.id));
    for (const Reference& reference : submitted.references) {
      text_ += " -> " + reference.registry.str() + "/" + reference.schema.str() + " " +
               std::to_string(reference.number);
    }
    text_ += "\n";
    return {};
  }

  World& world_;
  storage::Reader& reader_;
  std::string text_;
};

Result<std::string> tell(World& world) {
  return world.read<std::string>(
      [&](storage::Reader& reader) { return Teller(world, reader).tell(); });
}

/// What a step answered, in a form that both sides can give: a code, or words.
struct Answer {
  std::optional<Code> fails;
  std::string words;

  friend bool operator==(const Answer&, const Answer&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Answer& answer) {
    return out << (answer.fails ? to_string(*answer.fails) : "ok") << " " << answer.words;
  }
};

template <class T, class Words>
Answer answer_of(const Result<T>& result, const Words& words) {
  if (!result) return {result.error().code, {}};
  return {std::nullopt, words(*result)};
}
template <class T>
Answer answer_of(const Result<T>& result) {
  return answer_of(result, [](const T&) { return std::string(); });
}

class Story {
 public:
  Story(std::uint64_t seed, std::unique_ptr<storage::Store> store, bool faulty)
      : world_(std::move(store)), random_(seed), faulty_(faulty) {
    world_.settings.reason_metadata = false;
  }

  void run(int steps) {
    for (int step = 0; step < steps && !testing::Test::HasFailure(); ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      world_.context.now += std::chrono::milliseconds(1);
      const Model before = model_;
      world_.last_outcome = storage::Outcome::Committed;
      const Answer real = one_step();
      compare(before, real);
      if (step % 10 == 0) remember_ids();
    }
    EXPECT_EQ(world_.violations(), std::vector<std::string>());
  }

 private:
  std::size_t pick(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
  }
  template <class T>
  T one_of(std::initializer_list<T> choices) {
    return *(choices.begin() + pick(choices.size()));
  }
  Shape some_shape() {
    Shape shape;
    for (auto& field : shape.fields) field = static_cast<Shape::Field>(pick(3));
    return shape;
  }
  /// Mostly one that the schema has had, so that identities and stale verdicts come up.
  Shape some_shape_of(const SchemaName2& name) {
    const auto found = model_.schemas.find(name);
    if (pick(3) == 0 || found == model_.schemas.end() || found->second.versions.empty()) {
      return some_shape();
    }
    return std::next(found->second.versions.begin(),
                     static_cast<std::ptrdiff_t>(pick(found->second.versions.size())))
        ->second.shape;
  }
  /// The schema "w" holds records around others.
  SchemaName2 some_schema() {
    return {one_of<const char*>({"default-registry", "r1", "r1-x"}),
            one_of<const char*>({"s", "t", "w"})};
  }
  static bool wraps(const SchemaName2& name) { return name.second == "w"; }
  std::string some_text(const SchemaName2& name, const Shape& shape) {
    const std::string text = shape.text(pick(2) == 0);
    return wraps(name) ? Shape::wrapped(text) : text;
  }

  void compare(const Model& before, const Answer& real) {
    const auto outcome = world_.last_outcome;
    // An injected fault, met while reading or before the commit.
    const bool broken =
        faulty_ && real.fails == Code::Unavailable && outcome != storage::Outcome::Unknown;
    if (broken || outcome == storage::Outcome::Conflict) model_ = before;
    const bool decided =
        outcome == storage::Outcome::Committed || outcome == storage::Outcome::RolledBack;
    if (decided && !broken) {
      EXPECT_EQ(real, expected_);
    }
    const auto told = tell(world_);
    ASSERT_TRUE(told) << describe(told.error());
    if (outcome == storage::Outcome::Unknown) {
      ASSERT_TRUE(*told == before.told() || *told == model_.told()) << *told;
      if (*told == before.told()) model_ = before;
      ++unknown_;
    }
    ASSERT_EQ(*told, model_.told());
  }

  /// An id once seen names one definition for ever.
  void remember_ids() {
    for (const auto& [name, schema] : model_.schemas) {
      const auto ref = schema_ref(name.first, name.second);
      for (const auto& [number, version] : schema.versions) {
        const auto found = world_.defined_version(version_ref(ref, number));
        ASSERT_TRUE(found);
        const auto known = ids_.emplace(found->version.id, version.text).first;
        ASSERT_EQ(known->second, found->definition);
        const auto by_id = world_.version(found->version.id);
        ASSERT_TRUE(by_id);
        ASSERT_EQ(*by_id, found->version);
      }
    }
  }

  Answer one_step() {
    switch (pick(14)) {
      case 0:
        return create_registry_step();
      case 1:
        return pick(6) == 0 ? delete_registry_step() : create_registry_step();
      case 2:
        return create_schema_step();
      case 3:
        return pick(5) == 0 ? delete_schema_step() : create_schema_step();
      case 4:
        return update_schema_step();
      case 5:
        return delete_versions_step();
      case 6:
        return put_metadata_step();
      case 7:
        return pick(2) == 0 ? remove_metadata_step() : tag_step();
      case 8:
        return find_step();
      case 9:
      case 10:
        return reference_step();
      default:
        return register_step();
    }
  }

  Answer expect(std::optional<Code> fails, std::string words = {}) {
    expected_ = {fails, std::move(words)};
    return expected_;
  }

  Answer create_registry_step() {
    const std::string name = one_of<const char*>({"r1", "r1-x", "default-registry"});
    if (model_.registries.contains(name)) {
      expect(Code::AlreadyExists);
    } else {
      model_.registries[name] = "";
      expect({});
    }
    return answer_of(world_.make_registry(name));
  }

  Answer delete_registry_step() {
    const std::string name = one_of<const char*>({"r1", "r1-x", "default-registry"});
    if (model_.holds([&](const auto& schema, std::int64_t) { return schema.first == name; })) {
      expect(Code::InvalidInput);
      return answer_of(world_.drop_registry(registry_ref(name)));
    }
    expect(model_.registries.erase(name) == 0 ? std::optional(Code::NotFound) : std::nullopt);
    std::erase_if(model_.schemas, [&](const auto& entry) { return entry.first.first == name; });
    return answer_of(world_.drop_registry(registry_ref(name)));
  }

  Answer create_schema_step() {
    const auto name = some_schema();
    const bool defined = pick(8) != 0;
    const Shape shape = some_shape();
    const std::string text = some_text(name, shape);
    const Mode mode = compat::kModes.at(pick(compat::kModes.size()));
    if (!model_.registries.contains(name.first) && name.first != "default-registry") {
      expect(Code::NotFound);
    } else if (model_.schemas.contains(name)) {
      expect(Code::AlreadyExists);
    } else {
      model_.registries.try_emplace(name.first, "");
      ModelSchema schema{.mode = mode};
      if (defined) schema.append(shape, text, true);
      model_.schemas.emplace(name, schema);
      expect({}, defined ? "1" : "");
    }
    return answer_of(
        world_.make_schema(schema_ref(name.first, name.second), defined ? text : "", mode),
        [](const CreatedSchema& made) {
          return made.version ? std::to_string(made.version->number) : std::string();
        });
  }

  Answer delete_schema_step() {
    const auto name = some_schema();
    if (model_.holds([&](const auto& schema, std::int64_t) { return schema == name; })) {
      expect(Code::InvalidInput);
    } else {
      expect(model_.schemas.erase(name) == 0 ? std::optional(Code::NotFound) : std::nullopt);
    }
    return answer_of(world_.drop_schema(schema_ref(name.first, name.second)));
  }

  Answer update_schema_step() {
    const auto name = some_schema();
    const auto selector = pick(2) == 0 ? VersionSelector::latest()
                                       : VersionSelector::at(static_cast<std::int64_t>(pick(8)));
    const Mode mode = compat::kModes.at(pick(compat::kModes.size()));
    const auto found = model_.schemas.find(name);
    if (found == model_.schemas.end()) {
      expect(Code::NotFound);
    } else {
      auto& schema = found->second;
      const auto version = schema.versions.find(selector.number.value_or(schema.latest()));
      if (version == schema.versions.end()) {
        expect(Code::NotFound);
      } else if (version->second.status != VersionStatus::Available) {
        expect(Code::InvalidInput);
      } else {
        schema.mode = mode;
        schema.checkpoint = version->first;
        expect({});
      }
    }
    return answer_of(world_.change_schema(
        {.schema = schema_ref(name.first, name.second), .checkpoint = selector, .mode = mode}));
  }

  Answer register_step() {
    const auto name = some_schema();
    const Shape shape = some_shape_of(name);
    const std::string text = some_text(name, shape);
    const auto found = model_.schemas.find(name);
    if (found == model_.schemas.end()) {
      expect(Code::NotFound);
    } else if (found->second.mode == Mode::Disabled && found->second.next > 1) {
      expect(Code::InvalidInput);
    } else {
      append(found->second, shape, text, {});
    }
    return answer_of(world_.put_version(schema_ref(name.first, name.second), text),
                     [](const RegisteredVersion& made) { return told({made.version}); });
  }

  /// The model's own registration, from where the definition is known to be valid.
  void append(ModelSchema& schema, const Shape& shape, const std::string& text,
              const std::optional<ModelTarget>& reference) {
    for (const auto& [number, version] : schema.versions) {
      if (version.status == VersionStatus::Available && version.shape == shape) {
        expect({}, std::to_string(number) + " AVAILABLE");
        return;
      }
    }
    schema.append(shape, text, schema.accepts(shape));
    auto& [number, version] = *schema.versions.rbegin();
    version.reference = reference;
    expect({}, std::to_string(number) + " " + std::string(to_string(version.status)));
  }

  /// A record around a version of another schema, which is only named.
  Answer reference_step() {
    const SchemaName2 name{one_of<const char*>({"default-registry", "r1", "r1-x"}), "w"};
    const ModelTarget target{
        {one_of<const char*>({"default-registry", "r1", "r1-x"}), one_of<const char*>({"s", "t"})},
        static_cast<std::int64_t>(1 + pick(4))};
    const auto found = model_.schemas.find(name);
    const auto* referenced = model_version(target.schema, target.number);
    if (found == model_.schemas.end()) {
      expect(Code::NotFound);
    } else if (found->second.mode == Mode::Disabled && found->second.next > 1) {
      expect(Code::InvalidInput);
    } else if (referenced == nullptr) {
      expect(Code::NotFound);
    } else if (referenced->status != VersionStatus::Available) {
      expect(Code::InvalidInput);
    } else {
      std::string inner = referenced->text;
      std::erase_if(inner, [](char c) { return c == ' ' || c == '\n'; });
      append(found->second, referenced->shape, Shape::wrapped(inner), target);
    }
    const std::vector<WantedReference> wanted{
        {*ReferenceName::parse("R"),
         version_ref(schema_ref(target.schema.first, target.schema.second), target.number)}};
    return answer_of(
        world_.put_version(schema_ref(name.first, name.second), Shape::wrapped(), wanted),
        [](const RegisteredVersion& made) { return told({made.version}); });
  }

  Answer find_step() {
    const auto name = some_schema();
    const Shape shape = some_shape_of(name);
    expect(Code::NotFound);
    if (const auto found = model_.schemas.find(name); found != model_.schemas.end()) {
      std::int64_t answer = 0;
      bool available = false;
      for (const auto& [number, version] : found->second.versions) {
        if (version.shape != shape) continue;
        if (version.status == VersionStatus::Available || !available) answer = number;
        available |= version.status == VersionStatus::Available;
      }
      if (answer != 0) {
        const auto& version = found->second.versions.at(answer);
        const bool stale = version.status == VersionStatus::Failure &&
                           version.circumstances != found->second.circumstances();
        if (!stale) {
          expect({}, std::to_string(answer) + " " + std::string(to_string(version.status)));
        }
      }
    }
    return answer_of(world_.find(schema_ref(name.first, name.second), some_text(name, shape)),
                     [](const SchemaVersion& version) { return told({version}); });
  }

  Answer delete_versions_step() {
    const auto name = some_schema();
    const auto first = static_cast<std::int64_t>(1 + pick(9));
    const auto last = first + static_cast<std::int64_t>(pick(4));
    const auto found = model_.schemas.find(name);
    if (found == model_.schemas.end()) {
      expect(Code::NotFound);
    } else {
      auto& schema = found->second;
      const bool checkpoint = first <= schema.checkpoint && schema.checkpoint <= last;
      const bool held = model_.holds([&](const auto& of, std::int64_t number) {
        return of == name && first <= number && number <= last;
      });
      if (checkpoint || first == 1 || held) {
        expect(Code::InvalidInput);
      } else {
        std::string missing;
        bool changed = false;
        for (auto number = first; number <= last; ++number) {
          const auto version = schema.versions.find(number);
          if (version == schema.versions.end()) {
            missing += std::to_string(number) + " ";
            continue;
          }
          changed |= version->second.status == VersionStatus::Available;
          schema.versions.erase(version);
        }
        if (changed) ++schema.changes;
        expect({}, missing);
      }
    }
    return answer_of(world_.drop_versions(schema_ref(name.first, name.second),
                                          std::to_string(first) + "-" + std::to_string(last)),
                     [](const std::vector<VersionError>& errors) {
                       std::string missing;
                       for (const auto& error : errors)
                         missing += std::to_string(error.number) + " ";
                       return missing;
                     });
  }

  /// A version of the model, or nullptr.
  ModelVersion* model_version(const SchemaName2& name, std::int64_t number) {
    const auto found = model_.schemas.find(name);
    if (found == model_.schemas.end()) return nullptr;
    const auto version = found->second.versions.find(number);
    return version == found->second.versions.end() ? nullptr : &version->second;
  }

  Answer put_metadata_step() {
    const auto name = some_schema();
    const auto number = static_cast<std::int64_t>(1 + pick(5));
    const std::string key = one_of<const char*>({"k", "k.x", "l"});
    const std::string value = one_of<const char*>({"1", "2", "3"});
    if (auto* version = model_version(name, number)) {
      auto& values = version->metadata[key];
      if (std::ranges::find(values, value) != values.end()) {
        expect(Code::AlreadyExists);
      } else {
        values.push_back(value);
        expect({});
      }
    } else {
      expect(Code::NotFound);
    }
    return answer_of(
        world_.put_pair(version_ref(schema_ref(name.first, name.second), number), key, value));
  }

  Answer remove_metadata_step() {
    const auto name = some_schema();
    const auto number = static_cast<std::int64_t>(1 + pick(5));
    const std::string key = one_of<const char*>({"k", "k.x", "l"});
    const std::string value = one_of<const char*>({"1", "2", "3"});
    auto* version = model_version(name, number);
    const bool removed = version != nullptr && std::erase(version->metadata[key], value) > 0;
    expect(removed ? std::nullopt : std::optional(Code::NotFound));
    return answer_of(
        world_.drop_pair(version_ref(schema_ref(name.first, name.second), number), key, value));
  }

  Answer tag_step() {
    const auto name = some_schema();
    const std::string key = "t" + std::to_string(pick(4));
    const auto found = model_.schemas.find(name);
    if (found == model_.schemas.end()) {
      expect(Code::NotFound);
    } else {
      found->second.tags[key] = "v";
      expect({});
    }
    const auto tagged = world_.write<bool>([&](auto& txn) -> Result<bool> {
      LIMPET_CHECK(tag_resource(txn, world_.context, schema_ref(name.first, name.second),
                                tags({{key, "v"}})));
      return true;
    });
    return answer_of(tagged);
  }

  World world_;
  Model model_;
  Answer expected_;
  std::mt19937_64 random_;
  bool faulty_;
  std::map<Uuid, std::string> ids_;

 public:
  int unknown_ = 0;
};

constexpr int kSteps = 250;

class ModelTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(ModelTest, MemoryStore) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  Story(GetParam(), nullptr, false).run(kSteps);
}

TEST_P(ModelTest, FaultyStore) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  storage::FaultyStore::Odds odds{};
  for (const Fault fault :
       {Fault::Refused, Fault::BrokenRead, Fault::BrokenWrite, Fault::RolledBack, Fault::Conflict,
        Fault::UnknownApplied, Fault::UnknownLost}) {
    odds.at(static_cast<std::size_t>(fault)) = 40;
  }
  Story story(GetParam(), std::make_unique<storage::FaultyStore>(odds, GetParam()), true);
  story.run(kSteps);
  EXPECT_GT(story.unknown_, 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ModelTest, testing::Range<std::uint64_t>(1, 5));

}  // namespace
}  // namespace limpet::registry
