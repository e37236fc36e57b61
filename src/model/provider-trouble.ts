import { retryAfterIn } from './retry-after';

/**
 * Why an agent could not work although nothing is wrong with its task: it is not signed in (or not
 * paid for), has used up what it may, the provider has too much to do, or cannot be reached.
 */
export interface ProviderTrouble {
  kind: 'authentication' | 'rate_limit' | 'overloaded' | 'network';
  /** How long the provider asks to wait. */
  retryAfterMs: number | null;
}
type Kind = ProviderTrouble['kind'];

/** An answer of this length at most can be a message of the provider with a word around it. */
const shortAnswer = 400;
/** The part of a text after the start of a message in which its details are looked for. */
const detailsLength = 2_000;

/** The end of a phrase, so that "Connection error handling was added" is none. */
const end = String.raw`(?=\s*(?:$|[.:;,!|·∙•(){}[\]–—/"-]))`;

/** What messages begin with that is no part of them: signs, times, levels, names of errors. */
const wrapping: readonly RegExp[] = [
  /^[\s✕✖✗❌■▪●•⎿⚠️│|[(]+/u,
  /^\d{4}-\d\d-\d\d[T ][\d:.,]+Z?\]?\s+/u,
  /^(?:ERROR|WARN|WARNING|FATAL|INFO)\]?[\s:]+/u,
  /^(?:attempt \d+ failed(?: with status \d{3})?[:.]\s*(?:retrying with backoff(?:\.{3}|…)\s*)?|exception )/iu,
  /^(?:_?\w*(?:Error|Exception)|(?:stream|internal|network|provider|server|request|fatal|last) (?:error|failed)|execution failed|error|fatal|stream disconnected before completion|exceeded retry limit,? last status|\w+ stream failed)(?:\s*:\s*|\s+(?=\())/iu,
];
const apiError = /^(?:\[?API Error|Failed to authenticate\. API Error)(?::|(?=\s*\())\s*/iu;

/** How a message of each kind begins, when what wraps it is taken off. */
const beginnings: readonly (readonly [Kind, RegExp])[] = [
  [
    'authentication',
    phrases(
      String.raw`(?:.{0,120}[·.:] ?)?please run \/login\b`,
      String.raw`(?:invalid|incorrect|missing|no|expired) (?:\S+ )?(?:api[- ]?key|x-api-key|access token|auth(?:entication)? (?:token|credentials))(?: (?:provided|found|supplied|configured|set))?${end}`,
      String.raw`api key (?:not valid|is (?:invalid|missing|not set)|not found|expired)\b`,
      String.raw`(?:oauth|access|authentication|your (?:oauth|access|authentication)) (?:token|session)s? (?:has |have |was |could not be )(?:been )?(?:expired|revoked|invalidated|refreshed)`,
      String.raw`(?:authentication|login|sign[- ]in) (?:is )?required${end}`,
      String.raw`(?:authentication failed|failed to authenticate|not authenticated|not logged in|unauthorized)${end}`,
      String.raw`you (?:must|need to) (?:be logged in|log in|sign in|authenticate)\b`,
      String.raw`no authentication (?:information|method|credentials)\b`,
      String.raw`please set an auth method\b`,
      String.raw`missing environment variable:? \W?\w*(?:key|token)\b`,
      String.raw`(?:your )?credit balance (?:is )?too low\b`,
      String.raw`this organization has been disabled\b`,
    ),
  ],
  [
    'rate_limit',
    phrases(
      String.raw`(?:claude (?:ai )?)?(?:usage|session|weekly|daily|monthly|\d+[- ]hour|opus|sonnet) limit (?:has been )?(?:reached|hit|exceeded)${end}`,
      String.raw`(?:the )?(?:usage )?limit (?:has been )?reached(?=\s*(?:$|[.:|·∙]|resets?\b))`,
      String.raw`you(?:'|’|\sha)ve (?:hit|reached|exceeded|exhausted) your (?:\S+ ){0,4}?(?:limit|quota|capacity)\b`,
      String.raw`you (?:exceeded|have exhausted) your (?:\S+ ){0,3}?(?:quota|capacity)\b`,
      String.raw`rate[- ]?limit(?:ed| (?:is |has been |was )?(?:reached|exceeded|hit))(?=\s*(?:$|[.:;,!|·(){}[\]–—/"-]|for\b|on\b|by\b|please\b|try\b|\())`,
      String.raw`rate exceeded${end}`,
      String.raw`(?:resource (?:has been )?exhausted|quota exceeded)(?=\s*(?:$|[.:;,!·(]|for\b))`,
      String.raw`too many requests${end}`,
      String.raw`this request would exceed your (?:\S+ ){0,3}rate limit\b`,
      String.raw`(?:number of|request was) (?:.{0,60} exceeds your rate limit|throttled)\b`,
    ),
  ],
  [
    'overloaded',
    phrases(
      `overloaded${end}`,
      String.raw`(?:the |our |selected )(?:model|servers?|service|api) (?:is|are) (?:currently |temporarily )?(?:overloaded|at capacity|unavailable)\b`,
      String.raw`repeated 529\b`,
      `(?:service unavailable|internal server error|bad gateway|gateway time-?out)${end}`,
    ),
  ],
  [
    'network',
    phrases(
      `(?:connection|network) error${end}`,
      String.raw`fetch failed(?: sending request\b|${end})`,
      String.raw`(?:(?:connect|read|write|getaddrinfo|request to \S+ failed,?|reason:) )*(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|UND_ERR_\w+)\b`,
      String.raw`(?:unable|failed|cannot|could not) (?:to )?connect to (?:the )?(?:api|server|model|provider|[a-z]+ api)\b`,
      String.raw`unable to connect\. is the computer able to access the url`,
      String.raw`error sending request for url\b`,
      String.raw`reconnecting\s*(?:\.{3}|…)`,
      `(?:socket hang up|(?:connection|connect|request) (?:refused|reset|timed? ?out)(?: error)?)${end}`,
      String.raw`exception posting request\b`,
    ),
  ],
];

/** HTTP statuses, with what may follow one that stands alone at the start of a message. */
const status =
  /^(?:request (?:failed|rejected) (?:with status code )?|(?:unexpected|got|http|last|error)? ?(?:status|code)?(?: code)?:? ?|http\/[\d.]+ )\(?(\d{3})\b\)?(?=\s*(?:$|[.:;,!|·(){}[\]<–—"-]|unauthorized|forbidden|too many|rate|quota|invalid|incorrect|overloaded|service|internal|bad gateway|gateway|status code|the model|you |your |please))/iu;
const anyStatus = /(?:^|[\s("':])(401|403|429|5\d\d)\b/u;

/** Words that machines put into the JSON of an error. */
const codes: readonly (readonly [Kind, RegExp])[] = [
  [
    'authentication',
    /"(?:authentication_error|permission_error|invalid_api_key|UNAUTHENTICATED|API_KEY_INVALID|billing_error)"|credit balance is too low|API key not valid/u,
  ],
  [
    'rate_limit',
    /"(?:rate_limit_error|rate_limit_exceeded|usage_limit_reached|insufficient_quota|RESOURCE_EXHAUSTED|rateLimitExceeded|too_many_requests)"/u,
  ],
  ['overloaded', /"(?:overloaded_error|server_overloaded|UNAVAILABLE|api_error|server_error)"/u],
];
const statusInJson = /"(?:code|status|statusCode)":\s*"?(401|403|429|5\d\d)\b/u;

/**
 * The trouble that a text tells of in the words of agents and providers, at the start of one of its
 * lines; `null` for text that only speaks about such things. `now` is the time of the text.
 */
export function troubleIn(text: string, now: number): ProviderTrouble | null {
  return firstTrouble(text, now)?.trouble ?? null;
}

/**
 * The trouble that an agent hands on as its answer, as if that were success. An answer that comes
 * with a change is none, and one after the use of tools only when it says nothing else.
 */
export function troubleInAnswer(
  answer: { text: string; toolCalls: number; changed: boolean },
  now: number,
): ProviderTrouble | null {
  if (answer.changed) return null;
  const found = firstTrouble(answer.text, now);
  if (found === null) return null;
  const isShort = answer.text.trim().length <= shortAnswer;
  const isEnough = answer.toolCalls === 0 ? isShort || found.isFirst : isShort && found.isFirst;
  return isEnough ? found.trouble : null;
}

function firstTrouble(
  text: string,
  now: number,
): { trouble: ProviderTrouble; isFirst: boolean } | null {
  const lines = withoutQuotations(text).split('\n');
  let isFirst = true;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const details = lines.slice(index).join(' ').slice(0, detailsLength);
    const kind = kindOf(line, details);
    if (kind !== null) return { trouble: { kind, retryAfterMs: wait(details, now) }, isFirst };
    isFirst = false;
  }
  return null;
}

function wait(details: string, now: number): number | null {
  return retryAfterIn(details.replaceAll('\\', ''), now);
}

/** Without code blocks and quoted lines, where people and agents speak about messages. */
function withoutQuotations(text: string): string {
  return text
    .replaceAll('\r', '')
    .replaceAll(/^\s*(```|~~~)[^]*?(?:^\s*\1.*$|(?![^]))/gmu, '')
    .replaceAll(/^\s*>.*$/gmu, '');
}

function kindOf(line: string, details: string): Kind | null {
  const isApiError = apiError.test(unwrapped(line, wrapping));
  const head = unwrapped(line, isApiError ? [...wrapping, apiError] : wrapping);
  const worded = beginnings.find(([, pattern]) => pattern.test(head))?.[0];
  if (worded !== undefined) return worded;
  const code = (status.exec(head) ?? (isApiError ? anyStatus.exec(head.slice(0, 200)) : null))?.[1];
  // The JSON of an error is more exact than its status.
  const isJson = /^(?:\d{3}\b[^{[]{0,60})?[{[]/u.test(head) || isApiError || code !== undefined;
  return (isJson ? kindInJson(details) : null) ?? (code === undefined ? null : kindOfStatus(code));
}

function unwrapped(line: string, coats: readonly RegExp[]): string {
  let head = line;
  for (let before = ''; before !== head;) {
    before = head;
    for (const coat of coats) head = head.replace(coat, '');
  }
  return head.trimEnd();
}

/** Errors within errors are escaped, some of them twice. */
function kindInJson(details: string): Kind | null {
  const plain = details.replaceAll('\\', '');
  const named = codes.find(([, pattern]) => pattern.test(plain))?.[0];
  const code = statusInJson.exec(plain)?.[1];
  return named ?? (code === undefined ? null : kindOfStatus(code));
}

function kindOfStatus(code: string): Kind | null {
  if (code === '401' || code === '403') return 'authentication';
  if (code === '429') return 'rate_limit';
  return code.startsWith('5') ? 'overloaded' : null;
}

function phrases(...sources: string[]): RegExp {
  return new RegExp(`^(?:${sources.join('|')})`, 'iu');
}
