"""Eligibility within a window of dates."""

from datetime import date, timedelta


# spec: Decide whether a return may be accepted.
#   A purchase may be returned within 30 days of delivery, the 30th day included, and within 90 days by members. Opened
#   goods may be returned within 14 days by anyone. A return before delivery is an error.
# raises: ValueError when returned < delivered
# rule: opened -> returned <= delivered + timedelta(days=14)
# rule: member -> returned <= delivered + timedelta(days=90)
# rule: otherwise -> returned <= delivered + timedelta(days=30)
# example: may_return(date(2024, 2, 1), date(2024, 3, 2), False, False) == True
# example: may_return(date(2024, 2, 1), date(2024, 3, 3), False, False) == False
# example: may_return(date(2024, 2, 1), date(2024, 5, 1), True, False) == True
# example: may_return(date(2024, 2, 1), date(2024, 2, 16), True, True) == False
# example: may_return(date(2024, 2, 1), date(2024, 1, 31), True, True) raises ValueError
# require: date(1970, 1, 1) <= delivered <= date(2100, 12, 31)
# golden: data/date_window.jsonl
def may_return(delivered: date, returned: date, member: bool, opened: bool) -> bool: ...
