/**
 * Keys of model providers: kept in the editor's secret storage, handed to the server in its environment and nowhere else.
 * Never written to a file, a setting or the log.
 */

import * as vscode from "vscode";

const NAMES = "intaglio.keys";
const PREFIX = "intaglio.key.";

/** Variables as litellm reads them. */
const PROVIDERS: readonly { readonly label: string; readonly variable: string }[] = [
  { label: "OpenAI", variable: "OPENAI_API_KEY" },
  { label: "Anthropic", variable: "ANTHROPIC_API_KEY" },
  { label: "Google Gemini", variable: "GEMINI_API_KEY" },
  { label: "Mistral", variable: "MISTRAL_API_KEY" },
  { label: "OpenRouter", variable: "OPENROUTER_API_KEY" },
];

export function keyNames(context: vscode.ExtensionContext): string[] {
  return context.globalState.get<string[]>(NAMES, []);
}

/** The variables for the server's environment. */
export async function environmentOfKeys(context: vscode.ExtensionContext): Promise<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const name of keyNames(context)) {
    const value = await context.secrets.get(PREFIX + name);
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}

/** Ask for a provider and its key, and keep it. True when something was kept. */
export async function askForKey(context: vscode.ExtensionContext): Promise<boolean> {
  const other = { label: "Another variable...", description: "as the provider's documentation names it", variable: "" };
  const choice = await vscode.window.showQuickPick(
    [...PROVIDERS.map((provider) => ({ ...provider, description: provider.variable })), other],
    {
      title: "Intaglio: whose key?",
      placeHolder: "The key is kept in the editor's secret storage",
      matchOnDescription: true,
    },
  );
  if (choice === undefined) return false;
  const name =
    choice.variable ||
    (await vscode.window.showInputBox({
      title: "Intaglio: the environment variable's name",
      placeHolder: "AZURE_API_KEY",
      validateInput: (text) =>
        /^[A-Z][A-Z0-9_]*_(API_)?(KEY|TOKEN)$/.test(text)
          ? undefined
          : "A name such as AZURE_API_KEY: it ends in _KEY or _TOKEN",
    }));
  if (!name) return false;
  const value = await vscode.window.showInputBox({
    title: `Intaglio: ${name}`,
    prompt: "Kept in the editor's secret storage. The server gets it in its environment, in trusted workspaces only.",
    password: true,
    ignoreFocusOut: true,
  });
  if (!value) return false;
  await context.secrets.store(PREFIX + name, value.trim());
  await context.globalState.update(NAMES, [...new Set([...keyNames(context), name])].sort());
  return true;
}

/** Ask which key to forget. True when one was. */
export async function forgetKey(context: vscode.ExtensionContext): Promise<boolean> {
  const names = keyNames(context);
  if (names.length === 0) {
    void vscode.window.showInformationMessage("Intaglio keeps no key.");
    return false;
  }
  const name = await vscode.window.showQuickPick(names, { title: "Intaglio: forget which key?" });
  if (name === undefined) return false;
  await context.secrets.delete(PREFIX + name);
  await context.globalState.update(
    NAMES,
    names.filter((held) => held !== name),
  );
  return true;
}
