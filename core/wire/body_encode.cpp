#include <algorithm>

#include "wire/body_code.hpp"
#include "wire/body_tables.hpp"
#include "wire/columns.hpp"
#include "wire/moved_code.hpp"

namespace setu::wire {
namespace {

// Distinct things in order of first use, with their numbers.
template <class T>
class Table {
 public:
  std::size_t number_of(const T& item) {
    const auto [place, is_new] = numbers_.emplace(item, items_.size());
    if (is_new) items_.push_back(item);
    return place->second;
  }
  [[nodiscard]] const std::vector<T>& items() const { return items_; }

 private:
  std::map<T, std::size_t> numbers_;
  std::vector<T> items_;
};

struct Columns {
  std::vector<std::string_view> keys;
  ValueColumn values;
};

class BodyEncoder {
 public:
  BodyEncoder(const DeviceId& author, const CircleId& circle_home) : circle_home_(circle_home) {
    devices_.number_of(author);
    seen_lists_.number_of({});
  }

  void add(const SeededChange& seeded) {
    const Change& change = seeded.change;
    shape_of_.push_back(signed_of(shapes_.number_of(shape(seeded))));
    if (seeded.seed) {
      std::int64_t& last = last_number_[{seeded.seed->seed, seeded.seed->month}];
      numbers_.push_back(seeded.seed->number - last);
      last = seeded.seed->number + std::int64_t{1};
    } else {
      whole_ids_.id(change.record);
    }
    if (hours_.empty()) last_hour_ = base_hour_ = change.stamp.hour;
    const bool same_hour = !hours_.empty() && change.stamp.hour == last_hour_;
    hours_.push_back(std::int64_t{change.stamp.hour} - last_hour_);
    counters_.push_back(same_hour ? std::int64_t{change.stamp.counter} - last_counter_ - 1
                                  : std::int64_t{change.stamp.counter});
    last_hour_ = change.stamp.hour;
    last_counter_ = change.stamp.counter;
    add_seen(change);
    if (change.moved) version_ = std::max(version_, kBodyVersionOfMoved);
    if (change.recorded) {
      version_ = kBodyVersionOfCarried;
      write_stamp(rare_, *change.recorded);
    }
    if (change.moved_in) rare_.sized(encode_moved(*change.moved_in));
    for (const Op& op : change.ops) {
      Columns& columns = columns_[{change.kind, op.field, op.type}];
      if (has_key(op.type)) columns.keys.push_back(op.key);
      if (has_value(op.type)) columns.values.add(op.value);
    }
  }

  Bytes finish(const BatchBody& body) {
    Writer writer;
    writer.u8(version_);
    writer.u8(body.head_digest ? kHasDigest : 0);
    if (body.head_digest) writer.raw(*body.head_digest);
    writer.varint(body.tips.size());
    for (const Tip& tip : body.tips) {
      writer.id(tip.device);
      writer.varint(tip.seq);
    }
    Writer lists;  // before the devices are written: it may name more of them
    write_seen_lists(lists);
    writer.varint(devices_.items().size() - 1);
    for (std::size_t i = 1; i < devices_.items().size(); ++i) writer.id(devices_.items()[i]);
    writer.varint(homes_.items().size());
    for (const CircleId& home : homes_.items()) writer.id(home);
    writer.varint(seeds_.items().size());
    for (const SeedGroup& group : seeds_.items()) {
      writer.raw(group.seed);
      writer.varint(group.month);
    }
    writer.varint(shapes_.items().size());
    for (const Shape& shape : shapes_.items()) write_shape(writer, shape);
    writer.raw(lists.view());
    write_ints(writer, shape_of_);
    write_ints(writer, numbers_);
    writer.raw(whole_ids_.view());
    writer.varint(base_hour_);
    write_ints(writer, hours_);
    write_ints(writer, counters_);
    write_ints(writer, seen_of_change_);
    write_ints(writer, seen_of_op_);
    for (const auto& [id, columns] : columns_) {
      if (has_key(std::get<OpType>(id))) write_texts(writer, columns.keys);
      if (has_value(std::get<OpType>(id))) columns.values.write(writer);
    }
    writer.raw(rare_.view());
    return writer.take();
  }

