import type { Metadata } from 'next'
import { RevisionSettings } from '@/components/settings/revision-settings.tsx'

export const metadata: Metadata = { title: 'Revisions' }

export default RevisionSettings
