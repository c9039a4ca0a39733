/** A goal as it lies in `goals/<id>.md`: markdown whose front matter holds a line `goal:` with the desired state. */
export interface Goal {
  readonly id: string;
  /** The file's text; undefined when it is there but cannot be read: unreadable is not absent. */
  readonly text: string | undefined;
  /** The `goal:` line of the front matter, when there is one. */
  readonly title: string | undefined;
}
