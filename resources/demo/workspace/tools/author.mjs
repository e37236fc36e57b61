import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** How long one file takes, in ms: slow enough to be watched, as an agent at work is. */
const pace = 700;

/** Writes a file line by line, and says what it does. */
export async function write(path, text) {
  await mkdir(dirname(path), { recursive: true });
  const lines = text.trimEnd().split('\n');
  say(`writing ${path}, ${lines.length} lines`);
  const file = await open(path, 'w');
  try {
    for (const [index, line] of lines.entries()) {
      await file.write(`${line}\n`);
      await delay(pace / lines.length);
      if ((index + 1) % 10 === 0) say(`${path}: line ${index + 1} of ${lines.length}`);
    }
  } finally {
    await file.close();
  }
}

export function say(text) {
  process.stdout.write(`${text}\n`);
}
