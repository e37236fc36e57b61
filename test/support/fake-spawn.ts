import { Readable, Writable } from 'node:stream';
import type { ChildHandle, CommandLine, Spawn } from '../../src/platform/spawn';

/** What a program prints and how it ends. */
export interface Performance {
  output?: string;
  code?: number | null;
}

/** Programs that print and end as they are told, without any process. */
export class FakeSpawn implements Spawn {
  readonly started: CommandLine[] = [];

  constructor(private readonly perform: (command: CommandLine) => Performance) {}

  start(command: CommandLine): Promise<ChildHandle> {
    this.started.push(command);
    const { output = '', code = 0 } = this.perform(command);
    const stdout = Readable.from([Buffer.from(output)]);
    const ended = new Promise<{ code: number | null; signal: null }>((resolve) => {
      stdout.once('close', () => resolve({ code, signal: null }));
    });
    const stdin = new Writable({ write: (_bytes, _encoding, done) => done() });
    const stderr = Readable.from([]);
    return Promise.resolve({ pid: 1, stdin, stdout, stderr, ended, exited: ended });
  }
}
