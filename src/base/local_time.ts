/** `YYYY-MM-DD` of an instant, in the time zone of this machine. */
export function localDay(ms: number): string {
  const date = new Date(ms);
  return `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `HH:MM` of an instant, in the time zone of this machine. */
export function localMinute(ms: number): string {
  const date = new Date(ms);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `YYYYMMDD-HHMMSS` of an instant, local: for names of files that a person looks through. */
export function localStamp(ms: number): string {
  const date = new Date(ms);
  const time = `${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
  return `${localDay(ms).replaceAll("-", "")}-${time}`;
}

/**
 * The local day that holds an instant: from its first instant up to the next day's. 23 or 25 hours long when the clocks change,
 * and begun late where they change at midnight.
 */
export function localDayBounds(ms: number): { readonly start: number; readonly end: number } {
  const start = new Date(ms);
  start.setHours(0, 0, 0, 0);
  const end = new Date(start);
  end.setHours(36, 0, 0, 0); // noon of the next day exists everywhere
  end.setHours(0, 0, 0, 0);
  return { start: start.getTime(), end: end.getTime() };
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
