import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  find,
  fits,
  isInside,
  places,
  probe,
  type Surroundings,
  withoutRelativePath,
} from "../../src/server/discovery";

const around: Surroundings = {
  setting: "",
  trusted: true,
  folders: ["/srv/claims"],
  interpreter: "/opt/env/bin/python",
  path: "/usr/local/bin:/srv/claims/bin:.:relative/bin",
  own: "/storage/server",
  windows: false,
};

function looking(versions: Record<string, string>) {
  return {
    exists: (path: string) => path in versions,
    probe: (path: string) =>
      Promise.resolve(versions[path] === "broken" ? { failure: "ImportError" } : { version: versions[path] ?? "" }),
  };
}

describe("places", () => {
  it("are the workspace's environment, the selected one, PATH, and the extension's own, in this order", () => {
    expect(places(around).map((place) => place.command)).toEqual([
      "/srv/claims/.venv/bin/intaglio",
      "/srv/claims/venv/bin/intaglio",
      "/opt/env/bin/intaglio",
      "/usr/local/bin/intaglio",
      "/srv/claims/bin/intaglio",
      "/storage/server/bin/intaglio",
    ]);
  });

  it("hold nothing of the workspace until it is trusted, however it got on PATH", () => {
    const commands = places({ ...around, trusted: false, interpreter: "/srv/claims/env/bin/python" }).map(
      (place) => place.command,
    );
    expect(commands).toEqual(["/usr/local/bin/intaglio", "/storage/server/bin/intaglio"]);
  });

  it("are the setting alone when it is written, relative to the workspace", () => {
    expect(places({ ...around, setting: "tools/intaglio" }).map((place) => place.command)).toEqual([
      "/srv/claims/tools/intaglio",
    ]);
    expect(places({ ...around, setting: "/srv/claims/tools/intaglio", trusted: false })).toEqual([]);
  });
});

describe("on Windows", () => {
  const windows: Surroundings = {
    setting: "",
    trusted: true,
    folders: ["c:\\Work\\claims"],
    interpreter: "C:\\Users\\ann\\env\\Scripts\\python.exe",
    path: "C:\\Python312\\Scripts\\;D:\\tools;.;tools\\bin;C:\\work\\CLAIMS\\bin",
    own: "C:\\Users\\ann\\AppData\\Roaming\\intaglio\\server",
    windows: true,
  };
  const commands = (around: Surroundings) => places(around).map((place) => place.command);

  it("places are executables in Scripts, beside the interpreter, and in each folder of a PATH of semicolons and drives", () => {
    expect(commands(windows)).toEqual([
      "c:\\Work\\claims\\.venv\\Scripts\\intaglio.exe",
      "c:\\Work\\claims\\venv\\Scripts\\intaglio.exe",
      "C:\\Users\\ann\\env\\Scripts\\intaglio.exe",
      "C:\\Users\\ann\\env\\Scripts\\Scripts\\intaglio.exe",
      "C:\\Python312\\Scripts\\intaglio.exe",
      "D:\\tools\\intaglio.exe",
      "C:\\work\\CLAIMS\\bin\\intaglio.exe",
      "C:\\Users\\ann\\AppData\\Roaming\\intaglio\\server\\Scripts\\intaglio.exe",
    ]);
  });

  it("an interpreter that is in no virtual environment has its commands in Scripts below it", () => {
    expect(commands({ ...windows, interpreter: "C:\\Python312\\python.exe", path: "" })).toContain(
      "C:\\Python312\\Scripts\\intaglio.exe",
    );
  });

  it("nothing of an untrusted workspace is named, in whatever case its drive and folders are written", () => {
    expect(commands({ ...windows, trusted: false, interpreter: "C:\\WORK\\claims\\env\\python.exe" })).toEqual([
      "C:\\Python312\\Scripts\\intaglio.exe",
      "D:\\tools\\intaglio.exe",
      "C:\\Users\\ann\\AppData\\Roaming\\intaglio\\server\\Scripts\\intaglio.exe",
    ]);
    expect(isInside("D:\\Work\\claims\\x.exe", "C:\\Work\\claims", true)).toBe(false);
    expect(isInside("C:\\Work\\claims-too\\x.exe", "C:\\Work\\claims", true)).toBe(false);
    expect(isInside("C:\\Work\\claims\\..hidden\\x.exe", "C:\\Work\\claims", true)).toBe(true);
  });

  it("the setting is taken with a drive, and relative to the first folder without one", () => {
    expect(commands({ ...windows, setting: "D:\\env\\Scripts\\intaglio.exe" })).toEqual([
      "D:\\env\\Scripts\\intaglio.exe",
    ]);
    expect(commands({ ...windows, setting: "env\\Scripts\\intaglio.exe" })).toEqual([
      "c:\\Work\\claims\\env\\Scripts\\intaglio.exe",
    ]);
    expect(commands({ ...windows, setting: "env/Scripts/intaglio.exe", trusted: false })).toEqual([]);
  });
});

