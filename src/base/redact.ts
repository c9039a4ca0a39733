/**
 * Shapes that are secrets and hardly ever anything else: issuers' prefixes, private keys, credentials in URLs and headers, and assignments to
 * names that say it. High specificity on purpose: a hash, a branch name or a long path must stay readable. Every repetition
 * has a bound or a literal in front of it, so that hostile texts cost time in proportion to their length.
 */
const TOKENS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z ]{0,40}PRIVATE KEY-----|[\s\S]*$)/g,
  /\bsk-(?:ant-|proj-|svcacct-|or-v1-)?[A-Za-z0-9_-]{20,400}/g,
  /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,200}/g,
  /\bgh[pousr]_[A-Za-z0-9]{30,400}/g,
  /\bgithub_pat_[A-Za-z0-9_]{40,400}/g,
  /\bgl(?:pat|ptt|rt|dt|soat)-[A-Za-z0-9_-]{20,400}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,400}/g,
  /\bxapp-[0-9]-[A-Za-z0-9-]{10,400}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bAIza[A-Za-z0-9_-]{35}/g,
  /\bya29\.[A-Za-z0-9_-]{20,400}/g,
  /\bnpm_[A-Za-z0-9]{36}\b/g,
  /\bpypi-[A-Za-z0-9_-]{50,400}/g,
  /\bhf_[A-Za-z0-9]{30,400}/g,
  /\bdop_v1_[a-f0-9]{64}\b/g,
  /\bSG\.[A-Za-z0-9_-]{16,100}\.[A-Za-z0-9_-]{16,100}/g,
  /\beyJ[A-Za-z0-9_-]{10,1000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000}/g,
];

/** Names whose value is a secret; `password` also as the end of a longer word (PGPASSWORD). */
const NAME = "(?:pass(?:word|wd|phrase)|(?<![a-z0-9])(?:secret|token|(?:api|access|secret|private|auth)[_-]?key|" +
  "(?:auth|access|refresh|id|bot|session)[_-]?token|client[_-]?secret))";

const VALUE = `("[^"\\r\\n]{4,4000}"|'[^'\\r\\n]{4,4000}'|[^\\s"',;&|)}\\]]{6,4000})`;

/** `name=value`, `name: value`; only the value goes. */
const ASSIGNED = new RegExp(`(${NAME}["']?[ \\t]{0,4}[=:][ \\t]{0,4})${VALUE}`, "gi");

/** `--name value`. */
const OPTION = new RegExp(`(--[a-z0-9-]{0,30}${NAME}[ \\t]{1,4})${VALUE}`, "gi");

/** `Authorization: Bearer x`, `Basic x`. */
const HEADER = /\b((?:bearer|basic)[ \t]{1,4})([A-Za-z0-9._~+/=-]{16,4000})/gi;

/** `scheme://user:password@host`. */
const URL_PASSWORD = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,100}:)([^\s@/]{1,200})(@)/gi;

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
  for (const named of [ASSIGNED, OPTION]) {
    clean = clean.replace(named, (all, name: string, value: string) => isPlaceholder(value) ? all : name + REDACTED);
  }
  return clean;
}

/** `$TOKEN`, `${TOKEN}`, `<token>`, `***` name a secret without telling it. */
function isPlaceholder(value: string): boolean {
  const bare = value.replace(/^["']|["']$/g, "");
  return /^(?:\$|<|\*+$|x+$|\[redacted|bearer$|basic$|true$|false$|null$|undefined$|string$|number$)/i.test(bare);
}

/** The same for every text within a value of JSON kind; keys stay. */
export function redactDeep(value: unknown): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map(redactDeep);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redactDeep(inner)]));
}
