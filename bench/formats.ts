// How fast plans are read: single files, a workspace of many, one that changed among many; and beside
// the tools that the files are made for, each process on the same files in the same run.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PlanFiles } from '../src/cli/plan-files';
import { formatNamed, readPlan } from '../src/formats/registry';
import { subtasksOf } from '../src/model/plan';
import { NodeFiles } from '../src/platform/files';
import { silentLog } from '../src/platform/log';
import { PlanLibrary } from '../src/runs/plan-library';
import { InMemoryStore } from '../test/support/in-memory-store';
import { sharedPath } from '../test/support/shared';
import * as content from './formats-content';
import { comparePeers } from './formats-peers';
import { seededRandom } from './random';
import { report, type Figure } from './report';

const seed = 20_260_101;
const megabyte = 1_000_000;
const rounds = 9;
/** Readings before those that are measured, after which the machine code is there. */
const warmUp = 5;
const specFolders = 250;
const backlogTasks = 894;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function readOnce(format: string, path: string, text: string): number {
  const started = performance.now();
  const reading = readPlan({ path, text }, formatNamed(format));
  const took = performance.now() - started;
  if (reading === null || reading.plans.flatMap(subtasksOf).length === 0)
    throw new Error(`${format}: the file that is measured is not read`);
  return took;
}

/** Milliseconds of a reading by a program that has read such files before. */
function readMs(format: string, path: string, text: string): number {
  for (let round = 0; round < warmUp; round += 1) readOnce(format, path, text);
  return median(Array.from({ length: rounds }, () => readOnce(format, path, text)));
}

const taskMasterPath = '.taskmaster/tasks/tasks.json';

/** The corpus's largest file where it is here, else one of its shape. */
function taskMasterText(): string {
  const corpus = sharedPath('corpus', 'task-master', '01-eyaltoledano-claude-task-master.json');
  if (corpus !== null) return readFileSync(corpus, 'utf8');
  return content.taskMasterFile(seededRandom(seed), 1.56 * megabyte);
}

function singleFiles(): Figure[] {
  const taskMaster = taskMasterText();
  const beads = content.beadsFile(seededRandom(seed), 3.4 * megabyte);
  const markdown = Object.entries(content.markdownFiles).map(([format, { path, make }]) => {
    const text = make(seededRandom(seed), megabyte);
    const perSecond = text.length / 1000 / readMs(format, path, text);
    return { name: `${format}, 1 MB`, value: perSecond, unit: 'MB/s' };
  });
  return [
    {
      name: `task-master, ${(taskMaster.length / megabyte).toFixed(1)} MB`,
      value: readMs('task-master', taskMasterPath, taskMaster),
      unit: 'ms',
    },
    { name: 'beads, 3.4 MB', value: readMs('beads', '.beads/issues.jsonl', beads), unit: 'ms' },
    ...markdown,
  ];
}

function put(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function specFolder(folder: string, position: number): string {
  const path = `specs/${String(position).padStart(4, '0')}-part/tasks.md`;
  put(folder, path, content.specKitFile(seededRandom(seed + position), 8000));
  return path;
}

function workspaceOfSpecs(folder: string, count: number): string[] {
  return Array.from({ length: count }, (_, position) => specFolder(folder, position));
}

async function indexMs(folder: string): Promise<number> {
  const taken: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const started = performance.now();
    const read = await new PlanFiles(folder, folder, null).inWorkspace();
    taken.push(performance.now() - started);
    if (read.length !== specFolders) throw new Error(`${read.length} plans were found`);
  }
  return median(taken);
}

/** Milliseconds of taking in one edited file of a workspace that is open. */
async function rereadMs(folder: string, path: string): Promise<number> {
  const store = await InMemoryStore.open();
  const library = new PlanLibrary(folder, new NodeFiles(), store, silentLog);
  await library.discover();
  const taken: number[] = [];
  const original = readFileSync(join(folder, path), 'utf8');
  for (let round = 0; round < rounds; round += 1) {
    writeFileSync(join(folder, path), original.replace(/part|Part/, `Part ${round}`));
    const started = performance.now();
    await library.refresh(path);
    taken.push(performance.now() - started);
  }
  writeFileSync(join(folder, path), original);
  await store.close();
  return median(taken);
}

async function workspaces(folder: string): Promise<Figure[]> {
  const [few = '', many = ''] = ['few', 'many'].map((name) => join(folder, name));
  const [path = ''] = workspaceOfSpecs(few, specFolders);
  const index = await indexMs(few);
  const amongFew = await rereadMs(few, path);
  workspaceOfSpecs(many, specFolders * 10);
  const amongMany = await rereadMs(many, path);
  return [
    { name: `index, ${specFolders} spec folders`, value: index, unit: 'ms' },
    { name: `re-read, 1 of ${specFolders}`, value: amongFew, unit: 'ms' },
    { name: `re-read, 1 of ${specFolders * 10}`, value: amongMany, unit: 'ms' },
    { name: 're-read, many / few', value: amongMany / amongFew, unit: '×' },
  ];
}

async function backlog(folder: string): Promise<Figure[]> {
  const random = seededRandom(seed);
  put(folder, 'backlog/config.yml', content.backlogConfig);
  const tasks = Array.from({ length: backlogTasks }, (_, id) =>
    content.backlogTask(random, id + 1),
  );
  for (const { path, text } of tasks) put(folder, path, text);
  const first = tasks[0]?.path ?? '';
  return [
    {
      name: `backlog, 1 of ${backlogTasks} changed`,
      value: await rereadMs(folder, first),
      unit: 'ms',
    },
  ];
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(process.env['BENCH_DIR'] ?? tmpdir(), 'runsheet-bench-'));
  try {
    const figures = [
      ...singleFiles(),
      ...(await workspaces(join(folder, 'specs'))),
      ...(await backlog(join(folder, 'backlog'))),
    ];
    put(join(folder, 'task-master'), taskMasterPath, taskMasterText());
    for (let change = 0; change < specFolders; change += 1) {
      const { path, make } = content.openspecFiles;
      put(join(folder, 'openspec'), path(change), make(seededRandom(seed + change), 4000));
    }
    const product = join(__dirname, '../dist/cli.js');
    if (!existsSync(product)) throw new Error(`${product} is missing: npm run build`);
    figures.push(...(await comparePeers(product, folder)));
    report('formats', figures);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
