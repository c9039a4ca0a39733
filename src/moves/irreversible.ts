import { protectedPath, type Where } from "./protected_path.ts";

/** A disk or a partition as a file: what is written there is no file any more. */
const RAW_DISK =
  /^\/dev\/(?:sd[a-z]|hd[a-z]|vd[a-z]|xvd[a-z]|nvme[0-9]|mmcblk[0-9]|disk[0-9]|rdisk[0-9]|dm-[0-9]|md[0-9]|loop[0-9]|mapper\/|disk\/|sr[0-9]|ram[0-9]|mem$|kmem$)/;

/** Why nothing may be written to this path, whatever writes it: it is a disk, or it stops the machine. */
export function writeProblem(path: string): string | undefined {
  if (RAW_DISK.test(path)) return "it would overwrite a disk";
  return path === "/proc/sysrq-trigger" ? "it stops the machine" : undefined;
}

/** What fetches from elsewhere. */
export const DOWNLOADERS =
  /^(?:curl|wget|wget2|fetch|aria2c|axel|http|https|xh|lynx|w3m|nc|ncat|netcat|socat|ftp|lftp|scp)$/;

/** What makes another text out of a text, so that nobody can read what a shell behind it will. */
export const DECODERS = /^(?:base64|base32|basenc|uudecode|xxd|openssl|gpg|rev|rot13)$/;

/** Interpreters that read a program on standard input. */
export const INTERPRETERS = /^(?:python[0-9.]*|perl|ruby|node|deno|bun|php|lua|osascript|Rscript|tclsh)$/;

type Rule = (args: readonly string[], where: Where) => string | undefined;

/** Why a program with these arguments is plainly irreversible, or acts as somebody else; undefined when it is not. */
export function irreversible(name: string, args: readonly string[], where: Where): string | undefined {
  if (/^mkfs(?:\.|$)/.test(name) || /^newfs/.test(name)) return `${name} makes a new file system over what is there`;
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  return rule?.(args, where);
}

function always(reason: string): Rule {
  return () => reason;
}

const AS_ANOTHER = always("it would act as another user, with rights that nobody gave looop");
const STOPS = always("it stops the machine");
const OVERWRITES_DISK = always("it overwrites a disk");

