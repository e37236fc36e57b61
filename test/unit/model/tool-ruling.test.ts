import assert from 'node:assert/strict';
import { kindOf, pathsOf, type ToolCall } from '../../../src/model/tool-call';
import { toolPolicySchema, type ToolPolicy } from '../../../src/model/tool-policy';
import {
  isRestricting,
  restrictionsOf,
  ruleOn,
  toolGuidance,
  violationsInDiff,
} from '../../../src/model/tool-ruling';

const policyOf = (changes: Partial<ToolPolicy>): ToolPolicy => toolPolicySchema.parse(changes);

function call(changes: Partial<ToolCall>): ToolCall {
  return { name: null, kind: 'other', title: '', input: null, locations: [], ...changes };
}

const bash = call({ name: 'Bash', kind: 'execute', input: { command: 'npm test' } });
const write = call({ name: 'Write', kind: 'edit', input: { file_path: 'a.ts', content: 'x' } });
const read = call({ name: 'Read', kind: 'read', input: { file_path: 'a.ts' } });

function denialOf(policy: Partial<ToolPolicy>, one: ToolCall): string | null {
  const denial = ruleOn(policyOf(policy), one);
  return denial === null ? null : `${denial.rule}${denial.isCertain ? '' : '?'}`;
}

type Row = readonly [string, Partial<ToolPolicy>, ToolCall, string | null];

describe('a tool policy', () => {
  const rows: readonly Row[] = [
    ['that says nothing allows every tool', {}, bash, null],
    // Allowed tools.
    ['allows a tool by its name', { allowed_tools: ['bash'] }, bash, null],
    ['allows a tool by its kind', { allowed_tools: ['EDIT'] }, write, null],
    ['allows nothing that it does not list', { allowed_tools: ['Read'] }, bash, 'allowed_tools'],
    ['with an empty list allows no tool', { allowed_tools: [] }, read, 'allowed_tools'],
    [
      'takes the kind for the name where the agent tells none',
      { allowed_tools: ['Read'] },
      call({ kind: 'read' }),
      null,
    ],
    [
      'does not allow what nobody can name',
      { allowed_tools: ['Read'] },
      call({ title: 'Something' }),
      'allowed_tools?',
    ],
    // Forbidden tools.
    ['forbids a tool by its name', { forbidden_tools: ['BASH'] }, bash, 'forbidden_tools'],
    ['forbids a tool by its kind', { forbidden_tools: ['execute'] }, bash, 'forbidden_tools'],
    ['leaves other tools alone', { forbidden_tools: ['Bash'] }, write, null],
    [
      'forbids a tool although it is allowed',
      { allowed_tools: ['Bash'], forbidden_tools: ['Bash'] },
      bash,
      'forbidden_tools',
    ],
    [
      'forbids all tools of a server',
      { forbidden_tools: ['mcp__github__*'] },
      call({ name: 'mcp__GitHub__create_issue' }),
      'forbidden_tools',
    ],
    [
      'leaves the tools of another server alone',
      { forbidden_tools: ['mcp__github__*'] },
      call({ name: 'mcp__jira__create_issue' }),
      null,
    ],
    [
      'takes the characters of a name for themselves',
      { forbidden_tools: ['a.c'] },
      call({ name: 'abc' }),
      null,
    ],
    [
      'does not let a tool without a name be the forbidden one',
      { forbidden_tools: ['Bash'] },
      call({ kind: 'execute', title: 'npm test' }),
      'forbidden_tools?',
    ],
    [
      'does not let an unknown tool be the forbidden one',
      { forbidden_tools: ['mcp__github__*'] },
      call({ title: 'Create an issue' }),
      'forbidden_tools?',
    ],
    [
      'lets a tool without a name be another one by its kind',
      { forbidden_tools: ['Bash'] },
      call({ kind: 'read', title: 'a.ts' }),
      null,
    ],
    // Reading only.
    ['that only reads allows to read', { read_only: true }, read, null],
    ['that only reads allows no edit', { read_only: true }, write, 'read_only'],
    [
      'that only reads allows no removal',
      { read_only: true },
      call({ kind: 'delete' }),
      'read_only',
    ],
    [
      'that only reads allows no renaming',
      { read_only: true },
      call({ kind: 'move' }),
      'read_only',
    ],
    ['that only reads allows no command', { read_only: true }, bash, 'read_only?'],
    [
      'that only reads believes the name of a tool rather than its kind',
      { read_only: true },
      call({ name: 'write_file', kind: 'read' }),
      'read_only',
    ],
    [
      'that only reads does not allow what might write',
      { read_only: true },
      call({ name: 'mcp__x__do' }),
      'read_only?',
    ],
    [
      'that only reads allows a tool that it names',
      { read_only: true, allowed_tools: ['mcp__x__do', 'read'] },
      call({ name: 'mcp__x__do' }),
      null,
    ],
    // Patterns.
    [
      'forbids what matches a pattern',
      { forbidden_patterns: ['npm\\s+test'] },
      bash,
      'forbidden_patterns',
    ],
    ['allows what matches none', { forbidden_patterns: ['npm publish'] }, bash, null],
    [
      'looks at the title where the agent tells no input',
      { forbidden_patterns: ['rm -rf'] },
      call({ kind: 'execute', title: 'rm -rf build' }),
      'forbidden_patterns',
    ],
    [
      'looks at the places, too',
      { forbidden_patterns: ['\\.env$'] },
      call({ kind: 'edit', title: 'Write', locations: ['config/.env'] }),
      'forbidden_patterns',
    ],
    [
      'looks at keys and numbers and into the depth of an input',
      { forbidden_patterns: ['secret'] },
      call({ name: 'x', input: { a: [{ b: { secret: 1 } }] } }),
      'forbidden_patterns',
    ],
    [
      'looks through JSON escapes of quotes',
      { forbidden_patterns: ['echo "x"'] },
      call({ name: 'Bash', kind: 'execute', input: { command: 'echo "x"' } }),
      'forbidden_patterns',
    ],
    ...(
      [
        'r%6D%20-rf%20/',
        'r%256D -rf /',
        String.raw`\u0072m -rf /`,
        String.raw`\x72\u{6d} -rf /`,
        'ｒｍ -rf /',
      ] as const
    ).map((command): Row => [
      `sees through escapes (${command})`,
      { forbidden_patterns: ['rm -rf'] },
      call({ name: 'Bash', kind: 'execute', input: { command } }),
      'forbidden_patterns',
    ]),
    ...(['git pu""sh', String.raw`g\it push`, "git 'push'", 'git \\\npush'] as const).map(
      (command): Row => [
        `reads a command as a shell does (${JSON.stringify(command)})`,
        { forbidden_patterns: ['git push'] },
        call({ name: 'Bash', kind: 'execute', input: { command } }),
        'forbidden_patterns',
      ],
    ),
    [
      'looks at what the agent shows beside its input',
      { forbidden_patterns: ['secret'] },
      call({ kind: 'edit', input: { path: 'a' }, content: [{ type: 'diff', newText: 'secret' }] }),
      'forbidden_patterns',
    ],
    [
      'does not allow an input that nobody can look through',
      { forbidden_patterns: ['rm -rf'] },
      call({ name: 'Write', kind: 'edit', input: { content: 'x'.repeat(1_000_001) } }),
      'forbidden_patterns?',
    ],
    [
      'does not allow a call that tells nothing of its input',
      { forbidden_patterns: ['rm -rf'] },
      call({ name: 'Bash', kind: 'execute' }),
      'forbidden_patterns?',
    ],
  ];
  for (const [behaviour, policy, one, rule] of rows) {
    it(behaviour, () => assert.equal(denialOf(policy, one), rule));
  }

  it('says in words what it forbids', () => {
    const denial = ruleOn(policyOf({ forbidden_tools: ['Bash'] }), { ...bash, title: 'npm test' });
    assert.equal(denial?.detail, 'Bash (npm test) is forbidden as "Bash".');
  });

  it('restricts something or nothing', () => {
    assert.equal(isRestricting(policyOf({})), false);
    assert.equal(isRestricting(policyOf({ on_request: 'allow', tool_hints: { a: 'b' } })), false);
    const all = { allowed_tools: [], forbidden_tools: ['a'], forbidden_patterns: ['a'] };
    assert.deepEqual(
      restrictionsOf(policyOf({ ...all, allowed_directories: ['a'], read_only: true })),
      [
        'allowed_tools',
        'forbidden_tools',
        'forbidden_patterns',
        'allowed_directories',
        'read_only',
      ],
    );
  });
});

