import { describe, expect, it } from "vitest";
import type { ApplyWorkspaceEditParams, TextEdit } from "vscode-languageclient";
import { applied, confirmed, questionOf } from "../../src/offers";

const at = (line: number, from: number, to: number) => ({
  start: { line, character: from },
  end: { line, character: to },
});
const edit = { range: at(1, 4, 7), newText: "return 2", annotationId: "intaglio" };

function offer(needsConfirmation: boolean): ApplyWorkspaceEditParams {
  return {
    edit: {
      documentChanges: [{ textDocument: { uri: "file:///w/claims.py", version: 7 }, edits: [edit] }],
      changeAnnotations: {
        intaglio: { label: "Compiled: decide", needsConfirmation, description: "passed all four stages" },
      },
    },
  };
}

const document = (text: string) => ({
  getText: () => text,
  offsetAt: ({ line, character }: { line: number; character: number }) =>
    text
      .split("\n")
      .slice(0, line)
      .reduce((sum, held) => sum + held.length + 1, 0) + character,
});

describe("an offered edit", () => {
  it("asks when its annotation says so, and only then", () => {
    expect(questionOf(offer(true))).toMatchObject({
      uri: "file:///w/claims.py",
      annotation: { label: "Compiled: decide" },
    });
    expect(questionOf(offer(false))).toBeUndefined();
    expect(questionOf({ edit: { changes: { "file:///w/claims.py": [edit] } } })).toBeUndefined();
  });

  it("keeps its version when it is confirmed, so that an edit made meanwhile is never overwritten", () => {
    const sent = confirmed(offer(true));
    expect(sent.edit.documentChanges).toEqual([
      { textDocument: { uri: "file:///w/claims.py", version: 7 }, edits: [{ range: edit.range, newText: "return 2" }] },
    ]);
    expect(sent.edit.changeAnnotations).toBeUndefined();
  });

  it("is shown as the text that it would make, whatever the order of its edits", () => {
    const edits: TextEdit[] = [
      { range: at(0, 0, 1), newText: "AAA" },
      { range: at(1, 0, 2), newText: "" },
      { range: at(0, 3, 3), newText: "!" },
    ];
    expect(applied(document("abc\ndef"), edits)).toBe("AAAbc!\nf");
  });
});
