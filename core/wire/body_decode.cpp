#include <algorithm>

#include "wire/body_code.hpp"
#include "wire/body_tables.hpp"
#include "wire/change_rules.hpp"
#include "wire/columns.hpp"
#include "wire/moved_code.hpp"

namespace setu::wire {
namespace {

struct Columns {
  std::vector<std::string_view> keys;
  std::size_t key_at = 0;
  std::optional<ValueSource> values;
};

// Reads the tables, then the columns, then puts the changes together. Any read that fails leaves
// the reader failed and ends in nothing; every count is checked against limits before anything of
// its size is made.
class BodyDecoder {
 public:
  BodyDecoder(ByteView raw, const DeviceId& author, const CircleId& circle_home)
      : reader_(raw), author_(author), circle_home_(circle_home) {}

  std::optional<BatchBody> decode() {
    BatchBody body;
    if (!read_preamble(body) || !read_tables() || !read_streams() || !read_columns())
      return std::nullopt;
    body.changes.reserve(shape_of_.size());
    for (std::size_t i = 0; i < shape_of_.size(); ++i) {
      SeededChange change;
      if (!next_change(i, change)) return std::nullopt;
      body.changes.push_back(std::move(change));
    }
    const bool all_used =
        reader_.at_end() && number_at_ == numbers_.size() && seen_at_ == seen_of_op_.size();
    return all_used ? std::optional(std::move(body)) : std::nullopt;
  }

 private:
  struct RelativeStamp {
    std::int64_t hour = 0;  // from the batch's base hour
    std::uint32_t counter = 0;
    std::size_t device = 0;
  };

  bool read_preamble(BatchBody& body) {
    version_ = reader_.u8();
    const std::uint8_t flags = reader_.u8();
    const bool known = version_ >= kBodyVersion && version_ <= kBodyVersionOfCarried;
    if (!known || (flags & ~kHasDigest) != 0) return false;
    if (flags & kHasDigest) {
      HeadDigest digest;
      const ByteView bytes = reader_.raw(digest.size());
      if (!reader_.ok()) return false;
      std::memcpy(digest.data(), bytes.data(), digest.size());
      body.head_digest = digest;
    }
    body.tips.resize(reader_.count(limits::kTipsPerBatch, 9));
    for (Tip& tip : body.tips) {
      tip.device = reader_.id<DeviceId>();
      tip.seq = reader_.varint();
    }
    return reader_.ok();
  }

  bool read_tables() {
    devices_.push_back(author_);
    const std::size_t devices = reader_.count(limits::kBatchPlainBytes, DeviceId::size);
    for (std::size_t i = 0; i < devices; ++i) devices_.push_back(reader_.id<DeviceId>());
    homes_.resize(reader_.count(limits::kBatchPlainBytes, CircleId::size));
    for (CircleId& home : homes_) home = reader_.id<CircleId>();
    seeds_.resize(reader_.count(limits::kChangesPerBatch, sizeof(Seed) + 1));
    for (SeedGroup& group : seeds_) {
      const ByteView bytes = reader_.raw(group.seed.size());
      if (!reader_.ok()) return false;
      std::memcpy(group.seed.data(), bytes.data(), bytes.size());
      group.month = small<std::uint32_t>(kMaxMonth);
    }
    next_number_.assign(seeds_.size(), 0);
    shapes_.resize(reader_.count(limits::kChangesPerBatch, 5));
    for (Shape& shape : shapes_) {
      if (!read_shape(shape)) return false;
    }
    const bool any_moved = std::ranges::any_of(shapes_, &Shape::moved);
    const bool any_carried = std::ranges::any_of(shapes_, &Shape::carried);
    const std::uint8_t plain = any_moved ? kBodyVersionOfMoved : kBodyVersion;
    if (version_ != (any_carried ? kBodyVersionOfCarried : plain)) return false;
    return read_seen_lists();
  }

  bool read_shape(Shape& shape) {
    shape.kind = small<KindTag>(UINT16_MAX);
    const std::uint8_t flags = reader_.u8();
    shape.creates = (flags & kShapeCreates) != 0;
    shape.moved = (flags & kShapeMoved) != 0;
    shape.moves_in = (flags & kShapeMovesIn) != 0;
    shape.carried = (flags & kShapeCarried) != 0;
    shape.home = small<std::size_t>(homes_.size());
    shape.seed = small<std::size_t>(seeds_.size());
    shape.ops.resize(reader_.count(limits::kOpsPerChange, 2));
    for (auto& [field, type] : shape.ops) {
      field = small<FieldTag>(UINT16_MAX);
      const std::uint8_t number = reader_.u8();
      if (number < 1 || number > static_cast<std::uint8_t>(OpType::kAppend)) return false;
      type = static_cast<OpType>(number);
    }
    unsigned known_flags = kShapeCreates;
    if (version_ >= kBodyVersionOfMoved) known_flags += kShapeMoved + kShapeMovesIn;
    if (version_ >= kBodyVersionOfCarried) known_flags += kShapeCarried;
    return reader_.ok() && (flags & ~known_flags) == 0;
  }

