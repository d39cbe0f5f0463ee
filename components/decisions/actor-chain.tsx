import { ArrowRight } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'
import type { RouteResponse } from '#lib/contract/routes.ts'
import { Link } from '../ui/link.tsx'
import { useEnvironmentPath } from '../shell/environment-context.tsx'
import { classNames } from '../ui/class-names.ts'

type Detail = Pick<RouteResponse<'getSample'>, 'subject' | 'actors' | 'serviceSlug' | 'outcome'>

interface Hop {
  readonly name: string
  readonly part: string
  readonly href: string | null
}

/** On whose behalf a request came, and through whom: in words, and as a row of those who took part. */
export function ActorChain({ detail: { subject, actors, serviceSlug, outcome } }: { readonly detail: Detail }) {
  const toPath = useEnvironmentPath()
  if (actors.length === 0) return null
  const hops: readonly Hop[] = [
    { name: subject ?? 'somebody', part: 'subject', href: null },
    ...actors.map((name, index) => ({
      name,
      part: index === actors.length - 1 ? 'caller' : 'on behalf',
      href: toPath(`/identities/${name}`),
    })),
    { name: serviceSlug, part: 'decided', href: toPath(`/services/${serviceSlug}`) },
  ]
  return (
    <section aria-labelledby="chain">
      <h3 id="chain" className="mb-2 font-medium">
        On whose behalf
      </h3>
      <p className="mb-2">{toSentence(subject ?? 'somebody', actors, serviceSlug)}</p>
      <ol aria-label="Those who took part, in order" className="flex flex-wrap items-center gap-x-1.5 gap-y-2">
        {hops.map((hop, index) => (
          <li key={`${hop.name} ${hop.part} ${String(index)}`} className="flex max-w-full min-w-0 items-center gap-1.5">
            {index > 0 && <ArrowRight aria-hidden className="size-4 shrink-0 text-faint" strokeWidth={1.75} />}
            <HopChip hop={hop} isRefused={index === hops.length - 1 && outcome !== 'allowed'} />
          </li>
        ))}
      </ol>
    </section>
  )
}

const HopChip = ({ hop: { name, part, href }, isRefused }: { readonly hop: Hop; readonly isRefused: boolean }) => (
  <span
    className={classNames(
      'flex min-w-0 flex-col rounded-lg border px-2.5 py-1',
      isRefused ? 'border-denied bg-denied-tint' : 'border-line bg-sunken',
    )}
  >
    <span className="text-xs text-muted">{part}</span>
    <span className="truncate font-medium">
      {href === null ? (
        name
      ) : (
        <Link href={href} className="underline decoration-line-strong underline-offset-2 hover:decoration-text">
          {name}
        </Link>
      )}
    </span>
  </span>
)

const Name = ({ children }: { readonly children: string }) => (
  <span className="font-medium break-words">{children}</span>
)

/** `ada` asked `storefront`, which asked `orders`, which asked `payments`. */
function toSentence(subject: string, actors: readonly string[], serviceSlug: string): ReactNode {
  return (
    <>
      <Name>{subject}</Name>
      {[...actors, serviceSlug].map((name, index) => (
        <Fragment key={`${name} ${String(index)}`}>
          {index === 0 ? ' asked ' : ', which asked '}
          <Name>{name}</Name>
        </Fragment>
      ))}
      . The token carries what <Name>{subject}</Name> and <Name>{actors.at(-1) ?? ''}</Name> may both do.
    </>
  )
}
