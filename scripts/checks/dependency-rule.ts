import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, relative, resolve, sep } from 'node:path'
import ts from 'typescript'

/** Which of our packages a package may import, and whether as values or as types only (design, section 2). */
const own: Record<string, Record<string, 'values' | 'types'>> = {
  protocol: {},
  engine: { protocol: 'values' },
  stores: { protocol: 'values', engine: 'types' },
  server: { protocol: 'values', engine: 'values' },
  guard: { protocol: 'types' },
  browser: { protocol: 'types' },
  testkit: { protocol: 'values', engine: 'values', stores: 'values', server: 'values' },
  cli: {
    protocol: 'values',
    engine: 'values',
    stores: 'values',
    server: 'values',
    guard: 'values',
    browser: 'values',
    testkit: 'values',
  },
}

/** The files that may import what only Node has: entries of their own, which no other runtime loads. */
const nodeFiles = [
  /^packages\/cli\/src\//,
  /^packages\/server\/src\/node(\.ts$|\/)/,
  /^packages\/stores\/src\/sqlite(\.ts$|\/)/,
]

/** Pure packages: third-party code here must be named by this list, not only by the manifest. */
const thirdParty: Record<string, string[]> = {
  protocol: ['valibot'],
  engine: ['valibot', '@marcbachmann/cel-js'],
}

/** What a bundle for the page carries along is a development dependency of the package. */
const bundled = ['browser']

interface Import {
  specifier: string
  typeOnly: boolean
  line: number
}

const isTypeOnly = (node: ts.ImportDeclaration | ts.ExportDeclaration): boolean => {
  if (ts.isExportDeclaration(node)) {
    if (node.isTypeOnly) return true
    return node.exportClause !== undefined && ts.isNamedExports(node.exportClause)
      ? node.exportClause.elements.length > 0 &&
          node.exportClause.elements.every((element) => element.isTypeOnly)
      : false
  }
  const clause = node.importClause
  // `import 'x'` runs x. `import { type T } from 'x'` also does, under verbatimModuleSyntax.
  return clause?.phaseModifier === ts.SyntaxKind.TypeKeyword
}

const importsOf = (file: string): Import[] => {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, true)
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return
    const line = source.getLineAndCharacterOfPosition(specifier.getStart()).line + 1
    found.push({ specifier: specifier.text, typeOnly, line })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node))
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node))
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

interface Manifest {
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

/** Each import that the table of the design does not allow, with its place and the reason. */
export const dependencyRule = (root: string): string[] => {
  const problems: string[] = []
  for (const name of readdirSync(join(root, 'packages')).sort()) {
    const folder = join(root, 'packages', name)
    if (!existsSync(join(folder, 'package.json'))) continue
    const allowed = own[name]
    if (allowed === undefined) {
      problems.push(
        `packages/${name}: no line of the dependency table names it; add one in scripts/checks/dependency-rule.ts.`,
      )
      continue
    }
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
    const declared = new Set([
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.peerDependencies ?? {}),
      ...(bundled.includes(name) ? Object.keys(manifest.devDependencies ?? {}) : []),
    ])
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      const other = /^@newel\/(.+)$/.exec(dependency)?.[1]
      if (other !== undefined && allowed[other] === undefined) {
        problems.push(
          `packages/${name}/package.json depends on @newel/${other}, which ${name} may not import.`,
        )
      }
    }
    const src = join(folder, 'src')
    if (!existsSync(src)) continue
    for (const path of readdirSync(src, { recursive: true, encoding: 'utf8' }).sort()) {
      if (!path.endsWith('.ts') || path.endsWith('.test.ts')) continue
      const file = join(src, path)
      const shown = relative(root, file).split(sep).join('/')
      for (const { specifier, typeOnly, line } of importsOf(file)) {
        const problem = judge(name, file, shown, specifier, typeOnly)
        if (problem !== undefined) problems.push(`${shown}:${line}: ${problem}`)
      }
    }

    function judge(
      pkg: string,
      file: string,
      shown: string,
      specifier: string,
      typeOnly: boolean,
    ): string | undefined {
      if (specifier.startsWith('.')) {
        return resolve(file, '..', specifier).startsWith(src + sep)
          ? undefined
          : `'${specifier}' leaves the package; import it by name, where the table allows it.`
      }
      if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
        // A type is gone before anything runs.
        return typeOnly || nodeFiles.some((pattern) => pattern.test(shown))
          ? undefined
          : `'${specifier}' exists on Node only; it belongs in a Node entry.`
      }
      const target = packageName(specifier)
      const other = /^@newel\/(.+)$/.exec(target)?.[1]
      if (other !== undefined) {
        if (other === pkg) return `'${specifier}' imports the package itself; use a relative path.`
        const rule = allowed?.[other]
        if (rule === undefined) return `${pkg} may not import @newel/${other}.`
        if (rule === 'types' && !typeOnly)
          return `${pkg} may import types only from @newel/${other}: use \`import type\`.`
      } else if (thirdParty[pkg] !== undefined && !thirdParty[pkg].includes(target)) {
        return `${pkg} imports nothing but ${thirdParty[pkg].join(', ')} from others.`
      }
      return declared.has(target)
        ? undefined
        : `'${target}' is not among the dependencies in packages/${pkg}/package.json.`
    }
  }
  return problems
}
