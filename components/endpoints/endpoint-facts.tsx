import type { Endpoint } from '#lib/client/object-types.ts'
import { RuleChips } from '../rules/rule-chips.tsx'
import { KeyValues } from '../ui/key-values.tsx'
import { Panel } from '../ui/panel.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { toCount, toPlural } from '../ui/words.ts'
import { toConfirmationWords } from './mode-state.tsx'

const SOURCE_WORDS: Readonly<Record<Endpoint['source'], string>> = {
  discovered: 'Reported by an instance',
  openapi: 'Imported from an OpenAPI document',
  manual: 'Declared by hand',
}

const outcomesOf = ({ last24Hours: { allowed, denied, unevaluated, 'would-deny': wouldDeny } }: Endpoint): string =>
  [
    `${toCount(allowed)} allowed`,
    ...(wouldDeny > 0 ? [`${toCount(wouldDeny)} would have been denied`] : []),
    ...(denied > 0 ? [`${toCount(denied)} denied`] : []),
    ...(unevaluated > 0 ? [`${toCount(unevaluated)} not evaluated`] : []),
  ].join(', ')

export const EndpointFacts = ({ endpoint }: { readonly endpoint: Endpoint }) => (
  <Panel id="facts" title="About">
    <KeyValues
      items={[
        ['Rule', <RuleChips key="rule" rule={endpoint.rule} />],
        ['Instances', toConfirmationWords(endpoint)],
        ['Last 24 hours, to the hour', outcomesOf(endpoint)],
        [
          'Denied callers, last 24 hours',
          endpoint.wouldDenyCallers === 0 ? 'none' : toPlural(endpoint.wouldDenyCallers, 'caller'),
        ],
        ['Source', SOURCE_WORDS[endpoint.source]],
        ['Last declared', <RelativeTime key="seen" at={endpoint.lastSeenAt} never="by no instance yet" />],
        ['Created', <RelativeTime key="created" at={endpoint.createdAt} />],
        ['Changed', <RelativeTime key="updated" at={endpoint.updatedAt} />],
      ]}
    />
  </Panel>
)
