'use client'
import { signIn } from 'next-auth/react'
import { useState, type SubmitEvent } from 'react'
import { Button } from '@/components/ui/button.tsx'
import { TextField } from '@/components/ui/field.tsx'
import { EntryAlert } from './entry-alert.tsx'
import { toSignInError, type SignInError } from './sign-in-error.ts'

interface SignInFormProps {
  readonly returnPath: string
  /** Name of the identity provider, null when there is none. */
  readonly oidcName: string | null
  /** The session was over. */
  readonly isEnded: boolean
  readonly error: string | null
}

type Pending = 'password' | 'oidc' | null

export function SignInForm({ returnPath, oidcName, isEnded, error }: SignInFormProps) {
  const [problem, setProblem] = useState<SignInError | null>(error === null ? null : toSignInError(error))
  const [pending, setPending] = useState<Pending>(null)
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setPending('password')
    setProblem(null)
    const answer = await signIn('password', {
      redirect: false,
      email: form.get('email'),
      password: form.get('password'),
    }).catch(() => undefined)
    // A whole page load: nothing that was read without a session stays.
    if (answer?.ok === true) return window.location.assign(returnPath)
    setPending(null)
    setProblem(toSignInError(answer?.error ?? 'unreachable'))
  }
  const leave = () => {
    setPending('oidc')
    void signIn('oidc', { callbackUrl: returnPath })
  }
  return (
    <div className="space-y-4">
      {problem !== null && <EntryAlert isProblem>{problem.detail}</EntryAlert>}
      {problem === null && isEnded && <EntryAlert>Your session has ended. Sign in to go on where you were.</EntryAlert>}
      {oidcName !== null && (
        <>
          <Button variant="primary" size="lg" className="w-full" pending={pending === 'oidc'} onClick={leave}>
            Continue with {oidcName}
          </Button>
          <div className="flex items-center gap-3 text-xs text-faint">
            <span className="h-px flex-1 bg-line" />
            or
            <span className="h-px flex-1 bg-line" />
          </div>
        </>
      )}
      <form onSubmit={(event) => void submit(event)} className="space-y-4">
        <TextField
          label="E-mail"
          type="email"
          name="email"
          autoComplete="username"
          required
          autoFocus
          className="h-10"
        />
        <TextField
          label="Password"
          type="password"
          name="password"
          autoComplete="current-password"
          required
          className="h-10"
        />
        <Button
          type="submit"
          variant={oidcName === null ? 'primary' : 'secondary'}
          size="lg"
          className="w-full"
          pending={pending === 'password'}
        >
          Sign in
        </Button>
      </form>
    </div>
  )
}
