import assert from 'node:assert/strict';
import {
  troubleIn,
  troubleInAnswer,
  type ProviderTrouble,
} from '../../../src/model/provider-trouble';

/** A Thursday, 10:00 UTC. */
const now = Date.UTC(2026, 10, 19, 10);
const minute = 60_000;
const hour = 60 * minute;

type Row = readonly [text: string, kind: ProviderTrouble['kind'], retryAfterMs?: number];

/** As agents and providers word them, wrapped as their programs wrap them. */
const troubles: readonly Row[] = [
  // Signing in, keys, payment.
  ['Invalid API key · Please run /login', 'authentication'],
  ['Not logged in · Please run /login', 'authentication'],
  ['Please run /login · API Error: 401 {"type":"error"}', 'authentication'],
  [
    'API Error: 401 {"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}',
    'authentication',
  ],
  [
    'Failed to authenticate. API Error: 401 {"type":"error","error":{"type":"authentication_error","message":"OAuth token has expired."}}',
    'authentication',
  ],
  ['OAuth token has expired. Please obtain a new token.', 'authentication'],
  [
    'Your authentication token has been invalidated. Please try signing in again.',
    'authentication',
  ],
  ['Credit balance is too low', 'authentication'],
  [
    'Error: 400 {"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}',
    'authentication',
  ],
  ['exceeded retry limit, last status: 401 Unauthorized, request id: 9a57', 'authentication'],
  ['unexpected status 401 Unauthorized: {"detail":"Unauthorized"}', 'authentication'],
  ['ERROR: unexpected status 403 Forbidden: no', 'authentication'],
  ['AxiosError: Request failed with status code 401', 'authentication'],
  ['Incorrect API key provided: sk-1234.', 'authentication'],
  [
    '[API Error: {"error":{"message":"{\\n  \\"error\\": {\\n \\"code\\": 400,\\n \\"message\\": \\"API key not valid. Please pass a valid API key.\\"}}","code":400}}]',
    'authentication',
  ],
  ['Authentication required', 'authentication'],
  ['No authentication information found.', 'authentication'],
  ['Missing environment variable: `OPENAI_API_KEY`.', 'authentication'],
  ['2026-11-19T09:59:58.123Z ERROR 401 Unauthorized', 'authentication'],
  // Limits.
  ['Claude AI usage limit reached|1795086000', 'rate_limit', hour * 1],
  [
    'Claude usage limit reached. Your limit will reset at 3pm (America/Bogota).',
    'rate_limit',
    10 * hour,
  ],
  ["You've hit your limit · resets 7pm (Asia/Shanghai)", 'rate_limit', hour],
  ["You've hit your weekly limit · resets Nov 21, 3pm (UTC)", 'rate_limit', 53 * hour],
  ['5-hour limit reached ∙ resets 1:30pm (Europe/Berlin)', 'rate_limit', 2.5 * hour],
  ['Limit reached resets 5:30pm (Asia/Calcutta) ·', 'rate_limit', 2 * hour],
  [
    "You've hit your usage limit. Upgrade to Pro or try again in 2 days 3 hours 4 minutes.",
    'rate_limit',
    (51 * 60 + 4) * minute,
  ],
  ['API Error: Request rejected (429) · Rate limited. Please try again later.', 'rate_limit'],
  [
    'API Error: 429 {"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your account\'s rate limit."}}',
    'rate_limit',
  ],
  [
    'stream disconnected before completion: Rate limit reached for organization org-1 on tokens per min (TPM): Limit 250000, Used 250000. Please try again in 21.509s. Visit https://x.',
    'rate_limit',
    21_509,
  ],
  [
    '⚠️ stream error: stream disconnected before completion: Rate limit is exceeded. Try again in 17 seconds.; retrying 5/5 in 3.32s…',
    'rate_limit',
    17_000,
  ],
  [
    '{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","resets_at":1795682400,"resets_in_seconds":602400}}',
    'rate_limit',
    602_400_000,
  ],
  [
    '✕ [API Error: got status: 429 Too Many Requests. {"error":{"message":"{\\n \\"error\\": {\\n \\"status\\": \\"RESOURCE_EXHAUSTED\\"}}"}}]',
    'rate_limit',
  ],
  [
    '[API Error: [{\n  "error": {\n    "code": 429,\n    "message": "Resource exhausted.",\n    "details": [{"retryDelay": "41s"}]\n  }\n}]]',
    'rate_limit',
    41_000,
  ],
  ['You exceeded your current quota, please check your plan and billing details.', 'rate_limit'],
  [
    'You have exhausted your daily quota on this model. Your quota will reset after 5h12m3s.',
    'rate_limit',
    (5 * 60 + 12) * minute + 3000,
  ],
  ['Resource has been exhausted (e.g. check quota).', 'rate_limit'],
  ['HTTP 429: Too Many Requests, retry-after: 30', 'rate_limit', 30_000],
  ['Rate exceeded', 'rate_limit'],
  // Too much to do.
  [
    'API Error: 529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
    'overloaded',
  ],
  ['API Error: Repeated 529 Overloaded errors', 'overloaded'],
  [
    'API Error: 500 {"type":"error","error":{"type":"api_error","message":"Internal server error"}}',
    'overloaded',
  ],
  ['The model is overloaded. Please try again later.', 'overloaded'],
  ['unexpected status 503 Service Unavailable: busy', 'overloaded'],
  ['unexpected status 529 <unknown status code>: Overloaded, url: http://x/', 'overloaded'],
  ['Selected model is at capacity. Please try a different model.', 'overloaded'],
  // Out of reach.
  ['API Error: Connection error.', 'network'],
  ['API Error (Connection error.) · Retrying in 1 seconds… (attempt 1/10)', 'network'],
  ['TypeError: fetch failed', 'network'],
  ['  ⎿  TypeError (fetch failed)', 'network'],
  ['API Error: Unable to connect to API (ConnectionRefused)', 'network'],
  ['Error: connect ECONNREFUSED 127.0.0.1:9', 'network'],
  ['Cannot connect to API: connect ECONNREFUSED 127.0.0.1:9', 'network'],
  ['Error: getaddrinfo ENOTFOUND api.example.com', 'network'],
  ['stream disconnected before completion: error sending request for url (https://x)', 'network'],
  ['Reconnecting... 3/5', 'network'],
  ['Reconnecting… waiting for network', 'network'],
  ['exception TypeError: fetch failed sending request\nAPI Error: Connection error.', 'network'],
  // Word for word from the programs, with a provider of ours that failed so.
  [
    'Attempt 1 failed. Retrying with backoff... Error: exception TypeError: fetch failed sending request',
    'network',
  ],
  [
    'Attempt 1 failed: You exceeded your current quota, please check your plan and billing details. Please retry in 41.6s.',
    'rate_limit',
    41_600,
  ],
  [
    'Attempt 1 failed with status 503. Retrying with backoff... _ApiError: {"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}',
    'overloaded',
  ],
  [
    '{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}',
    'authentication',
  ],
  ['exceeded retry limit, last status: 429 Too Many Requests\n\n', 'rate_limit'],
  [
    'unexpected status 503 Service Unavailable: The server is overloaded, url: http://127.0.0.1:1/v1/responses',
    'overloaded',
  ],
  [
    'Internal error: API Error: Repeated 529 Overloaded errors. The API is at capacity — this is usually temporary. Try again in a moment.',
    'overloaded',
  ],
  ['Reconnecting... waiting for network', 'network'],
];

