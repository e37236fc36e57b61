import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ToolCall } from '../../../src/model/tool-call';
import { NodeFiles } from '../../../src/platform/files';
import { ToolGuard } from '../../../src/runs/tool-guard';
import { withTemporaryFolder } from '../../support/temporary-folder';

const files = new NodeFiles();

interface World {
  /** The worktree. */
  tree: string;
  /** The folder that it lies in. */
  outside: string;
}

/**
 * A worktree with the folders `src` and `docs`, a link `out` to the folder around it, `inside` to
 * `docs`, and `dead` to a file out there that is not there yet.
 */
async function withTree(work: (world: World) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (outside) => {
    const tree = join(outside, 'tree');
    for (const folder of ['src', 'docs']) await mkdir(join(tree, folder), { recursive: true });
    await mkdir(join(outside, 'tree-2'));
    await writeFile(join(outside, 'secret.txt'), 'x');
    await writeFile(join(tree, '.git'), 'gitdir: elsewhere');
    await symlink(outside, join(tree, 'out'));
    await symlink('docs', join(tree, 'inside'));
    await symlink(join(outside, 'new.txt'), join(tree, 'src', 'dead'));
    await work({ tree, outside });
  });
}

function edit(...locations: string[]): ToolCall {
  return { name: 'Write', kind: 'edit', title: 'Write', input: null, locations };
}

function execute(command: string, more: Record<string, string> = {}): ToolCall {
  const input = { command, ...more };
  return { name: 'Bash', kind: 'execute', title: command, input, locations: [] };
}

async function kindsOf(
  policy: unknown,
  tree: string,
  calls: readonly ToolCall[],
): Promise<string[]> {
  const guard = new ToolGuard(policy, tree, files);
  const judged = await Promise.all(calls.map((call) => guard.judge(call)));
  return judged.map((one) => (one.kind === 'denied' ? `denied: ${one.rule}` : one.kind));
}

const allow = { on_request: 'allow' };

