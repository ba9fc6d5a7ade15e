/** The flow of docs/architecture: input → model → rules → findings → reporters, held by the imports themselves. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

interface Module {
  readonly path: string
  readonly text: string
  /** What it imports at run time; `import type` is erased and costs nothing. */
  readonly imports: readonly string[]
  readonly types: readonly string[]
}

const modules: Module[] = ['src', 'rules'].flatMap(folder =>
  readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => read(`${folder}/${name.split('\\').join('/')}`)),
)

function read(path: string): Module {
  const text = readFileSync(resolve(root, path), 'utf8')
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const imports: string[] = []
  const types: string[] = []
  const add = (name: string, typeOnly: boolean) => {
    const target = name.startsWith('.') ? relative(root, resolve(root, dirname(path), name)) : name
    ;(typeOnly ? types : imports).push(target)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const { importClause } = node
      const named = importClause?.namedBindings
      const allTypes =
        importClause?.isTypeOnly ||
        (importClause && !importClause.name && named && ts.isNamedImports(named)
          ? named.elements.length > 0 && named.elements.every(one => one.isTypeOnly)
          : false)
      add(node.moduleSpecifier.text, Boolean(allTypes))
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      add(node.moduleSpecifier.text, node.isTypeOnly)
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments
      if (argument && ts.isStringLiteral(argument)) add(argument.text, false)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return { path, text, imports, types }
}

/** The part of the house that a file belongs to: `src/knowledge`, `rules`, or the file itself directly under src/. */
function partOf(path: string): string {
  const [top, second] = path.split('/')
  return top === 'rules' ? 'rules' : `src/${second}`
}

const BASICS = [
  'src/model.ts',
  'src/errors.ts',
  'src/limits.ts',
  'src/clock.ts',
  'src/recent.ts',
  'src/remembered.ts',
]

/** What each part may import; itself and node: are always allowed. */
const ARROWS: Record<string, { readonly runtime: readonly string[]; readonly types?: readonly string[] }> = {
  'src/knowledge': { runtime: ['src/model.ts'] },
  'src/dockerfile': { runtime: [...BASICS, 'dockerfile-ast', 'unbash'] },
  'src/cache': { runtime: ['src/clock.ts'] },
  'src/network': { runtime: [...BASICS, 'src/image/path.ts'] },
  'src/image': { runtime: [...BASICS, 'src/network', 'tar-stream', 'dockerode', 'fzstd'] },
  'src/trust': { runtime: BASICS, types: ['src/image'] },
  'src/server': { runtime: [...BASICS, 'src/trust', 'src/network', 'src/image/path.ts'] },
  'src/path': { runtime: [...BASICS, 'src/trust'], types: ['src/knowledge'] },
  'src/trace': { runtime: [...BASICS, 'src/dockerfile', 'src/knowledge', 'src/trust', 'unbash'] },
  'src/policy': { runtime: [...BASICS, 'yaml'] },
  'src/questions': {
    runtime: [...BASICS, 'src/knowledge'],
    types: ['src/trace', 'src/remedy', 'src/rule.ts', 'src/policy'],
  },
  'src/remedy': {
    runtime: [...BASICS, 'src/finding.ts', 'src/knowledge', 'src/questions', 'src/dockerfile', 'unbash'],
    types: ['src/trace', 'src/rule.ts'],
  },
  rules: {
    runtime: [...BASICS, 'src/rule.ts', 'src/example-certificates.ts', 'src/knowledge', 'src/questions'],
    types: ['src/trace', 'src/finding.ts', 'src/remedy', 'src/policy'],
  },
}

const allowed = (target: string, list: readonly string[]) =>
  target.startsWith('node:') || list.some(entry => target === entry || target.startsWith(`${entry}/`))

describe('import arrows', () => {
  for (const [part, { runtime, types = [] }] of Object.entries(ARROWS)) {
    it(`${part} imports only what is under it`, () => {
      const wrong = modules
        .filter(module => partOf(module.path) === part)
        .flatMap(module => [
          ...module.imports
            .filter(target => !allowed(target, [part, ...runtime]))
            .map(target => `${module.path} → ${target}`),
          ...module.types
            .filter(target => !allowed(target, [part, ...runtime, ...types]))
            .map(target => `${module.path} → ${target} (types)`),
        ])
      expect(wrong).toEqual([])
    })
  }

  it('commands are thin: they know the library, the command line and nothing of the parts', () => {
    const wrong = modules
      .filter(module => module.path.startsWith('src/commands/'))
      .flatMap(module =>
        module.imports
          .filter(target => /^src\/(?:image|trust|trace|dockerfile|remedy|judge)\b/.test(target))
          .map(target => `${module.path} → ${target}`),
      )
    expect(wrong).toEqual([])
  })

  it('has no circles', () => {
    const byPath = new Map(modules.map(module => [module.path, module]))
    const state = new Map<string, 'open' | 'done'>()
    const circles: string[] = []
    const visit = (path: string, trail: readonly string[]) => {
      if (state.get(path) === 'done') return
      if (state.get(path) === 'open') {
        circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
        return
      }
      state.set(path, 'open')
      for (const target of byPath.get(path)?.imports ?? [])
        if (byPath.has(target)) visit(target, [...trail, path])
      state.set(path, 'done')
    }
    for (const { path } of modules) visit(path, [])
    expect(circles).toEqual([])
  })
})

describe('the clock', () => {
  it('is read in src/clock.ts alone', () => {
    const readers = modules
      .filter(
        ({ path, text }) =>
          path !== 'src/clock.ts' && /\bDate\.now\(|new Date\(\s*\)|\bDate\(\s*\)/.test(text),
      )
      .map(({ path }) => path)
    expect(readers).toEqual([])
  })

  it('is not even imported by a rule: rules get the instant', () => {
    const readers = modules
      .filter(
        ({ path, text }) =>
          path.startsWith('rules/') && /\bnow\b[\s\S]*from '\.\.\/src\/clock\.ts'/.test(text),
      )
      .map(({ path }) => path)
    expect(readers).toEqual([])
  })
})
