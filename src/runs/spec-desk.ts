import { z } from 'zod';
import type { AgentSpec } from '../model/agent-spec';
import { RunsheetError } from '../model/errors';
import { hintLayers, nearestHint, type Ruled } from '../model/hint-layers';
import { specs } from '../store/repositories/specs';
import type { StoredSpec } from '../store/repositories/spec-rows';
import type { Store } from '../store/store';
import { checksOf, deriveSpec, type SpecSource } from './derive-spec';

/** Who made the spec of a subtask. */
export type SpecOrigin =
  /** A stored one that the subtask, its plan or `runsheet.yml` names. */
  | 'named'
  /** One that a person has set for this very subtask. */
  | 'person'
  /** Made by rules from what the files say. */
  | 'derived';

/** What a run is asked, and when it has succeeded. */
export interface ResolvedSpec {
  agentSpecId: string;
  acceptanceSpecId: string;
  /** With the checks that count: where it has none of its own, they are the plan's. */
  spec: AgentSpec;
  origin: SpecOrigin;
  /** Whether a person wrote it: then its objective says more than the subtask does. */
  isNamed: boolean;
  /** Why it is this one, as half a sentence. */
  rule: string;
}

/** The same before anything is stored. */
export interface SpecPreview extends Pick<ResolvedSpec, 'spec' | 'origin' | 'rule'> {
  /** `null`: not stored yet. */
  stored: StoredSpec | null;
}

/** Where the checks of a spec without checks of its own come from. */
export type CheckSource = Pick<SpecSource, 'subtask' | 'plan' | 'settings'>;

/**
 * Finds the spec of a subtask: the one that is named, else the one that a person has set for it,
 * else the derived one.
 */
export class SpecDesk {
  constructor(private readonly store: Store) {}

  /**
   * What the next run of the subtask is asked; a derived spec is stored when it says something new.
   * Errors: `not_found` for a name that nobody has set, `validation`.
   */
  async resolve(source: SpecSource): Promise<ResolvedSpec> {
    const { spec, origin, rule, stored } = await this.find(source);
    if (stored !== null) return resolved(stored, origin, rule, source);
    const input = { spec, subtaskId: source.subtaskId, path: source.planPath };
    const derived = await this.store.command(specs.derive, input, { actor: 'engine' });
    return resolved(derived, originOf(derived), rule, source);
  }

  /** What `resolve` would give; changes nothing. Same errors. */
  async preview(source: SpecSource): Promise<SpecPreview> {
    const found = await this.find(source);
    return { ...found, spec: withChecks(found.spec, source) };
  }

  /** What the rules make of the subtask, whatever has been set for it. Same errors. */
  async derived(source: SpecSource): Promise<AgentSpec> {
    const spec = derive(source);
    const fallback = nearestHint(layersOf(source), 'fallback');
    if (fallback !== null) await this.named(fallback, 'fallback', source);
    return spec;
  }

  /** An older revision as it was asked then; checks that it leaves to the plan are those of now. */
  async byId(agentSpecId: string, source: CheckSource): Promise<ResolvedSpec> {
    const stored = await this.store.query(specs.byId, agentSpecId);
    const origin = originOf(stored);
    return resolved(stored, origin, `revision ${stored.revision} of ${stored.spec.name}`, source);
  }

  /** Id of the current revision of a name; `null` when there is no name, or nobody uses it any more. */
  async idOf(name: string | null): Promise<string | null> {
    const stored = name === null ? null : await this.store.query(specs.byName, { name });
    return stored?.id ?? null;
  }

  private async find(source: SpecSource): Promise<SpecPreview> {
    const named = nearestHint(layersOf(source), 'spec');
    if (named !== null) {
      const stored = await this.named(named, 'spec', source);
      return { spec: stored.spec, stored, origin: 'named', rule: `${named.rule} (${named.value})` };
    }
    const own = await this.store.query(specs.currentFor, source.subtaskId);
    if (own !== null) {
      const rule = `set for the subtask by ${own.createdBy}`;
      return { spec: own.spec, stored: own, origin: 'person', rule };
    }
    const spec = await this.derived(source);
    return { spec, stored: null, origin: 'derived', rule: 'derived from what the files say' };
  }

  private async named(
    { value: name, rule }: Ruled<string>,
    word: 'spec' | 'fallback',
    { subtask, planPath }: SpecSource,
  ): Promise<StoredSpec> {
    const stored = await this.store.query(specs.byName, { name });
    if (stored !== null) return stored;
    throw new RunsheetError(
      'not_found',
      `${planPath}:${subtask.line}: there is no spec "${name}", which ${subtask.id} should use (${word}: ${name}; ${rule}). Set it with "runsheet spec set", or change the word.`,
      { entity: 'agent_spec', id: name, field: word, path: planPath, line: subtask.line },
    );
  }
}

function layersOf({ subtask, plan, settings }: CheckSource) {
  return hintLayers(subtask, plan, settings);
}

/** @throws RunsheetError `validation` for words that each are right and do not go together. */
function derive(source: SpecSource): AgentSpec {
  try {
    return deriveSpec(source);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const { planPath: path, subtask } = source;
    const message = `${path}:${subtask.line}: no spec can be made for ${subtask.id}: ${z.prettifyError(error)}`;
    throw new RunsheetError('validation', message, { path, line: subtask.line });
  }
}

function originOf({ createdBy, subtaskId }: StoredSpec): SpecOrigin {
  if (!createdBy.startsWith('person:')) return 'derived';
  return subtaskId === null ? 'named' : 'person';
}

function resolved(
  stored: StoredSpec,
  origin: SpecOrigin,
  rule: string,
  source: CheckSource,
): ResolvedSpec {
  const { id: agentSpecId, acceptanceId: acceptanceSpecId, spec } = stored;
  const isNamed = origin !== 'derived';
  return { agentSpecId, acceptanceSpecId, spec: withChecks(spec, source), origin, isNamed, rule };
}

/** A spec without checks leaves them to the plan: a spec for many subtasks cannot know them. */
function withChecks(spec: AgentSpec, { subtask, plan, settings }: CheckSource): AgentSpec {
  if (spec.acceptance.validators.length > 0) return spec;
  const validators = [...checksOf(subtask, plan, settings.checks)];
  return { ...spec, acceptance: { ...spec.acceptance, validators } };
}