describe('the guard of tools', () => {
  it('allows to write in the worktree, in whatever way the place is written', async () => {
    await withTree(async ({ tree }) => {
      const places = [
        ...['src/a.ts', './new/folder/a.ts', 'src/../docs/a.md', join(tree, 'a.ts')],
        ...[pathToFileURL(join(tree, 'a b.ts')).href, 'docs/50%.md', 'docs/%41.md', 'inside/x.md'],
      ];
      const judged = await kindsOf(
        allow,
        tree,
        places.map((place) => edit(place)),
      );
      assert.deepEqual(
        judged,
        places.map(() => 'allowed'),
      );
    });
  });

  it('lets nobody write anywhere else, in whatever way the place is written', async () => {
    await withTree(async ({ tree, outside }) => {
      const places = [
        ...['../secret.txt', 'src/../../secret.txt', '/etc/passwd', join(outside, 'secret.txt')],
        ...['~/.ssh/config', '~root/x', '$HOME/x', '%USERPROFILE%/x', String.raw`C:\x`],
        ...[String.raw`\\server\share\x`, String.raw`..\secret.txt`, 'a\0b'],
        ...['%2e%2e/secret.txt', '%252e%252e%252fsecret.txt', String.raw`\u002e\u002e/secret.txt`],
        ...['．．/secret.txt', 'file:///etc/passwd', 'file:/etc/passwd', 'FILE://localhost/etc/x'],
        ...[pathToFileURL(join(outside, 'secret.txt')).href, 'vscode://x/y', 'file://host/share/x'],
        // A neighbour whose name begins alike.
        `${tree}-2/a.ts`,
        // Links: a folder, one more level, and one to a file that would be made out there.
        ...['out/secret.txt', 'out/new/deep.txt', 'src/../out/tree-2/x', 'src/dead'],
        ...['.git', '.git/hooks/pre-commit', 'src/../.git', '.GIT/config'],
      ];
      const judged = await kindsOf(
        allow,
        tree,
        places.map((place) => edit(place)),
      );
      assert.deepEqual(
        places.filter((_place, index) => judged[index] !== 'denied: allowed_directories'),
        [],
      );
    });
  });

  it('denies a call of which one place alone is outside', async () => {
    await withTree(async ({ tree }) => {
      const move: ToolCall = {
        ...edit('src/a.ts'),
        kind: 'move',
        input: { from: 'src/a.ts', to: '../a.ts' },
      };
      assert.deepEqual(await kindsOf(allow, tree, [edit('src/a.ts', '../b.ts'), move]), [
        ...['denied: allowed_directories', 'denied: allowed_directories'],
      ]);
    });
  });

  it('holds writing to the allowed directories, and reading only to the worktree', async () => {
    await withTree(async ({ tree }) => {
      const policy = { ...allow, allowed_directories: ['src', './docs/api/'] };
      const read: ToolCall = { ...edit('README.md'), name: 'Read', kind: 'read' };
      const calls = [edit('src/a.ts'), edit('docs/api/x.md'), read];
      assert.deepEqual(await kindsOf(policy, tree, calls), ['allowed', 'allowed', 'allowed']);
      const others = [edit('docs/x.md'), edit('srcs/a.ts'), edit('README.md'), edit('src/../a')];
      assert.deepEqual(await kindsOf(policy, tree, others), [
        ...others.map(() => 'denied: allowed_directories'),
      ]);
    });
  });

  it('lets no rule lead out of the worktree', async () => {
    await withTree(async ({ tree, outside }) => {
      for (const directory of ['..', 'out', outside, '/']) {
        const policy = { ...allow, allowed_directories: [directory] };
        assert.deepEqual(await kindsOf(policy, tree, [edit('../secret.txt'), edit('out/x')]), [
          ...['denied: allowed_directories', 'denied: allowed_directories'],
        ]);
      }
    });
  });

  it('leaves it to a person to read elsewhere, whatever the policy says to requests', async () => {
    await withTree(async ({ tree }) => {
      const read: ToolCall = { ...edit('/etc/hosts'), name: 'Read', kind: 'read' };
      assert.deepEqual(await kindsOf(allow, tree, [read]), ['ask']);
    });
  });

  it('leaves it to a person to run what names places elsewhere', async () => {
    await withTree(async ({ tree }) => {
      const inside = [
        'npm test',
        'node src/a.js --out=docs/x',
        'grep -r "a/b" src',
        'curl https://x/y',
        ...[
          'cd src && npm test',
          'git commit -m "Don\'t"',
          'ls *.ts .eslintrc* src/.*rc',
          'ls .[a-z]rc',
        ],
      ];
      assert.deepEqual(
        await kindsOf(
          allow,
          tree,
          inside.map((one) => execute(one)),
        ),
        [...inside.map(() => 'allowed')],
      );
      const outside = [
        'cat /etc/passwd',
        'git -C .. commit',
        'ls ~',
        'cd "$HOME" && rm x',
        'echo x>../y',
        // As a shell reads it.
        ...['cat /e""tc/passwd', String.raw`cat \/etc/passwd`, `cat ."".""/secret.txt`],
        ...[
          String.raw`cat $'\x2fetc\x2fpasswd'`,
          'cat .?/secret.txt',
          'rm -rf .*',
          'cat /e\\\ntc/x',
        ],
        ...['cd && rm x', 'npm test; cd', 'cd - && rm x', 'ls src &&\ncd\nrm x'],
      ];
      assert.deepEqual(
        await kindsOf(
          allow,
          tree,
          outside.map((one) => execute(one)),
        ),
        [...outside.map(() => 'ask')],
      );
      assert.deepEqual(await kindsOf(allow, tree, [execute('ls', { cwd: '/' })]), ['ask']);
    });
  });

  it('leaves it to a person what names a place elsewhere by a word that nobody knows', async () => {
    await withTree(async ({ tree }) => {
      const tool = (kind: string, input: unknown): ToolCall => {
        return { name: 'mcp__x__y', kind, title: 'Call y', input, locations: [] };
      };
      const inside = [tool('other', { where: 'src/a.ts' }), tool('other', { n: 1 })];
      assert.deepEqual(await kindsOf(allow, tree, inside), ['allowed', 'allowed']);
      const outside = ['other', 'flight', 'read'].map((kind) => tool(kind, { where: '/etc/x' }));
      assert.deepEqual(await kindsOf(allow, tree, outside), ['ask', 'ask', 'ask']);
    });
  });

  it('denies an edit that does not tell its files where directories matter, else asks', async () => {
    await withTree(async ({ tree }) => {
      const policy = { ...allow, allowed_directories: ['src'] };
      assert.deepEqual(await kindsOf(policy, tree, [edit()]), ['denied: allowed_directories']);
      assert.deepEqual(await kindsOf(allow, tree, [edit()]), ['ask']);
    });
  });

  it('asks a person about what is allowed, unless the policy answers for them', async () => {
    await withTree(async ({ tree }) => {
      assert.deepEqual(await kindsOf({}, tree, [edit('a.ts')]), ['ask']);
      assert.deepEqual(await kindsOf({ on_request: 'ask' }, tree, [edit('a.ts')]), ['ask']);
      assert.deepEqual(await kindsOf(allow, tree, [edit('a.ts')]), ['allowed']);
    });
  });

  it('denies everything under a policy that it cannot read', async () => {
    await withTree(async ({ tree }) => {
      const broken = [{ policy_version: 'v2' }, { forbidden_patterns: ['('] }, 'all', null];
      for (const policy of broken) {
        assert.deepEqual(await kindsOf(policy, tree, [edit('a.ts')]), ['denied: policy']);
        assert.equal(new ToolGuard(policy, tree, files).isRestricting, true);
        assert.equal(new ToolGuard(policy, tree, files).stopsRun, true);
      }
    });
  });

  it('asks nobody about a command for its folder in brackets or for throwing output away', async () => {
    await withTree(async ({ tree }) => {
      const told = (folder: string): ToolCall => {
        const text = `[current working directory ${folder}]`;
        return { ...execute('npm test 2>/dev/null'), name: null, input: [{ content: { text } }] };
      };
      const calls = [told(tree), told(`${tree}/..`), told('/etc'), execute('cp a {/etc/b,c}')];
      assert.deepEqual(await kindsOf(allow, tree, calls), ['allowed', 'ask', 'ask', 'ask']);
    });
  });

  it('denies what it cannot look up', async () => {
    await withTree(async ({ tree, outside }) => {
      assert.deepEqual(await kindsOf(allow, join(outside, 'gone'), [edit('a.ts')]), [
        'denied: allowed_directories',
      ]);
      const failing = {
        kind: () => Promise.reject(new Error('EIO')),
        resolve: () => Promise.reject(new Error('EIO')),
      };
      const judged = await new ToolGuard(allow, tree, failing).judge(edit('a.ts'));
      assert.equal(judged.kind, 'denied');
    });
  });

  it('denies what a pattern cannot be searched in, and does not search for ever', async () => {
    await withTree(async ({ tree }) => {
      const policy = { ...allow, forbidden_patterns: ['^(a+)+$'] };
      const started = performance.now();
      const calls = [execute(`${'a'.repeat(60)}!`), execute('aaa'), execute('npm test')];
      assert.deepEqual(await kindsOf(policy, tree, calls), [
        ...['denied: forbidden_patterns', 'denied: forbidden_patterns', 'allowed'],
      ]);
      assert.ok(performance.now() - started < 5_000);
      const guard = new ToolGuard(policy, tree, files);
      assert.equal(await guard.violationOf(execute(`${'a'.repeat(60)}!`)), null);
    });
  });

  it('says of the rules for tools what forbids a call', async () => {
    await withTree(async ({ tree }) => {
      const judged = await new ToolGuard({ forbidden_tools: ['Bash'] }, tree, files).judge(
        execute('ls'),
      );
      assert.deepEqual(judged, {
        kind: 'denied',
        rule: 'forbidden_tools',
        detail: 'Bash (ls) is forbidden as "Bash".',
      });
    });
  });
});

