// npm test: everything that proves the project, from fast to slow.
//   npm test -- --layer unit --layer engine   these layers only
//   npm test -- --grep worktree               the tests whose full title contains the text
import { parseArgs } from 'node:util';
import { inNode, runLayer } from './runner/run-layer.js';
import { inVsCode } from './runner/in-vscode.js';
import { layers, type Layer } from './runner/layers.js';
import { runStaticChecks } from './runner/static-checks.js';
import { Tally } from './runner/tally.js';
import { Obstacle, messageOf } from './support/errors.js';
import { exitOnSignals } from './support/owned-process.js';
import { buildProduct } from './support/product.js';
import { chromium } from './support/vscode-host/debian.js';
import { installVsCode } from './support/vscode-host/install.js';

interface Selection {
  /** Also the checks that only read the sources. */
  everything: boolean;
  layers: readonly Layer[];
  grep: string;
}

function selectionOf(args: string[]): Selection {
  const { values } = parseArgs({
    args,
    options: { layer: { type: 'string', multiple: true }, grep: { type: 'string' } },
  });
  const { layer: names, grep = '' } = values;
  if (names === undefined) return { everything: grep === '', layers, grep };
  const unknown = names.find((name) => !layers.some((layer) => layer.name === name));
  if (unknown !== undefined) {
    const known = layers.map((layer) => layer.name).join(', ');
    throw new Obstacle(`There is no layer ${unknown}. The layers are ${known}.`);
  }
  return { everything: false, layers: layers.filter(({ name }) => names.includes(name)), grep };
}

async function runSelection(selection: Selection): Promise<number> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const tally = new Tally(print);
  const vscode = selection.layers.some((layer) => layer.needsVsCode)
    ? tally.prepare('VS Code host and Chromium', () =>
        Promise.all([installVsCode(print), chromium(print)]),
      )
    : Promise.resolve(true);
  // The host installs itself mostly by waiting for the network, so the checks may run beside it.
  if (selection.everything) await runStaticChecks(tally);
  const vscodeIsThere = await vscode;
  const built = await tally.prepare('build and package', buildProduct);
  for (const layer of selection.layers) {
    if (layer.needsVsCode && !(built && vscodeIsThere)) {
      tally.fail(layer.name, 'Not run: what it needs is missing, see above.');
    } else {
      await runLayer(layer, selection.grep, tally, layer.name === 'host' ? inVsCode : inNode);
    }
  }
  return tally.close();
}

async function main(): Promise<void> {
  exitOnSignals();
  try {
    process.exitCode = await runSelection(selectionOf(process.argv.slice(2)));
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 2;
  }
}

void main();
