// A process that takes a database's lock and gives it back, again and again, and sometimes kills
// itself while it holds it:  node --import tsx lock-contender.ts FOLDER
// Writes a line to FOLDER/log for each time it held the lock, and for each breach that it saw.
import { openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SystemClock } from '../../src/platform/clock';
import { acquireOwnership } from '../../src/store/owner-lock';
import { answerProbe } from '../../src/store/owner-probe';

const [, , folder = ''] = process.argv;
const log = openSync(join(folder, 'log'), 'a');
const inside = join(folder, 'inside');
const say = (line: string): void => void writeSync(log, `${line}\n`);

async function main(): Promise<void> {
  for (let turn = 0; ; turn++) {
    const token = crypto.randomUUID();
    const endpoint = join(folder, `${process.pid}-${turn}.sock`);
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (chunk) => socket.end(answerProbe(chunk, token) ?? ''));
    });
    await new Promise<void>((resolve) => server.listen(endpoint, resolve));
    const clock = new SystemClock();
    const databasePath = join(folder, 'runsheet.db');
    const ownership = await acquireOwnership({ databasePath, endpoint, token, clock });
    if (ownership.kind === 'owner') {
      const mark = `${process.pid} ${turn}`;
      writeFileSync(inside, mark);
      await delay(Math.random() * 4);
      if (readFileSync(inside, 'utf8') !== mark) say('breach: another was inside');
      if (!existsSync(ownership.fence.mine)) say('breach: the lock is gone');
      if (existsSync(ownership.fence.next)) say('breach: taken over');
      say('held');
      if (Math.random() < 0.15) process.kill(process.pid, 'SIGKILL');
      await ownership.release();
    }
    server.close();
    await delay(Math.random() * 2);
  }
}

void main();
