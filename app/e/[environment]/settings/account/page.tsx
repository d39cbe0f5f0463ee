import type { Metadata } from 'next'
import { OwnAccountSettings } from '@/components/settings/own-account-settings.tsx'

export const metadata: Metadata = { title: 'Your account' }

export default OwnAccountSettings
