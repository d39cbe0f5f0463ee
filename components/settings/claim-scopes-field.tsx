'use client'
import { Plus, Trash2 } from 'lucide-react'
import { useId, useState } from 'react'
import type { Issuer } from '#lib/client/object-types.ts'
import { firstMessage } from '../forms/first-message.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { FieldError, TextField } from '../ui/field.tsx'

type ClaimScopes = Issuer['claimScopes'][number]

interface ClaimScopesFieldProps {
  readonly value: readonly ClaimScopes[]
  readonly onChange: (value: ClaimScopes[]) => void
  /** What react-hook-form says of the list: by position and member. */
  readonly errors: unknown
}

interface Row {
  readonly id: number
  readonly claim: string
  readonly value: string
  /** As it is typed: a space at its end is the start of the next scope. */
  readonly scopes: string
}

interface RowFieldsProps {
  readonly row: Row
  readonly number: number
  readonly error: (member: keyof ClaimScopes) => string | undefined
  readonly onChange: (row: Row) => void
  readonly onRemove: () => void
}

const toRow = ({ claim, value, scopes }: ClaimScopes, id: number): Row => ({
  id,
  claim,
  value,
  scopes: scopes.join(' '),
})
const toClaimScopes = ({ claim, value, scopes }: Row): ClaimScopes => ({
  claim,
  value,
  scopes: scopes.split(/[\s,]+/).filter(Boolean),
})

const COLUMNS = [
  { member: 'claim', label: 'Claim', placeholder: 'groups' },
  { member: 'value', label: 'Value', placeholder: 'support' },
  { member: 'scopes', label: 'Scopes', placeholder: 'orders:read refunds:create' },
] as const

const RowFields = ({ row, number, error, onChange, onRemove }: RowFieldsProps) => (
  <li
    aria-label={`Claim ${String(number)}`}
    className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-2 gap-y-1 sm:grid-cols-[minmax(0,3fr)_minmax(0,3fr)_minmax(0,5fr)_auto]"
  >
    {COLUMNS.map(({ member, label, placeholder }) => (
      <div key={member} className={member === 'claim' ? '' : 'max-sm:col-start-1'}>
        <TextField
          label={<span className="text-xs font-normal text-muted">{label}</span>}
          className="font-mono text-xs"
          placeholder={placeholder}
          error={error(member)}
          value={row[member]}
          onChange={(event) => {
            onChange({ ...row, [member]: event.currentTarget.value })
          }}
        />
      </div>
    ))}
    <IconButton
      icon={Trash2}
      label={`Take out claim ${String(number)}`}
      size="sm"
      className="mt-6 max-sm:col-start-2 max-sm:row-start-1"
      onClick={onRemove}
    />
  </li>
)

/** Scopes that follow from claims of an issuer's tokens, a line each. */
export function ClaimScopesField({ value, onChange, errors }: ClaimScopesFieldProps) {
  const id = useId()
  const [rows, setRows] = useState(() => value.map(toRow))
  const set = (next: readonly Row[]) => {
    setRows([...next])
    onChange(next.map(toClaimScopes))
  }
  const byRow = errors as Readonly<Record<number, Readonly<Record<string, unknown>>>> | undefined // an array with gaps
  const listError = rows.some((_, index) => byRow?.[index] !== undefined) ? undefined : firstMessage(errors)
  return (
    <div role="group" aria-labelledby={id} className="flex flex-col gap-2">
      <div>
        <p id={id} className="font-medium">
          Scopes from claims <span className="text-xs font-normal text-faint">optional</span>
        </p>
        <p className="text-xs text-muted">
          A token whose claim is this value, or lists it, carries these scopes too. Dots lead into objects:
          realm_access.roles.
        </p>
      </div>
      {rows.length > 0 && (
        <ul className="flex flex-col gap-3">
          {rows.map((row, index) => (
            <RowFields
              key={row.id}
              row={row}
              number={index + 1}
              error={(member) => firstMessage(byRow?.[index]?.[member])}
              onChange={(changed) => {
                set(rows.map((other) => (other.id === row.id ? changed : other)))
              }}
              onRemove={() => {
                set(rows.filter((other) => other.id !== row.id))
              }}
            />
          ))}
        </ul>
      )}
      <FieldError message={listError} />
      <Button
        size="sm"
        icon={Plus}
        className="self-start"
        onClick={() => {
          set([...rows, { id: Math.max(0, ...rows.map((row) => row.id)) + 1, claim: '', value: '', scopes: '' }])
        }}
      >
        {rows.length === 0 ? 'Add a claim' : 'Add another'}
      </Button>
    </div>
  )
}
