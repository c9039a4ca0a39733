import { confirm, isCancel } from "@clack/prompts";

/** Asks at the terminal whether the line shall be run that brings the newest looop. Loaded only when there is somebody to ask. */
export async function agreesTo(heading: string, line: string): Promise<boolean> {
  const answer = await confirm({ message: `${heading}\nBring the newest one?\n  ${line}`, initialValue: false });
  return !isCancel(answer) && answer;
}
