export interface Verdict {
  readonly what: string
  readonly goal: string
  readonly measured: string
  readonly isMet: boolean
}

const verdicts: Verdict[] = []

/** Shows a measurement beside its goal; all of them come again as one table in the end. */
export function judge(verdict: Verdict): void {
  verdicts.push(verdict)
  console.log(toLine(verdict))
}

export function printVerdicts(): void {
  console.log(`\n| what | goal | measured | |\n|---|---|---|---|\n${verdicts.map(toLine).join('\n')}`)
}

const toLine = ({ what, goal, measured, isMet }: Verdict): string =>
  `| ${what} | ${goal} | ${measured} | ${isMet ? 'met' : 'missed'} |`
