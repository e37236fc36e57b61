import { messageOf, RunsheetError } from '../model/errors';
import { validatorSchema, type Validator } from '../model/validator';
import type { Clock } from '../platform/clock';
import type { Files } from '../platform/files';
import type { Log } from '../platform/log';
import { maskSecrets } from '../model/secrets';
import type { Http } from '../platform/http';
import type { Spawn } from '../platform/spawn';
import { agentReview } from './agent-review';
import {
  noJudges,
  type CheckContext,
  type CheckResult,
  type CheckRunner,
  type Judges,
} from './check';
import { CommandCheck } from './command-check';
import { diffCheck } from './diff';
import { fileExists } from './file-exists';
import { finding, stopped, type Finding } from './finding';
import { ForbiddenPatterns } from './forbidden-patterns';
import { HttpCheck } from './http';
import { lintClean } from './lint-clean';
import { manualCheck } from './manual';
import { CommandRunner, type FollowTree } from './run-command';
import { testEnforcement } from './test-enforcement';
import { testPass } from './test-pass';

/** The effects that checks need. */
export interface CheckEffects {
  spawn: Spawn;
  files: Files;
  clock: Clock;
  log: Log;
  http: Http;
  followTree: FollowTree;
}

/** Runs each validator by its type. */
export class ValidatorRunner implements CheckRunner {
  private readonly commands: CommandCheck;
  private readonly http: HttpCheck;
  private readonly forbiddenPatterns: ForbiddenPatterns;

  constructor(private readonly effects: CheckEffects) {
    const { spawn, files, clock, http, followTree } = effects;
    this.commands = new CommandCheck(files, new CommandRunner(spawn, clock, followTree));
    this.http = new HttpCheck(http, clock);
    this.forbiddenPatterns = new ForbiddenPatterns(files, clock);
  }

  async run(
    validator: Validator,
    context: CheckContext,
    judges: Judges = noJudges,
  ): Promise<CheckResult> {
    const started = this.effects.clock.now();
    const found = context.signal.aborted ? stopped : await this.find(validator, context, judges);
    const durationMs = Math.max(0, this.effects.clock.now() - started);
    const { message, output } = found;
    return { ...found, message: maskSecrets(message), output: maskSecrets(output), durationMs };
  }

  private async find(
    validator: Validator,
    context: CheckContext,
    judges: Judges,
  ): Promise<Finding> {
    // Validators come from the database too, where a newer version may have left one we don't know.
    const parsed = validatorSchema.safeParse(validator);
    if (!parsed.success) {
      const { type } = validator;
      return finding('error', `This version of Runsheet does not understand the check "${type}".`, {
        details: { issues: parsed.error.issues.map(({ message }) => message) },
      });
    }
    try {
      return await this.dispatch(parsed.data, context, judges);
    } catch (error) {
      if (!RunsheetError.is(error)) this.effects.log.error(`check ${validator.id} broke`, error);
      return finding('error', messageOf(error));
    }
  }

  private dispatch(validator: Validator, context: CheckContext, judges: Judges): Promise<Finding> {
    const { commands } = this;
    const { files, clock } = this.effects;
    switch (validator.type) {
      case 'test_pass':
        return testPass(commands, validator.config, context);
      case 'lint_clean':
        return lintClean(commands, clock, validator.config, context);
      case 'file_exists':
        return fileExists(files, validator.config, context);
      case 'forbidden_patterns':
        return this.forbiddenPatterns.run(validator.config, context);
      case 'test_enforcement':
        return testEnforcement(files, commands, validator.config, context);
      case 'diff':
        return diffCheck(validator.config, context);
      case 'http':
        return this.http.run(validator.config, context);
      case 'agent_review':
        return agentReview(judges, validator.config, context);
      case 'manual':
        return manualCheck(judges, validator.config);
    }
  }
}
