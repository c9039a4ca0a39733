/**
 * Shapes that are secrets and hardly ever anything else: issuers' prefixes, private keys, credentials in URLs and headers, and assignments to
 * variables whose name says it. High specificity on purpose: a hash, a branch name or a long path must stay readable.
 */
const TOKENS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----|[\s\S]*$)/g,
  /\bsk-(?:ant-|proj-|svcacct-|or-v1-)?[A-Za-z0-9_-]{20,}/g,
  /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{30,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{40,}/g,
  /\bgl(?:pat|ptt|rt|dt|soat)-[A-Za-z0-9_-]{20,}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\bxapp-[0-9]-[A-Za-z0-9-]{10,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bAIza[A-Za-z0-9_-]{35}/g,
  /\bya29\.[A-Za-z0-9_-]{20,}/g,
  /\bnpm_[A-Za-z0-9]{36}\b/g,
  /\bpypi-[A-Za-z0-9_-]{50,}/g,
  /\bhf_[A-Za-z0-9]{30,}/g,
  /\bdop_v1_[a-f0-9]{64}\b/g,
  /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g,
];

/** `name=value`, `name: value`, `--name value` where the name says secret; only the value goes. */
const ASSIGNED =
  /((?:^|[^A-Za-z0-9])(?:[A-Za-z0-9_-]*[_-])?(?:password|passwd|secret|api[_-]?key|access[_-]?key|secret[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|token|client[_-]?secret|private[_-]?key)["']?(?:\s*[=:]\s*|(?<=--[A-Za-z0-9_-]*)\s+))("[^"\r\n]{4,}"|'[^'\r\n]{4,}'|[^\s"',;&|)}\]]{6,})/gi;

/** `Authorization: Bearer x`, `Basic x`. */
const HEADER = /\b((?:bearer|basic|token)\s+)([A-Za-z0-9._~+/=-]{16,})/gi;

/** `scheme://user:password@host`. */
const URL_PASSWORD = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)([^\s@/]{1,})(@)/gi;

/** What stands in a secret's place. */
export const REDACTED = "[redacted]";

/**
 * Takes what looks like a secret out of a text that is kept: journal, events, notices, the pulse's log. A second application changes nothing.
 * It is a net with holes: what no pattern knows stays.
 */
export function redact(text: string): string {
  let clean = text;
  for (const token of TOKENS) clean = clean.replace(token, REDACTED);
  clean = clean.replace(URL_PASSWORD, `$1${REDACTED}$3`);
  clean = clean.replace(HEADER, `$1${REDACTED}`);
  return clean.replace(ASSIGNED, (all, name: string, value: string) => isPlaceholder(value) ? all : name + REDACTED);
}

/** `$TOKEN`, `${TOKEN}`, `<token>`, `***` name a secret without telling it. */
function isPlaceholder(value: string): boolean {
  const bare = value.replace(/^["']|["']$/g, "");
  return /^(?:\$|<|\*+$|x+$|\[redacted\]|true$|false$|null$|undefined$|string$|number$)/i.test(bare);
}

/** The same for every text within a value of JSON kind; keys stay. */
export function redactDeep(value: unknown): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map(redactDeep);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redactDeep(inner)]));
}