describe('the guard of tools, afterwards', () => {
  it('sees what is known to be forbidden, and only that', async () => {
    await withTree(async ({ tree }) => {
      const policy = { read_only: true, forbidden_tools: ['WebFetch'] };
      const guard = new ToolGuard(policy, tree, files);
      const rules = async (call: ToolCall) => (await guard.violationOf(call))?.rule ?? null;
      assert.equal(await rules(edit('a.ts')), 'read_only');
      // A command may only read; the check of the diff shows it.
      assert.equal(await rules(execute('cat a.ts')), null);
      assert.equal(
        await rules({ ...execute('x'), name: 'WebFetch', kind: 'fetch' }),
        'forbidden_tools',
      );
      assert.equal(await rules({ ...edit(), name: null, kind: 'other' }), null);
    });
  });

  it('sees what was written outside of the worktree, without any rule', async () => {
    await withTree(async ({ tree }) => {
      const guard = new ToolGuard({}, tree, files);
      assert.equal((await guard.violationOf(edit('out/x')))?.rule, 'allowed_directories');
      assert.equal(await guard.violationOf(edit('src/x')), null);
      assert.equal(
        await guard.violationOf({ ...edit('/etc/hosts'), name: null, kind: 'read' }),
        null,
      );
    });
  });
});
