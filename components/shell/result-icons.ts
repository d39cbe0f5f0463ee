import { Fingerprint, KeyRound, Server, ShieldCheck, Waypoints, type LucideIcon } from 'lucide-react'
import type { RouteResponse } from '#lib/contract/routes.ts'

export const RESULT_ICONS: Readonly<Record<RouteResponse<'search'>['items'][number]['kind'], LucideIcon>> = {
  service: Server,
  endpoint: Waypoints,
  identity: Fingerprint,
  scope: KeyRound,
  issuer: ShieldCheck,
}
