import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AgentDefinition } from '../../src/agents/agent';
import { commandDefinition } from '../../src/agents/known-agents';
import { TimeOrderedIds } from '../../src/platform/ids';
import { NodeFiles, type Files } from '../../src/platform/files';
import type { Log } from '../../src/platform/log';
import { createRuns, type Runs } from '../../src/runs/create-runs';
import type { OpenDocuments } from '../../src/runs/write-back';
import type { PlanState } from '../../src/runs/plan-state';
import type { StartRequest } from '../../src/runs/run-service';
import { SettingsReader } from '../../src/runs/settings-reader';
import type { AvailableAgent } from '../../src/runs/workspace-settings';
import { ArtifactFiles } from '../../src/store/artifact-files';
import type { ExecutionRow } from '../../src/store/repositories/executions';
import type { RunRow } from '../../src/store/repositories/runs';
import type { SubtaskDecision, SubtaskRow } from '../../src/store/repositories/subtasks';
import type { Change, Command, Query } from '../../src/store/command';
import type { CommandOptions, Store } from '../../src/store/store';
import { assertReplays } from './assert-replays';
import { FakeAgent, FakeChecks } from './fake-agent';
import { FakeClock } from './fake-clock';
import { FakeRepository } from './fake-repository';
import { InMemoryStore } from './in-memory-store';
import { withTemporaryFolder } from './temporary-folder';
import { until } from './until';
import { Origin } from '../../src/runs/origin';

export const person = 'person:ada';
export const planPath = 'demo.plan.md';

export const fakeDefinition: AgentDefinition = {
  key: 'fake',
  displayName: 'Fake',
  transport: 'acp',
  program: 'fake-agent',
  args: [],
  env: {},
};

const noDocuments: OpenDocuments = {
  unsavedText: () => null,
  apply: () => Promise.resolve(false),
};

/** What may differ from a plain world. */
export interface WorldParts {
  documents?: OpenDocuments;
  /** Wraps the store, e.g. to make it fail. */
  store?: (store: InMemoryStore) => Store;
  files?: Files;
  /** Agents beside the command agent; else one named `fake`. */
  agents?: AvailableAgent[];
}

/**
 * The runs room on a folder of its own, with a real database in memory and with agents, checks and
 * git that do what a test tells them.
 */
export class RunsWorld {
  readonly agent = new FakeAgent();
  readonly checks = new FakeChecks();
  readonly repository: FakeRepository;
  readonly logged: string[] = [];
  readonly log: Log = {
    info: () => undefined,
    warn: (message) => void this.logged.push(message),
    error: (message, error) => void this.logged.push(`${message} ${String(error)}`),
  };
  /** Markers of the runs whose leftovers were looked for. */
  readonly stoppedLeftovers: string[] = [];
  agents: AvailableAgent[];
  private runs: Runs | null = null;
  private engineStore: MortalStore | null = null;

  private constructor(
    readonly workspace: string,
    readonly store: InMemoryStore,
    readonly clock: FakeClock,
    private readonly parts: WorldParts,
  ) {
    this.repository = new FakeRepository(workspace, join(workspace, '.runsheet', 'worktrees'));
    this.agents = parts.agents ?? [{ definition: fakeDefinition, installed: true, version: '1' }];
  }

  static async with(
    files: Readonly<Record<string, string>>,
    work: (world: RunsWorld) => Promise<void>,
    parts: WorldParts = {},
  ): Promise<void> {
    await withTemporaryFolder(async (workspace) => {
      const clock = new FakeClock();
      const store = await InMemoryStore.open({ ids: new TimeOrderedIds(), clock });
      const world = new RunsWorld(workspace, store, clock, parts);
      for (const [path, text] of Object.entries(files)) await world.write(path, text);
      await world.startEngine();
      try {
        try {
          await work(world);
        } finally {
          await world.room.executor.abandon();
        }
        await assertReplays(store, world.room.recorder);
      } finally {
        await store.close();
      }
    });
  }

  /** A new engine on the same folder and database; the one before is dead from now on. */
  async startEngine(): Promise<void> {
    this.engineStore?.kill();
    this.engineStore = new MortalStore(this.parts.store?.(this.store) ?? this.store);
    const { log } = this;
    const files = this.parts.files ?? new NodeFiles();
    this.runs = await createRuns({
      workspace: this.workspace,
      engineId: 'engine-1',
      store: this.engineStore,
      artifacts: new ArtifactFiles(join(this.workspace, '.runsheet', 'artifacts')),
      files,
      clock: this.clock,
      random: () => 0.5,
      log,
      settings: new SettingsReader(this.workspace, files, log),
      catalog: {
        list: async () => [command, ...this.agents],
        find: async (key) =>
          [command, ...this.agents].find(({ definition }) => definition.key === key) ?? null,
      },
      checks: this.checks,
      documents: this.parts.documents ?? noDocuments,
      agentFor: () => this.agent,
      stopLeftovers: async (_recorded, marker) => {
        this.stoppedLeftovers.push(marker);
        return { left: 0 };
      },
      openRepository: async () => this.repository,
      origin: new Origin(this.workspace, join(this.workspace, 'key-of-the-person'), files, log),
      variables: {},
    });
  }

