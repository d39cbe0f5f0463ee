import { TokenAgeAxis, TokenAgeBars } from './token-age-bars.tsx'
import { toTokenAgeSentence, type TokenAges } from './token-age.ts'

interface Props {
  readonly ages: TokenAges
  /** The max token age of the rule that is looked at. */
  readonly limitSeconds: number | null
}

/** How old tokens are when they are used, against the limit. */
export const TokenAgeHistogram = ({ ages, limitSeconds }: Props) => (
  <figure className="flex flex-col gap-1.5">
    <TokenAgeBars ages={ages} limitSeconds={limitSeconds} />
    <TokenAgeAxis ages={ages} />
    <figcaption className="text-xs text-muted">{toTokenAgeSentence(ages, limitSeconds)}</figcaption>
  </figure>
)
