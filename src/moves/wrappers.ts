/** A command line within a command line: the words of a program, or a text that a shell will read. */
export type Inner =
  | { readonly kind: "argv"; readonly argv: readonly string[]; readonly assigned?: readonly string[] }
  | { readonly kind: "line"; readonly line: string; readonly positional?: readonly string[] }
  | { readonly kind: "nothing" };

const NOTHING: Inner = { kind: "nothing" };

/** How many words of its own a wrapper takes before the command, and which of its options take a value. */
interface Shape {
  readonly valued?: string;
  readonly longValued?: readonly string[];
  readonly own?: number;
}

/** Programs that run the command given to them as their last words. */
const PREFIXES: Readonly<Record<string, Shape>> = {
  nohup: {},
  time: { valued: "fo", longValued: ["format", "output"] },
  nice: { valued: "n", longValued: ["adjustment"] },
  ionice: { valued: "cnpPu", longValued: ["class", "classdata"] },
  chrt: { valued: "TPD", own: 1 },
  taskset: { own: 1 },
  timeout: { valued: "sk", longValued: ["signal", "kill-after"], own: 1 },
  gtimeout: { valued: "sk", longValued: ["signal", "kill-after"], own: 1 },
  stdbuf: { valued: "ioe", longValued: ["input", "output", "error"] },
  setsid: {},
  builtin: {},
  strace: { valued: "aoeEpPsSuIOXb" },
  ltrace: { valued: "aoeplnsux" },
  chroot: { longValued: ["userspec", "groups"], own: 1 },
  unshare: { valued: "RwSG" },
  nsenter: { valued: "tSG", longValued: ["target"] },
  "systemd-run": { valued: "pEMHup", longValued: ["unit", "property", "setenv", "slice", "description"] },
  caffeinate: { valued: "tw" },
  setarch: { own: 1 },
  firejail: {},
  unbuffer: {},
  chronic: {},
  rlwrap: { valued: "fHcCs" },
  torsocks: {},
  proxychains: { valued: "f" },
  proxychains4: { valued: "f" },
  "dbus-run-session": {},
  "xvfb-run": { valued: "nes" },
  entr: {},
  bwrap: {},
  prlimit: {},
  cpulimit: { valued: "lpe" },
  busybox: {},
  toybox: {},
  "run-parts": {},
  coproc: {},
};

/** Shells: what stands behind `-c` is a line of theirs. */
export const SHELLS = /^(?:ba|da|z|k|mk|a|fi|po|r|rba|c|tc|ya)?sh(?:[0-9.-]+)?$/;

/**
 * What a wrapper would run, or undefined when `argv` is no wrapper. `stdin` are words that come from a pipe, when they are known.
 */
export function innerCommand(argv: readonly string[], stdin: readonly string[] | undefined): Inner | undefined {
  const [name = "", ...args] = argv;
  switch (name) {
    case "env":
    case "genv":
      return ofEnv(args);
    case "command":
      return args.some((arg) => /^-[pvV]*[vV]/.test(arg)) ? NOTHING : argvAfter(args, {});
    case "exec":
      return argvAfter(args, { valued: "a" });
    case "eval":
      return { kind: "line", line: args.join(" ") };
    case "trap":
      return args.length > 1 && !/^(?:-|--|-[lp])$/.test(args[0] ?? "")
        ? { kind: "line", line: args[0] ?? "" }
        : NOTHING;
    case "alias":
      return { kind: "line", line: args.map((arg) => arg.slice(arg.indexOf("=") + 1)).join("\n") };
    case "xargs":
    case "gxargs":
      return ofXargs(args, stdin);
    case "parallel":
      return ofParallel(args, stdin);
    case "watch":
      return joined(after(args, { valued: "nqs", longValued: ["interval"] }));
    case "flock":
      return ofFlock(args);
    case "script":
      return optionLine(args, "c", "command");
    case "ssh":
      return joined(after(args, { valued: "BbcDEeFIiJLlmOoPpQRSWw", own: 1 }));
    default: {
      const shape = Object.hasOwn(PREFIXES, name) ? PREFIXES[name] : undefined;
      return shape === undefined ? undefined : argvAfter(args, shape);
    }
  }
}

/** The words behind a wrapper's own options and arguments. */
function after(args: readonly string[], shape: Shape): readonly string[] {
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") {
      at++;
      break;
    }
    if (!arg.startsWith("-") || arg === "-") break;
    const long = /^--([a-z-]+)$/.exec(arg)?.[1];
    const last = arg.length === 2 ? arg[1] : undefined;
    const takes = long !== undefined
      ? shape.longValued?.includes(long) === true
      : last !== undefined && shape.valued?.includes(last) === true;
    if (takes) at++;
  }
  return args.slice(at + (shape.own ?? 0));
}

