import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../../src/agents/environment';
import type { ProcessEntry } from '../../src/agents/process-table';
import { ProcessTree, stopLeftovers } from '../../src/agents/process-tree';
import type { ChildHandle } from '../../src/platform/spawn';
import { processesMarked } from '../support/owned-process';
import { systemEffects } from '../support/recording-host';

const program = fileURLToPath(new URL('../fixtures/agents/stubborn-tree.mjs', import.meta.url));
const { spawn, clock, processes } = systemEffects();

interface StubbornTree {
  child: ChildHandle;
  leader: ProcessEntry;
  toolPid: number;
  marker: string;
}

async function startTree(...args: string[]): Promise<StubbornTree> {
  const marker = crypto.randomUUID();
  const env = childEnvironment(process.env, marker);
  const command = { program: process.execPath, args: [program, ...args], cwd: '/', env };
  const child = await spawn.start(command);
  const firstLine = new Promise((resolve) => child.stdout.once('data', resolve));
  child.stderr.resume();
  const leader = await processes.find(child.pid);
  assert.ok(leader);
  const line = await firstLine;
  return { child, leader, toolPid: Number(String(line).split(' ')[1]), marker };
}

async function isAlive(pid: number): Promise<boolean> {
  return (await processes.find(pid)) !== null;
}

describe('stopping a process tree', function () {
  this.timeout(30_000);

  it('ends a tool in a session of its own that ignores SIGTERM, and the child of that tool', async () => {
    const { child, leader, toolPid, marker } = await startTree();
    assert.equal(processesMarked('RUNSHEET_RUN_ID', marker).length, 3);
    const left = await new ProcessTree(leader, marker, processes, clock).stop(child, 100);
    assert.deepEqual(left, []);
    assert.deepEqual(processesMarked('RUNSHEET_RUN_ID', marker), []);
    assert.equal(await isAlive(toolPid), false);
  });

  it('ends a tool that threw the marker away, by its parent', async () => {
    const { child, leader, toolPid, marker } = await startTree('--without-marker');
    assert.equal(processesMarked('RUNSHEET_RUN_ID', marker).length, 1);
    await new ProcessTree(leader, marker, processes, clock).stop(child, 100);
    assert.equal(await isAlive(toolPid), false);
  });

  it('ends what a program that has left already leaves behind, by the marker', async () => {
    const { child, leader, toolPid, marker } = await startTree('--leave');
    await child.ended;
    assert.equal(await isAlive(toolPid), true);
    await new ProcessTree(leader, marker, processes, clock).stop(child, 0);
    assert.deepEqual(processesMarked('RUNSHEET_RUN_ID', marker), []);
  });

  it('gives a program that leaves by itself the time to do so', async () => {
    const env = childEnvironment(process.env, 'polite');
    const script = 'process.stdin.resume().on("end", () => setTimeout(() => process.exit(7), 300))';
    const command = { program: process.execPath, args: ['-e', script], cwd: '/', env };
    const child = await spawn.start(command);
    const tree = new ProcessTree(await processes.find(child.pid), 'polite', processes, clock);
    await tree.stop(child, 10_000);
    assert.deepEqual(await child.ended, { code: 7, signal: null });
  });

  it('leaves the processes of other runs alone', async () => {
    const other = await startTree();
    const own = await startTree();
    await new ProcessTree(own.leader, own.marker, processes, clock).stop(own.child, 0);
    assert.equal(processesMarked('RUNSHEET_RUN_ID', other.marker).length, 3);
    await new ProcessTree(other.leader, other.marker, processes, clock).stop(other.child, 0);
  });
});

describe('leftovers of an engine that died', function () {
  this.timeout(30_000);

  it('are ended from what the run recorded', async () => {
    const { leader, toolPid, marker } = await startTree('--without-marker');
    const recorded = { pid: leader.pid, startedAt: leader.startedAt };
    assert.deepEqual(await stopLeftovers(recorded, marker, processes, clock), []);
    assert.equal(await isAlive(leader.pid), false);
    assert.equal(await isAlive(toolPid), false);
  });

  it('are ended by the marker alone when nothing was recorded', async () => {
    const { leader, toolPid, marker } = await startTree();
    assert.deepEqual(await stopLeftovers(null, marker, processes, clock), []);
    assert.equal(await isAlive(leader.pid), false);
    assert.equal(await isAlive(toolPid), false);
  });

  it('are not mistaken for a process that got the same id later', async () => {
    const { child, leader, marker } = await startTree();
    const recorded = { pid: leader.pid, startedAt: `${leader.startedAt}0` };
    await stopLeftovers(recorded, 'another run', processes, clock);
    assert.equal(await isAlive(leader.pid), true);
    await new ProcessTree(leader, marker, processes, clock).stop(child, 0);
  });
});
