import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A process of store-writer.ts and what it said. */
export class WriterProcess {
  /** What it acknowledged, in order. */
  readonly acknowledged: string[] = [];
  isLost = false;
  failure: string | null = null;
  private readonly child: ChildProcess;
  private readonly owning: Promise<{ generation: number; stored: number }>;
  private errors = '';

  constructor(path: string, name: string, realm?: string) {
    const program = join(__dirname, 'store-writer.ts');
    const args = ['--import', 'tsx', program, path, name, ...(realm === undefined ? [] : [realm])];
    this.child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stderr?.on('data', (chunk) => (this.errors += String(chunk)));
    const lines = createInterface({ input: this.child.stdout! });
    this.owning = new Promise((resolve, reject) => {
      lines.on('line', (line) => {
        const [word, generation, stored] = line.split(' ');
        if (word === 'owner') resolve({ generation: Number(generation), stored: Number(stored) });
        else if (word === 'lost') this.isLost = true;
        else if (word === 'failed') this.failure = line;
        else this.acknowledged.push(line);
      });
      lines.on('close', () => reject(new Error(`the writer ended: ${this.errors}`)));
    });
    this.owning.catch(() => undefined); // killed before it owned anything
  }

  /** Resolves when it has the database: how many notes it found. */
  owns(): Promise<{ generation: number; stored: number }> {
    return this.owning;
  }

  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  wake(): void {
    this.child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const ended = once(this.child, 'close');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** Resolves when it ended by itself. */
  async ended(): Promise<void> {
    if (this.child.exitCode === null) await once(this.child, 'close');
  }
}
