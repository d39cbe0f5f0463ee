import {
  Activity,
  Fingerprint,
  KeyRound,
  LayoutDashboard,
  Lightbulb,
  ScrollText,
  Server,
  Settings,
  Waypoints,
  type LucideIcon,
} from 'lucide-react'

export interface NavigationItem {
  readonly label: string
  /** Below the environment. */
  readonly path: string
  readonly icon: LucideIcon
  /** Pressed after `g`. */
  readonly key: string
}

export const NAVIGATION: readonly NavigationItem[] = [
  { label: 'Overview', path: '/overview', icon: LayoutDashboard, key: 'o' },
  { label: 'Endpoints', path: '/endpoints', icon: Waypoints, key: 'e' },
  { label: 'Services', path: '/services', icon: Server, key: 's' },
  { label: 'Identities', path: '/identities', icon: Fingerprint, key: 'i' },
  { label: 'Scopes', path: '/scopes', icon: KeyRound, key: 'c' },
  { label: 'Decisions', path: '/decisions', icon: Activity, key: 'd' },
  { label: 'Findings', path: '/findings', icon: Lightbulb, key: 'f' },
  { label: 'Audit log', path: '/audit', icon: ScrollText, key: 'a' },
  { label: 'Settings', path: '/settings', icon: Settings, key: 't' },
]
