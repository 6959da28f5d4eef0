// Stories: who belongs to the programme, and how they join.

#include "story.hpp"
#include "story_error.hpp"

namespace setu::sim {

// --- who

SimDevice& Story::who(const Words& words, const char* name) {
  const std::string& wanted = words.at(name);
  for (const auto& device : world_.devices_) {
    if (device->name == wanted) return *device;
  }
  throw StoryError("nobody is called " + wanted);
}

bool Story::reads_all(const SimDevice& device, const Known& record) const {
  const Person& person = device.person;
  if (record.org == 0) return true;
  if (person.org != record.org) return false;
  return person.role == Person::Role::kLead || record.caseload.empty() ||
         person.caseload == record.caseload;
}

std::vector<SimDevice*> Story::those(const Words& words) {
  if (words.at("WHO") != "everybody") return {&who(words)};
  std::vector<SimDevice*> all;
  for (const auto& device : world_.devices_) {
    if (reads_all(*device, known(words))) all.push_back(device.get());
  }
  return all;
}

SimDevice& Story::lead(int org) {
  for (const auto& device : world_.devices_) {
    if (device->person.org == org && device->person.role == Person::Role::kLead) return *device;
  }
  throw StoryError("that organisation has no lead");
}

int Story::org_number(const std::string& name) const {
  const auto found = orgs_.find(name);
  if (found == orgs_.end()) throw StoryError("no organisation is called " + name);
  return found->second;
}

// --- joining

Status Story::org(const Words& words) {
  const std::string& name = words.at("NAME");
  SimDevice& coordinator = *world_.devices_.front();
  SETU_TRY(coordinator.client().add_org(name));
  SETU_TRY(sync(coordinator));
  const int number = static_cast<int>(orgs_.size()) + 1;
  orgs_[name] = number;
  for (const std::string& member : split_list(words.at("PEOPLE"))) {
    if (const auto lead = fit("lead WHO", member)) {
      SimDevice& device = world_.new_device(lead->at("WHO"), {Person::Role::kLead, 0, number, ""});
      SETU_TRY(join(device, name, "lead", ""));
    } else if (const auto worker = fit("worker WHO in CASELOAD", member)) {
      const std::string& caseload = worker->at("CASELOAD");
      SimDevice& device =
          world_.new_device(worker->at("WHO"), {Person::Role::kWorker, 0, number, caseload});
      SETU_TRY(join(device, name, "worker", caseload));
    } else {
      throw StoryError("'" + member + "' is neither 'lead WHO' nor 'worker WHO in CASELOAD'");
    }
  }
  return {};
}

Status Story::begin_join(SimDevice& inviter, SimDevice& joiner, const std::string& org,
                         const char* role, const std::string& caseload) {
  SETU_TAKE(const auto invite, inviter.client().invite({org, role, caseload}));
  SETU_TRY(sync(inviter));
  return joiner.client().begin_join(invite.link, joiner.name);
}

Status Story::join(SimDevice& joiner, const std::string& org, const char* role,
                   const std::string& caseload) {
  const bool is_lead = joiner.person.role == Person::Role::kLead;
  SimDevice& inviter = is_lead ? *world_.devices_.front() : lead(joiner.person.org);
  SETU_TRY(begin_join(inviter, joiner, org, role, caseload));
  SETU_TRY(sync(joiner));
  SETU_TRY(sync(inviter));
  SETU_TRY(sync(joiner));
  const Client::Me me = joiner.client().me();
  SETU_TRY(inviter.client().approve(me.device, me.digits));
  SETU_TRY(sync(inviter));
  SETU_TRY(sync(joiner));
  joiner.joined = true;
  return {};
}

Status Story::joins(const Words& words) {
  const std::string& caseload = words.at("CASELOAD");
  SimDevice& device = world_.new_device(
      words.at("WHO"), {Person::Role::kWorker, 0, org_number(words.at("ORG")), caseload});
  return join(device, words.at("ORG"), "worker", caseload);
}

Status Story::invited(const Words& words) {
  const std::string& caseload = words.at("CASELOAD");
  const int org = org_number(words.at("ORG"));
  SimDevice& device = world_.new_device(words.at("WHO"), {Person::Role::kWorker, 0, org, caseload});
  return begin_join(lead(org), device, words.at("ORG"), "worker", caseload);
}

// By the digits on her screen.
Status Story::hand_keys(const Words& words) {
  const Client::Me me = who(words, "WHOM").client().me();
  return who(words).client().approve(me.device, me.digits);
}

}  // namespace setu::sim
