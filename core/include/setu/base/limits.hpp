#pragma once
// Every limit on what may be entered, stored or received, in one place. Checked where data is
// entered (a clear message) and again where hostile bytes are read (kMalformed).

#include <cstddef>
#include <cstdint>

namespace setu::limits {

inline constexpr std::size_t kTextBytes = 4'000;           // one text value
inline constexpr std::size_t kChangeBytes = 16 * 1024;     // one change, encoded
inline constexpr std::size_t kMovedPartBytes = 64 * 1024;  // a part that moves, beside its change
inline constexpr std::size_t kOpsPerChange = 512;
inline constexpr std::size_t kSeenPerOp = 256;
inline constexpr std::size_t kSetElements = 256;       // in one set field
inline constexpr std::size_t kWordBytes = 100;         // one element, code or key of a counter
inline constexpr std::size_t kSiblings = 1'024;        // live siblings of one field
inline constexpr std::size_t kBatchBytes = 32 * 1024;  // sealed batch, everything included
inline constexpr std::size_t kBatchPlainBytes = 1024 * 1024;  // its changes, decompressed
inline constexpr std::size_t kChangesPerBatch = 16'384;
inline constexpr std::size_t kTipsPerBatch = 8;
inline constexpr std::size_t kEntryBytes = 16 * 1024;  // one roster entry
inline constexpr std::size_t kRecipientsPerGrant = 128;
inline constexpr std::size_t kCutsPerEntry = 128;
inline constexpr std::size_t kFrameBytes = 64 * 1024;  // one sync frame
inline constexpr std::size_t kRequestBytes = 16 * 1024 * 1024;
inline constexpr std::size_t kAnswerBytes = 16 * 1024 * 1024;
inline constexpr std::size_t kNameBytes = 200;  // a programme's, org's, caseload's or person's name
inline constexpr std::size_t kCirclesPerDevice = 4'096;
inline constexpr std::size_t kCsvRowBytes = 64 * 1024;
inline constexpr std::size_t kCsvRows = 1'000'000;

}  // namespace setu::limits