function argvAfter(args: readonly string[], shape: Shape): Inner {
  const argv = after(args, shape);
  return argv.length === 0 ? NOTHING : { kind: "argv", argv };
}

function joined(words: readonly string[]): Inner {
  return words.length === 0 ? NOTHING : { kind: "line", line: words.join(" ") };
}

function ofEnv(args: readonly string[]): Inner {
  for (const [i, arg] of args.entries()) {
    const split = /^(?:-[iv0]*S|--split-string=?)(.*)$/s.exec(arg);
    if (split === null) continue;
    const line = split[1] === "" ? args[i + 1] ?? "" : split[1] ?? "";
    const rest = args.slice(split[1] === "" ? i + 2 : i + 1);
    return joined([line, ...rest]);
  }
  const words = after(args, { valued: "uC", longValued: ["unset", "chdir"] }).filter((word) => word !== "-");
  const start = words.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
  if (start < 0) return NOTHING;
  return { kind: "argv", argv: words.slice(start), assigned: words.slice(0, start) };
}

function ofXargs(args: readonly string[], stdin: readonly string[] | undefined): Inner {
  const argv = after(args, {
    valued: "IJLnPsdEaR",
    longValued: ["arg-file", "delimiter", "max-args", "max-procs", "max-lines"],
  });
  if (argv.length === 0) return NOTHING;
  const at = args.findIndex((arg) => /^(?:-[IJi]|--replace)/.test(arg));
  if (at < 0) return { kind: "argv", argv: [...argv, ...stdin ?? []] };
  const attached = /^(?:-[IJi]|--replace=?)(.+)$/.exec(args[at] ?? "")?.[1];
  const token = attached ?? (/^-[IJ]$/.test(args[at] ?? "") ? args[at + 1] ?? "{}" : "{}");
  const what = stdin?.join(" ") ?? "\uE000";
  return { kind: "argv", argv: argv.map((word) => word.replaceAll(token, what)) };
}

function ofParallel(args: readonly string[], stdin: readonly string[] | undefined): Inner {
  const words = after(args, { valued: "jNnIaSP", longValued: ["jobs", "arg-file", "sshlogin", "delay", "timeout"] });
  const at = words.findIndex((word) => /^:::/.test(word));
  const command = at < 0 ? words : words.slice(0, at);
  const inputs = at < 0 ? stdin ?? [] : words.slice(at + 1).filter((word) => !/^:::/.test(word));
  if (command.length === 0) return inputs.length === 0 ? NOTHING : { kind: "line", line: inputs.join("\n") };
  return { kind: "line", line: [command.join(" "), ...inputs].join(" ") };
}

function ofFlock(args: readonly string[]): Inner {
  const line = optionLine(args, "c", "command");
  if (line.kind === "line") return line;
  return argvAfter(args, { valued: "wE", longValued: ["timeout", "wait", "conflict-exit-code"], own: 1 });
}

/** The line that an option such as `-c LINE` carries. */
function optionLine(args: readonly string[], letter: string, long: string): Inner {
  for (const [i, arg] of args.entries()) {
    if (arg === `--${long}` || new RegExp(`^-[a-z]*${letter}$`).test(arg)) {
      return { kind: "line", line: args[i + 1] ?? "" };
    }
    if (arg.startsWith(`--${long}=`)) return { kind: "line", line: arg.slice(long.length + 3) };
  }
  return NOTHING;
}

/** What a shell would read: a line, its standard input, or a file that nobody can look into from here. */
export type ShellReads =
  | { readonly kind: "line"; readonly line: string; readonly positional: readonly string[] }
  | { readonly kind: "stdin" }
  | { readonly kind: "file"; readonly path: string };

/** What a call of a shell makes it read. */
export function shellReads(args: readonly string[]): ShellReads {
  let fromLine = false;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (/^[-+][oO]$/.test(arg) || /^--(?:rcfile|init-file)$/.test(arg)) {
      at++;
    } else if (/^[-+][A-Za-z]+$/.test(arg)) {
      if (arg.startsWith("-") && arg.includes("c")) fromLine = true;
      if (arg.startsWith("-") && arg.includes("s") && !fromLine) return { kind: "stdin" };
      if (/^[-+][A-Za-z]*o$/.test(arg)) at++;
    } else if (!arg.startsWith("--") || arg === "--") {
      const rest = arg === "--" || arg === "-" ? args.slice(at + 1) : args.slice(at);
      const [first] = rest;
      if (first === undefined) return { kind: "stdin" };
      if (fromLine) return { kind: "line", line: first, positional: rest.length > 1 ? rest.slice(1) : ["sh"] };
      return /^\/dev\/(?:stdin|fd\/0)$/.test(first) ? { kind: "stdin" } : { kind: "file", path: first };
    }
  }
  return { kind: "stdin" };
}
