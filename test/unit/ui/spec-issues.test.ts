import assert from 'node:assert/strict';
import { RunsheetError } from '../../../src/model/errors';
import { issuesOf, placeOfIssue } from '../../../src/ui/documents/spec-issues';
import { newSpec } from '../../../src/ui/documents/new-spec';
import { agentSpecSchema } from '../../../src/model/agent-spec';

const text = `{
  "name": "careful",
  "acceptance": { "max_retries": 3, "validators": [{ "id": "a" }] }
}
`;

/** The part of the document that is underlined. */
function shown(...path: (string | number)[]): string {
  const { offset, length } = placeOfIssue(text, path);
  return text.slice(offset, offset + length);
}

describe('a mistake in the document of a spec', () => {
  it('is shown at the value that it is about', () => {
    assert.equal(shown('name'), '"careful"');
    assert.equal(shown('acceptance', 'max_retries'), '3');
    assert.equal(shown('acceptance', 'validators', 0, 'id'), '"a"');
  });

  it('is shown around where a value is missing', () => {
    assert.equal(shown('acceptance', 'validators', 0, 'type'), '{ "id": "a" }');
    assert.equal(shown('max_turns'), '{');
    assert.equal(shown(), '{');
  });

  it('is shown somewhere in a text that is no document', () => {
    assert.deepEqual(placeOfIssue('', ['name']), { offset: 0, length: 0 });
    assert.deepEqual(placeOfIssue('{ "na', ['name']).offset, 0);
  });

  it('is what the engine says, of one field or of several', () => {
    const issues = [{ path: ['acceptance', 'min_score'], message: 'no' }];
    const several = new RunsheetError('validation', 'x', { issues });
    assert.deepEqual(issuesOf(several), issues);
    const field = 'acceptance.fallback';
    const one = new RunsheetError('validation', 'There is no spec "b".', { field });
    assert.deepEqual(issuesOf(one), [
      { path: ['acceptance', 'fallback'], message: 'There is no spec "b".' },
    ]);
    assert.deepEqual(issuesOf(new RunsheetError('version_conflict', 'x')), []);
    assert.deepEqual(issuesOf(new Error('x')), []);
  });
});

describe('a new spec', () => {
  it('is one that could be saved as it is', () => {
    const { spec, revision } = newSpec('careful');
    assert.deepEqual([agentSpecSchema.parse(spec).name, revision], ['careful', 0]);
  });
});
