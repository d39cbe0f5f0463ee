import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { EntryFrame } from '@/components/sign-in/entry-frame.tsx'
import { SignInForm } from '@/components/sign-in/sign-in-form.tsx'
import { gateway } from '../gateway.ts'
import { toReturnPath } from '../return-path.ts'

export const metadata: Metadata = { title: 'Sign in' }

interface SignInPageProps {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>
}

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const search = await searchParams
  const returnPath = toReturnPath(one(search['return']) ?? one(search['callbackUrl']))
  const [state, session] = await Promise.all([
    gateway('getSetupState', {}).catch(() => null),
    gateway('getCurrentSession', {}).catch(() => null),
  ])
  if (session !== null) redirect(returnPath)
  return (
    <EntryFrame title="Sign in to Stepgate">
      {state?.needed === true ? (
        <FirstAdministrator />
      ) : (
        <SignInForm
          returnPath={returnPath}
          oidcName={state?.oidc?.name ?? null}
          isEnded={one(search['ended']) === '1'}
          error={one(search['error']) ?? null}
        />
      )}
    </EntryFrame>
  )
}

const FirstAdministrator = () => (
  <div className="space-y-2 text-muted">
    <p>Nobody can sign in yet: the first administrator is still missing.</p>
    <p>
      When Stepgate started, it printed a one-time link to its terminal. Open that link to create the account.
      Restarting Stepgate prints a new one.
    </p>
  </div>
)
