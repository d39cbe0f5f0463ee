const STANDINGS = [
  { from: 0.8, standing: 'very-likely' },
  { from: 0.5, standing: 'likely' },
  { from: 0.2, standing: 'possible' },
  { from: 0, standing: 'one-program' },
] as const

export type SharingStanding = (typeof STANDINGS)[number]['standing']

export const SHARING_WORDS: Readonly<Record<SharingStanding, string>> = {
  'very-likely': 'Very likely shared',
  likely: 'Likely shared',
  possible: 'Possibly shared',
  'one-program': 'Probably one program',
}

/** How a probability that a credential is shared is called, wherever it is shown. */
export const toSharingStanding = (probability: number): SharingStanding =>
  STANDINGS.find(({ from }) => probability >= from)?.standing ?? 'one-program'

/** As a percent that is never certain. */
export const toProbabilityWords = (probability: number): string =>
  `${String(Math.min(99, Math.max(1, Math.round(probability * 100))))}\u00a0%`