describe("the server's environment", () => {
  it("has no folder on PATH that is relative to where it is started, and all else as it was", () => {
    expect(withoutRelativePath({ PATH: "/usr/bin:.::bin:/opt/bin", HOME: "/root" }, false)).toEqual({
      PATH: "/usr/bin:/opt/bin",
      HOME: "/root",
    });
    expect(withoutRelativePath({ Path: "C:\\Windows;.;bin;D:\\tools" }, true)).toEqual({
      Path: "C:\\Windows;D:\\tools",
    });
    expect(withoutRelativePath({ Path: "." }, false)).toEqual({ Path: "." });
  });
});

describe("find", () => {
  it("takes the first that fits, and passes by an older one", async () => {
    const found = await find(
      around,
      "0.1.4",
      looking({ "/srv/claims/.venv/bin/intaglio": "0.0.9", "/opt/env/bin/intaglio": "0.1.0" }),
    );
    expect(found).toMatchObject({ place: { command: "/opt/env/bin/intaglio" }, version: "0.1.0" });
  });

  it("says of each that would not do why", async () => {
    const found = await find(
      around,
      "0.1.0",
      looking({ "/srv/claims/.venv/bin/intaglio": "0.2.0", "/opt/env/bin/intaglio": "broken" }),
    );
    expect(found).toEqual({
      named: false,
      tried: [
        "/srv/claims/.venv/bin/intaglio (the workspace's .venv) has version 0.2.0; this extension needs 0.1.x",
        "/opt/env/bin/intaglio (the selected Python environment) does not start: ImportError",
      ],
    });
  });

  it("does not take another in the stead of one that the user named", async () => {
    const found = await find(
      { ...around, setting: "/gone/intaglio" },
      "0.1.0",
      looking({ "/opt/env/bin/intaglio": "0.1.0" }),
    );
    expect(found).toEqual({ named: true, tried: ["/gone/intaglio (the setting intaglio.server.path) does not exist"] });
  });

  it("compares major and minor versions", () => {
    expect(fits("0.1.7", "0.1.0")).toBe(true);
    expect(fits("0.2.0", "0.1.0")).toBe(false);
    expect(fits("1.1.0", "0.1.0")).toBe(false);
  });
});

describe("probe", () => {
  const script = (text: string) => {
    const path = join(mkdtempSync(join(tmpdir(), "intaglio-probe-")), "intaglio");
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  };

  it("reads what the command line prints", async () => {
    expect(await probe(script("echo intaglio, version 0.1.0"))).toEqual({ version: "0.1.0" });
  });

  it("says what a broken one said last", async () => {
    expect(await probe(script("echo Traceback >&2; echo 'ImportError: no click' >&2; exit 1"))).toEqual({
      failure: "ImportError: no click",
    });
    expect(await probe(script("echo something else"))).toEqual({ failure: 'it says "something else\\n"' });
    expect(await probe("/nowhere/intaglio")).toMatchObject({ failure: expect.stringContaining("ENOENT") });
  });
});
