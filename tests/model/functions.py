"""Ten simple functions, each with a few visible examples. The hidden rows stand in hidden.py; no prompt was tuned on either."""


# spec: Clamp a value into the range from low to high, both included.
# require: low <= high
# example: clamp(5, 1, 10) == 5
# example: clamp(-3, 1, 10) == 1
# example: clamp(12, 1, 10) == 10
def clamp(value: int, low: int, high: int) -> int: ...


# spec: Return the initials of a full name: the first letter of each word, in upper case, each followed by a period.
# example: initials("ada lovelace") == "A.L."
# example: initials("Grace Brewster Hopper") == "G.B.H."
# example: initials("") == ""
def initials(name: str) -> str: ...


# spec: Count the vowels (a, e, i, o, u) in a text, whatever their case.
# example: count_vowels("Invoice") == 4
# example: count_vowels("XYZ") == 0
# example: count_vowels("") == 0
def count_vowels(text: str) -> int: ...


# spec: Parse pairs of the form key=value that are separated by semicolons into a dict.
#   The key ends at the first equals sign; everything behind it belongs to the value. White space around keys and values
#   is removed. Parts without an equals sign are left out.
# example: parse_pairs("a=1;b=2") == {"a": "1", "b": "2"}
# example: parse_pairs(" x = 9 ; y=") == {"x": "9", "y": ""}
# example: parse_pairs("a=1;junk") == {"a": "1"}
# example: parse_pairs("") == {}
def parse_pairs(text: str) -> dict[str, str]: ...


# spec: Return the median of a list of numbers: the middle one of the sorted list, or the mean of the two middle ones.
# require: len(values) > 0
# example: median([3.0, 1.0, 2.0]) == 2.0
# example: median([4.0, 1.0, 2.0, 3.0]) == 2.5
# example: median([7.0]) == 7.0
def median(values: list[float]) -> float: ...


# spec: Decide whether a year is a leap year of the Gregorian calendar.
# require: year > 0
# example: is_leap(2024) == True
# example: is_leap(1900) == False
# example: is_leap(2000) == True
# example: is_leap(2023) == False
def is_leap(year: int) -> bool: ...


# spec: Remove duplicates from a list and keep the first occurrence of each item, in the order in which they come.
# example: unique([3, 1, 3, 2, 1]) == [3, 1, 2]
# example: unique([]) == []
# example: unique([5, 5, 5]) == [5]
def unique(items: list[int]) -> list[int]: ...


# spec: Write a whole number of cents as an amount in dollars with two decimals, with a minus sign in front of the dollar
#   sign when it is negative.
# example: dollars(1250) == "$12.50"
# example: dollars(-5) == "-$0.05"
# example: dollars(0) == "$0.00"
# example: dollars(100) == "$1.00"
def dollars(cents: int) -> str: ...


# spec: Return the length of the longest run of equal neighbours in a text; 0 for an empty text.
# example: longest_run("aabbbc") == 3
# example: longest_run("abc") == 1
# example: longest_run("") == 0
# example: longest_run("zz") == 2
def longest_run(text: str) -> int: ...


# spec: Mask an account number: replace every character but the last four by an asterisk. Numbers of four characters or
#   fewer stay as they are.
# example: mask_account("123456789") == "*****6789"
# example: mask_account("1234") == "1234"
# example: mask_account("12") == "12"
def mask_account(number: str) -> str: ...