/** What agents say who work on such things, and what their tools print. */
const prose: readonly string[] = [
  '',
  'I added handling for 429 Too Many Requests: the client now retries with backoff.',
  '429 responses are now retried up to three times.',
  'Rate limit exceeded errors now return a retry-after header.',
  'Connection error handling was added to the fetcher.',
  'The API key is read from the environment; without it the server answers 401 Unauthorized.',
  'Overloaded methods were merged into one with optional parameters.',
  'I implemented the login page. Users who are not logged in are sent to /login.',
  'If the usage limit is reached, the banner says when it resets.',
  'The test failed because of ECONNREFUSED, so I started the database first.',
  'Status code 401 is returned when the token is missing.',
  '- 429: Too Many Requests\n- 401: Unauthorized',
  'The server answers:\n```\nAPI Error: 529 {"type":"overloaded_error"}\n```\nand we show it.',
  '> API Error: Connection error.\n\nThat was the message; it is caught now.',
  '`429 Too Many Requests` is now mapped to RetryLater.',
  'Unauthorized requests are rejected by the middleware.',
  'I fetched 500 rows and 503 of them were fine.',
  '500 lines were removed.',
  'You need to log the request first.',
  'Limit reached handling: done.',
  'All 401 tests pass.',
  'No API keys are stored in the repository.',
];