const RULES: Readonly<Record<string, Rule>> = {
  sudo: AS_ANOTHER,
  sudoedit: AS_ANOTHER,
  doas: AS_ANOTHER,
  su: AS_ANOTHER,
  pkexec: AS_ANOTHER,
  run0: AS_ANOTHER,
  runuser: AS_ANOTHER,
  gosu: AS_ANOTHER,
  "su-exec": AS_ANOTHER,
  please: AS_ANOTHER,
  shutdown: STOPS,
  reboot: STOPS,
  halt: STOPS,
  poweroff: STOPS,
  init: (args) => /^[06]$/.test(args[0] ?? "") ? STOPS(args, { kind: "unknown" }) : undefined,
  telinit: (args) => /^[06]$/.test(args[0] ?? "") ? STOPS(args, { kind: "unknown" }) : undefined,
  systemctl: (args) =>
    operands(args).some((arg) => /^(?:poweroff|reboot|halt|kexec|rescue|emergency|soft-reboot)(?:\.target)?$/.test(arg))
      ? "it stops the machine"
      : undefined,
  loginctl: (args) =>
    operands(args).some((arg) => /^(?:poweroff|reboot|halt)$/.test(arg)) ? "it stops the machine" : undefined,
  launchctl: (args) => args[0] === "reboot" ? "it stops the machine" : undefined,
  mke2fs: OVERWRITES_DISK,
  mkswap: OVERWRITES_DISK,
  blkdiscard: OVERWRITES_DISK,
  wipefs: (args) => args.some((arg) => /^(?:-[a-z]*a|--all)/.test(arg)) ? "it overwrites a disk" : undefined,
  fdisk: partitioner,
  sfdisk: partitioner,
  gdisk: partitioner,
  sgdisk: partitioner,
  cfdisk: partitioner,
  parted: partitioner,
  diskutil: (args) =>
    /^(?:erase|partition|reformat|zero|secureErase|apfs)/i.test(args[0] ?? "") && !/list/i.test(args[1] ?? "")
      ? "it overwrites a disk"
      : undefined,
  cryptsetup: (args) =>
    operands(args).some((arg) => /^(?:luksFormat|erase|luksErase|reencrypt)$/.test(arg))
      ? "it overwrites a disk"
      : undefined,
  lvremove: OVERWRITES_DISK,
  vgremove: OVERWRITES_DISK,
  pvremove: OVERWRITES_DISK,
  zpool: (args) => args[0] === "destroy" ? "it destroys a pool with all that is in it" : undefined,
  zfs: (args) => args[0] === "destroy" ? "it destroys a data set with all that is in it" : undefined,
  shred: always("shred destroys a file so that nothing can bring it back"),
  srm: always("srm destroys a file so that nothing can bring it back"),
  dd: (args) =>
    args.some((arg) =>
        arg.startsWith("of=") &&
        /^\/dev\/(?!(?:null|zero|full|stdout|stderr|tty|fd\/[0-9]+|shm\/.+)$)/.test(arg.slice(3))
      )
      ? "dd would overwrite a device"
      : undefined,
  tee: ontoDisk,
  cp: ontoDisk,
  mv: ontoDisk,
  install: ontoDisk,
  rm: remove,
  grm: remove,
  chmod: recursively("change the mode of"),
  chown: recursively("change the owner of"),
  chgrp: recursively("change the group of"),
  rsync: (args, where) =>
    args.some((arg) => /^--del/.test(arg))
      ? taken("delete what is not in the source from", [operands(args).at(-1) ?? ""], where)
      : undefined,
  find: findDelete,
  gfind: findDelete,
  git: git,
  crontab: (args) => args.some((arg) => /^-[a-z]*r/.test(arg)) ? "it deletes the whole crontab" : undefined,
  kill: (args) => killsAll(args) ? "it signals every process of this user" : undefined,
  killall5: always("it signals every process of the machine"),
  gh: subcommands([["repo", "delete"], ["release", "delete"], ["repo", "archive"]], "it deletes what others use"),
  glab: subcommands([["repo", "delete"], ["project", "delete"]], "it deletes what others use"),
  npm: publishes(["publish", "unpublish", "deprecate"]),
  pnpm: publishes(["publish", "unpublish"]),
  yarn: publishes(["publish"]),
  cargo: publishes(["publish", "yank"]),
  twine: publishes(["upload"]),
  gem: publishes(["push", "yank"]),
  terraform: publishes(["destroy"]),
  tofu: publishes(["destroy"]),
  pulumi: publishes(["destroy"]),
  dropdb: always("it deletes a database"),
};

function operands(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  const open = end < 0 ? args : args.slice(0, end);
  return [...open.filter((arg) => !arg.startsWith("-")), ...(end < 0 ? [] : args.slice(end + 1))];
}

function options(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).filter((arg) => arg.startsWith("-") && arg !== "-");
}

/** Whether a short letter or an unambiguous beginning of a long option is among them. */
function has(args: readonly string[], letters: string, long: string): boolean {
  return options(args).some((option) =>
    option.startsWith("--")
      ? option.length > 3 && `--${long}`.startsWith(option.replace(/=.*$/, ""))
      : [...letters].some((letter) => option.slice(1).includes(letter))
  );
}

function partitioner(args: readonly string[]): string | undefined {
  const looks = args.length === 0 || has(args, "lLp", "list") || args.includes("print");
  return looks ? undefined : "it rewrites the partitions of a disk";
}

function ontoDisk(args: readonly string[]): string | undefined {
  return operands(args).map(writeProblem).find((problem) => problem !== undefined);
}

function taken(verb: string, paths: readonly string[], where: Where): string | undefined {
  for (const path of paths) {
    const lost = protectedPath(path, where);
    if (lost !== undefined) return `it would ${verb} ${lost}`;
  }
  return undefined;
}

