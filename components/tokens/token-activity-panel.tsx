'use client'
import { useQuery } from '@tanstack/react-query'
import { Ticket } from 'lucide-react'
import { tokenActivityQuery } from '#lib/client/tokens.ts'
import { KIND_WORDS } from '../credentials/credential-variants.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toDuration } from '../ui/words.ts'
import { HourBars, HourLegend } from './hour-bars.tsx'
import { EVENT_WORDS, toDetailWords, type TokenActivity } from './token-words.ts'

type Item = TokenActivity['items'][number]

const ActivityRow = ({ item }: { readonly item: Item }) => (
  <tr className="border-t border-line">
    <td className="py-1.5 pr-3 pl-4 align-top">
      <Badge tone={EVENT_WORDS[item.event].tone}>{EVENT_WORDS[item.event].label}</Badge>
    </td>
    <td className="py-1.5 pr-3">
      {toDetailWords(item.detail)}
      {item.audience !== '' && (
        <>
          {' '}
          for <code>{item.audience}</code>
        </>
      )}
      <span className="block text-xs text-muted">
        {item.credentialKind === null ? 'no credential recognised' : KIND_WORDS[item.credentialKind]}
        {item.lifetimeSecondsMax !== null && `, lives ${toDuration(item.lifetimeSecondsMax)}`} · last{' '}
        <RelativeTime at={item.lastAt} />
      </span>
    </td>
    <td className="py-1.5 pr-4 text-right align-top tabular-nums">{item.count.toLocaleString('en')}</td>
  </tr>
)

const ActivityTable = ({ items }: { readonly items: readonly Item[] }) => (
  <table className="w-full text-sm">
    <thead className="text-left text-xs text-muted">
      <tr>
        <th className="py-1.5 pr-3 pl-4 font-normal">What</th>
        <th className="py-1.5 pr-3 font-normal">Asked for</th>
        <th className="py-1.5 pr-4 text-right font-normal">Times</th>
      </tr>
    </thead>
    <tbody>
      {items.map((item) => (
        <ActivityRow key={`${item.event} ${item.detail} ${item.audience} ${String(item.credentialKind)}`} item={item} />
      ))}
    </tbody>
  </table>
)

/** What the token endpoint answered an identity in the last day. */
export function TokenActivityPanel({ clientId }: { readonly clientId: string }) {
  const environment = useEnvironment()
  const { data, error, refetch } = useQuery(tokenActivityQuery(environment, clientId))
  return (
    <Panel id="token-activity" title="Tokens" description="What it asked the token endpoint for, and what it got" flush>
      {data === undefined && (
        <div className="p-4">
          {error === null ? (
            <SkeletonLines lines={4} />
          ) : (
            <ProblemAlert problem={error} onRetry={() => void refetch()} />
          )}
        </div>
      )}
      {data?.items.length === 0 && (
        <EmptyState icon={Ticket} title="It asked for no token in the last 24 hours">
          Give it a credential and try it: the panel <a href="#try-it">Try it</a> has the lines.
        </EmptyState>
      )}
      {data !== undefined && data.items.length > 0 && (
        <>
          <div className="flex flex-col gap-2 p-4">
            <HourBars activity={data} />
            <HourLegend />
          </div>
          <ActivityTable items={data.items} />
        </>
      )}
    </Panel>
  )
}
