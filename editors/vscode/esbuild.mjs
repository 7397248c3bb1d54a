// Bundles the extension into dist/extension.js, and the in-process tests into dist/workbench/*.cjs (with --tests).
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
    entryPoints: ["test/workbench/one_folder.ts"],
    outdir: "dist/workbench",
    outExtension: { ".js": ".cjs" },
    sourcemap: "inline",
  });
}
