import assert from 'node:assert/strict';
import type { ProcessEntry, ProcessSignal, ProcessTable } from '../../../src/agents/process-table';
import { ProcessTree, stopLeftovers } from '../../../src/agents/process-tree';
import { FakeClock } from '../../support/fake-clock';

/** Processes that only note what they are told, and end by the signal that they are set to. */
class FakeProcesses implements ProcessTable {
  readonly told: string[] = [];
  private entries: ProcessEntry[] = [];

  constructor(
    readonly canFreeze = true,
    private readonly endsBy: ProcessSignal = 'SIGKILL',
    private readonly onSignal: (told: string) => void = () => undefined,
  ) {}

  add(pid: number, parent: number): ProcessEntry {
    const entry = { pid, parent, session: pid, startedAt: `${pid}` };
    this.entries.push(entry);
    return entry;
  }

  async list(): Promise<ProcessEntry[]> {
    return this.entries;
  }

  async find(pid: number): Promise<ProcessEntry | null> {
    return this.entries.find((entry) => entry.pid === pid) ?? null;
  }

  async carrying(): Promise<ProcessEntry[]> {
    return [];
  }

  async signal({ pid }: ProcessEntry, signal: ProcessSignal): Promise<boolean> {
    const told = `${signal.slice(3)} ${pid}`;
    this.told.push(told);
    this.onSignal(told);
    if (signal === this.endsBy) this.entries = this.entries.filter((entry) => entry.pid !== pid);
    return true;
  }
}

/** A leader 30 with a child 10, which has a child 20: ids say nothing about who came first. */
function treeOf(processes: FakeProcesses): { tree: ProcessTree; clock: FakeClock } {
  const clock = new FakeClock();
  processes.add(20, 10);
  processes.add(10, 30);
  return { tree: new ProcessTree(processes.add(30, 1), 'run', processes, clock), clock };
}

describe('freezing a process tree', () => {
  it('stops parents before their children, and lets children go on first', async () => {
    const processes = new FakeProcesses();
    const { tree, clock } = treeOf(processes);
    const frozen = tree.hold(true);
    await clock.pass(1_000);
    await frozen;
    assert.deepEqual(processes.told, ['STOP 30', 'STOP 10', 'STOP 20']);
    await tree.hold(false);
    assert.deepEqual(processes.told.slice(3), ['CONT 20', 'CONT 10', 'CONT 30']);
  });

  it('reaches a process that was started meanwhile', async () => {
    const processes: FakeProcesses = new FakeProcesses(true, 'SIGKILL', (told) => {
      if (told === 'STOP 10') processes.add(40, 10);
    });
    const { tree, clock } = treeOf(processes);
    const frozen = tree.hold(true);
    await clock.pass(1_000);
    await frozen;
    assert.deepEqual(processes.told, ['STOP 30', 'STOP 10', 'STOP 20', 'STOP 40']);
  });

  it('gives way to the wish to go on that came while it was at work', async () => {
    const processes: FakeProcesses = new FakeProcesses(true, 'SIGKILL', (told) => {
      if (told === 'STOP 30') void tree.hold(false);
    });
    const { tree, clock } = treeOf(processes);
    const frozen = tree.hold(true);
    await clock.pass(1_000);
    await frozen;
    assert.deepEqual(processes.told, ['STOP 30', 'CONT 30']);
    assert.equal(tree.isFrozen, false);
  });

  it('sends nothing where the system cannot do it, and says so', async () => {
    const processes = new FakeProcesses(false);
    const { tree } = treeOf(processes);
    await tree.hold(true);
    assert.equal(tree.isFrozen, false);
    await tree.hold(false);
    assert.deepEqual(processes.told, []);
  });
});

describe('ending a frozen process tree', () => {
  it('wakes every process up to the signal to end', async () => {
    const processes = new FakeProcesses(true, 'SIGCONT');
    const { clock } = treeOf(processes);
    const left = stopLeftovers({ pid: 30, startedAt: '30' }, 'run', processes, clock);
    await clock.pass(5_000);
    assert.deepEqual(await left, []);
    assert.deepEqual(processes.told.toSorted(), [
      ...['CONT 10', 'CONT 20', 'CONT 30', 'TERM 10', 'TERM 20', 'TERM 30'],
    ]);
    assert.ok(processes.told[0]?.startsWith('TERM'));
  });

  it('kills what does not wake up', async () => {
    const processes = new FakeProcesses();
    const { clock } = treeOf(processes);
    const left = stopLeftovers({ pid: 30, startedAt: '30' }, 'run', processes, clock);
    await clock.pass(20_000);
    assert.deepEqual(await left, []);
    assert.equal(processes.told.filter((told) => told.startsWith('KILL')).length, 3);
  });
});
