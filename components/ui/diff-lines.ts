export interface DiffLine {
  readonly path: string
  readonly before: string | null
  readonly after: string | null
}

/** What differs between two JSON values, leaf by leaf, by path; unchanged leaves are left out unless asked for. */
export function toDiffLines(before: unknown, after: unknown): DiffLine[] {
  const left = flatten(before)
  const right = flatten(after)
  const paths = [...new Set([...left.keys(), ...right.keys()])]
  return paths.flatMap((path) => {
    const line = { path, before: left.get(path) ?? null, after: right.get(path) ?? null }
    return line.before === line.after ? [] : [line]
  })
}

function flatten(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (value === null || value === undefined) {
    if (path !== '') into.set(path, 'null')
    return into
  }
  if (typeof value !== 'object') return into.set(path, typeof value === 'string' ? value : JSON.stringify(value))
  if (isShortList(value)) return into.set(path, value.length === 0 ? 'none' : value.join(', '))
  for (const [key, inner] of Object.entries(value)) flatten(inner, path === '' ? key : `${path}.${key}`, into)
  return into
}

const isShortList = (value: object): value is readonly (string | number)[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number')
