// The workspace that the tests open: one spec that its rules cover, one that needs a model, one with mistakes.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const sample = resolve(import.meta.dirname, "..", "..", "media", "walkthrough", "intaglio_sample.py");

export const FEE = `"""Fees of late invoices."""

# spec: Compute the fee of a late invoice: 2 percent of the amount for each begun week that it
#   is late, and never more than the amount. No fee when it is not late.
# require: 0 <= amount <= 1000000
# require: 0 <= days <= 3650
# ensure: 0 <= result <= amount
# example: fee(100.0, 0) == 0.0
# example: fee(100.0, 1) == 2.0
# example: fee(100.0, 8) == 4.0
# example: fee(100.0, 3650) == 100.0
def fee(amount: float, days: int) -> float: ...
`;

/** What a model answers for `fee`: first a body that fails an example, then one that passes. */
export const WRONG = "return min(amount, amount * 0.02 * (days // 7))\n";
export const RIGHT = "weeks = (days + 6) // 7\nreturn min(amount, amount * 2 * weeks / 100)\n";

/** Settings for machines that are busy with other things too. */
const PATIENT = "call-seconds = 10\nstage-seconds = 60\n";

const MISTAKES = `"""Mistakes to be found."""

# spec: Double the number.
# exmaple: twice(2) == 4
def twice(number: int) -> int: ...
`;

const TWINS = `"""Two functions of one name."""

# spec: Double the number.
def twin(number: int) -> int: ...


# spec: Halve the number.
def twin(number: int) -> int: ...
`;

/** A body that takes its time: the execution stage runs it until the stage's own time is over, unless it is cancelled. */
export const SLOW = `"""A slow sum."""

# spec: Sum the numbers from 0 to the number.
# require: 0 <= number <= 1000
# example: total(3) == 6
def total(number: int) -> int:
    result = 0
    for _ in range(300000):
        result = number * (number + 1) // 2
    return result
`;

/** Write the workspace into a folder; the folder. */
export function makeWorkspace(folder) {
  copyFileSync(sample, join(folder, "claims.py"));
  writeFileSync(join(folder, "fees.py"), FEE);
  writeFileSync(join(folder, "mistakes.py"), MISTAKES);
  writeFileSync(join(folder, "twins.py"), TWINS);
  writeFileSync(join(folder, "pyproject.toml"), `[tool.intaglio]\nattempts = 3\n${PATIENT}`);
  execFileSync("git", ["init", "-q", folder]);
  return folder;
}

const NET = `"""Net amounts of invoices."""

# spec: Compute the net amount: the gross amount less the discount when it was paid in time.
# require: 0 <= gross <= 1000000
# require: 0 <= discount <= 1000
# rule: in_time -> gross - discount
# rule: otherwise -> gross
# example: net(100, 2, True) == 98
# example: net(100, 2, False) == 100
def net(gross: int, discount: int, in_time: bool) -> int: ...
`;

/** Write a workspace of two folders, one with a name that is escaped in URIs, into a folder; the workspace's file. */
export function makeSeveralRoots(folder) {
  const names = ["claims", "rechnungen (ü) + 1@home"];
  for (const name of names) mkdirSync(join(folder, name));
  const [claims, invoices] = names.map((name) => join(folder, name));
  copyFileSync(sample, join(claims, "claims.py"));
  writeFileSync(join(claims, "fees.py"), FEE);
  writeFileSync(join(claims, "pyproject.toml"), `[tool.intaglio]\nattempts = 3\n${PATIENT}`);
  writeFileSync(join(invoices, "invoice.py"), NET);
  writeFileSync(join(invoices, "intaglio.toml"), `attempts = 1\n${PATIENT}`);
  const file = join(folder, "both.code-workspace");
  writeFileSync(file, JSON.stringify({ folders: names.map((path) => ({ path })), settings: {} }));
  return file;
}
