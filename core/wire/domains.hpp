#pragma once
// Every purpose that bytes of the wire are hashed, derived or signed for. One list, so that no two
// share a name.

#include "crypto/crypto.hpp"

namespace setu::wire::domains {

using crypto::Domain;

inline constexpr Domain kDeviceId{"setu/device-id/1"};
inline constexpr Domain kRecoveryId{"setu/recovery-id/1"};
inline constexpr Domain kRecoverySignSeed{"setu/recovery-sign-seed/1"};
inline constexpr Domain kRecoveryCheck{"setu/recovery-check/1"};
inline constexpr Domain kInviteId{"setu/invite-id/1"};
inline constexpr Domain kEntryHash{"setu/entry-hash/1"};
inline constexpr Domain kEntrySigned{"setu/entry-signed/1"};
inline constexpr Domain kEntrySignature{"setu/entry/1"};
inline constexpr Domain kEpochBox{"setu/epoch-box/1"};
inline constexpr Domain kEpochCommitment{"setu/epoch-commitment/1"};
inline constexpr Domain kInboxSeed{"setu/inbox-seed/1"};
inline constexpr Domain kInboxSecret{"setu/inbox-secret/1"};
inline constexpr Domain kInboxBox{"setu/inbox-box/1"};
inline constexpr Domain kNameKey{"setu/name-key/1"};
inline constexpr Domain kNameBox{"setu/name-box/1"};
inline constexpr Domain kInviteSignSeed{"setu/invite-sign-seed/1"};
inline constexpr Domain kInviteBoxSeed{"setu/invite-box-seed/1"};
inline constexpr Domain kInviteUse{"setu/invite-use/1"};
inline constexpr Domain kDigitsNonce{"setu/digits-nonce/1"};
inline constexpr Domain kDigitsCommitment{"setu/digits-commitment/1"};
inline constexpr Domain kDigits{"setu/digits/1"};
inline constexpr Domain kServerKeyHash{"setu/server-key-hash/1"};
inline constexpr Domain kBatchHash{"setu/batch-hash/1"};
inline constexpr Domain kBatchSignature{"setu/batch/1"};
inline constexpr Domain kBatchKey{"setu/batch-key/1"};
inline constexpr Domain kBatchCommitment{"setu/batch-commitment/1"};
inline constexpr Domain kRecordId{"setu/record-id/1"};
inline constexpr Domain kHello{"setu/hello-hash/1"};
inline constexpr Domain kSeal{"setu/seal-hash/1"};
inline constexpr Domain kChainHead{"setu/chain-head/1"};
inline constexpr Domain kHeadsDigest{"setu/heads-digest/1"};
inline constexpr Domain kShownDigest{"setu/shown-digest/1"};
inline constexpr Domain kLogTag{"setu/log-tag/1"};

}  // namespace setu::wire::domains
