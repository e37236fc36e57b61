import { messageOf, RunsheetError } from '../model/errors';
import { validatorSchema, type Validator } from '../model/validator';
import type { Clock } from '../platform/clock';
import type { Files } from '../platform/files';
import type { Log } from '../platform/log';
import { maskSecrets } from '../platform/masking';
import type { Spawn } from '../platform/spawn';
import type { CheckContext, CheckResult, CheckRunner } from './check';
import { fileExists } from './file-exists';
import { finding, stopped, type Finding } from './finding';
import { ForbiddenPatterns } from './forbidden-patterns';
import { CommandRunner, type StopTree } from './run-command';
import { TestPass } from './test-pass';

/** The effects that checks need. */
export interface CheckEffects {
  spawn: Spawn;
  files: Files;
  clock: Clock;
  log: Log;
  stopTree: StopTree;
}

/** Runs each validator by its type. */
export class ValidatorRunner implements CheckRunner {
  private readonly testPass: TestPass;
  private readonly forbiddenPatterns: ForbiddenPatterns;

  constructor(private readonly effects: CheckEffects) {
    const { spawn, files, clock, stopTree } = effects;
    this.testPass = new TestPass(files, new CommandRunner(spawn, clock, stopTree));
    this.forbiddenPatterns = new ForbiddenPatterns(files, clock);
  }

  async run(validator: Validator, context: CheckContext): Promise<CheckResult> {
    const started = this.effects.clock.now();
    const found = context.signal.aborted ? stopped : await this.find(validator, context);
    const durationMs = Math.max(0, this.effects.clock.now() - started);
    const { message, output } = found;
    return { ...found, message: maskSecrets(message), output: maskSecrets(output), durationMs };
  }

  private async find(validator: Validator, context: CheckContext): Promise<Finding> {
    // Validators come from the database too, where a newer version may have left one we don't know.
    const parsed = validatorSchema.safeParse(validator);
    if (!parsed.success) {
      const { type } = validator;
      return finding('error', `This version of Runsheet does not understand the check "${type}".`, {
        details: { issues: parsed.error.issues.map(({ message }) => message) },
      });
    }
    try {
      return await this.dispatch(parsed.data, context);
    } catch (error) {
      if (!RunsheetError.is(error)) this.effects.log.error(`check ${validator.id} broke`, error);
      return finding('error', messageOf(error));
    }
  }

  private dispatch(validator: Validator, context: CheckContext): Promise<Finding> {
    switch (validator.type) {
      case 'test_pass':
        return this.testPass.run(validator.config, context);
      case 'file_exists':
        return fileExists(this.effects.files, validator.config, context);
      case 'forbidden_patterns':
        return this.forbiddenPatterns.run(validator.config, context);
    }
  }
}
