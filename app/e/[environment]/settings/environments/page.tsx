import type { Metadata } from 'next'
import { EnvironmentsSettings } from '@/components/settings/environments-settings.tsx'

export const metadata: Metadata = { title: 'Environments' }

export default EnvironmentsSettings
