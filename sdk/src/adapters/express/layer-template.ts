import { StepgateUsageError } from '../../errors.ts'
import { normalizeTemplate } from '../../guard/template.ts'
import { toTemplate } from '../to-template.ts'
import type { ExpressLayer } from './express-internals.ts'

interface CompiledPath {
  readonly source: string
  /** Names of the captures, in order. */
  readonly names: readonly (string | number)[]
}

/** Ends that both versions of path-to-regexp put on a path that is a prefix. */
const PREFIX_END = /(?:\(\?:\\\/\$\)\?|\\\/\?)?\(\?=(?:\\\/|\/)\|\$\)$/
const WRAPPED = /^\(\?:(.*)\)$/s

/** Position after the group that begins here, quantifier included. */
function endOfGroup(source: string, start: number): number {
  let depth = 0
  let inClass = false
  for (let index = start; index < source.length; index++) {
    const character = source[index]
    if (character === '\\') index++
    else if (inClass) inClass = character !== ']'
    else if (character === '[') inClass = true
    else if (character === '(') depth++
    else if (character === ')' && --depth === 0) return index + 1
  }
  return source.length
}

const isPlainGroup = (source: string, index: number): boolean => source.startsWith('(?:', index)

/**
 * Writes a compiled path as the template it came from: text, captures as parameters. Null for what no template without
 * alternatives and options compiles to.
 */
function readTemplate({ source, names }: CompiledPath): string | null {
  let template = ''
  let capture = 0
  for (let index = 0; index < source.length; index++) {
    const character = source[index] ?? ''
    if (character === '\\') template += source[++index] ?? ''
    else if (character === '(' && !isPlainGroup(source, index)) {
      const end = endOfGroup(source, index)
      const isWildcard = /^\((?:\.\*|\[\^\]\+|\[\\s\\S\]\+)\)/.test(source.slice(index))
      template += `${isWildcard ? '*' : ':'}${String(names[capture++] ?? capture)}`
      index = end - 1
    } else if (isPlainGroup(source, index)) {
      const end = endOfGroup(source, index)
      const inner = readTemplate({ source: source.slice(index + 3, end - 1), names: names.slice(capture) })
      if (inner === null || /[?*+]/.test(source[end] ?? '')) return null
      template += inner
      capture += countCaptures(source.slice(index, end))
      index = end - 1
    } else if (/[|?*+.[\](){}^$]/.test(character)) return null
    else template += character
  }
  return template
}

const countCaptures = (source: string): number =>
  source.replace(/\\.|\[(?:\\.|[^\]\\])*\]/g, '').match(/\((?!\?)/g)?.length ?? 0

/** The template of a compiled prefix; its regular expression where it has none, which names it as well, if less prettily. */
export function templateOfPrefix({ source, names }: CompiledPath): string {
  const bare = source.replace(/^\^/, '').replace(PREFIX_END, '')
  const template = readTemplate({ source: WRAPPED.exec(bare)?.[1] ?? bare, names })
  return template === null ? `/(${source})` : normalizeTemplate(template)
}

/**
 * `router` before 2.3 keeps a path only inside a matching function. The expression that function executes is caught on its
 * way: nothing else runs meanwhile, and `exec` is put back before this returns.
 */
function catchExpression(matcher: (path: string) => unknown): RegExp | null {
  const { exec } = RegExp.prototype // eslint-disable-line @typescript-eslint/unbound-method -- called with the expression below
  const executed: RegExp[] = []
  RegExp.prototype.exec = function catching(this: RegExp, text: string) {
    executed.push(this)
    return exec.call(this, text)
  }
  try {
    matcher('/')
  } finally {
    RegExp.prototype.exec = exec
  }
  return executed[0] ?? null
}

/** A path the expression matches, with a mark in place of each capture. */
function samplePath(source: string): string | null {
  const names = Array.from({ length: countCaptures(source) }, (_, index) => `stepgate${String(index)}`)
  const template = templateOfPrefix({ source, names })
  return template.startsWith('/(') ? null : template.replace(/[:*](stepgate\d+)/g, '$1')
}

function namesOf(matcher: NonNullable<ExpressLayer['matchers']>[number], source: string): string[] {
  const sample = samplePath(source)
  const match = sample === null ? false : matcher(sample)
  if (match === false) return []
  const marks = Object.entries(match.params).map(([name, value]) => [String(value), name] as const)
  return marks.sort(([left], [right]) => left.localeCompare(right, 'en', { numeric: true })).map(([, name]) => name)
}

function templateOfMatcher(matcher: NonNullable<ExpressLayer['matchers']>[number]): string {
  const expression = catchExpression(matcher)
  if (expression === null)
    throw new StepgateUsageError(
      'framework-unknown',
      'this version of Express keeps its mount paths in a way that is not known; nothing can be guarded',
    )
  return templateOfPrefix({ source: expression.source, names: namesOf(matcher, expression.source) })
}

/** The template under which a layer is mounted: empty at the root. */
export function mountTemplate(layer: ExpressLayer): string {
  const template = findMountTemplate(layer)
  return template === '/' ? '' : template
}

function findMountTemplate(layer: ExpressLayer): string {
  // The handlers inside a route are layers too, told by their method; they have no mount.
  if (Object.hasOwn(layer, 'method')) return ''
  if (layer.slash === true || layer.regexp?.fast_slash === true) return ''
  if (layer.rawPath !== undefined) return toTemplate(layer.rawPath)
  if (layer.regexp !== undefined)
    return templateOfPrefix({ source: layer.regexp.source, names: (layer.keys ?? []).map(({ name }) => name) })
  return (layer.matchers ?? []).map(templateOfMatcher).join('|')
}
