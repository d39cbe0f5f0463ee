import {
  Ban,
  CheckCheck,
  ChevronRight,
  Clock,
  CloudOff,
  Copy,
  FileWarning,
  Ghost,
  KeyRound,
  MapPin,
  Megaphone,
  Radio,
  RefreshCwOff,
  ShieldOff,
  Timer,
  TriangleAlert,
  Undo2,
  UserX,
  Users,
  type LucideIcon,
} from 'lucide-react'
import { Link } from '../ui/link.tsx'
import { useEnvironmentPath } from '@/components/shell/environment-context.tsx'
import { classNames } from '@/components/ui/class-names.ts'
import { EmptyState } from '@/components/ui/empty-state.tsx'
import { Panel } from '@/components/ui/panel.tsx'
import { SkeletonLines } from '@/components/ui/skeleton.tsx'
import { toPlural, toShortCount } from '@/components/ui/words.ts'
import type { Overview } from './posture.tsx'

type Item = Overview['attention'][number]
type Severity = Item['severity']

const ICONS: Readonly<Record<Item['kind'], LucideIcon>> = {
  'would-break': TriangleAlert,
  'anonymous-caller': Ghost,
  'requires-nothing': ShieldOff,
  'no-rule': FileWarning,
  'long-lived-token': Timer,
  'shared-credential': Users,
  'unused-scope': KeyRound,
  'instances-behind': RefreshCwOff,
  'silent-service': Radio,
  'unforeseen-denial': Ban,
  'undone-by-itself': Undo2,
  'credential-expiring': Clock,
  'issuer-failing': CloudOff,
  'token-reused': Copy,
  'client-refused': UserX,
  'secret-leaked': Megaphone,
  'new-network': MapPin,
  'ready-to-enforce': CheckCheck,
}

const SEVERITIES: readonly { readonly severity: Severity; readonly label: string; readonly tone: string }[] = [
  { severity: 'critical', label: 'Critical', tone: 'text-denied' },
  { severity: 'warning', label: 'Warning', tone: 'text-log-only' },
  { severity: 'notice', label: 'Worth knowing', tone: 'text-muted' },
]

/** What to do next, the worst first. */
export function AttentionList({ items }: { readonly items: readonly Item[] | undefined }) {
  const description =
    items === undefined || items.length === 0
      ? 'What to look at next'
      : toPlural(items.length, 'thing to look at', 'things to look at')
  return (
    <Panel id="attention" title="Needs attention" description={description} flush>
      {items === undefined && (
        <div className="h-96 p-4">
          <SkeletonLines lines={9} />
        </div>
      )}
      {items?.length === 0 && (
        <EmptyState icon={CheckCheck} title="Nothing needs attention">
          Callers that would break, shared credentials and services that say nothing will show up here.
        </EmptyState>
      )}
      {items !== undefined &&
        SEVERITIES.map((group) => (
          <Group key={group.severity} {...group} items={items.filter(({ severity }) => severity === group.severity)} />
        ))}
    </Panel>
  )
}

interface GroupProps {
  readonly label: string
  readonly tone: string
  readonly items: readonly Item[]
}

const Group = ({ label, tone, items }: GroupProps) =>
  items.length === 0 ? null : (
    <section aria-label={label} className="border-b border-line last:border-b-0">
      <h3 className="flex items-baseline gap-2 bg-sidebar px-4 py-1 text-xs font-medium">
        <span className={tone}>{label}</span>
        <span className="text-faint tabular-nums">{items.length}</span>
      </h3>
      <ul>
        {items.map((item) => (
          <li key={`${item.kind} ${item.path} ${item.title}`} className="border-t border-line">
            <Entry item={item} tone={tone} />
          </li>
        ))}
      </ul>
    </section>
  )

function Entry({ item: { kind, title, detail, path, count }, tone }: { readonly item: Item; readonly tone: string }) {
  const toPath = useEnvironmentPath()
  const Icon = ICONS[kind]
  return (
    <Link href={toPath(path)} className="group flex items-start gap-3 px-4 py-2 -outline-offset-2 hover:bg-hover">
      <Icon aria-hidden className={classNames('mt-0.5 size-4 shrink-0', tone)} strokeWidth={1.75} />
      <span className="min-w-0 flex-1">
        <span className="block font-medium break-words">{title}</span>
        <span className="block break-words text-muted">{detail}</span>
      </span>
      {count > 1 && <span className="mt-0.5 shrink-0 text-xs text-faint tabular-nums">{toShortCount(count)}</span>}
      <ChevronRight aria-hidden className="mt-0.5 size-4 shrink-0 text-faint opacity-0 group-hover:opacity-100" />
    </Link>
  )
}
