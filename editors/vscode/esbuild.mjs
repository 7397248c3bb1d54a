// Bundles the extension into dist/extension.js, and the in-process tests with the extension beside them into dist (with --tests).
import { copyFileSync } from "node:fs";
import { build } from "esbuild";

const shared = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
  logLevel: "warning",
};
await build({
  ...shared,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  minify: true,
  sourcemap: false,
});
if (process.argv.includes("--tests")) {
  await build({
    ...shared,
    entryPoints: ["test/workbench/one_folder.ts", "test/workbench/several_roots.ts"],
    outdir: "dist/workbench",
    outExtension: { ".js": ".cjs" },
    sourcemap: "inline",
  });
  await build({
    ...shared,
    entryPoints: ["test/python-extension/extension.ts"],
    outfile: "dist/python-extension/extension.cjs",
  });
  copyFileSync("test/python-extension/package.json", "dist/python-extension/package.json");
}
