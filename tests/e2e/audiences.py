"""Which fields leave the home, as a test knows it: written down here again, so that a slip in a form is seen."""

FACTS = {
    "client": {"age_band", "gender", "population", "registered_quarter", "same_as", "status"},
    "contact": {"client", "population", "gender", "age_band", "district", "activity", "month", "services_shown",
                "condoms", "lubricant", "self_tests", "needles"},
    "referral": {"code", "client", "service_shown", "urgency", "to_facility", "to_org", "made_on", "due_on",
                 "accompanied", "status", "reason_not_done", "stigma_met"},
    "activity": {"type", "date", "district", "topics", "reached", "organisations", "materials"},
}
HOME = {
    "client": {"alias", "phone", "contact_safe", "area", "uic", "birth_year", "consent", "consent_version",
               "consent_on", "notes"},
    "contact": {"date", "services", "hiv_result", "sti_result", "feeling", "follow_up_on", "notes"},
    "referral": {"service", "consent", "outcome", "feedback", "notes"},
    "activity": {"title", "place", "location", "facilitators", "result", "notes"},
}
PROGRAMME = {"activity": {"published_result"}}


def read_by_coordinators(kind):
    return FACTS[kind] | PROGRAMME.get(kind, set())
