import { SHARING_THRESHOLDS } from './check-sharing.ts'
import type { Findings } from './findings.ts'

interface Row {
  readonly what: string
  readonly figure: string
  readonly goal: string
  readonly isMet: boolean | null
}

const SIGMAS = 3
const formatted = (count: number): string => count.toLocaleString('en')
const percent = (share: number): string => (Number.isNaN(share) ? '–' : `${(share * 100).toFixed(1)} %`)

/** Nothing may contradict the evidence, and something must have been looked at. */
function never(findings: Findings, what: string, check: string, cases: string): Row {
  const [violations, looked] = [findings.of(`${check} violations`), findings.of(cases)]
  return {
    what,
    figure: `${formatted(violations)} of ${formatted(looked)}`,
    goal: '0',
    isMet: violations === 0 && looked > 0,
  }
}

/** A share of cases; missed only where chance does not explain it. */
function atLeast(findings: Findings, what: string, held: number, cases: string, goal: number): Row {
  const all = findings.of(cases)
  const slack = SIGMAS * Math.sqrt((goal * (1 - goal)) / Math.max(1, all))
  const figure = `${formatted(held)} of ${formatted(all)}, ${percent(held / all)}`
  return { what, figure, goal: `≥ ${percent(goal)}`, isMet: all > 0 && held / all >= goal - slack }
}

const told = (what: string, figure: string): Row => ({ what, figure, goal: '', isMet: null })

export function toRows(findings: Findings): Row[] {
  const of = (figure: string): number => findings.of(figure)
  return [
    never(findings, 'a. replay against the draft in force, by caller and reason', 'replay', 'replayed callers'),
    told('   of these exact, nothing left open', formatted(of('replayed callers, exact'))),
    never(findings, '   at a percent of callers', 'percent', 'callers at a percent'),
    never(findings, '   denied in the week after, and not named before', 'named', 'denied as seen before'),
    atLeast(
      findings,
      '   denied for the age of a token, named before',
      of('denied for age as seen before') - of('named, ages violations'),
      'denied for age as seen before',
      0.95,
    ),
    never(findings, 'b. ready, and a known caller breaks within a week', 'ready', 'ready'),
    atLeast(
      findings,
      '   ready, and at most 1 % of a caller has too old a token',
      of('ready') - of('ready, ages violations'),
      'ready',
      0.95,
    ),
    ...[168, 720].map((hours) => recall(findings, hours)),
    told(
      '   ready, then behaviour nobody had ever recorded',
      `${formatted(of('ready, then new behaviour'))} known callers, ${formatted(of('ready, then a new caller'))} new ones`,
    ),
    never(findings, 'c. folds against single requests, by series', 'folds', 'fold series'),
    ...(of('stored rows') === 0
      ? []
      : [
          never(findings, '   stored rows against folds', 'stored', 'stored rows'),
          never(findings, '   judged from the database as from memory', 'stored judgements', 'stored judgements'),
        ]),
    never(findings, 'd. the lifetime that is recommended, against all uses', 'lifetime', 'lifetimes'),
    atLeast(
      findings,
      '   to shorten, and 99 % of the week after is within it',
      of('lifetimes to shorten, held'),
      'lifetimes to shorten',
      0.9,
    ),
    atLeast(findings, 'e. likely shared (from 50 %), and shared', of('stated 0.5, shared'), 'stated 0.5', 0.9),
    atLeast(findings, '   shared, and said to be likely', of('stated 0.5, shared'), 'credentials, shared', 0.8),
    atLeast(findings, '   stated at 90 % and more, and shared', of('stated 0.9, shared'), 'stated 0.9', 0.9),
    atLeast(
      findings,
      'f. 95 % bound of independent requests holds',
      of('independent bounds, held'),
      'independent bounds',
      0.95,
    ),
    atLeast(
      findings,
      '   95 % bound of a fleet holds for the week after',
      of('bounds of fleets, held'),
      'bounds of fleets',
      0.95,
    ),
  ]
}

/** How often ready is given where the week after shows that nobody breaks: who never says it is never wrong. */
function recall(findings: Findings, hours: number): Row {
  const cases = `true, ${String(hours)} h`
  return atLeast(
    findings,
    `   nobody breaks, and ready is said, of ${String(hours)} h`,
    findings.of(`true and ready, ${String(hours)} h`),
    cases,
    0.5,
  )
}

/** Prints what was found; false where a goal is missed. */
export function printTable(findings: Findings): boolean {
  for (const violation of findings.violations) process.stdout.write(`  ✗ ${violation}\n`)
  const rows = toRows(findings)
  process.stdout.write(
    `\n${formatted(findings.of('requests'))} requests of ${formatted(findings.of('fleets'))} fleets\n`,
  )
  for (const { what, figure, goal, isMet } of rows)
    process.stdout.write(`${what.padEnd(60)} ${figure.padStart(28)}  ${goal.padEnd(9)} ${verdictOf(isMet)}\n`)
  printSharing(findings)
  printHeldBack(findings)
  return rows.every(({ isMet }) => isMet !== false)
}

const verdictOf = (isMet: boolean | null): string => (isMet === null ? '' : isMet ? 'met' : 'MISSED')

function printSharing(findings: Findings): void {
  const shared = findings.of('credentials, shared')
  process.stdout.write('\nshared credentials, stated at    precision      recall\n')
  for (const threshold of SHARING_THRESHOLDS) {
    const right = findings.of(`stated ${String(threshold)}, shared`)
    const precision = percent(right / findings.of(`stated ${String(threshold)}`))
    process.stdout.write(
      `${`${String(threshold * 100)} % and more`.padEnd(30)} ${precision.padStart(11)} ${percent(right / shared).padStart(11)}\n`,
    )
  }
  printAll(findings, 'mistaken: ', 'mistaken at 50 %')
}

function printHeldBack(findings: Findings): void {
  printAll(findings, 'held back, 168 h: ', 'nobody breaks, and ready is not said of 168 h because of')
}

function printAll({ figures }: Findings, prefix: string, title: string): void {
  const rows = [...figures].filter(([name]) => name.startsWith(prefix)).toSorted(([, a], [, b]) => b - a)
  process.stdout.write(
    `\n${title}: ${rows.map(([name, count]) => `${name.slice(prefix.length)} ${formatted(count)}`).join(', ') || 'nothing'}\n`,
  )
}
