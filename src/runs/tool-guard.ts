import { dirname, isAbsolute, join, normalize, relative, resolve, sep } from 'node:path';
import { decodedForms, unquoted } from '../model/decoded';
import { kindOf, pathsOf, textsIn, type ToolCall } from '../model/tool-call';
import { toolPolicySchema, type ToolPolicy } from '../model/tool-policy';
import {
  isRestricting,
  isWriting,
  restrictionsOf,
  ruleOn,
  type Denial,
  type Matches,
} from '../model/tool-ruling';
import { matchesWithin } from '../platform/bounded-match';
import type { Files } from '../platform/files';

export type Judgement =
  | { kind: 'allowed' }
  /** The policy leaves it to a person. */
  | { kind: 'ask' }
  | { kind: 'denied'; rule: Denial['rule']; detail: string };

const patternMs = 250;

/** A pattern can take longer than the universe lasts, and an agent chooses the text. */
const inTime: Matches = (pattern, text) => matchesWithin(patternMs, pattern, text);

const unreadable: Denial = {
  rule: 'policy',
  detail: 'The tool policy of this run cannot be read, so that it allows nothing.',
  isCertain: true,
};

/**
 * Judges tool calls by the policy of a run. What cannot be judged is denied, never allowed. Paths
 * are judged as they would be opened: after links, `..`, escapes, `~` and `file:`. What is written
 * must lie in the allowed directories, or anywhere in the worktree when there are none. Commands
 * are judged by the paths that they name; what they really do, the sandbox of the agent and the
 * check of the diff have to show.
 */
export class ToolGuard {
  private readonly policy: ToolPolicy | null;

  /** @param policy as it is stored; @param worktree the folder that the agent works in. */
  constructor(
    policy: unknown,
    private readonly worktree: string,
    private readonly files: Pick<Files, 'resolve' | 'kind'>,
  ) {
    this.policy = toolPolicySchema.safeParse(policy).data ?? null;
  }

  /** The rules that forbid anything beyond leaving the worktree. */
  get restrictions(): string[] {
    return this.policy === null ? [unreadable.rule] : restrictionsOf(this.policy);
  }

  get isRestricting(): boolean {
    return this.policy === null || isRestricting(this.policy);
  }

  /** Whether a violation that is seen afterwards ends the run. */
  get stopsRun(): boolean {
    return this.policy?.on_violation !== 'report';
  }

  /** A call that the agent asks for. Never rejects. */
  async judge(call: ToolCall): Promise<Judgement> {
    const { policy } = this;
    if (policy === null) return denied(unreadable);
    const rule = ruleOn(policy, call, inTime);
    if (rule !== null) return denied(rule);
    try {
      const place = await this.placeOf(policy, call);
      if (place.denial !== null) return denied(place.denial);
      return policy.on_request === 'allow' && !place.isDoubtful
        ? { kind: 'allowed' }
        : { kind: 'ask' };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const detail = `Where it goes could not be found out: ${reason}`;
      return { kind: 'denied', rule: 'allowed_directories', detail };
    }
  }

  /** What is known to be forbidden about a call that the agent did not ask for. Never rejects. */
  async violationOf(call: ToolCall): Promise<Denial | null> {
    const { policy } = this;
    if (policy === null) return unreadable;
    const rule = ruleOn(policy, call, inTime);
    if (rule !== null) return rule.isCertain ? rule : null;
    const place = await this.placeOf(policy, call).catch(() => null);
    return place?.denial?.isCertain === true ? place.denial : null;
  }

  private async placeOf(
    policy: ToolPolicy,
    call: ToolCall,
  ): Promise<{ denial: Denial | null; isDoubtful: boolean }> {
    const kind = kindOf(call);
    const root = await this.files.resolve(this.worktree);
    if (root === null) throw new Error('the worktree is gone');
    const isUsual = ['read', 'search', 'execute', 'think', 'fetch'].includes(kind);
    const writes = isWriting(call) || !isUsual;
    const roots = writes ? await this.rootsOf(policy, root) : [root];
    const paths = pathsOf(call);
    for (const path of paths) {
      const problem = await this.problemOf(path, roots, root, writes);
      if (problem === null) continue;
      // Reading elsewhere may be needed: a person decides.
      if (!writes) return { denial: null, isDoubtful: true };
      // What a tool of no usual kind does with a path is not known.
      const isCertain = problem.isCertain && isWriting(call);
      const denial: Denial = { rule: 'allowed_directories', ...problem, isCertain };
      return { denial, isDoubtful: true };
    }
    if (isWriting(call) && paths.length === 0) {
      const detail = `${call.title} does not tell which files it would change.`;
      const denial: Denial = { rule: 'allowed_directories', detail, isCertain: false };
      return { denial: policy.allowed_directories.length > 0 ? denial : null, isDoubtful: true };
    }
    // What reads may name its place by a word that nobody knows, and so may tools of no usual kind.
    const tells = isWriting(call) || (kind === 'read' && paths.length > 0);
    const isPlain = tells || ['search', 'think', 'fetch'].includes(kind);
    return { denial: null, isDoubtful: !isPlain && (await this.leadsOutside(call, root)) };
  }

