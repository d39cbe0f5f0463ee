'use client'
import { useEffect } from 'react'
import { ConfirmDialog } from '@/components/ui/confirm-dialog.tsx'
import { isElsewhere, leave, leaveBy, stay, useLeaving } from '@/components/ui/unsaved.ts'

/** Closing and loading anew are asked about by the browser, in words of its own. */
function askBeforeUnload(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

/** Browsers without the Navigation API go back without a word; with it, they let a page hold that up once after each thing a person did. */
function holdBackTraversal(event: NavigateEvent): void {
  const { navigationType, cancelable, destination } = event
  if (navigationType !== 'traverse' || !cancelable || !isElsewhere(destination.url)) return
  event.preventDefault()
  leaveBy(() => {
    window.navigation.traverseTo(destination.key)
  })
}

function useHeldExits(isHeld: boolean): void {
  useEffect(() => {
    if (!isHeld) return
    const navigation = 'navigation' in window ? window.navigation : null
    window.addEventListener('beforeunload', askBeforeUnload)
    navigation?.addEventListener('navigate', holdBackTraversal)
    return () => {
      window.removeEventListener('beforeunload', askBeforeUnload)
      navigation?.removeEventListener('navigate', holdBackTraversal)
    }
  }, [isHeld])
}

/** Asks before a page is left that holds something which is not saved. */
export function LeaveDialog() {
  const { losses, go } = useLeaving()
  useHeldExits(losses.length > 0)
  return (
    <ConfirmDialog
      open={go !== null}
      onOpenChange={(open) => {
        if (!open) stay()
      }}
      title="Leave without saving?"
      cancel="Stay"
      confirm="Leave"
      danger
      onConfirm={leave}
    >
      {losses.length === 1 ? (
        `You would lose ${losses[0] ?? ''}.`
      ) : (
        <>
          You would lose
          <ul className="list-disc pl-5">
            {losses.map((loss) => (
              <li key={loss}>{loss}</li>
            ))}
          </ul>
        </>
      )}
    </ConfirmDialog>
  )
}
