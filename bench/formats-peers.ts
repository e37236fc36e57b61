import { execFile } from 'node:child_process';
import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Peer, type PeerName } from '../test/support/peer-programs/peers';
import type { Figure } from './report';

const execute = promisify(execFile);
const rounds = 3;

/** A tool, where its plans are, and how it is asked to list them. */
interface Rival {
  name: PeerName;
  args: readonly string[];
  files: string;
}

const rivals: readonly Rival[] = [
  {
    name: 'task-master',
    args: ['list', '--json', '--all-tags', '--with-subtasks'],
    files: '1 file',
  },
  { name: 'openspec', args: ['list', '--json'], files: '250 changes' },
  { name: 'backlog-md', args: ['task', 'list', '--plain'], files: '894 tasks' },
];
/** The folders below that the files stand in. */
const folders: Record<PeerName, string> = {
  'task-master': 'task-master',
  openspec: 'openspec',
  'backlog-md': 'backlog',
};

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** Whole processes of ours and of each peer in turn, and what they take to start and say a version. */
export async function comparePeers(product: string, folder: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { name, args, files } of rivals) {
    const below = join(folder, folders[name]);
    if (name === 'task-master') {
      // Else its first words are how files came to hold several lists.
      mkdirSync(join(below, '.taskmaster'), { recursive: true });
      const state = '{"currentTag":"master","migrationNoticeShown":true}';
      writeFileSync(join(below, '.taskmaster/state.json'), state);
    }
    const peer = await Peer.installed(name);
    const taken: Record<'ours' | 'oursStart' | 'theirs' | 'theirsStart', number[]> = {
      ours: [],
      oursStart: [],
      theirs: [],
      theirsStart: [],
    };
    for (let round = 0; round < rounds; round += 1) {
      taken.oursStart.push(await timed(() => run(product, below, '--version')));
      taken.theirsStart.push(await timed(() => peer.run(below, '--version')));
      taken.ours.push(await timed(() => run(product, below, 'plan', '--json')));
      taken.theirs.push(await timed(() => peer.run(below, ...args)));
    }
    const ours = { whole: median(taken.ours), start: median(taken.oursStart) };
    const theirs = { whole: median(taken.theirs), start: median(taken.theirsStart) };
    const [own, their] = [ours.whole - ours.start, theirs.whole - theirs.start];
    figures.push(
      { name: `runsheet plan, ${files}`, value: ours.whole, unit: 'ms' },
      { name: '  less its start', value: own, unit: 'ms' },
      { name: `${name} list, ${files}`, value: theirs.whole, unit: 'ms' },
      { name: '  less its start', value: their, unit: 'ms' },
      { name: `${name} / runsheet`, value: theirs.whole / ours.whole, unit: '×' },
      { name: '  less both starts', value: their / own, unit: '×' },
    );
  }
  return figures;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function run(product: string, folder: string, ...args: string[]): Promise<void> {
  const options = { cwd: folder, maxBuffer: 256 * 1024 * 1024 };
  await execute(process.execPath, [product, ...args], options);
}
