import { Fragment, type ReactNode } from 'react'
import { classNames } from './class-names.ts'

interface KeyValuesProps {
  readonly items: readonly (readonly [label: string, value: ReactNode])[]
  readonly className?: string
}

export const KeyValues = ({ items, className }: KeyValuesProps) => (
  <dl className={classNames('grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-2', className)}>
    {items.map(([label, value]) => (
      <Fragment key={label}>
        <dt className="text-muted">{label}</dt>
        <dd className="min-w-0 break-words">{value}</dd>
      </Fragment>
    ))}
  </dl>
)
