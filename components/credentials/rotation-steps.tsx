'use client'
import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { ApiProblem } from '#lib/client/api-problem.ts'
import type { Credential } from '#lib/client/object-types.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Checkbox } from '../ui/checkbox.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { Select } from '../ui/select.tsx'
import { toPlural } from '../ui/words.ts'
import { CREDENTIAL_VARIANTS, KIND_WORDS, type CredentialVariant } from './credential-variants.ts'
import { RECENT_MINUTES, type ProgramMove, type Rotation } from './rotation.ts'

const VARIANTS = Object.keys(CREDENTIAL_VARIANTS) as CredentialVariant[] // the keys of a literal

interface CreateStepProps {
  readonly rotation: Rotation
  readonly full: readonly Credential['kind'][]
  readonly onCreate: (variant: CredentialVariant) => void
  readonly onChoose: (id: string) => void
}

export function CreateStep({ rotation: { old, next, successors, step }, full, onCreate, onChoose }: CreateStepProps) {
  const possible = VARIANTS.filter((variant) => !full.includes(CREDENTIAL_VARIANTS[variant].kind))
  const same = possible.find((variant) => CREDENTIAL_VARIANTS[variant].kind === old.kind)
  const [chosen, setChosen] = useState<CredentialVariant | undefined>(same ?? possible[0])
  if (step === 'done' && next === null) return <p className="text-muted">None was needed.</p>
  if (next !== null)
    return (
      <>
        <p className="text-muted">
          <span className="font-medium text-text">{next.name}</span>, {KIND_WORDS[next.kind].toLowerCase()}, created{' '}
          <RelativeTime at={next.createdAt} /> by {next.createdBy}.
        </p>
        {successors.length > 1 && (
          <Select
            aria-label="What takes over"
            className="max-w-72"
            value={next.id}
            options={successors.map(({ id, name, kind }) => ({ value: id, label: `${name} (${KIND_WORDS[kind]})` }))}
            onChange={(event) => {
              onChoose(event.currentTarget.value)
            }}
          />
        )}
      </>
    )
  return (
    <>
      <p className="text-muted">The old one stays valid. A key or a certificate may take the place of a secret.</p>
      <div className="flex flex-wrap gap-2">
        <Select
          aria-label="Kind of the next credential"
          className="max-w-64"
          value={chosen ?? ''}
          options={possible.map((variant) => ({ value: variant, label: CREDENTIAL_VARIANTS[variant].name }))}
          onChange={(event) => {
            setChosen(possible.find((variant) => variant === event.currentTarget.value))
          }}
        />
        <Button
          variant="primary"
          onClick={() => {
            if (chosen !== undefined) onCreate(chosen)
          }}
          {...(chosen === undefined ? { disabledReason: 'Two of every kind are live already' } : {})}
        >
          Create the next one
        </Button>
      </div>
    </>
  )
}

export function DeployStep({ rotation: { old, next, moves, step } }: { readonly rotation: Rotation }) {
  if (next === null || step === 'done') return null
  const moved = moves.filter(({ hasMoved }) => hasMoved).length
  return (
    <>
      <p className="text-muted">
        Change its settings and restart it, one program after the other. The old one was last used{' '}
        <RelativeTime at={old.lastUsedAt} />, the next one <RelativeTime at={next.lastUsedAt} />.
      </p>
      <p role="status" className="font-medium">
        {moves.length === 0
          ? 'No program used the old one in the last day. Waiting for the first use of the next one.'
          : `${String(moved)} of ${toPlural(moves.length, 'program')} changed over`}
      </p>
      {moves.length > 0 && <MoveTable moves={moves} />}
    </>
  )
}

const MoveTable = ({ moves }: { readonly moves: readonly ProgramMove[] }) => (
  <table className="w-full text-sm">
    <thead className="text-left text-xs text-muted">
      <tr>
        <th className="py-1 pr-3 font-normal">Program</th>
        <th className="py-1 pr-3 font-normal">Old one</th>
        <th className="py-1 pr-3 font-normal">Next one</th>
        <th className="py-1 font-normal">
          <span className="sr-only">State</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {moves.map(({ workload, oldAt, nextAt, hasMoved }) => (
        <tr key={workload} className="border-t border-line">
          <td className="py-1.5 pr-3 font-medium break-all">{workload}</td>
          <td className="py-1.5 pr-3">
            <RelativeTime at={oldAt} />
          </td>
          <td className="py-1.5 pr-3">
            <RelativeTime at={nextAt} />
          </td>
          <td className="py-1.5 text-right">
            <Badge tone={hasMoved ? 'enforce' : 'log-only'}>{hasMoved ? 'Changed' : 'Not yet'}</Badge>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)

interface RevokeStepProps {
  readonly rotation: Rotation
  readonly isPending: boolean
  readonly problem: ApiProblem | null
  readonly onRevoke: () => void
}

export function RevokeStep({ rotation, isPending, problem, onRevoke }: RevokeStepProps) {
  const [isMeant, setMeant] = useState(false)
  const { old, next, step } = rotation
  if (step === 'done')
    return (
      <p className="text-muted">
        “{old.name}” {old.state === 'revoked' ? 'was revoked' : 'has expired'}{' '}
        <RelativeTime at={old.revokedAt ?? old.expiresAt} />. It gets no tokens any more.
      </p>
    )
  if (next === null) return null
  const isEarly = step !== 'revoke'
  return (
    <>
      {isEarly ? (
        <EarlyWarning rotation={rotation} />
      ) : (
        <p className="text-muted">
          Nobody used it in the last {RECENT_MINUTES} minutes. Tokens it got before live until they expire.
        </p>
      )}
      {isEarly && (
        <Checkbox
          checked={isMeant}
          onChange={(event) => {
            setMeant(event.currentTarget.checked)
          }}
        >
          Revoke it all the same
        </Checkbox>
      )}
      <ProblemAlert problem={problem} />
      <Button
        variant="danger"
        className="self-start"
        pending={isPending}
        onClick={onRevoke}
        {...(isEarly && !isMeant ? { disabledReason: 'Programs would get no tokens any more' } : {})}
      >
        Revoke “{old.name}”
      </Button>
    </>
  )
}

function EarlyWarning({ rotation: { moves, recent } }: Pick<RevokeStepProps, 'rotation'>) {
  const waiting = moves.filter(({ hasMoved }) => !hasMoved).map(({ workload }) => workload)
  return (
    <p role="note" className="flex gap-2 rounded-lg bg-log-only-tint px-3 py-2 text-log-only">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>
        {recent.length > 0
          ? `${toPlural(recent.length, 'program')} used it in the last ${String(RECENT_MINUTES)} minutes: ${recent.join(', ')}.`
          : 'The next one is not in use everywhere yet.'}
        {waiting.length > 0 && ` Not changed over: ${waiting.join(', ')}.`}
      </span>
    </p>
  )
}
