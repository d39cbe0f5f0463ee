import { Clock, Globe, KeyRound, Network, TriangleAlert } from 'lucide-react'
import type { Rule } from '#lib/client/object-types.ts'
import { Badge } from '../ui/badge.tsx'
import { classNames } from '../ui/class-names.ts'
import { toDuration } from '../ui/words.ts'
import { ruleStance, SENDER_WORDS, STANCE_WORDS, type RuleRequirement, type RuleStance } from './rule-summary.ts'

const STANCE_LOOKS = {
  'no-rule': { tone: 'outline', icon: TriangleAlert },
  public: { tone: 'neutral', icon: Globe },
  'any-token': { tone: 'log-only', icon: TriangleAlert },
} as const

function StanceBadge({ stance }: { readonly stance: Exclude<RuleStance, 'required'> }) {
  const { tone, icon: Icon } = STANCE_LOOKS[stance]
  return (
    <Badge tone={tone} title={STANCE_WORDS[stance].detail}>
      <Icon aria-hidden className="size-3" />
      {STANCE_WORDS[stance].label}
    </Badge>
  )
}

const ScopeChip = ({ scope }: { readonly scope: string }) => <Badge className="font-mono font-normal text-text!">{scope}</Badge>

function RequirementChips({ requirement }: { readonly requirement: RuleRequirement }) {
  switch (requirement.kind) {
    case 'scopes':
      return requirement.allOf.map((scope) => <ScopeChip key={scope} scope={scope} />)
    case 'max-token-age':
      return (
        <Badge title={`The token is at most ${toDuration(requirement.seconds)} old`}>
          <Clock aria-hidden className="size-3" />≤ {toDuration(requirement.seconds)}
        </Badge>
      )
    case 'sender-constraint':
      return (
        <Badge title="The token is bound to its sender">
          <KeyRound aria-hidden className="size-3" />
          {requirement.anyOf.map((way) => SENDER_WORDS[way]).join(' or ')}
        </Badge>
      )
    case 'network':
      return (
        <Badge title={requirement.cidrs.join(', ')}>
          <Network aria-hidden className="size-3" />
          {requirement.cidrs.length === 1 ? requirement.cidrs[0] : `${String(requirement.cidrs.length)} networks`}
        </Badge>
      )
  }
}

/** What an endpoint requires, as briefly as a row has room for. */
export function RuleChips({ rule, wrap = false }: { readonly rule: Rule | null; readonly wrap?: boolean }) {
  const stance = ruleStance(rule)
  return (
    <span className={classNames('inline-flex max-w-full items-center gap-1', wrap ? 'flex-wrap' : 'overflow-hidden')}>
      {stance === 'required' ? rule?.requirements.map((requirement) => <RequirementChips key={requirement.kind} requirement={requirement} />) : <StanceBadge stance={stance} />}
    </span>
  )
}
