import { chmodSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { doingOf, install, suitable } from "../../src/server/installing";

function interpreter(version: string, more = ""): string {
  const path = join(mkdtempSync(join(tmpdir(), "intaglio-python-")), "python3");
  writeFileSync(path, `#!/bin/sh\nif [ "$1" = -I ]; then echo ${version}; exit 0; fi\n${more}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("installing", () => {
  it("takes the first interpreter that is new enough", async () => {
    const old = interpreter("3.10");
    const fit = interpreter("3.12");
    expect(await suitable([old, "/nowhere/python", fit])).toBe(fit);
  });

  it("says which ones would not do", async () => {
    const old = interpreter("3.9");
    await expect(suitable([old, "/nowhere/python"])).rejects.toThrow(
      `needs Python 3.11 or later: ${old} is Python 3.9, /nowhere/python does not start`,
    );
  });

  it("tells who waits what is done, and none of pip's other lines", () => {
    expect(doingOf("Collecting tree-sitter-python>=0.25 (from intaglio==0.1.0)")).toBe("fetching tree-sitter-python");
    expect(doingOf("Installing collected packages: click, tomli-w, rich")).toBe("putting 3 packages in place");
    expect(doingOf("WARNING: Location 'file:///mirror/' is ignored")).toBeUndefined();
    expect(doingOf("  Using cached click-8.3.0-py3-none-any.whl (107 kB)")).toBeUndefined();
  });

  it("leaves no half environment behind, and says what failed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "intaglio-install-"));
    const wheels = join(folder, "wheels");
    mkdirSync(wheels);
    writeFileSync(join(wheels, "intaglio-0.1.0-py3-none-any.whl"), "");
    const environment = join(folder, "server");
    const failing = interpreter("3.12", `mkdir -p "${environment}"; echo "no ensurepip here" >&2; exit 1`);
    const installing = install({
      environment,
      wheels,
      interpreters: [failing],
      windows: false,
      report: () => undefined,
      show: () => undefined,
      signal: new AbortController().signal,
    });
    await expect(installing).rejects.toThrow("no ensurepip here");
    expect(existsSync(environment)).toBe(false);
  });

  it("refuses a package that holds no server", async () => {
    const missing = install({
      environment: "/nowhere/e",
      wheels: "/nowhere/w",
      interpreters: [interpreter("3.12")],
      windows: false,
      report: () => undefined,
      show: () => undefined,
      signal: new AbortController().signal,
    });
    await expect(missing).rejects.toThrow("holds no server");
  });
});
