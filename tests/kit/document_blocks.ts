/** A fenced block of a document. */
export interface Block {
  /** The heading it stands under, without the marks. */
  readonly heading: string;
  /** Every heading above it, the topmost first. */
  readonly under: readonly string[];
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a markdown text, in their order. */
export function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let headings: readonly string[] = [];
  let open: { readonly language: string; readonly lines: string[] } | undefined;
  for (const line of text.split("\n")) {
    const [, fence] = /^```(\S*)\s*$/.exec(line) ?? [];
    const [, marks, title] = /^(#+) (.*)$/.exec(line) ?? [];
    if (fence !== undefined && open === undefined) open = { language: fence, lines: [] };
    else if (fence !== undefined && open !== undefined) {
      blocks.push({
        heading: headings.at(-1) ?? "",
        under: headings,
        language: open.language,
        text: open.lines.join("\n"),
      });
      open = undefined;
    } else if (open !== undefined) open.lines.push(line);
    else if (marks !== undefined && title !== undefined) headings = [...headings.slice(0, marks.length - 1), title];
  }
  return blocks;
}

/** Whether a block is a program of its own, not lines to be typed. */
export function isScript(block: Block): boolean {
  return block.text.startsWith("#!");
}

/** The commands of a block of shell lines, a here-document with the line that opens it. */
export function commandsOf(block: Block): readonly string[] {
  const commands: string[] = [];
  let until: string | undefined;
  for (const line of block.text.split("\n")) {
    if (until !== undefined) {
      commands.push(`${commands.pop()}\n${line}`);
      if (line === until) until = undefined;
      continue;
    }
    if (line.trim() === "") continue;
    commands.push(line);
    until = /<<-?\s*'?([A-Z]+)'?/.exec(line)?.[1];
  }
  return commands;
}
