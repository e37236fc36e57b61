import { RunsheetError } from '../model/errors';
import type { ConfigOf } from '../model/validator';
import type { Clock } from '../platform/clock';
import { errorCode } from '../platform/files';
import type { Http, HttpAnswer } from '../platform/http';
import { maskSecrets } from '../model/secrets';
import type { CheckContext } from './check';
import { finding, stopped, type Finding } from './finding';
import { lastLines } from './head-and-tail';
import { withinLimits, type Limited, type Limits } from './limits';
import { searchLines } from './pattern-search';

type Config = ConfigOf<'http'>;

const mostBytes = 1024 * 1024;
const mostRedirects = 5;

/** Passed when an address on this machine, or on a declared host, answers as it should. */
export class HttpCheck {
  constructor(
    private readonly http: Http,
    private readonly clock: Clock,
  ) {}

  async run(config: Config, context: CheckContext): Promise<Finding> {
    const url = fillAddress(config.url, context.values);
    const details = { url: shown(url) };
    if (!isAllowed(url, context.hosts)) {
      const message = `${url.host} is neither this machine nor a host that the plan declares. Name it under "hosts" in the plan or in runsheet.yml.`;
      return finding('error', message, { details });
    }
    const limits = { timeoutMs: config.timeout_seconds * 1000, signal: context.signal };
    const answer = await this.answer(config, url, context.hosts, limits);
    if (answer instanceof Error) return unanswered(url, answer);
    if (answer.kind === 'cancelled') return stopped;
    if (answer.kind === 'done') return this.judge(config, answer.value, context.signal);
    const message = `${shown(url)} did not answer within ${config.timeout_seconds} s (timeout_seconds).`;
    return finding('error', message, { details: { ...details, timedOut: true } });
  }

  private async answer(
    config: Config,
    url: URL,
    hosts: readonly string[],
    limits: Limits,
  ): Promise<Limited<Asked> | Error> {
    using leave = new Leaving(limits.signal);
    const asking = this.ask(config, url, hosts, leave.signal);
    // After its time nobody waits for it any more.
    asking.catch(() => undefined);
    try {
      return await withinLimits(this.clock, limits, asking);
    } catch (error) {
      if (error instanceof Error) return error;
      throw error;
    }
  }

  /** Follows redirects, but to no other host. */
  private async ask(
    config: Config,
    first: URL,
    hosts: readonly string[],
    signal: AbortSignal,
  ): Promise<Asked> {
    let url = first;
    for (let hops = 0; ; hops += 1) {
      const options = { signal, mostBytes, loopbackOnly: isLoopback(url.hostname) };
      const answer = await this.http.get(url, options);
      const next = answer.status === config.status ? null : redirectOf(answer, url);
      if (next === null) return { url, answer, stray: null };
      const same = next.hostname === first.hostname && isAllowed(next, hosts);
      if (!same || hops === mostRedirects) return { url, answer, stray: next };
      url = next;
    }
  }

  private async judge(config: Config, asked: Asked, signal: AbortSignal): Promise<Finding> {
    const { url, answer, stray } = asked;
    const { status, isWhole } = answer;
    const body = maskSecrets(answer.body);
    const evidence = {
      output: `GET ${shown(url)}\n${status}\n\n${body}`,
      details: { url: shown(url), status, isWhole, tail: lastLines(body) },
    };
    if (stray !== null) {
      const message = `${shown(url)} answers ${status} and leads to ${shown(stray)}, which is not followed.`;
      return finding('failed', message, evidence);
    }
    if (status !== config.status) {
      const message = `${shown(url)} answers ${status}, expected ${config.status}.`;
      return finding('failed', message, evidence);
    }
    const { body_pattern: pattern } = config;
    if (pattern === undefined)
      return finding('passed', `${shown(url)} answers ${status}.`, evidence);
    const limits = { clock: this.clock, signal };
    const result = await searchLines([pattern], '', [answer.body], limits);
    if (result.kind === 'cancelled') return stopped;
    const quoted = JSON.stringify(pattern);
    if (result.kind === 'timed_out') {
      const message = `The pattern ${quoted} took too long; write it without nested repetitions.`;
      return finding('error', message, evidence);
    }
    const cut = isWhole ? '' : ' in its first megabyte';
    return result.matches.length > 0
      ? finding('passed', `${shown(url)} answers ${status} with ${quoted}.`, evidence)
      : finding('failed', `${shown(url)} answers ${status} without ${quoted}${cut}.`, evidence);
  }
}

/** A signal that also comes at the end of its block. */
class Leaving implements Disposable {
  private readonly left = new AbortController();
  readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.left.signal]);
  }

  [Symbol.dispose](): void {
    this.left.abort();
  }
}

interface Asked {
  url: URL;
  answer: HttpAnswer;
  /** Where it was sent, and did not go. */
  stray: URL | null;
}

/** `{name}` in an address; a value cannot change which host is asked. */
function fillAddress(text: string, values: Readonly<Record<string, string>>): URL {
  const filled = text.replace(/\{([a-z_]+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value !== undefined) return encodeURIComponent(value);
    const known = Object.keys(values)
      .map((one) => `{${one}}`)
      .join(', ');
    throw new RunsheetError('validation', `${whole} is not known in a check. Known: ${known}.`, {
      field: 'url',
      value: name,
    });
  });
  return new URL(filled);
}

function isAllowed(url: URL, hosts: readonly string[]): boolean {
  if (!/^https?:$/.test(url.protocol)) return false;
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const name = url.hostname;
  return isLoopback(name) || hosts.includes(name) || hosts.includes(`${name}:${port}`);
}

/** The URL parser has written every form of an IPv4 address as four numbers. */
function isLoopback(hostname: string): boolean {
  return /^(?:.+\.)?localhost$|^127(?:\.\d+){3}$|^\[::1\]$/.test(hostname);
}

function redirectOf({ status, location }: HttpAnswer, from: URL): URL | null {
  const leads = status >= 300 && status < 400 && location !== null;
  return leads && URL.canParse(location, from.href) ? new URL(location, from.href) : null;
}

function shown(url: URL): string {
  return maskSecrets(url.href);
}

/** A server that is not there fails; a question that could not be put is an error. */
function unanswered(url: URL, error: Error): Finding {
  const code = errorCode(error);
  const details = { url: shown(url), code };
  const known = code === null ? undefined : refusals[code];
  return known === undefined
    ? finding('error', `${shown(url)} could not be asked: ${error.message}.`, { details })
    : finding('failed', `${shown(url)} does not answer: ${known}.`, { details });
}

const refusals: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
};