  bool read_seen_lists() {
    seen_lists_.emplace_back();
    const std::size_t lists = reader_.count(kMaxOpsPerBatch, 4);
    for (std::size_t i = 0; i < lists; ++i) {
      std::vector<RelativeStamp> list(reader_.count(limits::kSeenPerOp, 3));
      for (RelativeStamp& stamp : list) stamp = relative_stamp();
      if (!reader_.ok()) return false;
      seen_lists_.push_back(std::move(list));
    }
    return true;
  }

  bool read_streams() {
    if (!take_ints(shape_of_, limits::kChangesPerBatch) ||
        !take_ints(numbers_, limits::kChangesPerBatch))
      return false;
    std::size_t whole_ids = 0;
    std::size_t ops = 0;
    for (std::int64_t number : shape_of_) {
      if (number < 0 || static_cast<std::size_t>(number) >= shapes_.size()) return false;
      const Shape& shape = shapes_[static_cast<std::size_t>(number)];
      whole_ids += shape.seed == 0 ? 1 : 0;
      ops += shape.ops.size();
    }
    if (ops > kMaxOpsPerBatch || numbers_.size() + whole_ids != shape_of_.size()) return false;
    whole_ids_ = Reader(reader_.raw(whole_ids * RecordId::size));
    base_hour_ = small<std::uint32_t>(UINT32_MAX);
    const bool taken = take_ints(hours_, limits::kChangesPerBatch) &&
                       take_ints(counters_, limits::kChangesPerBatch) &&
                       take_ints(seen_of_change_, limits::kChangesPerBatch) &&
                       take_ints(seen_of_op_, ops);
    const std::size_t count = shape_of_.size();
    return taken && hours_.size() == count && counters_.size() == count &&
           seen_of_change_.size() == count;
  }

  bool read_columns() {
    std::map<ColumnId, std::size_t> expected;
    for (std::int64_t number : shape_of_) {
      const Shape& shape = shapes_[static_cast<std::size_t>(number)];
      for (const auto& [field, type] : shape.ops) ++expected[{shape.kind, field, type}];
    }
    for (const auto& [id, count] : expected) {
      Columns& columns = columns_[id];
      if (has_key(std::get<OpType>(id))) {
        auto keys = read_texts(reader_, count, limits::kTextBytes);
        if (!keys || keys->size() != count) return false;
        columns.keys = std::move(*keys);
      }
      if (has_value(std::get<OpType>(id))) {
        columns.values = ValueSource::read(reader_, count);
        if (!columns.values) return false;
      }
    }
    return true;
  }

  bool next_change(std::size_t index, SeededChange& out) {
    const Shape& shape = shapes_[static_cast<std::size_t>(shape_of_[index])];
    Change& change = out.change;
    change.kind = shape.kind;
    change.creates = shape.creates;
    change.moved = shape.moved;
    change.home = shape.home == 0 ? circle_home_ : homes_[shape.home - 1];
    if (!next_record(shape, out) || !next_stamp(index, change.stamp)) return false;
    const std::int64_t all_seen = seen_of_change_[index];
    for (const auto& [field, type] : shape.ops) {
      Op op;
      op.field = field;
      op.type = type;
      Columns& columns = columns_[{shape.kind, field, type}];
      if (has_key(type)) op.key = std::string(columns.keys[columns.key_at++]);
      if (has_value(type)) {
        std::optional<Value> value = columns.values->next();
        if (!value) return false;
        op.value = std::move(*value);
      }
      if (all_seen == 0 && seen_at_ == seen_of_op_.size()) return false;
      if (!seen_list(all_seen == 0 ? seen_of_op_[seen_at_++] : all_seen - 1, op.seen)) return false;
      change.ops.push_back(std::move(op));
    }
    if (shape.moves_in) {
      change.moved_in = decode_moved(reader_.sized(limits::kMovedPartBytes));
      if (!change.moved_in) return false;
    }
    if (shape.carried && !recorded(change)) return false;
    const std::size_t size = encoded_size(out);
    changes_bytes_ += size;
    return is_well_formed(change) && size <= most_bytes(change) &&
           changes_bytes_ <= kMaxChangesBytes;
  }