describe('what a run changed against its policy', () => {
  const paths = ['src/a.ts', 'src2/b.ts', 'docs/c.md'];

  it('is nothing where the policy names no place', () => {
    assert.deepEqual(violationsInDiff(policyOf({}), paths), []);
  });

  it('is what lies outside of the allowed directories', () => {
    const found = violationsInDiff(policyOf({ allowed_directories: ['./src/', 'docs'] }), paths);
    assert.deepEqual(
      found.map(({ rule, path }) => [rule, path]),
      [['allowed_directories', 'src2/b.ts']],
    );
  });

  it('is everything where the run only reads', () => {
    const found = violationsInDiff(policyOf({ read_only: true }), paths);
    assert.deepEqual([found.length, found[0]?.rule], [3, 'read_only']);
  });
});

describe('what an agent is told about its tools', () => {
  it('is nothing where there is nothing to say', () => {
    assert.equal(toolGuidance(policyOf({})), null);
  });

  it('has the hints and the limits', () => {
    const policy = policyOf({
      allowed_tools: ['Read', 'Bash'],
      forbidden_tools: ['WebFetch'],
      allowed_directories: ['src'],
      tool_hints: { Bash: 'Run the tests with npm test.' },
    });
    assert.equal(
      toolGuidance(policy),
      [
        '- Use only these tools: Read, Bash.',
        '- Do not use: WebFetch.',
        '- Change files only in: src.',
        '- Bash: Run the tests with npm test.',
      ].join('\n'),
    );
    assert.match(toolGuidance(policyOf({ read_only: true })) ?? '', /Only read\./);
    assert.match(toolGuidance(policyOf({ allowed_tools: [] })) ?? '', /these tools: none/);
  });
});

describe('a tool call', () => {
  it('is of the kind that changes most, of what its kind and its name say', () => {
    assert.equal(kindOf({ name: 'Read', kind: 'execute' }), 'execute');
    assert.equal(kindOf({ name: 'Bash', kind: 'read' }), 'execute');
    assert.equal(kindOf({ name: 'Grep', kind: 'other' }), 'search');
    assert.equal(kindOf({ name: 'unheard_of', kind: 'Edit' }), 'edit');
  });

  it('names its paths in its places, its input, and in patches', () => {
    const input = {
      file_path: 'a',
      edits: [{ path: 'b', newText: 'path: /etc' }],
      moves: [{ from: 'c', to: 'd' }],
      changes: { 'e/f': { type: 'add' } },
      url: 'https://example.com/x',
      text: 'three\nlines\nof /etc/passwd',
      patch: '*** Begin Patch\n*** Update File: g\n*** Move to: h\n*** End Patch',
    };
    assert.deepEqual(pathsOf({ locations: ['z', 'a'], input }), [
      ...['z', 'a', 'b', 'c', 'd', 'e/f', 'g', 'h'],
    ]);
  });
});
