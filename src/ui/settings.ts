import { ConfigurationTarget, workspace } from 'vscode';
import { z } from 'zod';
import { settingKeys, settingsSection } from './command-ids';

const settingsSchema = z.object({
  /** Empty: what the plan or the workspace file names. */
  agent: z.string().trim().catch(''),
  workers: z.int().min(1).max(32).nullable().catch(null),
  autoOpenPanel: z.boolean().catch(false),
  notifications: z.boolean().catch(true),
});
export type Settings = z.infer<typeof settingsSchema>;

/** The settings as they are now; a value that cannot be used counts as not set. */
export function readSettings(): Settings {
  const section = workspace.getConfiguration(settingsSection);
  return settingsSchema.parse({
    agent: section.get(settingKeys.agent),
    workers: section.get(settingKeys.workers),
    autoOpenPanel: section.get(settingKeys.autoOpenPanel),
    notifications: section.get(settingKeys.notifications),
  });
}

/** What "Don't Show Again" means. */
export async function turnNotificationsOff(): Promise<void> {
  const section = workspace.getConfiguration(settingsSection);
  await section.update(settingKeys.notifications, false, ConfigurationTarget.Global);
}
