'use client'
import { CopyButton } from '@/components/ui/copy-button.tsx'
import { DiffView } from '@/components/ui/diff-view.tsx'
import { Sheet } from '@/components/ui/dialog.tsx'
import { EmptyState } from '@/components/ui/empty-state.tsx'
import { KeyValues } from '@/components/ui/key-values.tsx'
import { toExactTime } from '@/components/ui/relative-time.tsx'
import { Actor, type AuditEntry } from './audit-columns.tsx'
import { toActionWords, toKindWords } from './audit-words.ts'

interface AuditSheetProps {
  /** Undefined when the entry is not among those shown. */
  readonly entry: AuditEntry | undefined
  readonly onClose: () => void
}

export const AuditSheet = ({ entry, onClose }: AuditSheetProps) => (
  <Sheet
    open
    onOpenChange={onClose}
    title={entry === undefined ? 'Audit entry' : `${toActionWords(entry.action)}: ${entry.targetName}`}
  >
    {entry === undefined ? (
      <EmptyState title="Not among the entries shown">Show older entries, or widen the filters.</EmptyState>
    ) : (
      <div className="space-y-6">
        <section aria-labelledby="change">
          <h3 id="change" className="mb-2 font-medium">
            Before and after
          </h3>
          <DiffView before={entry.before} after={entry.after} />
        </section>
        <About entry={entry} />
      </div>
    )}
  </Sheet>
)

const About = ({ entry }: { readonly entry: AuditEntry }) => (
  <section aria-labelledby="about">
    <h3 id="about" className="mb-2 font-medium">
      Entry
    </h3>
    <KeyValues
      items={[
        ['Actor', <Actor key="actor" entry={entry} />],
        [
          'Time',
          <time key="time" dateTime={entry.at}>
            {toExactTime(entry.at)}
          </time>,
        ],
        [
          'Reason',
          entry.reason === '' ? (
            <span key="reason" className="text-faint">
              none given
            </span>
          ) : (
            entry.reason
          ),
        ],
        ['Action', <code key="action">{entry.action}</code>],
        ['Object', `${toKindWords(entry.targetKind)} ${entry.targetName}`],
        ['Environment', entry.environment ?? 'all'],
        ['Request', <code key="request">{entry.requestId === '' ? '–' : entry.requestId}</code>],
        ['Entry', `number ${entry.id} of the chain`],
        [
          'Hash',
          <span key="hash" className="flex items-start gap-1">
            <code className="min-w-0 break-all">{entry.hash}</code>
            <CopyButton text={entry.hash} what="hash" />
          </span>,
        ],
      ]}
    />
  </section>
)
