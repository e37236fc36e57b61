import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

export const root = resolve(__dirname, '../../..');

const when = z.object({ when: z.string().optional() });
const menuItem = when.extend({ command: z.string().optional(), submenu: z.string().optional() });
const command = z.object({
  command: z.string(),
  title: z.string(),
  category: z.string().optional(),
  enablement: z.string().optional(),
});
const configuration = z.object({ properties: z.record(z.string(), z.looseObject({})) });

/** The part of package.json that VS Code reads and the tests compare with the code. */
const manifestSchema = z.object({
  engines: z.object({ vscode: z.string() }),
  devDependencies: z.record(z.string(), z.string()),
  activationEvents: z.array(z.string()),
  extensionKind: z.array(z.string()),
  capabilities: z.object({
    untrustedWorkspaces: z.object({
      supported: z.union([z.boolean(), z.literal('limited')]),
      restrictedConfigurations: z.array(z.string()).default([]),
    }),
  }),
  contributes: z.object({
    commands: z.array(command),
    views: z.record(z.string(), z.array(when.extend({ id: z.string() }))),
    viewsContainers: z.record(z.string(), z.array(z.object({ id: z.string(), icon: z.string() }))),
    viewsWelcome: z.array(when.extend({ view: z.string(), contents: z.string() })).default([]),
    menus: z.record(z.string(), z.array(menuItem)).default({}),
    keybindings: z.array(when.extend({ command: z.string() })).default([]),
    configuration: z.union([configuration, z.array(configuration)]),
  }),
});

export type Manifest = z.infer<typeof manifestSchema>;

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

export function readManifest(): Manifest {
  return manifestSchema.parse(JSON.parse(readText('package.json')));
}

/** Full names of the settings that the manifest describes. */
export function settingNames({ contributes }: Manifest): string[] {
  return [contributes.configuration].flat().flatMap(({ properties }) => Object.keys(properties));
}

/** Every `when` and `enablement` clause. */
export function clauses({ contributes }: Manifest): string[] {
  return [
    ...contributes.commands.map(({ enablement }) => enablement),
    ...Object.values(contributes.views).flatMap((views) => views.map((view) => view.when)),
    ...Object.values(contributes.menus).flatMap((items) => items.map((item) => item.when)),
    ...contributes.viewsWelcome.map((welcome) => welcome.when),
    ...contributes.keybindings.map((binding) => binding.when),
  ].filter((clause) => clause !== undefined);
}
