import { parse } from "../../src/cli/parse.ts";
import { resolve } from "../../src/cli/resolve.ts";
import { SPELLINGS } from "../../src/verbs/spellings.ts";
import { VERBS } from "../../src/verbs/table.ts";

/**
 * The command lines of looop that a text shows: in backquotes, behind a colon, at the start of an indented line or in a column of
 * one, and behind `$ `. Running prose that begins with the program's name does not count.
 */
export function commandLines(text: string): readonly string[] {
  const found: string[] = [];
  for (const [, span = ""] of text.matchAll(/`([^`\n]+)`/g)) {
    if (isCommand(span)) found.push(span);
  }
  let fenced = false;
  for (const line of text.split("\n")) {
    if (/^\s*```/.test(line)) fenced = !fenced;
    if (line.includes("`") && !fenced) continue;
    if (!fenced && !/^\s/.test(line)) {
      const behind = /: (looop .*)$/.exec(line)?.[1];
      if (behind !== undefined) found.push(behind);
      continue;
    }
    for (const part of line.trim().split(/\s{2,}|: (?=looop )/)) {
      const command = part.replace(/^\$ /, "");
      if (isCommand(command)) found.push(command);
    }
  }
  return found;
}

function isCommand(text: string): boolean {
  return /^(?:looop|"\$LOOOP_BIN")(?: |$)/.test(text);
}

/** Why a command line would be refused for its form; undefined when it would not. Bodies and ids are not looked at. */
export function formProblem(line: string): string | undefined {
  const [, ...words] = shellWords(line);
  const found = resolve(words, { verbs: VERBS, spellings: SPELLINGS });
  switch (found.kind) {
    case "bare":
      return undefined;
    case "group":
    case "unknown":
      return `${found.kind}: ${words.join(" ")}`;
    case "verb": {
      const parsed = parse(found.entry, found.words);
      return parsed.ok ? undefined : `${parsed.failure.thing}: ${parsed.failure.state}`;
    }
  }
}

/** Splits as a shell does, as far as examples go: quotes, comments, and an end at the first operator. `<id>` is a word, `[…]` is left out. */
export function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  const text = line.replace(/<([A-Za-z][\w-]*)…?>/g, "$1").replace(/\s\[[^\]]*\]/g, "");
  const token = /\s*(?:#.*$|[|;&<>()]|((?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'|;&<>()\\])+))/gy;
  for (let match = token.exec(text); match !== null && match[1] !== undefined; match = token.exec(text)) {
    words.push(match[1].replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double, single) => double ?? single));
  }
  return words;
}
