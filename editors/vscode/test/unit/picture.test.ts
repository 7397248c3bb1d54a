import { describe, expect, it } from "vitest";
import { Picture } from "../../src/picture";
import { lines, spec } from "./specs";

const uri = "file:///w/claims.py";
const other = "file:///w/other.py";
const summary = (at: string, name: string) => ({
  uri: at,
  name,
  range: lines(1, 2),
  state: "locked" as const,
  reasons: [],
});

describe("the picture", () => {
  it("lists a file's own picture in the stead of what the workspace's list says of it", () => {
    const picture = new Picture();
    picture.takeWorkspace([summary(uri, "decide"), summary(other, "route")]);
    picture.take({ version: 1, uri, documentVersion: 3, specs: [spec({ state: "drifted" })] });
    expect(picture.all().map((known) => [known.summary.name, known.summary.state])).toEqual([
      ["decide", "drifted"],
      ["route", "locked"],
    ]);
    picture.forget(uri);
    expect(picture.find({ uri, name: "decide" })?.summary.state).toBe("locked");
  });

  it("leaves a picture of an older version of the document aside", () => {
    const picture = new Picture();
    picture.take({ version: 1, uri, documentVersion: 4, specs: [spec({ state: "drifted" })] });
    picture.take({ version: 1, uri, documentVersion: 3, specs: [spec({ state: "locked" })] });
    expect(picture.find({ uri, name: "decide" })?.summary.state).toBe("drifted");
  });

  it("has one row for two functions of one name, which the editor's lists would refuse to take twice", () => {
    const picture = new Picture();
    picture.take({
      version: 1,
      uri,
      documentVersion: 1,
      specs: [spec({ range: lines(1, 2) }), spec(), spec({ name: "b" })],
    });
    picture.takeWorkspace([summary(other, "decide"), summary(other, "decide")]);
    expect(picture.distinct().map((known) => [known.uri, known.summary.name])).toEqual([
      [uri, "decide"],
      [uri, "b"],
      [other, "decide"],
    ]);
    expect(picture.all()).toHaveLength(5);
  });

  it("finds the spec of a line in its comment and in its body, and none between", () => {
    const picture = new Picture();
    picture.take({
      version: 1,
      uri,
      documentVersion: 1,
      specs: [spec({ range: lines(2, 9) }), spec({ name: "route", range: lines(12, 20) })],
    });
    expect([1, 2, 9, 10, 12, 20].map((line) => picture.at(uri, line)?.name)).toEqual([
      undefined,
      "decide",
      "decide",
      undefined,
      "route",
      "route",
    ]);
  });

  it("knows nothing any more when the server is gone", () => {
    const picture = new Picture();
    const told: (string | undefined)[] = [];
    picture.take({ version: 1, uri, documentVersion: 1, specs: [spec()] });
    const ending = picture.onChange((changed) => told.push(changed));
    picture.clear();
    expect(picture.all()).toEqual([]);
    expect(told).toEqual([undefined]);
    ending.dispose();
    picture.clear();
    expect(told).toHaveLength(1);
  });
});
