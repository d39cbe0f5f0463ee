'use client'
import { Button } from '../ui/button.tsx'

interface SaveButtonProps {
  readonly pending: boolean
  /** Whether something differs from what is saved. */
  readonly isDirty: boolean
  /** Why the person may not save at all. */
  readonly disabledReason?: string
}

/** Ends a form that is always open: it says why there is nothing to save. */
export const SaveButton = ({ pending, isDirty, disabledReason }: SaveButtonProps) => {
  const reason = disabledReason ?? (isDirty ? undefined : 'Nothing differs from what is saved')
  return (
    <Button
      type="submit"
      variant="primary"
      className="self-start"
      pending={pending}
      {...(reason === undefined ? {} : { disabledReason: reason })}
    >
      Save
    </Button>
  )
}
