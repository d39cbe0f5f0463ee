import { leaveBy } from '@/components/ui/unsaved.ts'

/** Ends the session at the gateway and takes its cookie away. */
export function signOut(): void {
  leaveBy(() => void endSession())
}

async function endSession(): Promise<void> {
  const auth = await import('next-auth/react')
  await auth.signOut({ callbackUrl: '/sign-in' })
}