 private:
  static std::int64_t signed_of(std::size_t value) { return static_cast<std::int64_t>(value); }

  Shape shape(const SeededChange& seeded) {
    const Change& change = seeded.change;
    Shape shape{change.kind,
                change.creates,
                change.moved,
                change.moved_in.has_value(),
                change.recorded.has_value(),
                0,
                0,
                {}};
    if (change.home != circle_home_) shape.home = homes_.number_of(change.home) + 1;
    if (seeded.seed) shape.seed = seeds_.number_of({seeded.seed->seed, seeded.seed->month}) + 1;
    shape.ops.reserve(change.ops.size());
    for (const Op& op : change.ops) shape.ops.emplace_back(op.field, op.type);
    return shape;
  }

  // A change whose operations all saw the same costs one number; 0 says that each operation has its
  // own.
  void add_seen(const Change& change) {
    std::vector<std::int64_t> lists;
    for (const Op& op : change.ops) {
      lists.push_back(op.seen.empty() ? 0 : signed_of(seen_lists_.number_of(op.seen)));
    }
    const bool uniform =
        std::ranges::adjacent_find(lists, std::ranges::not_equal_to{}) == lists.end();
    seen_of_change_.push_back(uniform ? 1 + (lists.empty() ? 0 : lists.front()) : 0);
    if (!uniform) seen_of_op_.insert(seen_of_op_.end(), lists.begin(), lists.end());
  }

  void write_stamp(Writer& writer, const Stamp& stamp) {
    writer.zigzag(std::int64_t{stamp.hour} - std::int64_t{base_hour_});
    writer.varint(stamp.counter);
    writer.varint(devices_.number_of(stamp.device));
  }

  void write_seen_lists(Writer& writer) {
    const auto& lists = seen_lists_.items();
    writer.varint(lists.size() - 1);
    for (std::size_t i = 1; i < lists.size(); ++i) {
      writer.varint(lists[i].size());
      for (const Stamp& stamp : lists[i]) write_stamp(writer, stamp);
    }
  }

  static void write_shape(Writer& writer, const Shape& shape) {
    writer.varint(shape.kind);
    writer.u8(static_cast<std::uint8_t>(
        (shape.creates ? kShapeCreates : 0) | (shape.moved ? kShapeMoved : 0) |
        (shape.moves_in ? kShapeMovesIn : 0) | (shape.carried ? kShapeCarried : 0)));
    writer.varint(shape.home);
    writer.varint(shape.seed);
    writer.varint(shape.ops.size());
    for (const auto& [field, type] : shape.ops) {
      writer.varint(field);
      writer.u8(static_cast<std::uint8_t>(type));
    }
  }

  CircleId circle_home_;
  Table<DeviceId> devices_;  // 0: the author
  Table<CircleId> homes_;
  Table<SeedGroup> seeds_;
  Table<Shape> shapes_;
  Table<std::vector<Stamp>> seen_lists_;  // 0: nothing seen
  std::map<SeedGroup, std::int64_t> last_number_;
  std::vector<std::int64_t> shape_of_, numbers_, hours_, counters_, seen_of_change_, seen_of_op_;
  Writer whole_ids_;
  Writer rare_;  // what few changes have, in their order
  std::uint8_t version_ = kBodyVersion;
  std::uint32_t base_hour_ = 0, last_hour_ = 0, last_counter_ = 0;
  std::map<ColumnId, Columns> columns_;
};

}  // namespace

Bytes encode_body(const BatchBody& body, std::size_t count, const DeviceId& author,
                  const CircleId& circle_home) {
  BodyEncoder encoder(author, circle_home);
  for (std::size_t i = 0; i < count; ++i) encoder.add(body.changes[i]);
  return encoder.finish(body);
}

}  // namespace setu::wire
