'use client'
import type { ReactNode } from 'react'
import { Checkbox } from '../ui/checkbox.tsx'

interface RequirementSectionProps {
  readonly label: string
  readonly detail: string
  readonly isOn: boolean
  readonly onToggle: (isOn: boolean) => void
  readonly children?: ReactNode
}

/** One requirement of a rule: whether it is asked for, and below it what exactly. */
export const RequirementSection = ({ label, detail, isOn, onToggle, children }: RequirementSectionProps) => (
  <div className="flex flex-col gap-2 border-t border-line pt-3">
    <Checkbox
      checked={isOn}
      onChange={(event) => {
        onToggle(event.currentTarget.checked)
      }}
    >
      <span className="font-medium">{label}</span>
      <span className="block text-xs text-muted">{detail}</span>
    </Checkbox>
    {isOn && children !== undefined && <div className="pl-6">{children}</div>}
  </div>
)
