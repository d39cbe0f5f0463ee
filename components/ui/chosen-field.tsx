'use client'
import { Plus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { classNames } from './class-names.ts'
import { FieldError } from './field.tsx'
import { Popover } from './popover.tsx'

interface Item {
  readonly value: string
  /** As it is read aloud. */
  readonly name: string
  readonly shown: ReactNode
}

interface ChosenFieldProps {
  /** Heading of what can be chosen. */
  readonly label: string
  /** What those that were chosen are. */
  readonly chosenLabel: string
  readonly addLabel: string
  readonly items: readonly Item[]
  readonly onToggle: (value: string) => void
  readonly error?: string | undefined
  readonly popoverClassName: string
  readonly chipClassName?: string
  /** What can be chosen from. */
  readonly children: ReactNode
}

const CHIP = 'inline-flex h-7 items-center gap-1 rounded-md border border-line-strong bg-raised pl-2 text-xs'

/** Several values, each of which can be taken out, and a list to add others from. */
export const ChosenField = (props: ChosenFieldProps) => (
  <div className="flex flex-col gap-1">
    <div className="flex flex-wrap items-center gap-1.5">
      <ul aria-label={props.chosenLabel} className="contents">
        {props.items.map(({ value, name, shown }) => (
          <li key={value} className={classNames(CHIP, props.chipClassName)}>
            {shown}
            <button
              type="button"
              aria-label={`Take out ${name}`}
              onClick={() => {
                props.onToggle(value)
              }}
              className="inline-flex size-6 items-center justify-center rounded-md text-faint hover:text-text"
            >
              <X aria-hidden className="size-3.5" />
            </button>
          </li>
        ))}
      </ul>
      <Popover
        label={props.label}
        className={classNames('overflow-hidden', props.popoverClassName)}
        trigger={
          <Button size="sm" icon={Plus}>
            {props.items.length === 0 ? props.addLabel : 'Add'}
          </Button>
        }
      >
        {props.children}
      </Popover>
    </div>
    <FieldError message={props.error} />
  </div>
)

/** The list with the value taken out, or added at its end. */
export const toggled = (values: readonly string[], value: string): readonly string[] =>
  values.includes(value) ? values.filter((other) => other !== value) : [...values, value]
