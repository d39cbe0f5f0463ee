import type { Metadata } from 'next'
import { EnvironmentSettings } from '@/components/settings/environment-settings.tsx'

export const metadata: Metadata = { title: 'Settings' }

export default EnvironmentSettings
