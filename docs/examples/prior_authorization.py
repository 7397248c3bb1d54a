"""Prior authorization of GLP-1 receptor agonists, after the appendix of the paper "Compiled AI" (arXiv 2604.05150)."""


# spec: Decide a prior-authorization request for a GLP-1 receptor agonist.
#   Approve when the patient has type 2 diabetes and an HbA1c of at least 6.5 percent. Deny when the patient is under 18.
#   Otherwise approve when the BMI is at least 30, or at least 27 with a weight-related comorbidity, and in both cases
#   only after step therapy has failed. Send the request to a reviewer when step therapy is what is missing.
#   Deny everything else.
# comply: hipaa
# require: 0 <= age <= 120
# require: 2 < a1c < 20
# require: 10 < bmi < 100
# rule: age < 18 -> "DENY"
# rule: has_t2d and a1c >= 6.5 -> "APPROVE"
# rule: (bmi >= 30 or (bmi >= 27 and comorbidity)) and step_therapy_failed -> "APPROVE"
# rule: bmi >= 30 or (bmi >= 27 and comorbidity) -> "REVIEW"
# rule: otherwise -> "DENY"
# ensure: result in ("APPROVE", "REVIEW", "DENY")
# ensure: age >= 18 or result == "DENY"
# example: decide_glp1(54, True, 7.2, 24.0, False, False) == "APPROVE"
# example: decide_glp1(17, True, 7.2, 24.0, False, False) == "DENY"
# example: decide_glp1(40, False, 5.4, 31.0, False, True) == "APPROVE"
# example: decide_glp1(40, False, 5.4, 31.0, False, False) == "REVIEW"
# example: decide_glp1(40, False, 5.4, 28.0, True, True) == "APPROVE"
# example: decide_glp1(40, False, 5.4, 28.0, False, True) == "DENY"
# example: decide_glp1(40, False, 5.4, 7.0, False, True) raises ValueError
# golden: data/prior_authorization.jsonl
def decide_glp1(
    age: int, has_t2d: bool, a1c: float, bmi: float, comorbidity: bool, step_therapy_failed: bool
) -> str: ...
