import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { PlanFiles } from '../../src/cli/plan-files';
import { plansJson, type PlanJson } from '../../src/cli/plan-json';
import { corpusOf } from '../support/corpus';
import { skipLoudly, times } from '../support/database';
import { Peer } from '../support/peer-programs/peers';
import { withTemporaryFolder } from '../support/temporary-folder';

// Real files, counted by the tool that they are made for and by ours.

interface Counts {
  subtasks: number;
  done: number;
}

/** The corpus's files of a format with the paths that they had in their projects. */
async function originals(format: 'openspec' | 'task-master'): Promise<[string, string][]> {
  const corpus = corpusOf(format);
  if (corpus === null) return [];
  const index = await readFile(join(corpus.folder, 'INDEX.tsv'), 'utf8');
  const rows = index.split('\n').map((line) => line.split('\t'));
  return rows.flatMap(([file = '', , path = '']): [string, string][] =>
    /\.(md|json)$/.test(path) ? [[join(corpus.folder, file), path]] : [],
  );
}

async function ours(folder: string): Promise<PlanJson[]> {
  return (await new PlanFiles(folder, folder, null).inWorkspace()).flatMap(plansJson);
}

async function putAt(folder: string, path: string, file: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await copyFile(file, join(folder, path));
}

const changesSchema = z.object({
  changes: z.array(
    z.object({ name: z.string(), completedTasks: z.number(), totalTasks: z.number() }),
  ),
});
const leafSchema = z.object({ status: z.string().default('pending') });
const tasksSchema = z.object({
  tasks: z.array(
    leafSchema.extend({ tagName: z.string(), subtasks: z.array(leafSchema).default([]) }),
  ),
});
/** A status that the tool knows no more: it lists nothing of such a file. */
const refusedStatus = /Invalid task status: completed/;

describe('tools of others count what we count', () => {
  it('openspec list, over the changes of the corpus', async function () {
    const files = await originals('openspec');
    if (files.length === 0) return skipLoudly(this, 'no corpus to compare with');
    const openspec = await Peer.installed('openspec');
    await withTemporaryFolder(async (folder) => {
      for (const [file, path] of files) {
        // Changes that are archived, or not in the project's own folder, are not listed.
        const name = dirname(path).split('/').at(-1) ?? '';
        await putAt(folder, `openspec/changes/${name}/tasks.md`, file);
      }
      const listed = changesSchema.parse(JSON.parse(await openspec.run(folder, 'list', '--json')));
      const theirs = Object.fromEntries(
        listed.changes.map(({ name, totalTasks, completedTasks }): [string, Counts] => [
          name,
          { subtasks: totalTasks, done: completedTasks },
        ]),
      );
      const own = Object.fromEntries(
        (await ours(folder)).map(({ path, counts: { subtasks, done } }): [string, Counts] => [
          path.split('/').at(-2) ?? '',
          { subtasks, done },
        ]),
      );
      assert.equal(Object.keys(theirs).length, files.length);
      assert.deepEqual(own, theirs);
    });
  });

  it('task-master list, over each file of the corpus', async function () {
    this.timeout(600_000);
    const files = await originals('task-master');
    if (files.length === 0) return skipLoudly(this, 'no corpus to compare with');
    if (times(0, 1) === 0)
      return skipLoudly(this, 'task-master takes minutes to install and start: RUNSHEET_LONG=1');
    const taskMaster = await Peer.installed('task-master');
    // It looks at the older place, tasks/tasks.json, no more.
    const path = '.taskmaster/tasks/tasks.json';
    for (const [file] of files)
      await withTemporaryFolder(async (folder) => {
        await putAt(folder, path, file);
        const own = await ours(folder);
        // Else its first words are how files came to hold several lists.
        const state = join(folder, '.taskmaster/state.json');
        await mkdir(dirname(state), { recursive: true });
        await writeFile(state, '{"currentTag":"master","migrationNoticeShown":true}');
        const args = ['list', '--json', '--all-tags', '--with-subtasks'];
        const printed = await taskMaster.run(folder, ...args).catch(String);
        if (refusedStatus.test(printed)) {
          assert.match(await readFile(file, 'utf8'), /"status": "completed"/);
          process.stdout.write(`      ${file}: the tool refuses it for a status\n`);
          return;
        }
        const theirs: Record<string, Counts> = {};
        for (const task of tasksSchema.parse(JSON.parse(printed)).tasks) {
          const leaves = task.subtasks.length > 0 ? task.subtasks : [task];
          const counts = (theirs[task.tagName] ??= { subtasks: 0, done: 0 });
          counts.subtasks += leaves.length;
          counts.done += leaves.filter(({ status }) => status === 'done').length;
        }
        const counted = own.map(({ name, counts: { subtasks, done } }): [string, Counts] => [
          name === '' ? 'master' : name,
          { subtasks, done },
        ]);
        assert.deepEqual(Object.fromEntries(counted), theirs, file);
      });
  });
});
