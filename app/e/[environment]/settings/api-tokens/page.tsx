import type { Metadata } from 'next'
import { ApiTokenSettings } from '@/components/settings/api-token-settings.tsx'

export const metadata: Metadata = { title: 'API tokens' }

export default ApiTokenSettings
