// Shapes of credentials that must not reach the database, a log or a screen. Each is anchored on
// a vendor's prefix or on an assignment, so that hashes and ids in ordinary text stay readable. None
// looks further than to where the next could begin, so that texts full of beginnings take no longer.
const secrets: readonly RegExp[] = [
  /\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{16,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/g,
  /\bglpat-[A-Za-z0-9_-]{16,}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\bAKIA[0-9A-Z]{16}\b/g,
  /\bAIza[0-9A-Za-z_-]{35}/g,
  /\bnpm_[A-Za-z0-9]{30,}/g,
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-{1,4}[^-]+)*-----END [A-Z ]*PRIVATE KEY-----/g,
];
const anySecret = new RegExp(secrets.map(({ source }) => source).join('|'));
const assignment =
  /\b((?:api[_-]?key|secret|token|passw(?:or)?d|authorization)["']?\s*[:=]\s*["']?(?:Bearer\s+)?)([^\s"',;]{8,})/gi;

const mask = '••••••';

/** A JSON value with the credentials in its texts masked; a text counts as assigned to its key. */
export function maskSecretsIn(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return maskAssigned(key, maskSecrets(value));
  if (Array.isArray(value)) return value.map((one) => maskSecretsIn(one, key));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, one]) => [maskSecrets(name), maskSecretsIn(one, name)]),
  );
}

function maskAssigned(key: string, text: string): string {
  const prefix = `${key}: `;
  const masked = maskSecrets(prefix + text);
  return masked.startsWith(prefix) ? masked.slice(prefix.length) : text;
}

/** The text with credentials replaced by `••••••`. */
export function maskSecrets(text: string): string {
  // Nearly no text holds one, and one look tells.
  const vendors = anySecret.test(text)
    ? secrets.reduce((masked, shape) => masked.replace(shape, mask), text)
    : text;
  return vendors.replace(assignment, (_whole, name: string) => `${name}${mask}`);
}
