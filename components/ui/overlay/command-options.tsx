'use client'
import { Command } from 'cmdk'
import { Check } from 'lucide-react'
import { classNames } from '../class-names.ts'
import type { OptionListProps } from '../option-list.tsx'

const SEARCHED_FROM = 6

export const CommandOptions = ({ label, options, chosen, onChoose }: OptionListProps) => (
  <Command label={label} loop>
    {/* There even where nothing needs searching: arrow keys go through it. One element, as options may come later. */}
    <Command.Input
      autoFocus
      aria-label={label}
      placeholder="Search…"
      className={
        options.length >= SEARCHED_FROM ? 'h-9 w-full border-b border-line bg-transparent px-3 outline-none' : 'sr-only'
      }
    />
    <Command.List className="scroll-thin max-h-72 overflow-y-auto p-1">
      <Command.Empty className="px-2 py-4 text-center text-muted">Nothing found.</Command.Empty>
      {options.map((option) => (
        <Command.Item
          key={option.value}
          value={option.value}
          keywords={[option.label]}
          onSelect={() => {
            onChoose(option.value)
          }}
          aria-checked={chosen.includes(option.value)}
          className="flex min-h-8 items-center gap-2 rounded-md px-2 data-[selected=true]:bg-hover"
        >
          <Check aria-hidden className={classNames('size-4 shrink-0', !chosen.includes(option.value) && 'invisible')} />
          <span className="min-w-0 flex-1 truncate">{option.label}</span>
          {option.hint !== undefined && <span className="shrink-0 text-xs text-faint">{option.hint}</span>}
        </Command.Item>
      ))}
    </Command.List>
  </Command>
)
