#include "roster/allowed.hpp"

namespace setu::roster {

bool leads(const Member& member, const OrgId& org) {
  return member.state == MemberState::kActive && leads(place_of(member), org);
}

bool leads(const Place& place, const OrgId& org) {
  return place.org == org && place.role != Role::kWorker;
}

bool coordinates(const Member& member) {
  return member.state == MemberState::kActive && member.role == Role::kCoordinator;
}

bool is_programme_wide(CircleType type) {
  switch (type) {
    case CircleType::kCommons:
    case CircleType::kAlerts:
    case CircleType::kProgramme:
    case CircleType::kCoordinators: return true;
    default: return false;
  }
}

bool is_facts(CircleType type) {
  return type == CircleType::kOrgFacts || type == CircleType::kCaseloadFacts;
}

bool takes_inbox(CircleType type) { return type == CircleType::kLeads; }

bool may_begin_epochs(const Place& place, const Circle& circle) {
  return is_programme_wide(circle.type) ? place.role == Role::kCoordinator
                                        : leads(place, circle.org);
}

bool may_hold(const Place& place, const Circle& circle) {
  const bool own_org = place.org == circle.org;
  switch (circle.type) {
    case CircleType::kCommons:
    case CircleType::kAlerts: return true;
    case CircleType::kProgramme: return place.role != Role::kWorker;
    case CircleType::kCoordinators: return place.role == Role::kCoordinator;
    case CircleType::kOrg:
    case CircleType::kCaseload: return own_org;
    case CircleType::kLeads: return own_org && place.role != Role::kWorker;
    case CircleType::kOrgFacts:
    case CircleType::kCaseloadFacts: return own_org || place.role == Role::kCoordinator;
  }
  return false;
}

bool may_be_sealed_to(const Circle& circle, const Circle& receiver) {
  switch (circle.type) {
    case CircleType::kCommons:
    case CircleType::kAlerts:
      return receiver.type == CircleType::kOrg || receiver.type == CircleType::kProgramme ||
             receiver.type == CircleType::kLeads;
    case CircleType::kOrgFacts: return receiver.type == CircleType::kCoordinators;
    case CircleType::kCaseload:
      return receiver.type == CircleType::kLeads && receiver.org == circle.org;
    case CircleType::kCaseloadFacts:
      return receiver.type == CircleType::kCoordinators ||
             (receiver.type == CircleType::kLeads && receiver.org == circle.org);
    default: return false;
  }
}

}  // namespace setu::roster
