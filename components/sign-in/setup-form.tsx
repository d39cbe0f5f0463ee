'use client'
import { signIn } from 'next-auth/react'
import { useEffect, useState, type SubmitEvent } from 'react'
import { Button } from '@/components/ui/button.tsx'
import { TextField } from '@/components/ui/field.tsx'
import { EntryAlert } from './entry-alert.tsx'
import { toSignInError, type SignInError } from './sign-in-error.ts'

const PASSWORD_LENGTH_MIN = 12

/** The token of the link travels in the fragment, which no server sees, and leaves the address bar at once. */
function useLinkToken(): string | null | undefined {
  const [token, setToken] = useState<string | null>()
  useEffect(() => {
    setToken((known) => known ?? new URLSearchParams(window.location.hash.slice(1)).get('token'))
    if (window.location.hash !== '') window.history.replaceState(null, '', window.location.pathname)
  }, [])
  return token
}

export function SetupForm({ isFirst }: { readonly isFirst: boolean }) {
  const token = useLinkToken()
  const [problem, setProblem] = useState<SignInError | null>(null)
  const [isPending, setPending] = useState(false)
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string> // the form has text fields only
    const refusal = check(given)
    setProblem(refusal)
    if (refusal !== null) return
    setPending(true)
    const answer = await signIn('setup', {
      redirect: false,
      token,
      email: given['email'] ?? '',
      name: given['name'] ?? '',
      password: given['password'],
    }).catch(() => undefined)
    if (answer?.ok === true) return window.location.assign('/')
    setPending(false)
    setProblem(toSignInError(answer?.error ?? 'unreachable'))
  }
  if (token === null)
    return (
      <EntryAlert isProblem>
        This page needs the one-time link you were given. Open the whole link again, or ask for a new one.
      </EntryAlert>
    )
  const errorOf = (field: string) => problem?.fields.find((each) => each.field === field)?.detail
  return (
    <form onSubmit={(event) => void submit(event)} className="space-y-4">
      {problem !== null && problem.fields.length === 0 && <EntryAlert isProblem>{problem.detail}</EntryAlert>}
      {isFirst && (
        <>
          <TextField
            label="Name"
            name="name"
            autoComplete="name"
            required
            autoFocus
            className="h-10"
            error={errorOf('name')}
          />
          <TextField
            label="E-mail"
            type="email"
            name="email"
            autoComplete="username"
            required
            className="h-10"
            error={errorOf('email')}
          />
        </>
      )}
      <TextField
        label="Password"
        type="password"
        name="password"
        autoComplete="new-password"
        required
        autoFocus={!isFirst}
        className="h-10"
        hint="At least 12 characters. A sentence is good."
        error={errorOf('password')}
      />
      <TextField
        label="Password, once more"
        type="password"
        name="repeated"
        autoComplete="new-password"
        required
        className="h-10"
        error={errorOf('repeated')}
      />
      <Button type="submit" variant="primary" size="lg" className="w-full" pending={isPending}>
        {isFirst ? 'Create account' : 'Save and sign in'}
      </Button>
    </form>
  )
}

function check({ password = '', repeated }: Readonly<Record<string, string>>): SignInError | null {
  const refuse = (field: string, detail: string): SignInError => ({
    code: 'invalid-value',
    detail,
    fields: [{ field, detail }],
  })
  if (password.length < PASSWORD_LENGTH_MIN)
    return refuse('password', `Use at least ${String(PASSWORD_LENGTH_MIN)} characters.`)
  return password === repeated ? null : refuse('repeated', 'The two passwords differ.')
}
