/// <reference lib="deno.unstable" />
/**
 * The habits that one file alone can break, as rules of `deno lint`. They hold for src and main.ts; tests and scripts are free.
 * What only the whole tree shows is checked by `layers.ts`.
 */
import { fileURLToPath } from "node:url";

type Context = Deno.lint.RuleContext;
type Visitor = Deno.lint.LintVisitor;

const ROOT = fileURLToPath(new URL("../", import.meta.url));

const plugin: Deno.lint.Plugin = {
  name: "looop",
  rules: {
    "os-only": rule(["src/os/", "main.ts"], osOnly),
    "no-console": rule(["src/os/", "src/cli/"], noConsole),
    "no-ambient": rule(["src/os/"], noAmbient),
    "documented": rule([], documented),
    "shapes-in-schema": rule([], shapesInSchema),
    "no-top-level-arrow": rule([], noTopLevelArrow),
    "no-barrel": rule([], noBarrel),
  },
};
export default plugin;

/** A rule for src and main.ts, but for the places named. */
function rule(free: readonly string[], create: (context: Context) => Visitor): Deno.lint.Rule {
  return {
    create: (context) => {
      const path = context.filename.startsWith(ROOT) ? context.filename.slice(ROOT.length) : context.filename;
      const ours = path === "main.ts" || path.startsWith("src/");
      return ours && !free.some((place) => path.startsWith(place)) ? create(context) : {};
    },
  };
}

/** The machine is an argument, so that a test can hand in another one. Types of Deno count too: others would grow used to them. */
function osOnly(context: Context): Visitor {
  return {
    'Identifier[name="Deno"]'(node: Deno.lint.Identifier) {
      context.report({ node, message: "Deno belongs to src/os", hint: "Take an Os as the first argument." });
    },
  };
}

/** Output has one way out: a verb's value on stdout, notes on stderr. */
function noConsole(context: Context): Visitor {
  return {
    MemberExpression(node) {
      if (node.object.type !== "Identifier" || node.object.name !== "console") return;
      context.report({ node, message: "console belongs to src/cli and src/os", hint: "Return it, or call.note()." });
    },
  };
}

/** Time and chance come in as values: what depends on them unasked cannot be tested at an instant of its own. */
function noAmbient(context: Context): Visitor {
  const report = (node: Deno.lint.Node, what: string) =>
    context.report({ node, message: `${what} belongs to src/os`, hint: "Take now as a value, or os.clock." });
  return {
    CallExpression(node) {
      const name = nameOf(node.callee);
      if (AMBIENT.has(name)) report(node, `${name}()`);
    },
    NewExpression(node) {
      if (nameOf(node.callee) === "Date" && node.arguments.length === 0) report(node, "new Date()");
    },
  };
}

// A timer beyond 2³¹ ms fires at once: os.clock caps and re-arms.
const AMBIENT = new Set([
  "Date",
  "Date.now",
  "Math.random",
  "performance.now",
  "setTimeout",
  "setInterval",
  "AbortSignal.timeout",
]);

function nameOf(callee: Deno.lint.Node): string {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type !== "MemberExpression" || callee.computed) return "";
  const owner = nameOf(callee.object);
  const name = callee.property.type === "Identifier" ? callee.property.name : "";
  return owner === "globalThis" ? name : `${owner}.${name}`;
}

/** What others may call or hold says what it promises. */
function documented(context: Context): Visitor {
  let overloaded = "";
  return {
    ExportNamedDeclaration(node) {
      const { declaration } = node;
      if (declaration === null || !("id" in declaration) || declaration.id?.type !== "Identifier") return;
      const { name } = declaration.id;
      if (declaration.type === "TSTypeAliasDeclaration" && isInferred(context, declaration)) return;
      const first = name !== overloaded;
      overloaded = declaration.type === "TSDeclareFunction" ? name : "";
      if (first && !hasDoc(context, node)) {
        context.report({ node: declaration.id, message: `${name} is exported without a doc comment` });
      }
    },
    ExportDefaultDeclaration(node) {
      if (!hasDoc(context, node)) context.report({ node, message: "The default export has no doc comment" });
    },
  };
}

/** The type of a schema: the schema has the comment. */
function isInferred(context: Context, node: Deno.lint.TSTypeAliasDeclaration): boolean {
  return /^Readonly<z\.|^z\.(infer|output|input)</.test(context.sourceCode.getText(node.typeAnnotation));
}

function hasDoc(context: Context, node: Deno.lint.Node): boolean {
  const comment = context.sourceCode.getCommentsBefore(node).at(-1);
  if (comment?.type !== "Block" || !comment.value.startsWith("*")) return false;
  return context.sourceCode.text.slice(comment.range[1], node.range[0]).trim() === "";
}

/** The shape of whatever is stored or sent is written down in one file a folder, where the next version of it is looked for. */
function shapesInSchema(context: Context): Visitor {
  if (context.filename.endsWith("/schema.ts")) return {};
  return {
    CallExpression(node) {
      if (!/^z\.(\w+Object|object|union|discriminatedUnion|record|array|enum)$/.test(nameOf(node.callee))) return;
      context.report({ node, message: "Shapes belong to schema.ts", hint: "Move it there and import it." });
    },
  };
}

/** Functions have names of their own and are hoisted: a file reads in call order. */
function noTopLevelArrow(context: Context): Visitor {
  const check = (node: Deno.lint.VariableDeclarator) => {
    if (node.init?.type !== "ArrowFunctionExpression") return;
    context.report({ node, message: "A function at the top level is written as a function" });
  };
  return {
    "Program > VariableDeclaration > VariableDeclarator": check,
    "Program > ExportNamedDeclaration > VariableDeclaration > VariableDeclarator": check,
  };
}

/** A name has one place to import it from. */
function noBarrel(context: Context): Visitor {
  const message = "A file that passes on another's exports hides where they live";
  return {
    ExportAllDeclaration: (node) => context.report({ node, message }),
    ExportNamedDeclaration(node) {
      if (node.source !== null) context.report({ node, message });
    },
  };
}
