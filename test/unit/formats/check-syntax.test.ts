import assert from 'node:assert/strict';
import { nameChecks, parseCheck, parseCheckText } from '../../../src/formats/check-syntax';

function config(written: string): unknown {
  const { validator } = parseCheckText(written);
  return validator && { type: validator.type, ...validator.config };
}

describe('parseCheckText', () => {
  it('takes any other text as a shell line', () => {
    const expected = {
      type: 'test_pass',
      command: 'npm test && echo "ok"',
      expected_exit_code: 0,
      timeout_seconds: 600,
    };
    assert.deepEqual(config('npm test && echo "ok"'), expected);
    assert.deepEqual(config('`npm test && echo "ok"`'), expected);
    assert.equal(parseCheckText('[ -f dist/app.js ]').validator?.type, 'test_pass');
  });

  it('takes a JSON array as arguments, without a shell', () => {
    assert.deepEqual(config('["node", "--test", "a b"]'), {
      type: 'test_pass',
      command: ['node', '--test', 'a b'],
      expected_exit_code: 0,
      timeout_seconds: 600,
    });
  });

  it('reads paths that must or must not exist', () => {
    assert.deepEqual(config('exists dist/app.js'), {
      type: 'file_exists',
      path: 'dist/app.js',
      should_exist: true,
    });
    assert.deepEqual(config('absent .env'), {
      type: 'file_exists',
      path: '.env',
      should_exist: false,
    });
  });

  it('reads forbidden patterns for the diff or for files', () => {
    assert.deepEqual(config('forbid /TODO|a\\/b/i'), {
      type: 'forbidden_patterns',
      patterns: ['TODO|a\\/b'],
      case_sensitive: false,
      scope: 'diff',
    });
    assert.deepEqual(config('forbid /console\\.log/ in src/a.js, `b.js`'), {
      type: 'forbidden_patterns',
      patterns: ['console\\.log'],
      case_sensitive: true,
      scope: 'files',
      paths: ['src/a.js', 'b.js'],
    });
  });

  it('reads what must change, answer, be confirmed or be reviewed', () => {
    assert.deepEqual(config('changes'), {
      type: 'diff',
      require_change: true,
      only_declared_files: false,
    });
    assert.deepEqual(config('changes only files'), {
      type: 'diff',
      require_change: true,
      only_declared_files: true,
    });
    const url = 'http://localhost:3000/health';
    const http = { type: 'http', url, status: 200, timeout_seconds: 30 };
    assert.deepEqual(config(`get ${url}`), http);
    assert.deepEqual(config(`get ${url} 204`), { ...http, status: 204 });
    assert.deepEqual(config(`get ${url} /ok\\d/`), { ...http, body_pattern: 'ok\\d' });
    assert.deepEqual(config('confirm: The page is blue.'), {
      type: 'manual',
      instruction: 'The page is blue.',
    });
    const { validator } = parseCheckText('review: Names are plain.');
    assert(validator?.type === 'agent_review');
    assert.deepEqual(validator.config.criteria, ['Names are plain.']);
    assert.equal(validator.config.alone, false);
    assert.equal(parseCheck({ review: 'Names are plain.' }).validator?.type, 'agent_review');
    // Programs of such names stay programs.
    for (const line of ['get-version', 'get x', 'changes --all', 'confirm', 'review HEAD'])
      assert.equal(parseCheckText(line).validator?.type, 'test_pass', line);
  });

  it('reads a validator in full', () => {
    const written =
      '{"type": "test_pass", "config": {"command": "make", "timeout_seconds": 9}, "weight": 2}';
    assert.equal(parseCheckText(written).validator?.weight, 2);
    assert.deepEqual(config(written), {
      type: 'test_pass',
      command: 'make',
      expected_exit_code: 0,
      timeout_seconds: 9,
    });
  });

  it('says why a check cannot be read', () => {
    const errors = [
      '',
      '["node"',
      '{"type": "magic"}',
      'forbid /(/',
      'forbid /a/g',
      'exists ../x',
      '[]',
      'get http://localhost/ soon',
      'get http://localhost/ /(/',
      '{"type": "lint_clean", "config": {"command": "x", "working_directory": "../y"}}',
      '{"type": "test_enforcement", "config": {"command": "x", "test_file_pattern": "/etc/*"}}',
      '{"type": "test_pass", "config": {"command": "x", "min_test": 3}}',
    ];
    for (const written of errors) assert.ok(parseCheckText(written).error, written);
    assert.equal(parseCheck(7).validator, null);
  });
});

describe('nameChecks', () => {
  it('gives every check an id of its own and keeps written ones', () => {
    const written = [
      'a',
      '{"id": "check-1", "type": "test_pass", "config": {"command": "b"}}',
      'c',
    ];
    const checks = written
      .map((text) => parseCheckText(text).validator)
      .filter((check) => check !== null);
    assert.deepEqual(
      nameChecks(checks, 'check').map(({ id }) => id),
      ['check-1', 'check-2', 'check-3'],
    );
  });
});
