import {
  Braces,
  Clock,
  Gauge,
  Globe,
  KeyRound,
  MapPin,
  MonitorSmartphone,
  Network,
  Radar,
  TriangleAlert,
} from 'lucide-react'
import type { ReactNode } from 'react'
import type { Rule } from '#lib/client/object-types.ts'
import { Badge } from '../ui/badge.tsx'
import { classNames } from '../ui/class-names.ts'
import { SIGNAL_WORDS, toCount, toDuration, toPlural } from '../ui/words.ts'
import {
  ruleStance,
  SENDER_WORDS,
  STANCE_WORDS,
  toRuleSentence,
  type RuleRequirement,
  type RuleStance,
} from './rule-summary.ts'

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

const ScopeChip = ({ scope }: { readonly scope: string }) => (
  <Badge className="min-w-0 font-mono font-normal text-text!">
    <span className="truncate">{scope}</span>
  </Badge>
)

function toChips(requirement: RuleRequirement): ReactNode[] {
  switch (requirement.kind) {
    case 'scopes':
      return requirement.allOf.map((scope) => <ScopeChip key={scope} scope={scope} />)
    case 'max-token-age':
      return [
        <Badge key="age" title={`The token is at most ${toDuration(requirement.seconds)} old`}>
          <Clock aria-hidden className="size-3" />≤ {toDuration(requirement.seconds)}
        </Badge>,
      ]
    case 'sender-constraint':
      return [
        <Badge key="sender" title="The token is bound to its sender">
          <KeyRound aria-hidden className="size-3" />
          {requirement.anyOf.map((way) => SENDER_WORDS[way]).join(' or ')}
        </Badge>,
      ]
    case 'network':
      return [
        <Badge key="network" title={requirement.cidrs.join(', ')}>
          <Network aria-hidden className="size-3" />
          {requirement.cidrs.length === 1 ? requirement.cidrs[0] : `${String(requirement.cidrs.length)} networks`}
        </Badge>,
      ]
    case 'autonomous-system':
      return [
        <Badge key="autonomous-system" title="The caller's address belongs to one of these autonomous systems">
          <Network aria-hidden className="size-3" />
          {requirement.anyOf.map((number) => `AS${String(number)}`).join(' or ')}
        </Badge>,
      ]
    case 'country':
      return [
        <Badge key="country" title="The caller's address lies in one of these countries">
          <MapPin aria-hidden className="size-3" />
          {requirement.anyOf.join(' or ')}
        </Badge>,
      ]
    case 'known-device':
      return [
        <Badge key="known-device" title="The caller uses a device that was accepted for it">
          <MonitorSmartphone aria-hidden className="size-3" />
          Known device
        </Badge>,
      ]
    case 'rate':
      return [
        <Badge key="rate" title="Requests of one caller to one instance">
          <Gauge aria-hidden className="size-3" />≤ {toCount(requirement.requestsMax)} in{' '}
          {toDuration(requirement.windowSeconds)}
        </Badge>,
      ]
    case 'signals':
      return [
        <Badge key="signals" title={requirement.noneOf.map((signal) => SIGNAL_WORDS[signal]).join(', ')}>
          <Radar aria-hidden className="size-3" />
          {toPlural(requirement.noneOf.length, 'signal')} refused
        </Badge>,
      ]
    case 'condition':
      return [
        <Badge key="condition" title={requirement.expression} className="min-w-0">
          <Braces aria-hidden className="size-3 shrink-0" />
          <span className="truncate font-mono font-normal text-text">{requirement.expression}</span>
        </Badge>,
      ]
  }
}

/** What an endpoint requires; `short` names the first thing and counts the others, where a column has no room. */
export function RuleChips({ rule, short = false }: { readonly rule: Rule | null; readonly short?: boolean }) {
  const stance = ruleStance(rule)
  if (stance !== 'required') return <StanceBadge stance={stance} />
  const chips = rule?.requirements.flatMap(toChips) ?? []
  const shown = short ? chips.slice(0, 1) : chips
  return (
    <span
      title={short ? toRuleSentence(rule) : undefined}
      className={classNames('inline-flex max-w-full items-center gap-1', short ? 'overflow-hidden' : 'flex-wrap')}
    >
      {shown}
      {chips.length > shown.length && <Badge>+{chips.length - shown.length}</Badge>}
    </span>
  )
}
