import { Option, type Command } from 'commander';
import { z } from 'zod';
import { decideSubtasks, pauseRuns, resumeRuns } from '../protocol/messages';
import type { PlaceAsking } from './decisions';
import { planAt } from './open-plan';
import { print } from './queries';

type Act = (act: (asking: PlaceAsking) => Promise<number>) => Promise<void>;

const optionsSchema = z.object({
  subtask: z.array(z.string()).optional(),
  phase: z.array(z.string()).optional(),
  reason: z.string().default(''),
});
type Options = z.output<typeof optionsSchema>;

const decisions = [
  ['accept', 'accept', 'close subtasks without a proof, with a reason'],
  ['skip', 'skip', 'leave subtasks out, with a reason'],
  ['block', 'block', 'put subtasks aside until their reason is gone'],
  ['cancel', 'cancel', 'stop what goes on and give it up'],
  ['reset', 'reset', 'make subtasks pending again, with room for one more attempt'],
  ['continue', 'resume', 'have the last run of subtasks go on, in its conversation where it can'],
] as const;

/** Commands by which a person steers what a plan does. */
export function addSteeringCommands(program: Command, asking: Act): void {
  const add = (
    name: string,
    description: string,
    act: (place: PlaceAsking, path: string, options: Options) => Promise<number>,
  ): void => {
    program
      .command(`${name} <plan>`)
      .description(description)
      .addOption(new Option('--subtask <id...>', 'only these subtasks').conflicts('phase'))
      .option('--phase <id...>', 'only these phases')
      .option('--reason <text>', 'why, kept with it')
      .action((path: string, given: unknown) =>
        asking((place) => act(place, path, optionsSchema.parse(given))),
      );
  };
  add('pause', 'let a plan, phases or subtasks stand still, their processes too', (...args) =>
    throwSwitch(pauseRuns, 'paused', ...args),
  );
  add('resume', 'let what was paused go on', (...args) =>
    throwSwitch(resumeRuns, 'resumed', ...args),
  );
  for (const [name, action, description] of decisions) {
    add(name, description, async (place, path, options) => {
      const scope = await scopeOf(place, path, options);
      const request = { ...scope, action, reason: options.reason };
      const { count } = await place.client.request(decideSubtasks, request);
      return print(place, { count }, [`${subtaskCount(count)}: ${name}`]);
    });
  }
}

async function throwSwitch(
  definition: typeof pauseRuns | typeof resumeRuns,
  word: string,
  place: PlaceAsking,
  path: string,
  options: Options,
): Promise<number> {
  const scope = await scopeOf(place, path, options);
  const { count } = await place.client.request(definition, { ...scope, reason: options.reason });
  return print(place, { count }, [count === 0 ? `nothing was ${word}` : `${count} ${word}`]);
}

async function scopeOf(place: PlaceAsking, path: string, { subtask, phase }: Options) {
  const where = { workspace: place.workspace, cwd: place.io.cwd };
  const { id: planId } = await planAt(place.client, where, path);
  return {
    planId,
    ...(subtask === undefined ? {} : { subtasks: subtask }),
    ...(phase === undefined ? {} : { phases: phase }),
  };
}

function subtaskCount(count: number): string {
  return `${count} ${count === 1 ? 'subtask' : 'subtasks'}`;
}
