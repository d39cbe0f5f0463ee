import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { LAST_ENVIRONMENT_COOKIE } from '@/components/shell/last-environment.ts'
import { gateway } from './gateway.ts'
import { orSignIn } from './or-sign-in.ts'

/** The environment one worked in last, else the first. */
export default async function HomePage() {
  const { items } = await orSignIn(gateway('listEnvironments', {}), '/')
  const last = (await cookies()).get(LAST_ENVIRONMENT_COOKIE)?.value
  const environment = items.find(({ slug }) => slug === last) ?? items[0]
  if (environment === undefined) throw new Error('There is no environment.')
  redirect(`/e/${environment.slug}/overview`)
}
