import type { Metadata } from 'next'
import { EntryFrame } from '@/components/sign-in/entry-frame.tsx'
import { SetupForm } from '@/components/sign-in/setup-form.tsx'
import { gateway } from '../gateway.ts'

export const metadata: Metadata = { title: 'Set up your account' }

export default async function SetupPage() {
  const { needed } = await gateway('getSetupState', {}).catch(() => ({ needed: false }))
  return (
    <EntryFrame title={needed ? 'Create the first administrator' : 'Choose your password'}>
      <SetupForm isFirst={needed} />
    </EntryFrame>
  )
}
