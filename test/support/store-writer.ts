// A process that owns a database and stores notes as fast as it can, to be killed or frozen:
//   node --import tsx store-writer.ts PATH NAME [REALM]
// Prints "owner GENERATION STORED" when it has the database, each acknowledged note on a line, and
// "lost" when another has taken over.
import { writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SystemClock } from '../../src/platform/clock';
import { commitTogether } from '../../src/store/group-commit';
import { acquireOwnership, type Ownership } from '../../src/store/owner-lock';
import { answerProbe } from '../../src/store/owner-probe';
import { diagnose } from '../../src/store/sqlite/sqlite-error';
import { noteSubmission, notesIn, openDatabase } from './database';

const [, , path = '', name = '', realm] = process.argv;
const clock = new SystemClock();

function say(line: string): void {
  writeSync(1, `${line}\n`); // at once: a kill may be next
}

async function own(): Promise<Extract<Ownership, { kind: 'owner' }>> {
  const token = crypto.randomUUID();
  const endpoint = join(dirname(path), `${token}.sock`);
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (chunk) => socket.end(answerProbe(chunk, token) ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(endpoint, resolve));
  for (;;) {
    const options = {
      databasePath: path,
      endpoint,
      token,
      clock,
      heartbeatEvery: 100,
      expiry: 900,
    };
    const ownership = await acquireOwnership({ ...options, ...(realm !== undefined && { realm }) });
    if (ownership.kind === 'owner') return ownership;
  }
}

async function main(): Promise<void> {
  const { fence, generation } = await own();
  const database = await openDatabase(path, { fence });
  database.connection.exec('PRAGMA cache_size = 30'); // so that large transactions spill
  let stored = notesIn(database.connection).length;
  say(`owner ${generation} ${stored}`);
  for (;;) {
    const size = Math.random() < 0.1 ? 200 : 1 + Math.floor(Math.random() * 20);
    const notes = Array.from({ length: size }, () => `${name}-${++stored}`);
    const submissions = notes.map((note, index) => noteSubmission(index, note));
    // Refused ones in between must leave no trace.
    const refused = noteSubmission(size, `${name} refused`, true);
    commitTogether(database.connection, [...submissions, refused], () => crypto.randomUUID());
    say(notes.join('\n'));
    if (database.walIsLarge || Math.random() < 0.05) database.checkpoint();
    await delay(0); // the heart must beat
  }
}

main().catch((error: unknown) => {
  const isLost = diagnose(error) === 'lost';
  say(isLost ? 'lost' : `failed ${String(error)}`);
  process.exit(isLost ? 0 : 1);
});
