/** Pictures for the tests, as the server sends them. */

import type { SpecStatus, StageOutcome } from "../../src/protocol";
import { STAGES } from "../../src/protocol";

export function lines(first: number, last: number): SpecStatus["range"] {
  return { start: { line: first, character: 0 }, end: { line: last, character: 0 } };
}

export function stages(...outcomes: StageOutcome[]): SpecStatus["stages"] {
  return STAGES.map((stage, place) => ({
    stage,
    outcome: outcomes[place] ?? "notRun",
    millis: 0,
    errors: 0,
    warnings: 0,
  }));
}

export function spec(some: Partial<SpecStatus> = {}): SpecStatus {
  return {
    name: "decide",
    range: lines(0, 9),
    nameRange: lines(8, 8),
    state: "stub",
    reasons: [],
    phase: "idle",
    attempt: 0,
    attempts: 0,
    model: "",
    tokens: 0,
    estimated: false,
    cost: null,
    job: "",
    stages: stages(),
    fingerprint: "",
    outdated: false,
    ...some,
  };
}