  private async rootsOf(policy: ToolPolicy, root: string): Promise<string[]> {
    if (policy.allowed_directories.length === 0) return [root];
    const places = policy.allowed_directories.map((one) => this.placeBehind(resolve(root, one)));
    const roots = (await Promise.all(places)).filter((place) => place !== null);
    // A rule cannot lead out of the worktree.
    return roots.filter((place) => isWithin(place, root));
  }

  /** Why the path may not be used; every form that it may be read in has to be right. */
  private async problemOf(
    path: string,
    roots: readonly string[],
    root: string,
    writes: boolean,
  ): Promise<{ detail: string; isCertain: boolean } | null> {
    for (const form of decodedForms(path)) {
      const plain = withoutScheme(form);
      if (plain === null || isForeign(plain)) {
        return { detail: `${path} leads out of the worktree.`, isCertain: true };
      }
      const place = await this.placeBehind(resolve(root, plain));
      if (place === null) {
        return { detail: `${path} is a link to nothing.`, isCertain: false };
      }
      if (!roots.some((allowed) => isWithin(place, allowed))) {
        return { detail: `${path} is outside of what may be changed.`, isCertain: true };
      }
      if (writes && isOfGit(relative(root, place))) {
        return { detail: `${path} belongs to git.`, isCertain: true };
      }
    }
    return null;
  }

  /** Where the path really is, links resolved as far as it exists; `null` behind a dead link. */
  private async placeBehind(path: string): Promise<string | null> {
    for (let [existing, rest] = [path, '']; ;) {
      const real = await this.files.resolve(existing);
      if (real !== null) return normalize(join(real, rest));
      if ((await this.files.kind(existing)) === 'link') return null;
      const parent = dirname(existing);
      if (parent === existing) return path;
      rest = join(relative(parent, existing), rest);
      existing = parent;
    }
  }

  /** Whether a call names a place outside of the worktree, or one that only a shell knows. */
  private async leadsOutside(call: ToolCall, root: string): Promise<boolean> {
    const written = [call.title, ...textsIn(call.input)];
    const texts = [...written, ...written.map(unquoted)];
    if (texts.some((text) => goesHome.test(text))) return true;
    const words = texts.flatMap((text) => text.split(/[\s"'`;|&<>()=,]+/u));
    for (const one of new Set(words)) {
      // Gemini tells its folder in brackets.
      const word = one.replaceAll(/^[[{]+|[\]}]+$/gu, '');
      if (word === '/dev/null') continue;
      if (/^~|\$\{?\w|%\w+%/u.test(word) || hidesParent.test(one)) return true;
      if (!decodedForms(word).some((form) => form.includes('/') || form.includes('..'))) continue;
      if (/^(?:https?:)/iu.test(word)) continue;
      if ((await this.problemOf(word, [root], root, false)) !== null) return true;
    }
    return false;
  }
}

/** `cd` to nowhere, which is home, or back; and `$'…'`, whose escapes only a shell reads. */
const goesHome = /(?:^|[;&|(\n]|\b(?:then|do|else)\s)\s*(?:cd|pushd)\s*-?\s*(?:$|[;&|)\n])|\$'/u;
/** A pattern of a shell that finds `..`, too. */
const hidesParent = /(?:^|\/)\.(?:[?*]|\[[^\]]*\])+(?=\/|$)/u;

function denied({ rule, detail }: Denial): Judgement {
  return { kind: 'denied', rule, detail };
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Git's own folder, in whatever case: not all systems tell it. */
function isOfGit(way: string): boolean {
  return way.split(sep)[0]?.toLowerCase() === '.git';
}

/** The path of a `file:` URI of this machine; other texts as they are; `null` for other schemes. */
function withoutScheme(text: string): string | null {
  const uri = /^([a-z][a-z0-9+.-]+):(?:\/\/(localhost)?(?=\/))?/iu.exec(text);
  if (uri === null) return text;
  if (uri[1]?.toLowerCase() !== 'file') return null;
  return text.slice(uri[0].length).replace(/^\/(?=[a-z]:)/iu, '');
}

/** Homes, other machines and drives, and what no path can hold. */
function isForeign(path: string): boolean {
  if (path.startsWith('~') || path.includes('\0') || path.startsWith('\\\\')) return true;
  if (/^\$|^%\w+%/u.test(path)) return true;
  if (sep === '\\') return false;
  // Some tools read the separators of Windows everywhere.
  return /^[a-z]:[\\/]/iu.test(path) || path.split('\\').includes('..');
}
