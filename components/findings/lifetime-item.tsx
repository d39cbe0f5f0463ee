'use client'
import { ChevronRight } from 'lucide-react'
import type { CallerLifetime } from '#lib/client/object-types.ts'
import { isIdentityKind } from '#lib/policy/vocabulary.ts'
import { TokenAgeAxis, TokenAgeBars, type TokenAgeMark } from '../evidence/token-age-bars.tsx'
import { useEnvironmentPath } from '../shell/environment-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Link } from '../ui/link.tsx'
import { KindIcon } from '../ui/status-badges.tsx'
import { toCount, toDuration, toPlural } from '../ui/words.ts'
import { STANDING_WORDS, toBoundedCount, toLifetimeAdvice, toLifetimeSentence } from './lifetime-words.ts'

const hasPage = ({ caller: { kind } }: CallerLifetime): boolean => isIdentityKind(kind)
const isAdvised = ({ standing }: CallerLifetime): boolean =>
  standing === 'shorten' || standing === 'not-enough-evidence'

/** Where its tokens could end, where that is earlier than they do. */
const couldEndAt = ({ shortestSeconds, standing }: CallerLifetime): number | null =>
  standing === 'fits' ? null : shortestSeconds

function toMarks(lifetime: CallerLifetime): TokenAgeMark[] {
  const { issuedSeconds } = lifetime
  const earlier = couldEndAt(lifetime)
  return [
    ...(issuedSeconds === null ? [] : [{ seconds: issuedSeconds, stroke: 'stroke-text' }]),
    ...(earlier === null ? [] : [{ seconds: earlier, stroke: 'stroke-enforce-fill', isDashed: true }]),
  ]
}

/** Bars by age, a line where tokens end now and a dashed one where they could. */
const LifetimePicture = ({ lifetime }: { readonly lifetime: CallerLifetime }) => (
  <figure className="flex min-w-0 flex-col gap-1.5 pt-1">
    <TokenAgeBars ages={lifetime.tokenAges} limitSeconds={lifetime.shortestSeconds} marks={toMarks(lifetime)} />
    <TokenAgeAxis ages={lifetime.tokenAges} />
    <figcaption className="flex flex-wrap gap-x-3 text-xs text-muted">
      {lifetime.issuedSeconds !== null && (
        <span className="inline-flex items-center gap-1.5">
          <span aria-hidden className="h-3 w-0.5 bg-text" />
          ends at {toDuration(lifetime.issuedSeconds)}
        </span>
      )}
      {couldEndAt(lifetime) !== null && (
        <span className="inline-flex items-center gap-1.5">
          <span aria-hidden className="h-3 border-l-2 border-dashed border-enforce-fill" />
          could end at {toDuration(couldEndAt(lifetime) ?? 0)}
        </span>
      )}
      {lifetime.almostAllSeconds !== null && (
        <span>{`99.9\u00a0% of use within ${toDuration(lifetime.almostAllSeconds)}`}</span>
      )}
    </figcaption>
  </figure>
)

function CallerName({ lifetime }: { readonly lifetime: CallerLifetime }) {
  const toPath = useEnvironmentPath()
  const { caller } = lifetime
  return (
    <span className="inline-flex min-w-0 items-center gap-2">
      <KindIcon kind={caller.kind} />
      {hasPage(lifetime) ? (
        <Link
          href={toPath(`/identities/${encodeURIComponent(caller.name)}`)}
          className="truncate font-medium hover:underline"
        >
          {caller.name}
        </Link>
      ) : (
        <span className="truncate font-medium">{caller.name}</span>
      )}
    </span>
  )
}

/** Leads to the identity's form with the lifetime filled in: nothing is changed before it is saved there. */
function SetLifetime({ lifetime }: { readonly lifetime: CallerLifetime }) {
  const toPath = useEnvironmentPath()
  const { caller, shortestSeconds, standing, isFarLonger } = lifetime
  if (!isAdvised(lifetime) || shortestSeconds === null) return null
  return (
    <ButtonLink
      size="sm"
      variant={standing === 'shorten' && isFarLonger ? 'primary' : 'secondary'}
      href={toPath(`/identities/${encodeURIComponent(caller.name)}?lifetime=${String(shortestSeconds)}#lifetime`)}
      className="self-start"
    >
      {`Set to ${toDuration(shortestSeconds)}…`}
      <span className="sr-only">, tokens of {caller.name}</span>
    </ButtonLink>
  )
}

