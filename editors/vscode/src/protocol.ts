/** The messages of docs/protocol.md in the repository: what the server adds to the Language Server Protocol. Types and names only. */

import type { Range } from "vscode-languageclient";

export const VERSION = 1;

/** One of the locks' states; `invalid`; or `accepted`, while the lock of a body that the user took waits for the save. */
export type State =
  | "stub"
  | "unlocked"
  | "ready"
  | "accepted"
  | "locked"
  | "stale"
  | "drifted"
  | "orphaned"
  | "invalid";
export type Phase =
  | "idle"
  | "queued"
  | "waiting"
  | "generating"
  | "validating"
  | "proposed"
  | "accepted"
  | "locked"
  | "refused"
  | "cancelled";
export type StageName = "security" | "syntax" | "execution" | "accuracy";
export type StageOutcome = "notRun" | "queued" | "running" | "passed" | "failed" | "skipped" | "stale";

export const STAGES: readonly StageName[] = ["security", "syntax", "execution", "accuracy"];

export interface StageStatus {
  readonly stage: StageName;
  readonly outcome: StageOutcome;
  readonly millis: number | null;
  readonly errors: number;
  readonly warnings: number;
}

export interface SpecStatus {
  readonly name: string;
  readonly range: Range;
  readonly nameRange: Range;
  readonly state: State;
  readonly reasons: readonly string[];
  readonly phase: Phase;
  readonly attempt: number;
  readonly attempts: number;
  readonly model: string;
  readonly tokens: number;
  readonly estimated: boolean;
  readonly cost: number | null;
  readonly job: string;
  readonly stages: readonly StageStatus[];
  readonly fingerprint: string;
  readonly outdated: boolean;
}

/** `intaglio/status`: the whole picture of one file. */
export interface FileStatus {
  readonly version: number;
  readonly uri: string;
  readonly documentVersion: number | null;
  readonly specs: readonly SpecStatus[];
}

/** One line of the answer to `intaglio/specs`. */
export interface SpecSummary {
  readonly uri: string;
  readonly name: string;
  readonly range: Range;
  readonly state: State;
  readonly reasons: readonly string[];
}

export interface SpecsAnswer {
  readonly version: number;
  readonly specs: readonly SpecSummary[];
}

/** `intaglio/preview`: an answer as far as it came; null when it is over. */
export interface Preview {
  readonly version: number;
  readonly uri: string;
  readonly name: string;
  readonly job: string;
  readonly attempt: number;
  readonly text: string | null;
}

/** The answer of the command `intaglio.diff`: two whole files. */
export interface DiffAnswer {
  readonly title: string;
  readonly left: { readonly title: string; readonly text: string };
  readonly right: { readonly title: string; readonly text: string };
}

/** Which spec; every server command takes one such object. */
export interface Target {
  readonly uri: string;
  readonly name?: string;
}

/** Whether a run on the spec is under way. */
export function isRunning(spec: { readonly phase: Phase }): boolean {
  return (
    spec.phase === "queued" || spec.phase === "waiting" || spec.phase === "generating" || spec.phase === "validating"
  );
}
