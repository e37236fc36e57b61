import assert from 'node:assert/strict';
import { lstat, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TextEdit } from '../../../src/formats/format';
import { SystemClock } from '../../../src/platform/clock';
import { NodeFiles } from '../../../src/platform/files';
import { silentLog } from '../../../src/platform/log';
import { PlanLibrary, type PlanEntry } from '../../../src/runs/plan-library';
import {
  applyEdits,
  WriteBack,
  type MarkedPlan,
  type OpenDocuments,
} from '../../../src/runs/write-back';
import { FakeClock } from '../../support/fake-clock';
import { InMemoryStore } from '../../support/in-memory-store';
import { valuesOf } from '../../support/plan-rows';
import { withTemporaryFolder } from '../../support/temporary-folder';

const path = 'demo.plan.md';
const text = '# Plan\r\n\r\n- [ ] T01 Äpfel\r\n- [ ] T02 Birnen\r\n\r\ntail without end';

/** Files that do something when the plan is read or written. */
class WatchedFiles extends NodeFiles {
  onRead: (count: number) => Promise<void> = () => Promise.resolve();
  onWrite: () => Promise<void> = () => Promise.resolve();
  reads = 0;

  override async read(file: string): Promise<Uint8Array> {
    const bytes = await super.read(file);
    this.reads += 1;
    await this.onRead(this.reads);
    return bytes;
  }

  override async write(file: string, bytes: Uint8Array): Promise<void> {
    await this.onWrite();
    await super.write(file, bytes);
  }
}

/** A plan of which nothing is known beside its file. */
const marked = (entry: PlanEntry): MarkedPlan => ({ entry, statuses: () => new Map() });

interface Bench {
  files: WatchedFiles;
  library: PlanLibrary;
  store: InMemoryStore;
  writeBack: WriteBack;
  entry: PlanEntry;
  file: string;
  content: () => Promise<string>;
}

async function withFile(
  work: (bench: Bench) => Promise<void>,
  documents: OpenDocuments = { unsavedText: () => null, apply: () => Promise.resolve(false) },
  content = text,
): Promise<void> {
  await withTemporaryFolder(async (workspace) => {
    const file = join(workspace, path);
    await writeFile(file, content);
    const store = await InMemoryStore.open();
    const files = new WatchedFiles();
    const library = new PlanLibrary(workspace, files, store, silentLog);
    const entry = await library.refresh(path);
    assert(entry !== null);
    files.reads = 0;
    const writeBack = new WriteBack(library, files, documents, new FakeClock(), silentLog);
    const read = () => readFile(file, 'utf8');
    await work({ files, library, store, writeBack, entry, file, content: read });
    await store.close();
  });
}

describe('marking a subtask in its file', () => {
  it('changes one character, and nothing else', () =>
    withFile(async ({ writeBack, entry, content }) => {
      assert.equal(await writeBack.mark(marked(entry), 'T02', 'done'), true);
      assert.equal(await content(), text.replace('[ ] T02', '[x] T02'));
    }));

  it('keeps the byte order mark', () =>
    withFile(
      async ({ writeBack, entry, content }) => {
        await writeBack.mark(marked(entry), 'T01', 'done');
        assert.equal(await content(), `\ufeff${text.replace('[ ] T01', '[x] T01')}`);
      },
      undefined,
      `\ufeff${text}`,
    ));

  it('makes no claim of it', () =>
    withFile(async ({ writeBack, entry, store, library }) => {
      store.connection.run("UPDATE subtasks SET status = 'done', proof = 'accepted'");
      await writeBack.mark(marked(entry), 'T01', 'done');
      assert.deepEqual(valuesOf(store, 'SELECT * FROM claims'), []);
      assert.equal(library.at(path)?.plan.phases[0]?.subtasks[0]?.status, 'claimed');
    }));

  it('writes nothing when the file says it already, or has the subtask no more', () =>
    withFile(async ({ writeBack, entry, files }) => {
      files.onWrite = () => Promise.reject(new Error('nothing is to be written'));
      assert.equal(await writeBack.mark(marked(entry), 'T01', 'pending'), false);
      assert.equal(await writeBack.mark(marked(entry), 'T99', 'done'), false);
    }));

  it('never writes over a change that somebody made meanwhile', () =>
    withFile(async ({ writeBack, entry, files, file, content }) => {
      const edited = text.replace('Birnen', 'Birnen und Quitten');
      files.onRead = async (count) => {
        if (count === 1) await writeFile(file, edited);
      };
      assert.equal(await writeBack.mark(marked(entry), 'T02', 'done'), true);
      assert.equal(await content(), edited.replace('[ ] T02', '[x] T02'));
    }));

  it('gives up when the file does not stop changing', () =>
    withFile(async ({ writeBack, entry, files, file, content }) => {
      files.onRead = (count) => writeFile(file, `${text}${count}`);
      assert.equal(await writeBack.mark(marked(entry), 'T02', 'done'), false);
      assert.match(await content(), /\[ \] T02/);
    }));

  it('fails without a word to the run when the file cannot be written or is gone', () =>
    withFile(async ({ writeBack, entry, files, file, content }) => {
      const refusal = Object.assign(new Error('permission denied'), { code: 'EACCES' });
      files.onWrite = () => Promise.reject(refusal);
      assert.equal(await writeBack.mark(marked(entry), 'T01', 'done'), false);
      assert.equal(await content(), text);
      await rm(file);
      assert.equal(await writeBack.mark(marked(entry), 'T01', 'done'), false);
    }));

  it('writes the file that a link leads to, and keeps the link', () =>
    withFile(async ({ writeBack, entry, file, content }) => {
      const target = `${file}.real`;
      await writeFile(target, text);
      await rm(file);
      await symlink(target, file);
      assert.equal(await writeBack.mark(marked(entry), 'T01', 'done'), true);
      assert.equal((await lstat(file)).isSymbolicLink(), true);
      assert.equal(await content(), text.replace('[ ] T01', '[x] T01'));
    }));

  it('writes nothing through a link that leaves the workspace', () =>
    withTemporaryFolder((outside) =>
      withFile(async ({ writeBack, entry, file }) => {
        const target = join(outside, 'theirs.md');
        await writeFile(target, text);
        await rm(file);
        await symlink(target, file);
        assert.equal(await writeBack.mark(marked(entry), 'T01', 'done'), false);
        assert.equal(await readFile(target, 'utf8'), text);
      }),
    ));

  it('serves one mark after another', () =>
    withFile(async ({ writeBack, entry, content }) => {
      await Promise.all([
        writeBack.mark(marked(entry), 'T01', 'done'),
        writeBack.mark(marked(entry), 'T02', 'skipped'),
      ]);
      assert.equal(
        await content(),
        text.replace('[ ] T01', '[x] T01').replace('[ ] T02', '[-] T02'),
      );
    }));
});

