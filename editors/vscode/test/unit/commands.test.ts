import { describe, expect, it } from "vitest";
import type { TextEditor } from "vscode";
import { targetOf } from "../../src/commands";
import { Picture } from "../../src/picture";
import { lines, spec } from "./specs";

const uri = "file:///w/claims.py";
const picture = new Picture();
picture.take({ version: 1, uri, documentVersion: 1, specs: [spec({ range: lines(2, 9) })] });
const editorAt = (line: number) =>
  ({ document: { uri: { toString: () => uri } }, selection: { active: { line } } }) as unknown as TextEditor;

describe("what a command is about", () => {
  it("is what a lens, an action or a row of the view names, with all that they give", () => {
    expect(targetOf([{ uri, name: "route", adopt: true }], picture, editorAt(3))).toEqual({
      uri,
      name: "route",
      adopt: true,
    });
    expect(targetOf([{ kind: "spec", uri, name: "route" }, [{}]], picture, editorAt(3))).toEqual({
      uri,
      name: "route",
    });
    expect(targetOf([{ kind: "file", uri }], picture, editorAt(3))).toEqual({ uri });
  });

  it("is the cursor's function from the palette, or the file outside of any", () => {
    expect(targetOf([], picture, editorAt(3))).toEqual({ uri, name: "decide" });
    expect(targetOf([], picture, editorAt(30))).toEqual({ uri });
    expect(targetOf([], picture, undefined)).toBeUndefined();
  });

  it("is nothing for a row that went while it was clicked, and never the cursor's function instead", () => {
    expect(targetOf([undefined, undefined], picture, editorAt(3))).toBeUndefined();
    expect(targetOf([null], picture, editorAt(3))).toBeUndefined();
  });
});