  get room(): Runs {
    assert(this.runs !== null);
    return this.runs;
  }

  async write(path: string, text: string): Promise<void> {
    const target = join(this.workspace, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }

  read(path = planPath): Promise<string> {
    return readFile(join(this.workspace, path), 'utf8');
  }

  /** Saves the file as a person does, and has it read again. */
  async edit(text: string, path = planPath): Promise<void> {
    await this.write(path, text);
    await this.room.library.refresh(path);
    await this.room.state.settled();
  }

  /** The plan's file is deleted, and that is noticed. */
  async remove(path = planPath): Promise<void> {
    await rm(join(this.workspace, path));
    await this.room.library.refresh(path);
    await this.room.state.settled();
  }

  /** Until the condition holds and the state has followed everything. */
  async settled(condition: () => boolean): Promise<void> {
    await until(condition);
    await this.room.state.settled();
  }

  plan(path = planPath): PlanState {
    const entry = this.room.library.at(path);
    const plan = entry === null ? undefined : this.room.state.plans.get(entry.planId);
    assert(plan !== undefined, `${path} is not in the state`);
    return plan;
  }

  subtask(key: string): SubtaskRow {
    const row = this.plan().byKey(key);
    assert(row !== null, `there is no ${key}`);
    return row;
  }

  /** `key status` of every subtask of the plan, `key proof` of the done ones. */
  statuses(): string[] {
    return [...this.plan().subtasks.values()].map(
      (row) => `${row.subtask_key} ${row.proof ?? row.status}`,
    );
  }

  /** The newest run of a subtask. */
  run(key: string): RunRow {
    const { id } = this.subtask(key);
    const run = [...this.room.state.runs.values()].findLast((row) => row.subtask_id === id);
    assert(run !== undefined, `${key} has no run`);
    return run;
  }

  /** Approves all commands of the plan and starts what is asked for. */
  async start(request: Partial<StartRequest> = {}): Promise<ExecutionRow> {
    const { planId } = this.plan().entry;
    const { service } = this.room;
    const { commands } = await service.preview({
      ...{ planId, subtasks: null, phases: null },
      agent: 'fake',
    });
    await service.approve(
      planId,
      commands.map(({ hash }) => hash),
      person,
    );
    return service.start(
      {
        planId,
        subtasks: null,
        phases: null,
        agent: 'fake',
        workers: null,
        acceptClaims: false,
        allowDirty: false,
        ...request,
      },
      person,
    );
  }

  /** A person's word on a subtask. */
  async decide(key: string, action: SubtaskDecision, reason = 'So it is.'): Promise<void> {
    const { planId } = this.plan().entry;
    const request = { planId, subtasks: [key], phases: null, action, reason };
    await this.room.subtaskDecisions.decide(request, person);
  }

  execution(row: ExecutionRow): ExecutionRow {
    return this.room.state.executions.get(row.id) ?? row;
  }

  /** The execution once it has ended and nothing of it works any more. */
  async ended(row: ExecutionRow): Promise<ExecutionRow> {
    await until(
      () => this.execution(row).ended_at !== null && !this.room.executor.isBusy(),
      'the end of the execution',
    );
    await this.room.state.settled();
    return this.execution(row);
  }

  /** Starts what is asked for and waits for its end. */
  async carryOut(request: Partial<StartRequest> = {}): Promise<ExecutionRow> {
    return this.ended(await this.start(request));
  }

  /** Until the execution says why it waits. */
  async waits(row: ExecutionRow): Promise<string> {
    await until(() => (this.execution(row).message ?? '').startsWith('Waits'), 'the wait');
    return this.execution(row).message ?? '';
  }

  async untilBegun(...subtaskIds: string[]): Promise<void> {
    await until(
      () => subtaskIds.every((id) => this.agent.begun.includes(id)),
      `the beginning of ${subtaskIds.join(', ')}`,
    );
  }
}

/** A store as its engine sees it: nothing is heard of it any more once the engine is dead. */
class MortalStore implements Store {
  private isDead = false;

  constructor(private readonly store: Store) {}

  kill(): void {
    this.isDead = true;
  }

  command<I, O>(command: Command<I, O>, input: I, options: CommandOptions): Promise<O> {
    return this.isDead ? never() : this.store.command(command, input, options);
  }

  query<I, O>(query: Query<I, O>, input: I): Promise<O> {
    return this.isDead ? never() : this.store.query(query, input);
  }

  onChanges(listener: (changes: readonly Change[]) => void): Disposable {
    return this.store.onChanges((changes) => {
      if (!this.isDead) listener(changes);
    });
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}

const command: AvailableAgent = { definition: commandDefinition, installed: true, version: null };
