import { describe, expect, it } from "vitest";
import { describeRefusal, describeRun, describeStage, describeTokens, lookOf, summarize } from "../../src/presentation";
import { rowsOf } from "../../src/views/artifactView";
import { ghostLine } from "../../src/views/preview";
import { spec, stages } from "./specs";

describe("a run", () => {
  it("is told with its attempt, its stage and its tokens", () => {
    const running = spec({
      phase: "validating",
      attempt: 2,
      attempts: 5,
      tokens: 340,
      stages: stages("passed", "passed", "running", "queued"),
    });
    expect(describeRun(running)).toBe("attempt 2 of 5, execution (340 tokens)");
    expect(describeRun(spec({ phase: "queued" }))).toBe("waiting");
    expect(describeRun(spec({ phase: "generating" }))).toBe("writing");
  });

  it("names an estimate and a price", () => {
    expect(describeTokens(spec({ tokens: 90, estimated: true }))).toBe("about 90 tokens");
    expect(describeTokens(spec({ tokens: 90, cost: 0.00213 }))).toBe("90 tokens, $0.0021");
  });

  it("that came to nothing is told with its attempts, the stage and what was found", () => {
    const failed = { phase: "refused", stages: stages("passed", "passed", "passed", "failed") } as const;
    expect(describeRefusal(spec({ ...failed, attempt: 3, attempts: 3 }), "gave 0.0")).toBe(
      "decide: no body passed in 3 attempts, and the file is as it was. The last one failed at accuracy: gave 0.0",
    );
    expect(describeRefusal(spec(failed), "gave 0.0")).toBe("decide failed at accuracy: gave 0.0");
    expect(describeRefusal(spec({ phase: "refused" }), "no model is set")).toBe("decide: no model is set");
  });

  it("wins over the state, on every surface", () => {
    expect(lookOf(spec({ state: "locked", phase: "validating" })).icon).toBe("sync~spin");
    expect(summarize([spec({ state: "locked", phase: "queued" })]).text).toBe("decide: waiting");
  });
});

describe("a state", () => {
  it("of a file names what asks for something first, and raises an alarm for it", () => {
    const summary = summarize([spec({ state: "locked" }), spec({ state: "drifted" }), spec({ state: "locked" })]);
    expect(summary).toEqual({ icon: "git-compare", text: "1 drifted, 2 locked", alarm: true });
    expect(summarize([spec({ state: "locked" })]).alarm).toBe(false);
    expect(summarize([spec({ state: "accepted" }), spec({ state: "stub" })]).text).toBe("1 stub, 1 accepted");
    expect(summarize([])).toEqual({ icon: "dash", text: "no specs", alarm: false }); // not a padlock: nothing is locked
  });

  it("is not called locked while the lock waits for a save", () => {
    expect(lookOf(spec({ state: "accepted" })).words).toBe("accepted: the lock is not written yet");
  });
});

describe("a stage", () => {
  it("tells its outcome, its time and its findings", () => {
    expect(describeStage({ stage: "security", outcome: "passed", millis: 12.4, errors: 0, warnings: 1 })).toBe(
      "passed in 12 ms, 1 warning",
    );
    expect(describeStage({ stage: "accuracy", outcome: "failed", millis: 2100, errors: 2, warnings: 0 })).toBe(
      "failed in 2.1 s, 2 errors",
    );
  });

  it("that was skipped is never shown as passed", () => {
    const skipped = describeStage({ stage: "accuracy", outcome: "skipped", millis: 0, errors: 0, warnings: 0 });
    expect(skipped).toBe("skipped");
  });
});

describe("the details", () => {
  it("show the status's stages, and only the sections that are there", () => {
    const rows = rowsOf(
      {
        name: "decide",
        state: "locked",
        lock: { model: "", backend: "rules", stages: { security: "passed" } },
        history: ["locked by ann"],
      },
      spec({ state: "locked", stages: stages("passed", "passed", "passed", "passed") }),
    );
    expect(rows.map((row) => row.label)).toEqual(["locked", "Stages", "Lock", "History"]);
    expect(rows[1]?.children?.map((row) => `${row.label} ${row.value}`)).toContain("accuracy passed");
    expect(rows[2]?.children?.map((row) => row.label)).toEqual(["backend", "stages"]);
  });
});

describe("the ghost", () => {
  it("is the last line that says something", () => {
    expect(ghostLine("if a:\n    return 1\n\n")).toBe("writing, line 2: return 1");
    expect(ghostLine("")).toBe("writing …");
    expect(ghostLine("x".repeat(200)).length).toBeLessThan(110);
  });
});
