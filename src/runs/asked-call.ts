import type { ToolCall } from '../model/tool-call';
import { maskSecrets, maskSecretsIn } from '../model/secrets';
import type { AskedCall } from '../store/repositories/permissions';

const longestInput = 2_000;
const mostLocations = 20;
const longestName = 100;

/** A call as a person is shown it: without secrets, and short. */
export function askedCall({ name, kind, locations, input }: ToolCall): AskedCall {
  return {
    tool: name === null ? null : maskSecrets(name).slice(0, longestName),
    kind: kind.slice(0, longestName),
    locations: locations.slice(0, mostLocations).map((path) => maskSecrets(path).slice(0, 500)),
    input: textOf(maskSecretsIn(input)),
  };
}

function textOf(input: unknown): string | null {
  if (input === null || input === undefined) return null;
  const text = commandOf(input) ?? (typeof input === 'string' ? input : indented(input));
  return text.length > longestInput ? `${text.slice(0, longestInput)}…` : text;
}

/** A command is read as it is, not as JSON. */
function commandOf(input: unknown): string | null {
  if (typeof input !== 'object' || input === null || !('command' in input)) return null;
  const { command } = input;
  if (Array.isArray(command)) return command.join(' ');
  return typeof command === 'string' ? command : null;
}

function indented(input: unknown): string {
  return JSON.stringify(input, null, 2);
}
