"""A sample for the first five minutes: everything that the function must do stands in its spec."""

# spec: Decide coverage for a GLP-1 prior-authorization request.
#   Approve when the patient has type 2 diabetes. Otherwise approve when BMI is at
#   least 30 and step therapy has failed. Otherwise deny.
# require: 10 < bmi < 100
# rule: has_t2d -> "APPROVE"
# rule: bmi >= 30 and step_failed -> "APPROVE"
# rule: otherwise -> "DENY"
# ensure: result in ("APPROVE", "DENY")
# example: decide(True, 24.0, False) == "APPROVE"
# example: decide(False, 31.0, True) == "APPROVE"
# example: decide(False, 31.0, False) == "DENY"
# example: decide(False, 7.0, False) raises ValueError
def decide(has_t2d: bool, bmi: float, step_failed: bool) -> str: ...