  bool next_record(const Shape& shape, SeededChange& out) {
    if (shape.seed == 0) {
      out.change.record = whole_ids_.id<RecordId>();
      return whole_ids_.ok();
    }
    if (number_at_ == numbers_.size()) return false;
    std::int64_t& next = next_number_[shape.seed - 1];
    const std::int64_t step = numbers_[number_at_++];
    if (step < -next || step > std::int64_t{UINT32_MAX} - next) return false;
    const SeedGroup& group = seeds_[shape.seed - 1];
    out.seed = RecordSeed{group.seed, group.month, static_cast<std::uint32_t>(next + step)};
    next += step + 1;
    out.change.record = record_id(*out.seed);
    return true;
  }

  bool next_stamp(std::size_t index, Stamp& stamp) {
    const std::int64_t hour = std::int64_t{index == 0 ? base_hour_ : last_.hour};
    const std::int64_t step = hours_[index];
    if (step < 0 || step > std::int64_t{UINT32_MAX} - hour || (index == 0 && step != 0))
      return false;
    const bool same_hour = index > 0 && step == 0;
    const std::int64_t counted = same_hour ? std::int64_t{last_.counter} + 1 : 0;
    if (counters_[index] < 0 || counters_[index] > std::int64_t{UINT32_MAX} - counted) return false;
    stamp = {static_cast<std::uint32_t>(hour + step),
             static_cast<std::uint32_t>(counted + counters_[index]), author_};
    last_ = stamp;
    return true;
  }

  bool seen_list(std::int64_t number, std::vector<Stamp>& seen) const {
    if (number < 0 || static_cast<std::size_t>(number) >= seen_lists_.size()) return false;
    for (const RelativeStamp& stamp : seen_lists_[static_cast<std::size_t>(number)]) {
      const std::optional<Stamp> whole = absolute(stamp);
      if (!whole) return false;
      seen.push_back(*whole);
    }
    return true;
  }

  bool recorded(Change& change) {
    const RelativeStamp stamp = relative_stamp();
    if (reader_.ok()) change.recorded = absolute(stamp);
    return change.recorded.has_value();
  }

  RelativeStamp relative_stamp() {
    RelativeStamp stamp;
    stamp.hour = reader_.zigzag();
    stamp.counter = small<std::uint32_t>(UINT32_MAX);
    stamp.device = small<std::size_t>(devices_.size() - 1);
    return stamp;
  }

  [[nodiscard]] std::optional<Stamp> absolute(const RelativeStamp& stamp) const {
    if (stamp.hour < -std::int64_t{base_hour_} ||
        stamp.hour > std::int64_t{UINT32_MAX} - std::int64_t{base_hour_})
      return std::nullopt;
    return Stamp{static_cast<std::uint32_t>(base_hour_ + stamp.hour), stamp.counter,
                 devices_[stamp.device]};
  }

  bool take_ints(std::vector<std::int64_t>& out, std::size_t max_count) {
    auto ints = read_ints(reader_, max_count);
    if (!ints) return false;
    out = std::move(*ints);
    return true;
  }

  template <class Int>
  Int small(std::uint64_t greatest) {
    const std::uint64_t value = reader_.varint();
    if (value > greatest) reader_.set_failed();
    return static_cast<Int>(reader_.ok() ? value : 0);
  }

  Reader reader_;
  std::uint8_t version_ = 0;
  DeviceId author_;
  CircleId circle_home_;
  std::vector<DeviceId> devices_;
  std::vector<CircleId> homes_;
  std::vector<SeedGroup> seeds_;
  std::vector<std::int64_t> next_number_;
  std::vector<Shape> shapes_;
  std::vector<std::vector<RelativeStamp>> seen_lists_;
  std::vector<std::int64_t> shape_of_, numbers_, hours_, counters_, seen_of_change_, seen_of_op_;
  std::size_t number_at_ = 0, seen_at_ = 0;
  std::size_t changes_bytes_ = 0;
  Reader whole_ids_{ByteView{}};
  std::uint32_t base_hour_ = 0;
  Stamp last_;
  std::map<ColumnId, Columns> columns_;
};

}  // namespace

std::optional<BatchBody> decode_body(ByteView raw, const DeviceId& author,
                                     const CircleId& circle_home) {
  return BodyDecoder(raw, author, circle_home).decode();
}

}  // namespace setu::wire
