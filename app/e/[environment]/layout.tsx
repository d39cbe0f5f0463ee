import { headers } from 'next/headers'
import { notFound } from 'next/navigation'
import type { ReactNode } from 'react'
import { Shell } from '@/components/shell/shell.tsx'
import { gateway } from '../../gateway.ts'
import { orSignIn } from '../../or-sign-in.ts'

interface EnvironmentLayoutProps {
  readonly params: Promise<{ readonly environment: string }>
  readonly children: ReactNode
}

export default async function EnvironmentLayout({ params, children }: EnvironmentLayoutProps) {
  const path = (await headers()).get('x-path') ?? '/'
  const [session, { items: environments }] = await orSignIn(
    Promise.all([gateway('getCurrentSession', {}), gateway('listEnvironments', {})]),
    path,
  )
  const { environment } = await params
  if (!environments.some(({ slug }) => slug === environment)) notFound()
  return (
    <Shell session={session} environments={environments}>
      {children}
    </Shell>
  )
}
