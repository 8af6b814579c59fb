// One ESLint rule for every import fence. It works on paths alone, without looking at the disk, so that an import of a
// file that does not exist yet is judged as well; and it lets types pass where a fence says so.
import { builtinModules } from 'node:module';
import path from 'node:path';
import type { Rule } from 'eslint';

/** What an import points at: a folder pattern meets the path from the repository's root, a package pattern its name. */
export type ImportTarget = {
  folder?: RegExp;
  package?: RegExp;
};

/** A rule about what some files may import. Patterns meet paths from the repository's root, with forward slashes. */
export type Fence = {
  name: string;
  /** The files the fence is for. */
  files: RegExp;
  /** Files among them that it leaves alone. */
  except?: RegExp;
  /** Imports that are refused. With `unlessSame` not when its first group is equal in importer and target. */
  forbidden?: ImportTarget & { unlessSame?: RegExp };
  /** The only imports that are accepted; a part left out accepts nothing of its kind. */
  allowed?: ImportTarget;
  /** `import type` passes. */
  mayImportTypes?: boolean;
  /** Names the right door. */
  message: string;
};

type Source = { type: string; value?: unknown };
type ImportNode = Rule.Node & { source?: Source | null; importKind?: string; exportKind?: string };

const builtins = new Set(builtinModules);

/** The rule, to be configured with nothing: the fences are given here, because patterns cannot be options. */
export function createFenceRule(fences: readonly Fence[], repositoryFolder: string): Rule.RuleModule {
  return {
    meta: { type: 'problem', schema: [] },
    create(context) {
      const file = toRepositoryPath(context.filename, repositoryFolder);
      const applying = fences.filter((fence) => fence.files.test(file) && !fence.except?.test(file));
      if (applying.length === 0) return {};

      const check = (node: Rule.Node, source: Source | null | undefined, isType: boolean): void => {
        if (typeof source?.value !== 'string') return;
        const target = resolveTarget(source.value, context.filename, repositoryFolder);
        for (const fence of applying) {
          if (isType && fence.mayImportTypes) continue;
          if (isRefused(fence, file, target))
            context.report({ node, message: `${fence.message} (fence: ${fence.name})` });
        }
      };
      const checkStatement = (node: ImportNode): void =>
        check(node, node.source, node.importKind === 'type' || node.exportKind === 'type');

      return {
        ImportDeclaration: checkStatement,
        ExportNamedDeclaration: checkStatement,
        ExportAllDeclaration: checkStatement,
        ImportExpression: (node) => check(node, node.source, false),
        TSImportType: (node: ImportNode) => check(node, node.source, true),
        'CallExpression[callee.name="require"]': (node: Rule.Node & { arguments: Source[] }) =>
          check(node, node.arguments[0], false),
      };
    },
  };
}

type Target = { kind: 'folder' | 'package'; name: string };

function resolveTarget(specifier: string, file: string, repositoryFolder: string): Target {
  const withoutQuery = specifier.replace(/\?.*$/, '');
  if (withoutQuery.startsWith('.')) {
    return {
      kind: 'folder',
      name: toRepositoryPath(path.resolve(path.dirname(file), withoutQuery), repositoryFolder),
    };
  }
  const name = /^(@[^/]+\/)?[^/]+/.exec(withoutQuery)?.[0] ?? withoutQuery;
  return { kind: 'package', name: builtins.has(name) ? `node:${withoutQuery}` : name };
}

function isRefused(fence: Fence, file: string, target: Target): boolean {
  if (fence.allowed && !fence.allowed[target.kind]?.test(target.name)) return true;
  if (!fence.forbidden?.[target.kind]?.test(target.name)) return false;
  const { unlessSame } = fence.forbidden;
  if (!unlessSame) return true;
  const mine = unlessSame.exec(file)?.[1];
  return mine === undefined || mine !== unlessSame.exec(target.name)?.[1];
}

function toRepositoryPath(file: string, repositoryFolder: string): string {
  return path.relative(repositoryFolder, file).split(path.sep).join('/');
}
