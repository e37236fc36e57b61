import type { Command } from 'commander';
import { z } from 'zod';
import {
  getProgressLog,
  getReport,
  importReport,
  writeProgressLog,
  writeReport,
} from '../protocol/report-messages';
import { reconciliationLines } from '../protocol/reconciliation-text';
import type { PlaceAsking } from './decisions';
import { pathInWorkspace, planAt } from './open-plan';
import { print } from './queries';

type Act = (act: (asking: PlaceAsking) => Promise<number>) => Promise<void>;

const importSchema = z.object({ apply: z.boolean(), fallbackWrites: z.boolean() });

/** Commands that write status reports and progress logs, and import reports. */
export function addReportCommands(program: Command, asking: Act): void {
  program
    .command('report')
    .description('the status report of the workspace, as Markdown that can be imported again')
    .option('--write', 'write it to .project_status.md, unless somebody keeps that by hand', false)
    .action(({ write }: { write: boolean }) =>
      asking((place) => (write ? writeCommand(place) : reportCommand(place))),
    );
  program
    .command('import <file>')
    .description('hold a status report, session prompt or session report against the database')
    .option('--apply', 'store its rows; the file stays as it is', false)
    .option('--fallback-writes', 'also the writes that wait in its comments', false)
    .action((file: string, options: unknown) =>
      asking((place) => importCommand(place, file, importSchema.parse(options))),
    );
  program
    .command('log <plan>')
    .description('the progress log of a plan, for the formats that have one')
    .option('--write', 'write it beside the plan, unless an agent or a person keeps it', false)
    .action((plan: string, { write }: { write: boolean }) =>
      asking((place) => logCommand(place, plan, write)),
    );
}

async function logCommand(asking: PlaceAsking, plan: string, write: boolean): Promise<number> {
  const { client, io, workspace } = asking;
  const { id: planId } = await planAt(client, { workspace, cwd: io.cwd }, plan);
  const answer = await client.request(write ? writeProgressLog : getProgressLog, { planId });
  return print(asking, answer, [write ? `${answer.path} is written.` : answer.text.trimEnd()]);
}

async function reportCommand(asking: PlaceAsking): Promise<number> {
  const answer = await asking.client.request(getReport, {});
  return print(asking, answer, [answer.report.trimEnd()]);
}

async function writeCommand(asking: PlaceAsking): Promise<number> {
  const answer = await asking.client.request(writeReport, {});
  return print(asking, answer, [`${answer.path} is written.`]);
}

async function importCommand(
  asking: PlaceAsking,
  file: string,
  options: z.output<typeof importSchema>,
): Promise<number> {
  const path = await pathInWorkspace({ workspace: asking.workspace, cwd: asking.io.cwd }, file);
  const answer = await asking.client.request(importReport, { path, ...options });
  const end = answer.applied ? [] : ['', 'Nothing is stored yet: --apply stores it.'];
  return print(asking, answer, [...reconciliationLines(answer), ...end]);
}
