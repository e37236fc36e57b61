import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunsheetError } from '../../../src/model/errors';
import { ArtifactFiles } from '../../../src/store/artifact-files';
import { withTemporaryFolder } from '../../support/temporary-folder';

const content = Buffer.from('a long log '.repeat(1000));
const hash = createHash('sha256').update(content).digest('hex');

describe('contents in files', () => {
  it('are named by their hash and come back as they were', () =>
    withTemporaryFolder(async (folder) => {
      const files = new ArtifactFiles(join(folder, 'artifacts'));
      assert.deepEqual(await files.write(content), {
        contentHash: hash,
        sizeBytes: content.length,
      });
      assert.deepEqual(readdirSync(join(folder, 'artifacts')), [hash]);
      assert.deepEqual(Buffer.from(await files.read(hash)), content);
    }));

  it('share a file when they are equal, also when written at the same time', () =>
    withTemporaryFolder(async (folder) => {
      const files = new ArtifactFiles(folder);
      await Promise.all([files.write(content), files.write(content), files.write(content)]);
      assert.deepEqual(readdirSync(folder), [hash]);
    }));

  it('are written again when the file was cut short', () =>
    withTemporaryFolder(async (folder) => {
      const files = new ArtifactFiles(folder);
      await files.write(content);
      truncateSync(join(folder, hash), 10);
      await files.write(content);
      assert.deepEqual(Buffer.from(await files.read(hash)), content);
    }));

  it('that are damaged or gone are not passed off as what was stored', () =>
    withTemporaryFolder(async (folder) => {
      const files = new ArtifactFiles(folder);
      writeFileSync(join(folder, hash), 'something else');
      await assert.rejects(files.read(hash), (error) =>
        RunsheetError.is(error, 'corrupt_database'),
      );
      await files.remove(hash);
      await assert.rejects(files.read(hash), (error) => RunsheetError.is(error, 'not_found'));
    }));

  it('cannot be asked for by a path', async () => {
    const files = new ArtifactFiles('/nowhere');
    await assert.rejects(files.read('../../etc/passwd'), (error) =>
      RunsheetError.is(error, 'validation'),
    );
  });
});
