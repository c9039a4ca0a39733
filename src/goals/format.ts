import { frontMatterLine } from "../base/front_matter.ts";
import type { Goal } from "./schema.ts";

/** A goal out of its file's text; `text` undefined: the file is there but cannot be read. */
export function goalOf(id: string, text: string | undefined): Goal {
  return { id, text, title: text === undefined ? undefined : frontMatterLine(text, "goal") };
}

/** A body as it is stored: one newline at its end, whatever the shell left there. */
export function storedBody(body: string): string {
  return body.replace(/\r\n/g, "\n").replace(/\n*$/, "\n");
}
