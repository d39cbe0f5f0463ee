'use client'
import { useQuery } from '@tanstack/react-query'
import { createContext, use, type ReactNode } from 'react'
import type { RouteResponse } from '#lib/contract/routes.ts'
import { sessionQuery } from '#lib/client/session.ts'

export type CurrentSession = RouteResponse<'getCurrentSession'>
export type Role = CurrentSession['role']

const ROLES: readonly Role[] = ['viewer', 'operator', 'administrator']
const Context = createContext<CurrentSession | null>(null)

/** The server rendered the page with this session; it is read again while the page lives, as roles may change. */
export function SessionProvider({
  initial,
  children,
}: {
  readonly initial: CurrentSession
  readonly children: ReactNode
}) {
  const { data } = useQuery({ ...sessionQuery(), initialData: initial, refetchInterval: 60_000 })
  return <Context value={data}>{children}</Context>
}

export function useSession(): CurrentSession {
  const session = use(Context)
  if (session === null) throw new Error('useSession outside of SessionProvider')
  return session
}

export const useHasRole = (needed: Role): boolean => ROLES.indexOf(useSession().role) >= ROLES.indexOf(needed)

/** Why the person may not do what needs this role, for `disabledReason`; empty when they may. The gateway decides all the same. */
export function useRoleGate(needed: Role): { readonly disabledReason?: string } {
  const { role } = useSession()
  return useHasRole(needed) ? {} : { disabledReason: `This needs the role ${needed}; you are ${role}.` }
}
