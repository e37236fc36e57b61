import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SystemClock } from '../../src/platform/clock';
import { NodeFiles } from '../../src/platform/files';
import { silentLog } from '../../src/platform/log';
import { NodeSpawn } from '../../src/platform/spawn';
import type { WorkspaceTools } from '../../src/workspaces/context';
import { Git } from '../../src/workspaces/git';
import type { GitRepository } from '../../src/workspaces/git-repository';
import { openRepository } from '../../src/workspaces/open-repository';

/** A real repository in a folder of its own, which is deleted by `dispose`. */
export class TestRepository {
  readonly folder: string;
  readonly root: string;
  readonly env: Record<string, string>;

  constructor() {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'runsheet-git-')));
    this.root = join(this.folder, 'repo');
    mkdirSync(this.root);
    this.env = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.folder,
      GIT_CONFIG_NOSYSTEM: '1',
    };
    this.git('init', '-q', '-b', 'main');
    this.git('config', 'user.name', 'Ada');
    this.git('config', 'user.email', 'ada@example.org');
  }

  git(...args: string[]): string {
    return this.gitIn(this.root, ...args);
  }

  gitIn(cwd: string, ...args: string[]): string {
    const options = { cwd, env: this.env, encoding: 'utf8' as const, stdio: 'pipe' as const };
    return execFileSync('git', args, options).replace(/\n$/, '');
  }

  write(path: string, text: string, root = this.root): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  /** Writes the files and commits everything. */
  commit(files: Readonly<Record<string, string>>, message = 'work', root = this.root): string {
    for (const [path, text] of Object.entries(files)) this.write(path, text, root);
    this.gitIn(root, 'add', '-A');
    this.gitIn(root, 'commit', '-q', '--allow-empty', '-m', message);
    return this.gitIn(root, 'rev-parse', 'HEAD');
  }

  tools(env: Readonly<Record<string, string>> = this.env, program = 'git'): WorkspaceTools {
    const git = new Git(new NodeSpawn(), env, program);
    return { git, files: new NodeFiles(), clock: new SystemClock(), log: silentLog };
  }

  open(folder = this.root): Promise<GitRepository> {
    return openRepository(folder, this.tools(), { worktreeParent: null });
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
