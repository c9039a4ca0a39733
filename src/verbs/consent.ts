import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { lookAtAncestors } from "../mailbox/ancestry.ts";
import { actionDigest, CONSENT } from "../mailbox/approval.ts";
import type { Ask } from "../mailbox/schema.ts";
import type { Call } from "./verb.ts";

/** A person's word on an approval: the digest of what was shown, and the terminal it was given at. */
export interface Consent {
  readonly consent: string;
  readonly tty: string | undefined;
}

/**
 * Makes sure that a person answers an approval: stdin and stdout are a terminal, and none of the processes above carries the mark of a
 * session. For a yes the action is shown exactly, with its digest, and the word has to be typed. What a program of the same user can
 * still do (type into the terminal of its user) is no business of a check in a program of that user; the README says so.
 */
export async function personalConsent(call: Call, ask: Ask, answer: string): Promise<Result<Consent>> {
  const thing = `answer "${ask.id}"`;
  const { terminal } = call.os;
  const paste = `a person runs this at a terminal: looop answer ${ask.id} ${answer === CONSENT ? CONSENT : "no"}`;
  if (!terminal.stdinIsTerminal || !terminal.stdoutIsTerminal) {
    return fail("refused", thing, "an approval takes a person at a terminal", { hint: paste });
  }
  const ancestry = await lookAtAncestors(call.os);
  if (ancestry.kind === "marked") {
    return fail("refused", thing, "this terminal belongs to a session, and no session approves what a session wants", {
      hint: paste,
      data: { session: ancestry.session },
    });
  }
  if (ancestry.kind === "unknown") return fail("refused", thing, ancestry.why, { hint: paste });
  const digest = actionDigest(ask.action ?? "");
  if (answer === CONSENT) {
    terminal.writeErr(consentText(ask, digest));
    const typed = await readLine(call);
    if (typed === undefined) return fail("interrupted", thing, "you stopped it, and nothing was answered");
    if (typed !== CONSENT) {
      return fail("refused", thing, `what was typed is not ${CONSENT}; nothing was answered, and the ask stays open`);
    }
  }
  return ok({ consent: digest, tty: ancestry.tty });
}

function consentText(ask: Ask, digest: string): string {
  return [
    `${ask.worker} asks: ${indented(visible(ask.prompt), "  ")}`,
    "",
    actionText(ask, digest),
    `Type ${CONSENT} to allow it: `,
  ].join("\n");
}

/** What a yes to this approval allows, with the SHA-256 of its bytes, as a person is shown it. */
export function actionText(ask: Ask, digest: string): string {
  const action = `    ${indented(visible(ask.action ?? ""), "    ")}`;
  return ["A yes allows exactly this, once:", "", action, "", `sha256 ${digest}`].join("\n");
}

function indented(text: string, by: string): string {
  return text.split("\n").join(`\n${by}`);
}

/** Everything that could hide or move something on a screen, spelled out: what is approved must be what is seen. */
export function visible(text: string): string {
  return text.replace(/[^\n\P{C}]|[\u2028\u2029\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

/** The next line typed; undefined once the call is interrupted, also while nothing is typed. */
async function readLine(call: Call): Promise<string | undefined> {
  const { signal } = call;
  const interrupted = Promise.withResolvers<undefined>();
  const leave = (): void => interrupted.resolve(undefined);
  signal.addEventListener("abort", leave);
  const decoder = new TextDecoder();
  let line = "";
  try {
    while (!line.includes("\n")) {
      const bytes = await Promise.race([call.os.terminal.readSome(), interrupted.promise]);
      if (signal.aborted) return undefined;
      if (bytes === undefined) break;
      line += decoder.decode(bytes, { stream: true });
    }
  } finally {
    signal.removeEventListener("abort", leave);
  }
  return line.split("\n")[0]?.trim() ?? "";
}
