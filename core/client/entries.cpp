#include "client/entries.hpp"

namespace setu::client {
namespace {

constexpr std::uint32_t kFirstEpoch = 1;

Result<wire::Entry> queue(Context& context, wire::Entry entry) {
  if (entry.bytes.size() > limits::kEntryBytes) {
    return fail(Code::kTooLarge, "write roster entry: too many members for one entry",
                "do it in several steps");
  }
  SETU_TRY(context.store.add_pending_entry(entry.hash, entry.bytes));
  return entry;
}

}  // namespace

Result<wire::Entry> queue_entry(Context& context, const wire::EntryContent& content,
                                const ProgrammeId& programme, std::vector<Hash> conditions) {
  return queue(context, wire::make_entry(content, context.self.sign, context.self.id, conditions,
                                         programme));
}

Result<wire::Entry> queue_entry_of(Context& context, const Signer& signer,
                                   const wire::EntryContent& content,
                                   std::vector<Hash> conditions) {
  return queue(context, wire::make_entry(content, signer.key, signer.id, conditions,
                                         context.roster.programme()));
}

Footing own_footing(const Context& context) {
  const roster::Member* me = context.me();
  return {context.roster.programme(),
          me == nullptr ? std::vector<Hash>{} : std::vector<Hash>{me->standing}};
}

Result<wire::Entry> queue_entry(Context& context, const wire::EntryContent& content) {
  const Footing footing = own_footing(context);
  return queue_entry(context, content, footing.programme, footing.conditions);
}

Result<NewCircle> queue_circle(Context& context, const Footing& footing, roster::CircleType type,
                               const OrgId& org, const CircleId& twin) {
  NewCircle circle;
  circle.id = crypto::random_id<CircleId>(context.random());
  circle.key = crypto::random_key(context.random());
  circle.inbox = wire::inbox_of(circle.id, kFirstEpoch, circle.key).public_key;
  const wire::CircleEntry content{
      circle.id,   type, org, twin, wire::commit_epoch_key(circle.id, kFirstEpoch, circle.key),
      circle.inbox};
  SETU_TRY(queue_entry(context, content, footing.programme, footing.conditions));
  SETU_TRY(context.store.put_epoch_key(circle.id, kFirstEpoch, circle.key));
  return circle;
}

Result<wire::Recipient> for_device(Context& context, const DeviceId& device,
                                   const crypto::BoxPublicKey& box, const CircleId& circle,
                                   std::uint32_t epoch, const crypto::Secret& key) {
  wire::Recipient recipient;
  recipient.type = wire::RecipientType::kDevice;
  recipient.device = device;
  SETU_TAKE(recipient.sealed, wire::seal_epoch_key(box, circle, epoch, key, context.random()));
  return recipient;
}

Result<wire::Recipient> for_circle(Context& context, const CircleId& to, std::uint32_t to_epoch,
                                   const crypto::BoxPublicKey& inbox, const CircleId& circle,
                                   std::uint32_t epoch, const crypto::Secret& key) {
  wire::Recipient recipient;
  recipient.type = wire::RecipientType::kCircle;
  recipient.circle = to;
  recipient.epoch = to_epoch;
  SETU_TAKE(recipient.sealed, wire::seal_epoch_key(inbox, circle, epoch, key, context.random()));
  return recipient;
}

Status queue_grant(Context& context, const Footing& footing, const CircleId& circle,
                   std::uint32_t epoch, std::vector<wire::Recipient> recipients) {
  SETU_TRY(queue_entry(context, wire::Grant{circle, epoch, std::move(recipients)},
                       footing.programme, footing.conditions));
  return {};
}

Status check_name(std::string_view what, std::string_view name) {
  bool printable = !name.empty() && name.size() <= limits::kNameBytes && is_utf8_text(name);
  for (char c : name) printable = printable && static_cast<unsigned char>(c) >= 0x20 && c != 0x7F;
  if (printable) return {};
  return fail(Code::kInvalidArgument,
              "name " + std::string(what) + ": empty, longer than 200 bytes, or not plain text",
              "choose a short working name");
}

}  // namespace setu::client
