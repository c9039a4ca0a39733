import type { Answer, Ask, AskStatus, Liveness } from "../../../src/mailbox/schema.ts";
import { type AskFacts, askStatus, STATUS_RULES } from "../../../src/mailbox/status.ts";
import { assertEquals } from "../../kit/assert.ts";

const ASK: Ask = { id: "w-1", worker: "w", kind: "question", prompt: "?", ts: 0 };

function answerBy(kind: Answer["by"]["kind"]): AskFacts["answer"] {
  return { kind: "present", value: { answer: "yes", by: { kind }, ts: 1 } };
}

Deno.test("an ask's status follows from its files, the time and its worker", () => {
  const present = { kind: "present", value: ASK } as const;
  const expiring = { kind: "present", value: { ...ASK, expires: 100, default: "no" } } as const;
  const corrupt = { kind: "corrupt", problem: "is no JSON" } as const;
  const absent = { kind: "absent" } as const;
  const rows: readonly {
    readonly name: string;
    readonly ask: AskFacts["ask"];
    readonly answer?: AskFacts["answer"];
    readonly consumed?: boolean;
    readonly liveness?: Liveness;
    readonly want: AskStatus;
  }[] = [
    { name: "nobody answered", ask: present, want: "open" },
    { name: "an id that never had a session", ask: present, liveness: "never", want: "open" },
    { name: "unknown is not dead", ask: present, liveness: "unknown", want: "open" },
    { name: "its worker is gone", ask: present, liveness: "dead", want: "orphaned" },
    { name: "answered by a person", ask: present, answer: answerBy("human"), want: "answered" },
    {
      name: "answered, and its worker is gone",
      ask: present,
      answer: answerBy("root"),
      liveness: "dead",
      want: "answered",
    },
    { name: "its default came", ask: expiring, answer: answerBy("default"), want: "expired" },
    { name: "its time is over, not written down yet", ask: expiring, want: "expired" },
    { name: "withdrawn", ask: present, answer: answerBy("withdrawn"), want: "withdrawn" },
    {
      name: "its asker was told of the withdrawal",
      ask: present,
      answer: answerBy("withdrawn"),
      consumed: true,
      want: "withdrawn",
    },
    { name: "taken", ask: present, answer: answerBy("human"), consumed: true, want: "consumed" },
    { name: "taken, on the way to the archive", ask: present, answer: absent, consumed: true, want: "consumed" },
    { name: "the ask cannot be read", ask: corrupt, want: "corrupt" },
    { name: "the answer cannot be read: not open", ask: present, answer: corrupt, want: "corrupt" },
    { name: "the ask cannot be read, its answer can", ask: corrupt, answer: answerBy("human"), want: "corrupt" },
    { name: "an unreadable ask was given up", ask: corrupt, answer: answerBy("withdrawn"), want: "withdrawn" },
  ];
  for (const { name, ask, answer, consumed, liveness, want } of rows) {
    const status = askStatus({
      ask,
      answer: answer ?? absent,
      consumed: consumed ?? false,
      now: 100,
      liveness: liveness ?? "alive",
    });
    assertEquals(status, want, name);
  }
});

Deno.test("what needs someone wakes, and nothing else does", () => {
  for (const [status, rule] of Object.entries(STATUS_RULES)) assertEquals(rule.wakes, rule.needsSomeone, status);
});
