'use client'
import { toast } from '../ui/toast.ts'

/** For dialogs that show something once: Escape and a click outside would throw it away. */
export function remindToKeep(): void {
  toast.message('This is shown once', { description: 'Keep it first, and say so below.' })
}
