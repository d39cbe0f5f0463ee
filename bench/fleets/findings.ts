/** What the checks found: figures that add up over fleets, and every case that contradicts the evidence. */
export class Findings {
  readonly figures = new Map<string, number>()
  readonly violations: string[] = []

  count(figure: string, by = 1): void {
    this.figures.set(figure, (this.figures.get(figure) ?? 0) + by)
  }

  of(figure: string): number {
    return this.figures.get(figure) ?? 0
  }

  /** A violation names the seed and the smallest facts that repeat it. */
  violate(check: string, seed: number, facts: Readonly<Record<string, unknown>>): void {
    this.count(`${check} violations`)
    this.violations.push(`${check}: seed ${seed} ${JSON.stringify(facts)}`)
  }
}
