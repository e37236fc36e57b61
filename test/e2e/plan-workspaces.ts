import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SourceFile } from '../../src/formats/format.js';
import { planTexts } from '../support/plan-texts.js';
import { appSpec, progressLog } from '../support/plan-texts/autobuildr.js';
import { backlogFiles } from '../support/plan-texts/backlog-md.js';
import { sprintPlan } from '../support/plan-texts/bmad.js';
import { gsdTree } from '../support/plan-texts/gsd.js';
import { vpOpsSession } from '../support/plan-texts/vp-ops.js';

/** Writes files into a workspace and gives its path. */
async function write(workspace: string, files: readonly SourceFile[]): Promise<string> {
  for (const { path, text } of files) {
    await mkdir(dirname(join(workspace, path)), { recursive: true });
    await writeFile(join(workspace, path), text);
  }
  return workspace;
}

const { gsd: planOfTree, ...singleFiles } = planTexts;

/** A folder with a plan of our own of every format, where people have it. */
export function everyFormat(folder: string): Promise<string> {
  return write(join(folder, 'every-format'), [
    ...Object.values(singleFiles),
    ...[progressLog, appSpec],
    ...(gsdTree.others?.values() ?? []),
    ...[vpOpsSession, ...vpOpsSession.others.values()],
    ...backlogFiles,
    ...[sprintPlan, ...(sprintPlan.others?.values() ?? [])],
    {
      path: planOfTree.path.replace('phases/02-search/02-02', 'quick/7-try/7'),
      text: planOfTree.text,
    },
    { path: 'runsheet.yml', text: 'checklists: [TODO.md]\n' },
  ]);
}

/** Copies a file of the corpus to where it stands in its own repository, below `home`. */
async function copyToItsPlace(
  corpus: string,
  workspace: string,
  [format, name, home = '']: readonly [string, string, string?],
): Promise<void> {
  const index = await readFile(join(corpus, format, 'INDEX.tsv'), 'utf8');
  const row = index.split('\n').map((line) => line.split('\t'));
  const path = row.find(([file]) => file === name)?.[2];
  assert.ok(path !== undefined, `${name} is not in the index of ${format}`);
  const target = join(workspace, home, path);
  await mkdir(dirname(target), { recursive: true });
  await cp(join(corpus, format, name), target);
}

/** The documents that the project began with, and beside them a real plan of every format. */
const realFiles: readonly (readonly [format: string, name: string, home?: string])[] = [
  ['auto-claude', 'seed-build-progress.txt'],
  ['autobuildr', 'seed-claude-progress.txt'],
  ['codebase-mcp', 'seed-orchestrator-session.md'],
  ['gsd', 'seed-01-02-PLAN.md'],
  ['vp-ops', 'seed-sess_687bc31b-vp-ops.md'],
  ['auto-claude', 'plans/28-CoralShades-currydash-docs/implementation_plan.json'],
  // At the top of the workspace the log above would belong to it.
  ['autobuildr', '001VIsir__appointment_system--docs__feature_list.json', 'appointments'],
  ['beads', '10-11me-light-session.jsonl'],
  ['bmad', '01-Aiacos-VoxChronicle.yaml'],
  ['bmad', '03-Aiacos-VoxChronicle.md'],
  ['codebase-mcp', 'specs__002-refactor-mcp-server__tasks.md'],
  ['kiro', '01-71bk-kinsun.ai-product.md'],
  ['kiro', '01b-71bk-kinsun.ai-product.tasks.meta.json'],
  ['openspec', '01-Fission-AI-OpenSpec.md'],
  ['spec-kit', '15-0h-n0-local-voice-assistant-codex.md'],
  ['task-master', '05-AAStarCommunity-AAStar_SDK.json'],
  ['vp-ops', 'sess_cc321c3e/2025-11-23-session-1763894383069.jsonl'],
];
const realBacklog = 'backlog-md/11-tree-AIToolsLab-writing-tools/backlog';
const realPlanning = 'gsd/45-tance77-wow-ah-tracker/.planning';

export async function realPlans(folder: string, corpus: string): Promise<string> {
  const workspace = join(folder, 'real-plans');
  for (const file of realFiles) await copyToItsPlace(corpus, workspace, file);
  await cp(join(corpus, realBacklog), join(workspace, 'backlog'), { recursive: true });
  await cp(join(corpus, realPlanning), join(workspace, '.planning'), { recursive: true });
  return workspace;
}
