import { expect, it } from 'vitest'
import { toSignInError } from './sign-in-error.ts'

it('shows the words of the gateway', () => {
  expect(toSignInError('{"code":"too-many-requests","detail":"Wait 30 seconds."}')).toMatchObject({
    code: 'too-many-requests',
    detail: 'Wait 30 seconds.',
  })
})

it('has words for what the identity provider refuses', () => {
  expect(toSignInError('AccessDenied').detail).toContain('no account')
})

it.each(['<script>', '{"detail":1}', '[]', 'null', ''])('says nothing that the address bar made up: %s', (message) => {
  expect(toSignInError(message).detail).toBe('Signing in failed. Try again.')
})
