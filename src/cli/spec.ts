import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { derivationOf, withoutDerivation } from '../model/agent-spec';
import { messageOf, RunsheetError } from '../model/errors';
import {
  listSpecs,
  putSpec,
  readSpec,
  retireSpec,
  specOfSubtask,
  type SpecView,
} from '../protocol/spec-messages';
import { exitCodes } from './io';
import { pathInWorkspace, planAt } from './open-plan';
import { print, type Asking } from './queries';
import { specLines, summaryLine } from './spec-text';

/** What commands about specs get: they name plans by their files. */
export interface SpecAsking extends Asking {
  /** Absolute. */
  workspace: string;
}

export async function specListCommand(
  asking: SpecAsking,
  options: { all: boolean; tag?: string | undefined },
): Promise<number> {
  const { all, tag } = options;
  const wish = { all, ...(tag === undefined ? {} : { tag }) };
  const { specs } = await asking.client.request(listSpecs, wish);
  const lines = specs.length === 0 ? ['No spec is set.'] : specs.map(summaryLine);
  return print(asking, { specs }, lines);
}

/** A spec by its name, `NAME@REVISION`, or that of a subtask by its plan and key. */
export async function specShowCommand(
  asking: SpecAsking,
  name: string,
  key: string | undefined,
): Promise<number> {
  const view = await find(asking, name, key);
  return print(asking, { ...view, derivation: derivationOf(view.spec) }, specLines(view));
}

/** What the rules make of a subtask, whatever has been set for it. */
export async function specDeriveCommand(
  asking: SpecAsking,
  plan: string,
  key: string,
): Promise<number> {
  const view = await ofSubtask(asking, plan, key, true);
  return print(asking, { ...view, derivation: derivationOf(view.spec) }, specLines(view));
}

/** Prints the document to change; how to set it again goes to the person alone. */
export async function specEditCommand(
  asking: SpecAsking,
  name: string,
  key: string | undefined,
): Promise<number> {
  const { spec, revision } = await find(asking, name, key);
  asking.io.stdout(`${JSON.stringify(withoutDerivation(spec), null, 2)}\n`);
  const expected = revision === 0 ? '' : ` --expect ${revision}`;
  asking.io.stderr(`Change it in a file, then: runsheet spec set FILE${expected}\n`);
  return exitCodes.ok;
}

export async function specSetCommand(
  asking: SpecAsking,
  file: string,
  expected: number | undefined,
): Promise<number> {
  const { client, io, workspace } = asking;
  const spec = await readJson(resolve(io.cwd, file), file);
  const inside = await pathInWorkspace({ workspace, cwd: io.cwd }, file);
  const view = await client.request(putSpec, {
    spec,
    ...(expected === undefined ? {} : { expected }),
    ...(inside.startsWith('../') ? {} : { path: inside }),
  });
  return print(asking, view, [`${view.spec.name}: revision ${view.revision}`]);
}

export async function specRetireCommand(
  asking: SpecAsking,
  name: string,
  reason: string,
): Promise<number> {
  await asking.client.request(retireSpec, { name, reason });
  return print(asking, { retired: name }, [`${name}: retired`]);
}

function find(asking: SpecAsking, name: string, key: string | undefined): Promise<SpecView> {
  if (key !== undefined) return ofSubtask(asking, name, key, false);
  const [, plain = name, revision] = /^(.+)@(\d+)$/.exec(name) ?? [];
  const at = revision === undefined ? {} : { revision: Number(revision) };
  return asking.client.request(readSpec, { name: plain, ...at });
}

async function ofSubtask(
  { client, io, workspace }: SpecAsking,
  path: string,
  key: string,
  derived: boolean,
): Promise<SpecView> {
  const plan = await planAt(client, { workspace, cwd: io.cwd }, path);
  return client.request(specOfSubtask, { planId: plan.id, key, derived });
}

/** @throws RunsheetError `validation` for a file that is not there or no JSON. */
async function readJson(path: string, shown: string) {
  try {
    const written: unknown = JSON.parse(await readFile(path, 'utf8'));
    return putSpec.params.parse({ spec: written }).spec;
  } catch (error) {
    const message = `${shown} is not read: ${messageOf(error)}. Give a file with a spec as JSON.`;
    throw new RunsheetError('validation', message, { path: shown });
  }
}
