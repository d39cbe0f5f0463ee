/** Ends the session at the gateway and takes its cookie away. */
export async function signOut(): Promise<void> {
  const auth = await import('next-auth/react')
  await auth.signOut({ callbackUrl: '/sign-in' })
}
