"""Normalization of postal addresses."""

# spec: Normalize one line of a US street address.
#   Convert to upper case. Remove every period and comma. Replace each run of white space by one space and strip both
#   ends. Then replace each whole word STREET by ST, AVENUE by AVE, ROAD by RD, BOULEVARD by BLVD, APARTMENT by APT,
#   NORTH by N, SOUTH by S, EAST by E and WEST by W.
# require: line.isascii()
# ensure: result == result.strip()
# ensure: "  " not in result
# example: normalize_address("12 Main Street") == "12 MAIN ST"
# example: normalize_address("  7 north  Elm ave.") == "7 N ELM AVE"
# example: normalize_address("500 West Boulevard, Apartment 3") == "500 W BLVD APT 3"
# example: normalize_address("9 Northern Road") == "9 NORTHERN RD"
# example: normalize_address("") == ""
# golden: data/address.jsonl
def normalize_address(line: str) -> str: ...
