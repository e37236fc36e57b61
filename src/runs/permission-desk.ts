import { expired, type PermissionQuestion } from '../agents/agent';
import { maskSecrets } from '../model/secrets';
import { permissions, type NewRequest } from '../store/repositories/permissions';
import type { Store } from '../store/store';
import { askedCall } from './asked-call';
import type { Recorder } from './recorder';

/** Where agents' questions wait for a person. Each is answered, expires, or is cancelled: once. */
export class PermissionDesk {
  private readonly waiting = new Map<string, (optionId: string) => void>();

  constructor(
    private readonly store: Store,
    private readonly recorder: Recorder,
  ) {}

  /** The chosen option's id; `null` when `signal` ended the wait first. */
  async ask(
    runId: string,
    question: PermissionQuestion,
    signal: AbortSignal,
  ): Promise<string | null> {
    const request = await this.request(runId, question);
    const id = await this.store.command(permissions.open, request, { actor: `run:${runId}` });
    const optionId = await this.wait(id, signal);
    if (optionId === null) {
      const state = signal.reason === expired ? 'expired' : 'cancelled';
      await this.store.command(permissions.close, { id, state }, { actor: 'engine' });
    }
    return optionId;
  }

  /** Notes a question that the run's policy has answered, so that nobody is asked. */
  async decide(
    runId: string,
    question: PermissionQuestion,
    optionId: string | null,
  ): Promise<void> {
    const request = await this.request(runId, question);
    await this.store.command(permissions.decide, { ...request, optionId }, { actor: 'policy' });
  }

  private async request(runId: string, question: PermissionQuestion): Promise<NewRequest> {
    const { toolName, summary, options } = question;
    const call = askedCall(question.call);
    const names = options.map((option) => option.name);
    const payload = { ...call, tool: toolName, summary, options: names };
    const told = await this.recorder.told(runId, 'permission_requested', payload, { room: 100 });
    return { runId, toolName, summary: maskSecrets(summary), options, call, told };
  }

  /** A person's answer. Errors: `not_found` when it is not open any more, `validation`. */
  async answer(id: string, optionId: string, actor: string): Promise<void> {
    await this.store.command(permissions.answer, { id, optionId }, { actor });
    this.waiting.get(id)?.(optionId);
  }

  private wait(id: string, signal: AbortSignal): Promise<string | null> {
    return new Promise((resolve) => {
      const finish = (optionId: string | null) => {
        this.waiting.delete(id);
        signal.removeEventListener('abort', onAbort);
        resolve(optionId);
      };
      const onAbort = () => finish(null);
      if (signal.aborted) {
        finish(null);
        return;
      }
      signal.addEventListener('abort', onAbort);
      this.waiting.set(id, finish);
    });
  }
}