describe('marking a subtask in a document with unsaved changes', () => {
  /** An editor whose text is not saved; it refuses edits to a text that it has no more. */
  class Editor implements OpenDocuments {
    applied = 0;
    constructor(
      public text: string,
      private readonly meanwhile: string | null = null,
    ) {}

    unsavedText(): string {
      return this.text;
    }

    async apply(_path: string, before: string, edits: readonly TextEdit[]): Promise<boolean> {
      if (this.meanwhile !== null && this.applied === 0) this.text = this.meanwhile;
      this.applied += 1;
      if (this.text !== before) return false;
      this.text = applyEdits(before, edits);
      return true;
    }
  }
  const typed = text.replace('Äpfel', 'Äpfel, rote');

  it('edits the document and leaves the disk alone', () => {
    const editor = new Editor(typed);
    return withFile(async ({ writeBack, entry, content }) => {
      assert.equal(await writeBack.mark(marked(entry), 'T01', 'done'), true);
      assert.equal(editor.text, typed.replace('[ ] T01', '[x] T01'));
      assert.equal(await content(), text);
    }, editor);
  });

  it('tries again with what was typed meanwhile', () => {
    const later = typed.replace('Birnen', 'Birnen, gelbe');
    const editor = new Editor(typed, later);
    return withFile(async ({ writeBack, entry }) => {
      assert.equal(await writeBack.mark(marked(entry), 'T01', 'done'), true);
      assert.equal(editor.text, later.replace('[ ] T01', '[x] T01'));
    }, editor);
  });
});

describe('the locks of the tool that a plan belongs to', () => {
  interface LockedFile {
    path: string;
    text: string;
    /** Key of its subtask. */
    key: string;
    /** Made by the tool while it writes the file. */
    lock: string;
    done: RegExp;
  }

  const taskMaster: LockedFile = {
    path: '.taskmaster/tasks/tasks.json',
    text: '{"master":{"tasks":[{"id":1,"title":"a","status":"pending"}]}}',
    key: '1',
    lock: '.taskmaster/tasks/tasks.json.lock',
    done: /"status":"done"/,
  };
  const backlog: LockedFile = {
    path: 'backlog/tasks/task-1 - A.md',
    text: '---\nid: TASK-1\ntitle: A\nstatus: To Do\n---\n',
    key: 'TASK-1',
    lock: 'backlog/.locks/task-task-1',
    done: /^status: Done$/m,
  };

  const withTasks = (
    { path, text, key }: LockedFile,
    work: (bench: { workspace: string; mark: () => Promise<boolean> }) => Promise<void>,
  ) =>
    withTemporaryFolder(async (workspace) => {
      await mkdir(join(workspace, dirname(path)), { recursive: true });
      await writeFile(join(workspace, path), text);
      const store = await InMemoryStore.open();
      const files = new NodeFiles();
      const library = new PlanLibrary(workspace, files, store, silentLog);
      const entry = await library.refresh(path);
      assert(entry !== null);
      const documents = { unsavedText: () => null, apply: async () => false };
      const clock = new SystemClock();
      const writeBack = new WriteBack(library, files, documents, clock, silentLog);
      await work({ workspace, mark: () => writeBack.mark(marked(entry), key, 'done') });
      await store.close();
    });

  for (const file of [taskMaster, backlog])
    it(`are waited for, and taken while the file is written: ${file.lock}`, () =>
      withTasks(file, async ({ workspace, mark }) => {
        const lock = join(workspace, file.lock);
        await mkdir(lock, { recursive: true });
        const marking = mark();
        const early = await Promise.race([marking, readFile(join(workspace, file.path), 'utf8')]);
        assert.equal(early, file.text, 'nothing is written while another program holds the lock');
        await rm(lock, { recursive: true });
        assert.equal(await marking, true);
        assert.match(await readFile(join(workspace, file.path), 'utf8'), file.done);
        await assert.rejects(lstat(lock), 'the lock is given back');
      }));

  it('are taken where the tool has not made a folder for them yet', () =>
    withTasks(backlog, async ({ workspace, mark }) => {
      assert.equal(await mark(), true);
      assert.match(await readFile(join(workspace, backlog.path), 'utf8'), backlog.done);
      await assert.rejects(lstat(join(workspace, backlog.lock)), 'the lock is given back');
    }));
});
