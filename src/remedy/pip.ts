/** How certifi's bundle, and the copy of it inside pip, are brought to their newest release. */
import type { Step } from './plan.ts'
import { isSafePath } from './quote.ts'
import type { Target, TargetStore } from './target.ts'

const bundle = /^(\/.+)\/lib\/python(3\.\d+)\/site-packages\/(certifi|pip\/_vendor\/certifi)\/cacert\.pem$/

/**
 * For a Python with pip of its own (Debian's patched one reads the system's store, and its own packages are apt's).
 * @returns null where the store is none of certifi's, or no pip could upgrade it
 */
export function pipSteps(target: Target, store: TargetStore): readonly Step[] | null {
  const [, prefix, version, where] = bundle.exec(store.path) ?? []
  if (prefix === undefined || prefix === '/usr' || version === undefined) return null
  // PEP 668: pip refuses to touch an environment that says it is managed by another program.
  if (target.exists(`${prefix}/lib/python${version}/EXTERNALLY-MANAGED`)) return null
  if (!target.exists(`${prefix}/lib/python${version}/site-packages/pip`)) return null
  const python = [`${prefix}/bin/python${version}`, `${prefix}/bin/python3`].find(target.exists)
  if (python === undefined || !isSafePath(python)) return null
  return [{ kind: 'pip-upgrade', python, name: where === 'certifi' ? 'certifi' : 'pip', path: store.path }]
}

/** The newest certifi asks for Python 3.7; older ones get an older release, of which nothing is said here. */
export function takesNewest(python: string): boolean {
  const minor = Number(/python3\.(\d+)$/.exec(python)?.[1] ?? Number.NaN)
  return minor >= 7
}
