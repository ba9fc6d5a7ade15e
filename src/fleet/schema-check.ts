/** Holds a parsed value against a JSON Schema of ours: the few words of it that the schemas in `schema/` use. */

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly pattern?: string
  readonly minimum?: number
  readonly definitions?: Readonly<Record<string, Schema>>
}

/** Where a value is not as it should be, and how. */
export interface Violation {
  /** `targets[3].stores` */
  readonly path: string
  readonly what: string
}

/**
 * Fields that a schema does not name are let pass: reports grow.
 * @returns the first violation, or null where there is none
 */
export function violationOf(value: unknown, schema: Schema, root: Schema = schema): Violation | null {
  return new Checker(root).check(value, schema, '')
}

class Checker {
  readonly #root: Schema
  readonly #patterns = new Map<string, RegExp>()

  constructor(root: Schema) {
    this.#root = root
  }

  check(value: unknown, schema: Schema, path: string): Violation | null {
    const bad = (what: string): Violation => ({ path: path || 'it', what })
    if (schema.$ref !== undefined) return this.check(value, this.#named(schema.$ref), path)
    if (schema.anyOf !== undefined) {
      const violations = schema.anyOf.map(one => this.check(value, one, path))
      return violations.includes(null)
        ? null
        : (violations.find(one => one?.path !== path) ?? bad('is of no known form'))
    }
    if ('const' in schema && value !== schema.const) return bad(`is not ${JSON.stringify(schema.const)}`)
    if (schema.enum !== undefined && !schema.enum.includes(value)) return bad('is none of the known words')
    const types = schema.type === undefined ? [] : [schema.type].flat()
    if (types.length > 0 && !types.some(type => isOf(value, type))) return bad(`is no ${types.join(' or ')}`)
    if (typeof value === 'string')
      return this.#isWritten(value, schema) ? null : bad('is not written as it should be')
    if (typeof value === 'number')
      return schema.minimum === undefined || value >= schema.minimum
        ? null
        : bad(`is under ${schema.minimum}`)
    if (Array.isArray(value)) return this.#items(value, schema, path)
    return value === null || typeof value !== 'object' ? null : this.#properties(value, schema, path)
  }

  /** As its pattern says; a day or a time is also one that the calendar has. */
  #isWritten(value: string, { pattern }: Schema): boolean {
    if (pattern === undefined) return true
    const isTime = pattern.startsWith('^\\d{4}-')
    return this.#pattern(pattern).test(value) && !(isTime && Number.isNaN(Date.parse(value)))
  }

  #items(value: readonly unknown[], { items }: Schema, path: string): Violation | null {
    if (items === undefined) return null
    for (const [index, item] of value.entries()) {
      const violation = this.check(item, items, `${path}[${index}]`)
      if (violation !== null) return violation
    }
    return null
  }

  #properties(value: object, { required = [], properties = {} }: Schema, path: string): Violation | null {
    const missing = required.find(name => !Object.hasOwn(value, name))
    if (missing !== undefined) return { path: path || 'it', what: `has no ${missing}` }
    for (const [name, schema] of Object.entries(properties)) {
      if (!Object.hasOwn(value, name)) continue
      const inside = path === '' ? name : `${path}.${name}`
      const violation = this.check((value as Record<string, unknown>)[name], schema, inside)
      if (violation !== null) return violation
    }
    return null
  }

  #named(ref: string): Schema {
    const schema = this.#root.definitions?.[ref.replace('#/definitions/', '')]
    if (schema === undefined) throw new Error(`the schema has no ${ref}`)
    return schema
  }

  #pattern(text: string): RegExp {
    const known = this.#patterns.get(text) ?? new RegExp(text, 'u')
    this.#patterns.set(text, known)
    return known
  }
}

function isOf(value: unknown, type: string): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}
