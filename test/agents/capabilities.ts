// Runs every real agent against the scripted model and compares what it can with docs/agents.md.
//   npx tsx test/agents/capabilities.ts           says where the document is wrong
//   npx tsx test/agents/capabilities.ts --write   writes its table anew
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { measure, type Capabilities } from '../support/agent-capabilities';
import { rowsOf, withTable } from '../support/capability-table';
import { messageOf } from '../support/errors';
import { exitOnSignals } from '../support/owned-process';
import { realAgents } from '../support/real-agent';

const path = resolve(__dirname, '../../docs/agents.md');
const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  exitOnSignals();
  const document = await readFile(path, 'utf8');
  const known = rowsOf(document);
  const rows = new Map<string, Capabilities>();
  for (const name of realAgents) {
    const started = Date.now();
    const found = await measure(name);
    rows.set(name, found);
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    const isKnown = JSON.stringify(inOrder(found)) === JSON.stringify(inOrder(known.get(name)));
    print(`${isKnown ? '=' : '≠'} ${name} (${seconds} s) ${JSON.stringify(found)}`);
    if (!isKnown) process.exitCode = 1;
  }
  if (!process.argv.includes('--write')) return;
  await writeFile(path, withTable(document, rows));
  process.exitCode = 0;
}

function inOrder(row: object | undefined): [string, unknown][] {
  return Object.entries(row ?? {}).toSorted(([one], [other]) => one.localeCompare(other));
}

main().catch((error: unknown) => {
  print(messageOf(error));
  process.exitCode = 2;
});
