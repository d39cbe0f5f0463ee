import type { Metadata } from 'next'
import { PeopleSettings } from '@/components/settings/people-settings.tsx'

export const metadata: Metadata = { title: 'People' }

export default PeopleSettings