/** A number of the table, with its name where the table has no header. */
const Cell = ({ label, children }: { readonly label: string; readonly children: string }) => (
  <td className="py-1.5 pr-4 tabular-nums max-sm:flex max-sm:justify-between max-sm:py-0.5 max-sm:pr-0">
    <span className="text-faint sm:hidden">{label}</span>
    {children}
  </td>
)

function ServiceTable({ lifetime }: { readonly lifetime: CallerLifetime }) {
  return (
    <table className="mt-2 w-full text-left max-sm:block">
      <caption className="sr-only">Tokens of {lifetime.caller.name} by service</caption>
      <thead className="text-xs text-faint max-sm:sr-only">
        <tr>
          {['Service', 'Uses', 'Lives', 'Oldest use', 'Could live'].map((name) => (
            <th key={name} scope="col" className="py-1 pr-4 font-normal whitespace-nowrap">
              {name}
            </th>
          ))}
          {lifetime.breaks.map(({ seconds }) => (
            <th key={seconds} scope="col" className="py-1 pr-4 font-normal whitespace-nowrap">
              Older than {toDuration(seconds)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-sm:block">
        {lifetime.services.map((service) => (
          <tr key={service.serviceSlug} className="border-t border-line max-sm:block max-sm:py-1.5">
            <th scope="row" className="py-1.5 pr-4 font-medium max-sm:block max-sm:py-0.5">
              {service.serviceSlug}
            </th>
            <Cell label="Uses">{toCount(service.uses)}</Cell>
            <Cell label="Lives">{toAge(service.issuedSeconds, 'its issuer decides')}</Cell>
            <Cell label="Oldest use">{toAge(service.oldestUseSeconds, 'more than a day')}</Cell>
            <Cell label="Could live">{toAge(service.shortestSeconds, 'no shorter')}</Cell>
            {service.breaks.map(({ seconds, atLeast, atMost }) => (
              <Cell key={seconds} label={`Older than ${toDuration(seconds)}`}>
                {toBoundedCount(atLeast, atMost)}
              </Cell>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const toAge = (seconds: number | null, otherwise: string): string =>
  seconds === null ? otherwise : toDuration(seconds)

/** One caller: the picture, what it says, and the same for each service it calls. */
export function LifetimeItem({ lifetime }: { readonly lifetime: CallerLifetime }) {
  const { standing, gaps, isFarLonger, lifetimeReason, replayedUses, services } = lifetime
  const { label, tone } = STANDING_WORDS[standing]
  return (
    <div className="grid gap-x-8 gap-y-2 lg:grid-cols-12">
      <div className="flex min-w-0 flex-col gap-1 lg:col-span-5">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <CallerName lifetime={lifetime} />
          <Badge tone={tone}>{label}</Badge>
          {isFarLonger && <Badge title="At least four times as long as its oldest use">Far longer than used</Badge>}
        </div>
        <p className="font-medium tabular-nums">{toLifetimeSentence(lifetime)}</p>
        <p className="text-muted tabular-nums">
          {toLifetimeAdvice(lifetime)}
          {replayedUses > 0 && ` ${toPlural(replayedUses, 'of them', 'of them')} replayed from a recording.`}
        </p>
        {standing === 'not-enough-evidence' &&
          gaps.map((gap) => (
            <p key={gap} className="text-muted">
              {gap.replaceAll(' %', '\u00a0%')}
            </p>
          ))}
        {lifetimeReason !== null && <p className="text-muted">Why it is long: {lifetimeReason}</p>}
        <SetLifetime lifetime={lifetime} />
      </div>
      <div className="min-w-0 lg:col-span-7">
        <LifetimePicture lifetime={lifetime} />
      </div>
      <details className="group lg:col-span-12">
        <summary className="inline-flex h-6 cursor-pointer list-none items-center gap-1 rounded-sm text-muted hover:text-text">
          <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
          {toPlural(services.length, 'service')}
          <span className="sr-only"> that {lifetime.caller.name} calls</span>
        </summary>
        <ServiceTable lifetime={lifetime} />
      </details>
    </div>
  )
}
