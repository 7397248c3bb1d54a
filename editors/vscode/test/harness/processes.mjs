// The processes below a workbench's server, by what Linux tells of them. Looks, and ends only what it is given by number.

import { readdirSync, readFileSync } from "node:fs";

const read = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it ended meanwhile
  }
};

function parentOf(pid) {
  return Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

function isBelow(pid, ancestor) {
  for (let at = pid; at > 1; at = parentOf(at)) if (at === ancestor) return true;
  return false;
}

/** The running language servers of a workbench. */
export function languageServers(workbench) {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && /intaglio\0lsp\0$/.test(read(`/proc/${pid}/cmdline`)))
    .filter((pid) => isBelow(pid, workbench.pid));
}

/** A variable of a process's environment, as it was started with. */
export function variableOf(pid, name) {
  const entry = read(`/proc/${pid}/environ`)
    .split("\0")
    .find((held) => held.startsWith(`${name}=`));
  return entry?.slice(name.length + 1);
}
