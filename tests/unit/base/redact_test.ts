import { assert, assertEquals, assertIncludes } from "../../kit/assert.ts";
import { redact, redactDeep, REDACTED } from "../../../src/base/redact.ts";

/** Put together here, so that no scanner takes this file for a leak. */
function made(prefix: string, length: number): string {
  return prefix + "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1cE3gI5k".repeat(4).slice(0, length);
}

const SECRETS: readonly string[] = [
  made("sk-ant-", 40),
  made("sk-proj-", 40),
  made("sk_live_", 24),
  made("ghp_", 36),
  made("gho_", 36),
  made("github_pat_", 60),
  made("glpat-", 20),
  made("xoxb-", 40),
  "AKIA" + "ABCDEFGHIJKLMNOP",
  made("AIza", 35),
  made("npm_", 36),
  made("hf_", 34),
  `${made("eyJ", 20)}.${made("eyJ", 30)}.${made("", 40)}`,
  `-----BEGIN RSA ${"PRIVATE"} KEY-----\nMIIE\n-----END RSA ${"PRIVATE"} KEY-----`,
];

Deno.test("redact() takes issuers' secrets out wherever they stand", () => {
  for (const secret of SECRETS) {
    for (const text of [secret, `x ${secret} y`, `"${secret}"`, `a=${secret};`, `(${secret})`]) {
      const clean = redact(text);
      assert(!clean.includes(secret), text);
      assertIncludes(clean, REDACTED);
    }
  }
});

const ASSIGNED: readonly (readonly [string, string])[] = [
  ["password=hunter2hunter2", "password=[redacted]"],
  ["DB_PASSWORD: 'a b c d'", "DB_PASSWORD: [redacted]"],
  ["export API_KEY=abcdef123456", "export API_KEY=[redacted]"],
  ['{"access_token":"abcdef123456","x":1}', '{"access_token":[redacted],"x":1}'],
  ["deploy --token abcdef123456 --now", "deploy --token [redacted] --now"],
  ["Authorization: Bearer abcdefghijklmnop1234", "Authorization: Bearer [redacted]"],
  ["curl -H 'authorization: Basic dXNlcjpwYXNzd29yZA=='", "curl -H 'authorization: Basic [redacted]'"],
  ["git clone https://ada:s3cr3t@example.org/x.git", "git clone https://ada:[redacted]@example.org/x.git"],
  ["postgres://u:p@db/x", "postgres://u:[redacted]@db/x"],
];

for (const [text, want] of ASSIGNED) {
  Deno.test(`redact(): ${text.slice(0, 30)}`, () => assertEquals(redact(text), want));
}

Deno.test("redact() leaves what only looks near it", () => {
  for (
    const text of [
      "commit 0123456789abcdef0123456789abcdef01234567",
      "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      "https://example.org/a/b?c=d#e",
      "the token was revoked; rotate the password soon",
      "token: $GITHUB_TOKEN",
      'password="${DB_PASSWORD}"',
      "max_tokens=4096",
      "tokens: 123456 in, 7890 out",
      "src/auth/token.ts:12:3 error TS2322",
      "secret santa list, sk-eleton crew",
      "a-very-long-branch-name-that-goes-on-and-on-for-a-while",
      "ssh://git@example.org/x.git",
    ]
  ) assertEquals(redact(text), text);
});

Deno.test("redact() applied again changes nothing", () => {
  for (const text of [...SECRETS, ...ASSIGNED.map(([one]) => one)]) assertEquals(redact(redact(text)), redact(text));
});

Deno.test("redactDeep() reaches every text and keeps the rest", () => {
  const secret = SECRETS[0] ?? "";
  assertEquals(redactDeep({ a: [secret, 1, null, { b: `x ${secret}` }], c: true }), {
    a: [REDACTED, 1, null, { b: `x ${REDACTED}` }],
    c: true,
  });
});

Deno.test("redact() takes time in proportion to the length of hostile texts", () => {
  const started = performance.now();
  const units = [
    "a",
    "-",
    "token ",
    "://",
    "eyJaaaaaaaaaa-",
    "password=",
    "a.a-",
    "SG.",
    "--",
    "x:",
    " ",
    "-----BEGIN PRIVATE KEY-----",
  ];
  for (const unit of units) redact(unit.repeat(Math.ceil(20_000 / unit.length)));
  assert(performance.now() - started < 2_000);
});
