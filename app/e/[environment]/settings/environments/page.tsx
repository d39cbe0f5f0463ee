import type { Metadata } from 'next'
import { EnvironmentsSettings } from '@/components/settings/form-pages.tsx'

export const metadata: Metadata = { title: 'Environments' }

export default EnvironmentsSettings
