'use client'
import { Search } from 'lucide-react'
import { useState, type SubmitEvent } from 'react'
import { TextInput } from '@/components/ui/input.tsx'
import { toast } from '@/components/ui/toast.ts'

const DECISION_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Opens one decision by the id that a log line or a refused response carries. */
export function DecisionSearch({ onFound }: { readonly onFound: (id: string) => void }) {
  const [text, setText] = useState('')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const id = text.trim()
    if (!DECISION_ID.test(id))
      return toast.error('That is not a decision id', {
        description: 'It looks like 5f0c2d1e-8a4b-4c3d-9e2f-1a2b3c4d5e6f.',
      })
    setText('')
    onFound(id.toLowerCase())
  }
  return (
    <form role="search" aria-label="Decision by id" onSubmit={submit} className="relative min-w-0 flex-1 sm:w-64">
      <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 z-10 size-4 text-faint" />
      <TextInput
        aria-label="Decision id"
        placeholder="Decision id"
        className="pl-8 font-mono text-xs"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
        }}
      />
    </form>
  )
}