describe("trouble with an agent's provider", () => {
  for (const [text, kind, retryAfterMs = null] of troubles) {
    it(`is ${kind} in: ${text.slice(0, 90)}`, () => {
      assert.deepEqual(troubleIn(text, now), { kind, retryAfterMs });
    });
  }

  for (const text of prose) {
    it(`is not in: ${text.slice(0, 90)}`, () => {
      assert.equal(troubleIn(text, now), null);
    });
  }

  it('says nothing of a time that has passed or that is no time', () => {
    const past = Math.floor(now / 1000) - 60;
    for (const tail of [`|${past}`, ' Resets 3', ' Retry after 99999999'])
      assert.equal(troubleIn(`Usage limit reached.${tail}`, now)?.retryAfterMs, null, tail);
  });

  it('takes a time without a zone for one of this machine', () => {
    const wait = troubleIn('Usage limit reached. Resets 11:30 PM', now)?.retryAfterMs ?? 0;
    const then = new Date(now + wait);
    assert.deepEqual([then.getHours(), then.getMinutes()], [23, 30]);
    assert.ok(wait > 0 && wait <= 24 * hour);
  });

  it('crosses the change of the clocks on the way to a time', () => {
    const evening = Date.UTC(2026, 9, 24, 20);
    const message = "You've hit your limit · resets 10am (Europe/Berlin)";
    assert.equal(troubleIn(message, evening)?.retryAfterMs, 13 * hour);
  });
});

describe('trouble inside an answer that calls itself a success', () => {
  const said = 'Invalid API key · Please run /login';
  const longJson = `API Error: 529 {"type":"error","error":{"type":"overloaded_error","message":"${'x'.repeat(600)}"}}`;
  const report = `${'I looked at every file of the module. '.repeat(20)}\nConnection error: retried.`;
  const rows: readonly (readonly [string, Parameters<typeof troubleInAnswer>[0], boolean])[] = [
    ['a message alone', { text: said, toolCalls: 0, changed: false }, true],
    [
      'a message with a word around',
      { text: `I could not start.\n${said}`, toolCalls: 0, changed: false },
      true,
    ],
    ['a long message', { text: longJson, toolCalls: 0, changed: false }, true],
    ['a message alone after tools', { text: said, toolCalls: 4, changed: false }, true],
    ['a message beside work', { text: said, toolCalls: 4, changed: true }, false],
    ['a message beside a change without tools', { text: said, toolCalls: 0, changed: true }, false],
    [
      'words and a message after tools',
      { text: `I read it.\n${said}`, toolCalls: 2, changed: false },
      false,
    ],
    ['a long report with such a line', { text: report, toolCalls: 0, changed: false }, false],
    [
      'an ordinary answer',
      { text: 'Nothing had to be done.', toolCalls: 0, changed: false },
      false,
    ],
  ];
  for (const [name, answer, isTrouble] of rows) {
    it(`${isTrouble ? 'is' : 'is not'} seen in ${name}`, () => {
      assert.equal(troubleInAnswer(answer, now) !== null, isTrouble);
    });
  }
});
