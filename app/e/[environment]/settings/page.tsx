import type { Metadata } from 'next'
import { EnvironmentSettings } from '@/components/settings/form-pages.tsx'

export const metadata: Metadata = { title: 'Settings' }

export default EnvironmentSettings
