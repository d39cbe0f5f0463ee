'use client'
import { Fragment } from 'react'
import { Dialog } from '@/components/ui/dialog.tsx'
import { usePageCommands } from './commands.ts'
import { NAVIGATION } from './navigation.ts'

type Line = readonly [keys: string, meaning: string]

const EVERYWHERE: readonly Line[] = [
  ['/', 'Search, or jump to any object'],
  ['⌘ K', 'The same; Ctrl K on other systems'],
  ['?', 'These shortcuts'],
  ['Esc', 'Close what is open'],
]
const LISTS: readonly Line[] = [
  ['↓ ↑', 'Next and previous row; j and k as well'],
  ['Home End', 'First and last row'],
  ['Enter', 'Open the row'],
  ['x', 'Select the row; Shift selects everything between'],
]

export function ShortcutHelp({ onClose }: { readonly onClose: () => void }) {
  const commands = usePageCommands().flatMap(({ shortcut, title }): Line[] =>
    shortcut === undefined ? [] : [[shortcut, title]],
  )
  return (
    <Dialog open onOpenChange={onClose} title="Keyboard shortcuts" size="lg">
      <div className="grid gap-6 sm:grid-cols-2">
        <Section title="Everywhere" lines={EVERYWHERE} />
        <Section title="Go to" lines={NAVIGATION.map(({ key, label }): Line => [`g ${key}`, label])} />
        <Section title="In lists" lines={LISTS} />
        {commands.length > 0 && <Section title="On this page" lines={commands} />}
      </div>
    </Dialog>
  )
}

const Section = ({ title, lines }: { readonly title: string; readonly lines: readonly Line[] }) => (
  <section>
    <h3 className="mb-2 font-medium">{title}</h3>
    <dl className="grid grid-cols-[5rem_1fr] items-baseline gap-y-1.5">
      {lines.map(([keys, meaning]) => (
        <Fragment key={keys}>
          <dt className="flex gap-1">
            {keys.split(' ').map((key) => (
              <kbd
                key={key}
                className="min-w-5 rounded-sm border border-line-strong bg-sunken px-1 text-center text-xs"
              >
                {key}
              </kbd>
            ))}
          </dt>
          <dd className="text-muted">{meaning}</dd>
        </Fragment>
      ))}
    </dl>
  </section>
)
