/** How a spec's state and a stage's outcome are shown: icons, words, colours. One table for every surface. */

import {
  isRunning,
  type SpecStatus,
  type SpecSummary,
  type StageOutcome,
  type StageStatus,
  type State,
} from "./protocol";

export interface Look {
  /** A codicon's name. */
  readonly icon: string;
  /** A theme colour's id, or nothing for the plain one. */
  readonly colour?: string;
  readonly words: string;
}

const GREEN = "testing.iconPassed";
const RED = "testing.iconFailed";
const AMBER = "list.warningForeground";
const BLUE = "charts.blue";
const GREY = "disabledForeground";

/** In the order in which a person wants to see them: what asks for something first. */
export const STATES: Readonly<Record<State, Look>> = {
  invalid: { icon: "error", colour: RED, words: "cannot be read" },
  drifted: { icon: "git-compare", colour: RED, words: "drifted: the body was changed by hand" },
  stale: { icon: "history", colour: AMBER, words: "stale: what it was made from changed" },
  orphaned: { icon: "question", colour: AMBER, words: "orphaned: the function is gone" },
  unlocked: { icon: "unlock", colour: AMBER, words: "unlocked: not checked as it stands" },
  stub: { icon: "circle-outline", colour: GREY, words: "stub: no body yet" },
  ready: { icon: "check", colour: BLUE, words: "ready: passed all stages, not locked" },
  accepted: { icon: "save", colour: BLUE, words: "accepted: the lock is not written yet" },
  locked: { icon: "lock", colour: GREEN, words: "locked: every fingerprint matches" },
};

export const STATE_NAMES = Object.keys(STATES) as State[];

const OUTCOMES: Readonly<Record<StageOutcome, Look>> = {
  notRun: { icon: "circle-outline", colour: GREY, words: "not run" },
  queued: { icon: "clock", colour: BLUE, words: "queued" },
  running: { icon: "sync~spin", colour: BLUE, words: "running" },
  passed: { icon: "pass", colour: GREEN, words: "passed" },
  failed: { icon: "error", colour: RED, words: "failed" },
  skipped: { icon: "debug-step-over", colour: AMBER, words: "skipped" },
  stale: { icon: "history", colour: AMBER, words: "of an older version" },
};

/** How a spec looks; a run that is under way wins over the state. */
export function lookOf(spec: SpecSummary | SpecStatus): Look {
  if ("phase" in spec && isRunning(spec)) return { icon: "sync~spin", colour: BLUE, words: describeRun(spec) };
  return STATES[spec.state];
}

export function lookOfStage(stage: StageStatus): Look {
  return OUTCOMES[stage.outcome];
}

/** A run in one line: "attempt 2 of 5, execution (340 tokens)". */
export function describeRun(spec: SpecStatus): string {
  const running = spec.stages.find((stage) => stage.outcome === "running");
  const attempt = spec.attempts > 1 && spec.attempt > 0 ? `attempt ${spec.attempt} of ${spec.attempts}, ` : "";
  const doing =
    spec.phase === "queued" || spec.phase === "waiting"
      ? "waiting"
      : (running?.stage ?? (spec.phase === "generating" ? "writing" : "checking"));
  return attempt + doing + (spec.tokens > 0 ? ` (${describeTokens(spec)})` : "");
}

/** Why a run came to nothing, in one message; `why` is the first thing that was found. */
export function describeRefusal(spec: SpecStatus, why: string): string {
  const failed = spec.stages.find((stage) => stage.outcome === "failed");
  if (failed === undefined) return `${spec.name}: ${why}`;
  if (spec.attempt === 0) return `${spec.name} failed at ${failed.stage}: ${why}`;
  const attempts = spec.attempt === 1 ? "in one attempt" : `in ${spec.attempt} attempts`;
  return `${spec.name}: no body passed ${attempts}, and the file is as it was. The last one failed at ${failed.stage}: ${why}`;
}

/** Tokens and price: "340 tokens, $0.0021"; an estimate is called one. */
export function describeTokens(spec: Pick<SpecStatus, "tokens" | "estimated" | "cost">): string {
  const tokens = `${spec.estimated ? "about " : ""}${spec.tokens} tokens`;
  return spec.cost === null ? tokens : `${tokens}, ${describeCost(spec.cost)}`;
}

export function describeCost(cost: number): string {
  return cost === 0 ? "$0" : `$${cost.toFixed(cost < 0.01 ? 4 : 2)}`;
}

/** A stage in one line: "passed in 12 ms, 1 warning". */
export function describeStage(stage: StageStatus): string {
  const took = stage.millis !== null && stage.millis > 0 ? ` in ${describeMillis(stage.millis)}` : "";
  const counts = [count(stage.errors, "error"), count(stage.warnings, "warning")].filter((text) => text !== "");
  return [
    OUTCOMES[stage.outcome].words + (stage.outcome === "passed" || stage.outcome === "failed" ? took : ""),
    ...counts,
  ].join(", ");
}

export function describeMillis(millis: number): string {
  return millis < 1000 ? `${Math.max(1, Math.round(millis))} ms` : `${(millis / 1000).toFixed(1)} s`;
}

function count(number: number, word: string): string {
  return number === 0 ? "" : `${number} ${word}${number === 1 ? "" : "s"}`;
}

/** A file's specs in one line for the status bar: "1 drifted, 2 locked", or the run that is under way. */
export function summarize(specs: readonly SpecStatus[]): {
  readonly icon: string;
  readonly text: string;
  readonly alarm: boolean;
} {
  const running = specs.filter(isRunning);
  const first = running[0];
  if (first !== undefined) {
    const more = running.length > 1 ? ` and ${running.length - 1} more` : "";
    return { icon: "sync~spin", text: `${first.name}${more}: ${describeRun(first)}`, alarm: false };
  }
  const present = STATE_NAMES.filter((state) => specs.some((spec) => spec.state === state));
  const worst = present[0];
  const text = present.map((state) => `${specs.filter((spec) => spec.state === state).length} ${state}`).join(", ");
  const alarm = worst === "invalid" || worst === "drifted" || worst === "stale";
  return { icon: worst === undefined ? "dash" : STATES[worst].icon, text: text === "" ? "no specs" : text, alarm };
}
