'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Timer } from 'lucide-react'
import { lifetimesQuery } from '#lib/client/findings.ts'
import type { LifetimeStanding } from '#lib/client/object-types.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { FilterMenu } from '../ui/filters/filter-menu.tsx'
import { BreakingPanel } from './breaking-panel.tsx'
import { FindingExport } from './finding-export.tsx'
import { FindingFilters } from './finding-filters.tsx'
import { FindingPanel } from './finding-panel.tsx'
import { LifetimeItem } from './lifetime-item.tsx'
import { LIFETIME_STANDINGS, STANDING_WORDS } from './lifetime-words.ts'
import { useFindingParams, type FindingParams } from './use-finding-params.ts'
import { useTriedLifetimes } from './use-tried-lifetimes.ts'

const WINDOWS = [
  { days: 7, label: '7 days' },
  { days: 14, label: '14 days' },
  { days: 30, label: '30 days' },
]
const OFFERED = WINDOWS.map(({ days }) => days)
const USUAL_DAYS = 30
const STANDING_OPTIONS = LIFETIME_STANDINGS.map((value) => ({ value, label: STANDING_WORDS[value].label }))

const StandingMenu = ({ params: { standing, setStanding } }: { readonly params: FindingParams }) => (
  <FilterMenu
    label="Standing"
    isSingle
    options={STANDING_OPTIONS}
    value={standing === undefined ? [] : [standing]}
    onChange={([chosen]) => {
      setStanding((chosen as LifetimeStanding | undefined) ?? null) // one of the options
    }}
  />
)

function NoLifetimes({ params }: { readonly params: FindingParams }) {
  const toPath = useEnvironmentPath()
  return params.isFiltered ? (
    <EmptyState title="No caller fits the filter" action={<Button onClick={params.clear}>Clear the filter</Button>} />
  ) : (
    <EmptyState
      icon={Timer}
      title="No token was seen in use"
      action={<ButtonLink href={toPath('/endpoints?mode=off')}>Endpoints that are off</ButtonLink>}
    >
      The age of a token is recorded where its request is evaluated: bring an endpoint that is called to log-only.
    </EmptyState>
  )
}

/** How long tokens live against how old they are when they are used, and whom a shorter lifetime would break. */
export function LifetimesPage() {
  const environment = useEnvironment()
  const params = useFindingParams(OFFERED, USUAL_DAYS)
  const { days, service, standing } = params
  const { tried, setTried } = useTriedLifetimes()
  const query = useInfiniteQuery(lifetimesQuery(environment, { days, service, standing, at: [...tried] }))
  const pages = query.data?.pages
  const list = pages && { items: pages.flatMap(({ items }) => items), total: pages[0]?.total ?? 0 }
  return (
    <div className="space-y-4">
      <FindingFilters params={params} windowLabel="How far back" windows={WINDOWS}>
        <StandingMenu params={params} />
      </FindingFilters>
      <BreakingPanel
        lifetimes={pages?.[0]}
        problem={query.error}
        onRetry={() => void query.refetch()}
        tried={tried}
        onTry={setTried}
      />
      <FindingPanel
        id="lifetimes"
        title="Lifetimes by caller"
        description="Bars are uses by the age of the token; what lives longest without need comes first"
        actions={<FindingExport label="lifetimes" query={{ kind: 'lifetimes', days, service }} />}
        list={list}
        itemId={({ caller }) => caller.key}
        problem={query.error}
        onRetry={() => void query.refetch()}
        empty={<NoLifetimes params={params} />}
      >
        {(lifetime) => <LifetimeItem lifetime={lifetime} />}
      </FindingPanel>
      {query.hasNextPage && (
        <Button pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show more callers
        </Button>
      )}
    </div>
  )
}
