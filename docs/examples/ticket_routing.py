"""Routing of support tickets."""

from enum import Enum


class Queue(Enum):
    """Where a ticket waits."""

    SECURITY = "security"
    BILLING = "billing"
    ENTERPRISE = "enterprise"
    TECHNICAL = "technical"
    GENERAL = "general"


# spec: Route a support ticket to a queue.
#   Security tickets go to security, whoever sends them. Billing tickets go to billing, but to enterprise when the
#   customer's plan is enterprise. Technical tickets of enterprise customers, and urgent ones (severity 1) of anyone, go
#   to enterprise; other technical tickets go to technical. Everything else is general.
# require: 1 <= severity <= 4
# rule: category == "security" -> Queue.SECURITY
# rule: category == "billing" and plan == "enterprise" -> Queue.ENTERPRISE
# rule: category == "billing" -> Queue.BILLING
# rule: category == "technical" and (plan == "enterprise" or severity == 1) -> Queue.ENTERPRISE
# rule: category == "technical" -> Queue.TECHNICAL
# rule: otherwise -> Queue.GENERAL
# example: route("security", "free", 4) == Queue.SECURITY
# example: route("billing", "enterprise", 3) == Queue.ENTERPRISE
# example: route("billing", "free", 3) == Queue.BILLING
# example: route("technical", "free", 1) == Queue.ENTERPRISE
# example: route("technical", "team", 2) == Queue.TECHNICAL
# example: route("praise", "team", 2) == Queue.GENERAL
# golden: data/ticket_routing.jsonl
def route(category: str, plan: str, severity: int) -> Queue: ...
