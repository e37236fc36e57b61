import { mergeAgents, type OwnAgent } from '../agents/merge-agents';
import type { AgentDefinition } from '../agents/agent';
import type { AgentDetector } from '../agents/detect';
import type { Variables } from '../agents/environment';
import { commandDefinition, personDefinition } from '../agents/known-agents';
import type { AgentCatalog, AvailableAgent } from './workspace-settings';

/** The built-in command agent, the known agents and those of `runsheet.yml`, as found here. */
export class DetectedAgents implements AgentCatalog {
  constructor(
    private readonly detector: AgentDetector,
    private readonly environment: Variables,
    private readonly ownAgents: () => Promise<readonly OwnAgent[]>,
  ) {}

  async list(refresh: boolean): Promise<readonly AvailableAgent[]> {
    if (refresh) this.detector.refresh();
    const definitions = mergeAgents(await this.ownAgents());
    return [builtIn, ...(await this.look(definitions))];
  }

  async find(key: string): Promise<AvailableAgent | null> {
    if (key === commandDefinition.key) return builtIn;
    if (key === personDefinition.key) return person;
    const definitions = mergeAgents(await this.ownAgents());
    const [found] = await this.look(definitions.filter((definition) => definition.key === key));
    return found ?? null;
  }

  private async look(definitions: readonly AgentDefinition[]): Promise<AvailableAgent[]> {
    const found = await this.detector.detect(definitions, this.environment);
    const versions = new Map(found.map(({ definition, version }) => [definition.key, version]));
    return definitions.map((definition) => ({
      definition,
      installed: versions.has(definition.key),
      version: versions.get(definition.key) ?? null,
    }));
  }
}

/** Found by name alone: nobody chooses a person for the work of a plan. */
const person: AvailableAgent = { definition: personDefinition, installed: true, version: null };
const builtIn: AvailableAgent = { definition: commandDefinition, installed: true, version: null };