function remove(args: readonly string[], where: Where): string | undefined {
  if (options(args).some((option) => option.startsWith("--no-p"))) {
    return "it switches off what keeps rm from deleting /";
  }
  return has(args, "rR", "recursive") ? taken("delete", operands(args), where) : undefined;
}

function recursively(verb: string): Rule {
  // The first operand is the mode or the owner; as a path it is harmless.
  return (args, where) =>
    has(args, "R", "recursive") ? taken(`${verb} all of`, operands(args).slice(1), where) : undefined;
}

/** What makes find look at some files and not at all. */
const NARROWING =
  /^-(?:i?name|i?path|i?wholename|i?regex|i?lname|[acm]?(?:time|min)|newer.*|size|empty|inum|samefile|perm)$/;

function findDelete(args: readonly string[], where: Where): string | undefined {
  const deletes = args.includes("-delete") ||
    args.some((arg, i) =>
      /^-(?:exec|execdir|ok|okdir)$/.test(arg) && /(?:^|\/)(?:rm|unlink|shred)$/.test(args[i + 1] ?? "")
    );
  if (!deletes) return undefined;
  const start = args.findIndex((arg) => /^-(?![HLPDO]|$)|^[(!]/.test(arg));
  const paths = args.slice(0, start < 0 ? args.length : start).filter((arg) => !arg.startsWith("-"));
  const roots = paths.length === 0 ? ["."] : paths;
  const narrow = args.some((arg, i) =>
    NARROWING.test(arg) && !/^(?:!|-not)$/.test(args[i - 1] ?? "") && !/^[*.]+$/.test(args[i + 1] ?? "")
  );
  // What is chosen by name in the data dir or a home is somebody's choice; in a system directory it is no one's.
  return taken(
    "delete what is in",
    narrow ? roots.filter((root) => root.startsWith("/") && !root.startsWith("/\uE001")) : roots,
    where,
  );
}

function git(args: readonly string[], where: Where): string | undefined {
  let at = 0;
  for (; at < args.length && (args[at] ?? "").startsWith("-"); at++) {
    if (/^(?:-[Cc]|--git-dir|--work-tree|--namespace|--exec-path)$/.test(args[at] ?? "")) at++;
  }
  const [verb, rest] = [args[at], args.slice(at + 1)];
  if (verb === "push") return push(rest);
  if (verb === "clean" && where.kind === "data" && at === 0 && has(rest, "f", "force")) {
    return "it would delete what looop keeps in the data dir and git does not";
  }
  return undefined;
}

function push(args: readonly string[]): string | undefined {
  if (has(args, "n", "dry-run")) return undefined;
  const forced = has(args, "f", "force") || options(args).some((option) => /^--force/.test(option));
  if (forced || operands(args).slice(1).some((ref) => ref.startsWith("+"))) {
    return "a forced push overwrites what others have pushed";
  }
  if (options(args).some((option) => /^--(?:mirror|prune)/.test(option))) return "it deletes branches that others use";
  if (has(args, "d", "delete") || operands(args).slice(1).some((ref) => /^:./.test(ref))) {
    return "it deletes a branch that others use";
  }
  return undefined;
}

function killsAll(args: readonly string[]): boolean {
  const words = args.filter((arg) => arg !== "--");
  const named = /^-(?:s|n)$/.test(words[0] ?? "");
  const targets = named ? words.slice(2) : /^-/.test(words[0] ?? "") && words.length > 1 ? words.slice(1) : words;
  return targets.includes("-1") || args[args.indexOf("--") + 1] === "-1" && args.includes("--");
}

function subcommands(paths: readonly (readonly string[])[], reason: string): Rule {
  return (args) => paths.some((path) => path.every((word, i) => operands(args)[i] === word)) ? reason : undefined;
}

function publishes(verbs: readonly string[]): Rule {
  return (args) => {
    const [verb = ""] = operands(args);
    if (!verbs.includes(verb) || args.includes("--dry-run") || args.includes("-n")) return undefined;
    return verb === "destroy" ? "it destroys what is deployed" : "what is published cannot be taken back";
  };
}
