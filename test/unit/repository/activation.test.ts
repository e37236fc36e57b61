import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { matchesGlob } from '../../../src/formats/globs';
import { formats, homesOf } from '../../../src/formats/registry';
import type { FormatName } from '../../../src/model/plan';

const root = resolve(__dirname, '../../..');
const manifest = z
  .object({ activationEvents: z.array(z.string()) })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
const lead = 'workspaceContains:';
const globs = manifest.activationEvents
  .filter((event) => event.startsWith(lead))
  .map((event) => event.slice(lead.length));

/** A file that people have when they have a plan of the format. */
const usual: Readonly<Record<Exclude<FormatName, 'markdown'>, string>> = {
  runsheet: 'docs/shop.plan.md',
  kiro: '.kiro/specs/shop/tasks.md',
  openspec: 'openspec/changes/add-shop/tasks.md',
  'spec-kit': 'specs/001-shop/tasks.md',
  'task-master': '.taskmaster/tasks/tasks.json',
  gsd: '.planning/ROADMAP.md',
  'auto-claude': '.auto-claude/specs/001-shop/implementation_plan.json',
  autobuildr: 'feature_list.json',
  'codebase-mcp': '.project_status.md',
  'vp-ops': 'docs/plans/2026-01-02-sess_1a2b3c4d-vp-ops.md',
  beads: '.beads/issues.jsonl',
  'backlog-md': 'backlog/config.yml',
  bmad: '_bmad-output/implementation-artifacts/sprint-status.yaml',
};

describe('a folder that holds a plan', () => {
  for (const [name, path] of Object.entries(usual))
    it(`wakes the extension when the plan is one of ${name}`, () => {
      assert.ok(matchesGlob(path, globs), 'the manifest has no event for it');
      const format = formats.find((one) => one.name === name);
      assert.ok(format !== undefined && matchesGlob(path, format.paths), 'it is not looked for');
      assert.notEqual(homesOf(path).length, 0, 'it belongs to no plan');
    });

  it('is known for every format that is found by itself', () => {
    const found = formats.filter(({ paths }) => paths.length > 0).map(({ name }) => name);
    assert.deepEqual(found.toSorted(), Object.keys(usual).toSorted());
  });
});
